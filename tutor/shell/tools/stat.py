"""`stat`."""

from __future__ import annotations

from tutor.shell.command import Ctx
from tutor.shell.tools.options import parse

_KINDS = {"directory": "directory", "symlink": "symbolic link", "file": "regular file"}


async def stat(ctx: Ctx) -> int:
    """Say what a file is."""
    options = parse(ctx, "c:Lft", "format= dereference")
    status, session = 0, ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    for name in options.operands:
        found = ctx.files.stat(name)
        if found is None:
            status = 1
            cannot = f"can't stat '{name}'" if ctx.flavour == "busybox" else f"cannot statx '{name}'"
            await ctx.complain(f"stat: {cannot}: No such file or directory\n")
            continue
        size = 4096 if found["file_type"] == "directory" else int(found["size"])
        kind = _KINDS[found["file_type"]] if size else "regular empty file"
        mode = f"{int(found['mode']) & 0o7777:04o}"
        changed = session.computer.dated(ctx.files.resolve(name), ctx.cluster.clock)
        when = changed.strftime("%Y-%m-%d %H:%M:%S.000000000 +0000")
        form = options.get("c|format")
        if form:
            values = {
                "%n": name,
                "%s": str(size),
                "%F": kind,
                "%a": mode.lstrip("0") or "0",
                "%y": when,
                "%U": "root",
                "%G": "root",
            }
            for key, value in values.items():
                form = form.replace(key, value)
            await ctx.say(form + "\n")
            continue
        await ctx.say(
            f"  File: {name}\n  Size: {size:<15}\tBlocks: {-(-size // 512):<10} IO Block: 4096   {kind}\n"
            f"Access: ({mode})  Modify: {when}\n"
        )
    return status
