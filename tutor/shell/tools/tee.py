"""`tee`."""

from __future__ import annotations

from tutor.shell.command import Ctx
from tutor.shell.tools.options import parse


async def tee(ctx: Ctx) -> int:
    """Copy standard input to standard output and to files, line by line."""
    options = parse(ctx, "ai", "append ignore-interrupts")
    status, texts = 0, dict[str, list[str]]()
    for name in options.operands:
        try:
            before = ctx.files.read(name) if "a|append" in options and ctx.files.exists(name) else ""
            ctx.files.write(name, before)
        except OSError as error:
            status = 1
            await ctx.complain(f"tee: {name}: {error.strerror}\n")
            continue
        texts[name] = [before]
    while line := await ctx.stdin.readline():
        for name, parts in texts.items():
            parts.append(line)
            ctx.files.write(name, "".join(parts))
        await ctx.say(line)
    return status
