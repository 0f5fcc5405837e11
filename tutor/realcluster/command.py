"""`kubectl` of the learner's shell, when it is the real one that runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from tutor.course.conditions.kubectl_call import read_call
from tutor.kubectl.context import Output
from tutor.realcluster.access import Access
from tutor.realcluster.dialogue import Dialogue
from tutor.realcluster.files import LaidOut
from tutor.shell.command import Ctx

if sys.platform != "win32":
    import termios

CHUNK: Final = 1 << 16
"""Bytes read at once."""
KEPT: Final = 1 << 20
"""Characters of a command's output that are kept for the conditions."""
QUIET: Final = 5.0
"""Real seconds without a word after which a program that shows no prompt is taken to wait for one."""
ROWS: Final = 24
NO_EDITOR: Final = (
    "error: kubectl edit needs an editor of this computer's; here do it in three steps: "
    "kubectl get KIND NAME -o yaml > f.yaml, nano f.yaml, kubectl apply -f f.yaml\n"
)


class RealKubectl:
    """Runs the real kubectl with the files of the learner's shell and the streams of the command.

    Args:
        access: the namespace it works in.
        ran: told, of each run, its exit code and what it showed.
        said: told, of each line typed into a program on a terminal, the line and what came of it.
    """

    def __init__(
        self, access: Access, ran: Callable[[Ctx, int, str], None], said: Callable[[Ctx, str, str], None]
    ) -> None:
        self._access, self._ran, self._said = access, ran, said

    async def __call__(self, ctx: Ctx) -> int:
        """Run it."""
        call = read_call(ctx.argv)
        if call is not None and call.verb == "edit":
            await ctx.complain(NO_EDITOR)
            return 1
        with tempfile.TemporaryDirectory(dir=self._access.folder) as folder:
            files = LaidOut(ctx.files, Path(folder))
            if _wants_terminal(ctx):
                code, shown = await self._on_terminal(ctx, folder)
            else:
                code, shown = await self._on_pipes(ctx, folder)
            files.take_back()
        self._ran(ctx, code, shown)
        return code

    async def _start(self, ctx: Ctx, folder: str, stdin: int, stdout: int, stderr: int) -> Process:
        environ = {**self._access.environ, "COLUMNS": str(ctx.columns)}
        return await asyncio.create_subprocess_exec(
            self._access.program, *ctx.args, cwd=folder, env=environ, stdin=stdin, stdout=stdout, stderr=stderr,
            start_new_session=True,
        )  # fmt: skip

    async def _on_pipes(self, ctx: Ctx, folder: str) -> tuple[int, str]:
        process = await self._start(ctx, folder, PIPE, PIPE, PIPE)
        shown: list[str] = []
        typing = asyncio.create_task(_type(ctx, process))
        async with _ended(process, typing):
            await asyncio.gather(_show(process.stdout, ctx.stdout, shown), _show(process.stderr, ctx.stderr, shown))
            code = await process.wait()
        return code, "".join(shown)[-KEPT:]

    async def _on_terminal(self, ctx: Ctx, folder: str) -> tuple[int, str]:
        ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (ROWS, ctx.columns))
        process = await self._start(ctx, folder, theirs, theirs, theirs)
        os.close(theirs)
        reader, loop = asyncio.StreamReader(), asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours, "rb", buffering=0)
        )
        dialogue, came, shown = Dialogue(), asyncio.Event(), ""
        typing = asyncio.create_task(self._talk(ctx, ours, dialogue, came))
        try:
            async with _ended(process, typing):
                # A terminal whose other end is closed reads as an error on Linux.
                with contextlib.suppress(OSError):
                    while chunk := await reader.read(CHUNK):
                        text = dialogue.hear(chunk.decode("utf-8", "replace"))
                        shown = (shown + text)[-KEPT:]
                        came.set()
                        await ctx.stdout.write(text)
                        if dialogue.at_prompt:
                            self._answered(ctx, dialogue)
                code = await process.wait()
        finally:
            transport.close()
        self._answered(ctx, dialogue)
        return code, shown

    def _answered(self, ctx: Ctx, dialogue: Dialogue) -> None:
        if dialogue.line:
            self._said(ctx, dialogue.line, dialogue.answer)
            dialogue.line = ""

    async def _talk(self, ctx: Ctx, terminal: int, dialogue: Dialogue, came: asyncio.Event) -> None:
        """Hand on what is typed, each line when the program waits for one."""
        while True:
            while not dialogue.at_prompt:
                came.clear()
                try:
                    # Not wait_for: in Python 3.11 it loses a cancellation that comes with the event.
                    async with asyncio.timeout(QUIET):
                        await came.wait()
                except TimeoutError:
                    break
            line = await ctx.stdin.readline()
            self._answered(ctx, dialogue)
            dialogue.tell(line.rstrip("\n"))
            os.write(terminal, line.replace("\n", "\r").encode("utf-8", "surrogateescape") or b"\x04")
            if not line:
                return


@contextlib.asynccontextmanager
async def _ended(process: Process, typing: asyncio.Task[None]) -> AsyncIterator[None]:
    """Leave neither the process nor what feeds it behind."""
    try:
        yield
    finally:
        typing.cancel()
        if process.returncode is None:
            process.terminate()
            await process.wait()
        with contextlib.suppress(asyncio.CancelledError):
            await typing


def _wants_terminal(ctx: Ctx) -> bool:
    """Whether a person is to talk with a program on a terminal, and there can be one."""
    call = read_call(ctx.argv)
    asked = call is not None and call.has_flag("tty", True) and call.has_flag("stdin", True)
    return sys.platform != "win32" and asked and ctx.tty


async def _type(ctx: Ctx, process: Process) -> None:
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
    call = read_call(ctx.argv)
    words = ctx.args[: ctx.args.index("--")] if "--" in ctx.args else ctx.args
    return "-" in words or (call is not None and call.has_flag("stdin", True))


async def _show(stream: asyncio.StreamReader | None, output: Output, shown: list[str]) -> None:
    assert stream is not None  # noqa: S101  # it is a pipe
    while chunk := await stream.read(CHUNK):
        text = chunk.decode("utf-8", "replace")
        shown.append(text)
        await output.write(text)
