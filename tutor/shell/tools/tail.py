"""`tail`, with `-f` over simulated time."""

from __future__ import annotations

import re

from tutor.shell.command import Ctx, UsageError
from tutor.shell.tools.options import parse


async def tail(ctx: Ctx) -> int:
    """Show the ends of files, or of standard input, and follow them with `-f`."""
    words = list(ctx.argv)
    if len(words) > 1 and re.fullmatch(r"[-+]\d+", words[1]):
        words[1:2] = ["-n", words[1].lstrip("-")]
        ctx.argv = tuple(words)
    options = parse(ctx, "fFn:c:qvs:r", "follow lines= bytes= quiet silent verbose retry sleep-interval=")
    unit = "c" if "c|bytes" in options else "n"
    count = options.get("n|lines|c|bytes", "10")
    if not re.fullmatch(r"[-+]?\d+", count):
        what = "bytes" if unit == "c" else "lines"
        raise UsageError(f"tail: invalid number of {what}: '{count}'")
    names = options.operands or ["-"]
    headers = (len(names) > 1 or "v|verbose" in options) and "q|quiet|silent" not in options
    status, lengths, shown = 0, dict[str, int](), 0
    for name in names:
        if ctx.files.is_output(name):
            await ctx.pacing.until(lambda: False)
            continue
        try:
            text = await ctx.stdin.read() if name == "-" else ctx.files.read(name)
        except OSError as error:
            status = 1
            cannot = (
                f"error reading '{name}'"
                if isinstance(error, IsADirectoryError)
                else f"cannot open '{name}' for reading"
            )
            await ctx.complain(f"tail: {cannot}: {error.strerror}\n")
            continue
        head = ("\n" if shown else "") + f"==> {'standard input' if name == '-' else name} <==\n" if headers else ""
        shown += 1
        await ctx.say(head + _end(text, unit, count))
        if name != "-":
            lengths[name] = len(text)
    if "f|F|follow" in options and lengths:
        await _follow(ctx, lengths)
    return status


def _end(text: str, unit: str, count: str) -> str:
    parts = list(text) if unit == "c" else text.splitlines(keepends=True)
    number = abs(int(count))
    chosen = parts[max(0, number - 1) :] if count.startswith("+") else parts[len(parts) - min(number, len(parts)) :]
    return "".join(chosen)


async def _follow(ctx: Ctx, lengths: dict[str, int]) -> None:
    """Show what is added until ctrl+c, or until nothing can change any more."""
    while await ctx.pacing.idle():
        for name, length in lengths.items():
            text = ctx.files.read(name) if ctx.files.exists(name) else ""
            if len(text) > length:
                await ctx.say(text[length:])
            lengths[name] = len(text)
