"""`clear`, `less`, `man` and `history`."""

from __future__ import annotations

from tutor.shell.command import Ctx, UsageError

CLEAR = "\x1b[H\x1b[2J\x1b[3J"
"""What a terminal takes as: empty the screen and what has scrolled away."""


async def clear(ctx: Ctx) -> int:
    """Empty the screen."""
    await ctx.say(CLEAR)
    return 0


async def less(ctx: Ctx) -> int:
    """Show a text whole: the terminal scrolls."""
    names = [word for word in ctx.args if not word.startswith("-") and not word.startswith("+")]
    if not names:
        if ctx.stdin.isatty:
            raise UsageError(f'Missing filename ("{ctx.name} --help" for help)')
        while line := await ctx.stdin.readline():
            await ctx.say(line)
        return 0
    status = 0
    for name in names:
        try:
            await ctx.say(ctx.files.read(name))
        except IsADirectoryError:
            await ctx.complain(f"{name} is a directory\n")
            status = 1
        except OSError as error:
            await ctx.complain(f"{name}: {error.strerror}\n")
            status = 1
    return status


async def man(ctx: Ctx) -> int:
    """Point to the help each command prints itself."""
    if not ctx.args:
        raise UsageError("What manual page do you want?\nFor example, try 'man man'.")
    name = ctx.args[-1]
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    if not session.computer.has(name):
        raise UsageError(f"No manual entry for {name}", 16)
    await ctx.say(f"There are no manual pages here. Try: {name} --help\n")
    return 0


async def history(ctx: Ctx) -> int:
    """List the lines typed."""
    if ctx.terminal is None:
        return 0
    lines = ctx.terminal.history
    if "-c" in ctx.args:
        lines.clear()
        return 0
    count = next((int(word) for word in ctx.args if word.isdigit()), len(lines))
    first = len(lines) - min(count, len(lines))
    await ctx.say("".join(f"{number:5}  {line}\n" for number, line in enumerate(lines[first:], first + 1)))
    return 0
