"""`vi`, `vim`, `nano`, `code`: the app's editor on a file."""

from __future__ import annotations

from tutor.shell.command import Ctx, UsageError

_WITHOUT = """{name}: this terminal has no editor.
To write a file, type:  cat > {file}
then its lines, then ctrl+d at the start of a line. To change one, sed -i 's/old/new/' {file} will do.
"""


async def edit(ctx: Ctx) -> int:
    """Edit a file and write it back if it was saved."""
    names = [word for word in ctx.args if not word.startswith(("-", "+"))]
    file = names[0] if names else "FILE"
    editor = ctx.terminal.editor if ctx.terminal else None
    if editor is None:
        raise UsageError(_WITHOUT.format(name=ctx.name, file=file).rstrip("\n"))
    if not names:
        raise UsageError(f"{ctx.name}: name a file to edit")
    if ctx.files.is_dir(file):
        raise UsageError(f'"{file}" is a directory')
    before = ctx.files.read(file) if ctx.files.exists(file) else ""
    after = await editor(file, before)
    if after is None:
        return 0
    try:
        ctx.files.write(file, after)
    except OSError as error:
        raise UsageError(f"{ctx.name}: {file}: {error.strerror}") from None
    return 0
