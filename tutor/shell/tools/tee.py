"""`tee`."""

from __future__ import annotations

from tutor.shell.command import Ctx
from tutor.shell.streams import read_page
from tutor.shell.tools.options import parse


async def tee(ctx: Ctx) -> int:
    """Copy standard input to standard output and to files, as it comes."""
    options = parse(ctx, "ai", "append ignore-interrupts")
    status, names = 0, list[str]()
    for name in options.operands:
        try:
            if "a|append" not in options or not ctx.files.exists(name):
                ctx.files.write(name, "")
        except OSError as error:
            status = 1
            await ctx.complain(f"tee: {name}: {error.strerror}\n")
        else:
            names.append(name)
    while page := await read_page(ctx.stdin):
        for name in tuple(names):
            try:
                ctx.files.append(name, page)
            except OSError as error:
                status = 1
                await ctx.complain(f"tee: {name}: {error.strerror}\n")
                names.remove(name)
        await ctx.say(page)
    return status
