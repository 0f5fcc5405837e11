"""`sleep`, `watch`, `timeout` and `yes`."""

from __future__ import annotations

import asyncio
import re
import shlex
from dataclasses import replace

from tutor.shell.command import Ctx, Interrupted, UsageError, run_command
from tutor.shell.deadline import DeadlinePacing
from tutor.shell.session import FLOOD, OUTPUT_LIMIT, ShellSession
from tutor.shell.streams import TextInput
from tutor.shell.world import Streams

_YES_PAGE = 2000
"""Characters `yes` writes at a time."""
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WATCH_ROUNDS = 3
"""How often `watch` runs its command where nobody is there to stop it."""
TIMED_OUT = 124


def seconds(ctx: Ctx, word: str) -> float:
    """A duration such as `1.5`, `2m` or `infinity`, in seconds.

    Raises:
        UsageError: it is none.
    """
    if word in {"inf", "infinity"}:
        return 10 * 365 * 86400.0
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)([smhd]?)", word)
    if match is None:
        if ctx.flavour == "busybox":
            raise UsageError(f"{ctx.name}: invalid number '{word}'")
        raise UsageError(f"{ctx.name}: invalid time interval '{word}'\nTry '{ctx.name} --help' for more information.")
    return float(match[1]) * _UNITS[match[2]]


async def sleep(ctx: Ctx) -> int:
    """Wait for simulated time to pass."""
    if not ctx.args:
        raise UsageError("sleep: missing operand\nTry 'sleep --help' for more information.")
    await ctx.pacing.sleep(sum(seconds(ctx, word) for word in ctx.args))
    return 0


async def timeout(ctx: Ctx) -> int:
    """Run a command for so long at most."""
    words = list(ctx.args)
    while words and words[0].startswith("-"):
        if words.pop(0) in {"-s", "-k", "--signal", "--kill-after"} and words:
            words.pop(0)
    if len(words) < 2:
        raise UsageError("timeout: missing operand\nTry 'timeout --help' for more information.", 125)
    limit = seconds(ctx, words[0]) or seconds(ctx, "infinity")
    if ctx.terminal is None or not ctx.terminal.live:
        deadline = DeadlinePacing(ctx.pacing, ctx.cluster.clock, limit)
        code = await _run(replace(ctx, pacing=deadline), words[1:])
        return TIMED_OUT if deadline.expired else code
    child = asyncio.get_running_loop().create_task(_run(ctx, words[1:]))
    clock = ctx.cluster.clock
    end = clock.now + limit
    ended = await ctx.pacing.until(child.done, limit) if not child.done() else True
    if not ended and clock.now >= end - 1e-6:
        child.cancel()
        await asyncio.wait({child})
        return TIMED_OUT
    return await child


async def _run(ctx: Ctx, words: list[str]) -> int:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    entry = session.computer.commands.find(words[0])
    if entry is not None:
        return await run_command(entry.run, replace(ctx, argv=tuple(words), flavour=entry.flavour))
    sh = session.computer.commands.find("sh")
    if sh is None or not session.computer.has(words[0]):
        await ctx.complain(f"{ctx.name}: failed to run command '{words[0]}': No such file or directory\n")
        return 127
    return await run_command(sh.run, replace(ctx, argv=("sh", "-c", shlex.join(words))))


async def watch(ctx: Ctx) -> int:
    """Run a command every two seconds, each time under a line that says when, until ctrl+c."""
    words, interval, title = list(ctx.args), 2.0, True
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in {"-n", "--interval"} and words:
            interval = max(0.1, seconds(ctx, words.pop(0)))
        elif word.startswith("-n"):
            interval = max(0.1, seconds(ctx, word[2:].lstrip("=")))
        elif word in {"-t", "--no-title"}:
            title = False
        elif word not in {"-d", "--differences", "-x", "-c", "--color", "-b", "-e", "-g"}:
            raise UsageError(f"watch: invalid option -- '{word.lstrip('-')}'")
    if not words:
        raise UsageError("Usage:\n watch [options] command")
    command, rounds = " ".join(words), 0
    while True:
        output, now = await _output(ctx, command), ctx.cluster.clock.datetime
        head = f"Every {interval:.1f}s: {command}"
        where = ctx.environ.get("HOSTNAME", "laptop")
        when = f"{where}: {now:%a %b %e %H:%M:%S %Y}"
        head = f"{head}{when:>{max(1, ctx.columns - len(head))}}"
        clear = "\x1b[H\x1b[2J" if ctx.stdout.isatty and ctx.terminal and ctx.terminal.live else ""
        await ctx.say(clear + (f"{head}\n\n" if title else "") + output + ("" if clear else "\n"))
        rounds += 1
        if rounds >= _WATCH_ROUNDS and not (ctx.terminal and ctx.terminal.live):
            return 0
        await ctx.pacing.sleep(interval)


async def _output(ctx: Ctx, command: str) -> str:
    """What a command line writes."""
    parent, parts = ctx.session, list[str]()
    assert parent is not None  # noqa: S101

    async def take(text: str) -> None:
        parts.append(text)

    session = ShellSession(
        parent.world,
        parent.computer,
        Streams(TextInput(), take),
        kind=parent.computer.sh,
        name="sh",
        pacing=parent.base_pacing,
        environ=ctx.environ,
        cwd=ctx.cwd,
        columns=lambda: ctx.columns,
        terminal=ctx.terminal,
    )
    if ctx.terminal is None:
        await session.run(command)
    else:
        with ctx.terminal.foreground(session):
            await session.run(command)
    if session.status == 130:
        raise Interrupted
    return "".join(parts)


async def yes(ctx: Ctx) -> int:
    """Say yes until nobody listens, or as much has been said as a line may write."""
    line = (" ".join(ctx.args) or "y") + "\n"
    page = line * max(1, _YES_PAGE // len(line))
    for _ in range(OUTPUT_LIMIT // len(page)):
        await ctx.say(page)
    await ctx.complain(f"yes: {FLOOD}\n")
    return 1
