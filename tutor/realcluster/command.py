"""`kubectl` of the learner's shell, when it is the real one that runs."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from tutor.kubectl.context import Output
from tutor.realcluster.access import Access
from tutor.shell.command import Ctx

CHUNK = 1 << 16
"""Bytes read at once."""


class RealKubectl:
    """Runs the real kubectl with the files of the learner's shell and the streams of the command.

    Args:
        access: the namespace it works in.
        ran: told the words and the exit code of each run.
    """

    def __init__(self, access: Access, ran: Callable[[Ctx, int, str], None]) -> None:
        self._access, self._ran = access, ran

    async def __call__(self, ctx: Ctx) -> int:
        """Run it."""
        with tempfile.TemporaryDirectory(dir=self._access.folder) as folder:
            _lay_out(ctx, Path(folder))
            process = await asyncio.create_subprocess_exec(
                self._access.program,
                *ctx.args,
                cwd=folder,
                env={**self._access.environ, "COLUMNS": str(ctx.columns)},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            shown: list[str] = []
            typing = asyncio.create_task(_type(ctx, process))
            try:
                await asyncio.gather(_show(process.stdout, ctx.stdout, shown), _show(process.stderr, ctx.stderr, shown))
                code = await process.wait()
            finally:
                typing.cancel()
                if process.returncode is None:
                    process.terminate()
                    await process.wait()
                with contextlib.suppress(asyncio.CancelledError):
                    await typing
        self._ran(ctx, code, "".join(shown))
        return code


def _lay_out(ctx: Ctx, folder: Path) -> None:
    """Put the files that lie in the working folder of the shell where the real kubectl finds them."""
    for name in ctx.files.listdir("."):
        if not ctx.files.is_dir(name):
            (folder / Path(name).name).write_text(ctx.files.read(name), encoding="utf-8")


async def _type(ctx: Ctx, process: asyncio.subprocess.Process) -> None:
    """Hand on what the command reads, line by line, until its end."""
    pipe = process.stdin
    assert pipe is not None  # noqa: S101  # it is a pipe
    if not _reads(ctx):
        pipe.close()
        return
    with contextlib.suppress(ConnectionError):
        while line := await ctx.stdin.readline():
            pipe.write(line.encode("utf-8", "surrogateescape"))
            await pipe.drain()
        pipe.close()


def _reads(ctx: Ctx) -> bool:
    """Whether kubectl is told to read: what is typed meanwhile is for the shell otherwise."""
    if not ctx.stdin.isatty:
        return True
    words = ctx.args[: ctx.args.index("--")] if "--" in ctx.args else ctx.args
    short = [word for word in words if word.startswith("-") and not word.startswith("--")]
    return "--stdin" in words or "-" in words or any("i" in word for word in short)


async def _show(stream: asyncio.StreamReader | None, output: Output, shown: list[str]) -> None:
    assert stream is not None  # noqa: S101  # it is a pipe
    while chunk := await stream.read(CHUNK):
        text = chunk.decode("utf-8", "replace")
        shown.append(text)
        await output.write(text)
