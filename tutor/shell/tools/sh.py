"""`sh`, `bash`, `dash`, `ash`: another shell, for a script or for the person at the terminal."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace

from tutor.kubectl.context import Output
from tutor.shell.command import Ctx
from tutor.shell.computer import SHELLS
from tutor.shell.deadline import DeadlinePacing
from tutor.shell.session import ShellSession
from tutor.shell.streams import PipeOutput
from tutor.shell.terminal import Terminal
from tutor.shell.world import Streams


async def sh(ctx: Ctx) -> int:
    """Run `-c` text, a script file, standard input, or an interactive shell."""
    parent = ctx.session
    assert parent is not None  # noqa: S101  # every command runs in a shell
    if not parent.nesting.may_go_on():
        return 1
    flags, rest = _flags(list(ctx.args))
    interactive = not rest and ctx.stdin.isatty and ctx.terminal is not None
    if "c" in flags:
        if not rest:
            await ctx.complain(
                f"{ctx.name}: -c requires an argument\n"
                if ctx.name != "bash"
                else "bash: -c: option requires an argument\n"
            )
            return 2
        text, positional = rest[0], rest[1:]
        name = positional[0] if positional else ctx.name
        return await _script(ctx, _with_arguments(text, positional[1:]), name, flags)
    if rest and "s" not in flags:
        if not ctx.files.exists(rest[0]):
            await ctx.complain(_cannot_open(ctx, rest[0]))
            return 127
        return await _script(ctx, _with_arguments(ctx.files.read(rest[0]), rest[1:]), rest[0], flags)
    if interactive and ctx.terminal is not None:
        return await ctx.terminal.interact(await _interactive_shell(ctx, ctx.terminal))
    return await _script(ctx, await ctx.stdin.read(), ctx.name, flags)


def _flags(words: list[str]) -> tuple[str, list[str]]:
    """The single-letter options, and the words after them."""
    flags = ""
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        if word == "-o" and words:
            flags += "p" if words.pop(0) == "pipefail" else ""
        elif not word.startswith("--"):
            flags += word[1:]
    return flags, words


def _with_arguments(text: str, positional: list[str]) -> str:
    return f"set -- {shlex.join(positional)}; {text}" if positional else text


def _cannot_open(ctx: Ctx, path: str) -> str:
    name = ctx.name.rpartition("/")[2]
    if name == "bash":
        return f"{ctx.name}: {path}: No such file or directory\n"
    return (
        f"{ctx.name}: 0: cannot open {path}: No such file\n"
        if _kind(ctx) == "dash"
        else f"{ctx.name}: can't open '{path}': No such file or directory\n"
    )


def _kind(ctx: Ctx) -> str:
    parent = ctx.session
    assert parent is not None  # noqa: S101
    name = ctx.name.rpartition("/")[2]
    return parent.computer.sh if name == "sh" else SHELLS.get(name, "bash")


def _shell(ctx: Ctx, name: str, *, interactive: bool) -> ShellSession:
    parent = ctx.session
    assert parent is not None  # noqa: S101
    seen = ctx.stdout.isatty and ctx.terminal is not None
    own_name = ctx.name.rpartition("/")[2]
    together = parent.streams.err is None and _is_own(ctx.stdout) and _is_own(ctx.stderr)
    apart = None if interactive or together else ctx.stderr.write
    columns: Callable[[], int] = lambda: parent.columns  # noqa: E731
    session = ShellSession(
        parent.world,
        parent.computer,
        Streams(ctx.stdin, ctx.stdout.write, apart, seen, isinstance(ctx.stdout, PipeOutput) and ctx.stdout.direct),
        kind=parent.computer.sh if own_name == "sh" else SHELLS.get(own_name, "bash"),
        name=name,
        interactive=interactive,
        pacing=ctx.pacing if isinstance(ctx.pacing, DeadlinePacing) else parent.base_pacing,
        environ=ctx.environ,
        cwd=ctx.cwd,
        columns=columns,
        terminal=ctx.terminal,
        main=parent.main,
        parent=parent,
    )
    if isinstance(ctx.pacing, DeadlinePacing):
        ctx.pacing.on_end = session.interrupt
    return session


def _is_own(output: Output) -> bool:
    """Whether an output goes where the shell's own goes."""
    return isinstance(output, PipeOutput) and output.own


async def _interactive_shell(ctx: Ctx, terminal: Terminal) -> ShellSession:
    session = _shell(ctx, ctx.name, interactive=True)
    if isinstance(ctx.stdout, PipeOutput) and ctx.stdout.direct:
        # Its prompt may show as soon as a line has ended, so its output must not be on its way through pipes then.
        await terminal.drain(ctx.stdout)
        session.streams = replace(session.streams, out=terminal.write, direct=True)
    return session


async def _script(ctx: Ctx, text: str, name: str, flags: str) -> int:
    session = _shell(ctx, name, interactive=False)
    options = "".join(flag for flag in flags if flag in "exuv")
    text = (f"set -{options}; " if options else "") + ("set -o pipefail; " if "p" in flags else "") + text
    if ctx.terminal is None:
        return await session.run(text)
    with ctx.terminal.foreground(session):
        return await session.run(text)
