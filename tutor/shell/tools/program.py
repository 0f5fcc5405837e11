"""What a name stands for that is no command of the shell: a path, or a file in one of the folders of `$PATH`."""

from __future__ import annotations

import posixpath
import shlex
from dataclasses import replace

from tutor.shell.command import Ctx, run_command
from tutor.shell.computer import Computer
from tutor.shell.images import command_file
from tutor.shell.personality import Personality

_NOT_FOUND, _NOT_RUN = 127, 126


async def program(ctx: Ctx) -> int:
    """Run the file: a command of the computer, or a script by the shell its first line asks for."""
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    computer, shell, line = session.computer, session.personality, session.calls.foreign.get(ctx.name, 1)
    path = computer.locate(ctx.name, ctx.environ.get("PATH", ""), ctx.cwd)
    if path is None:
        if "/" not in ctx.name:
            await ctx.complain(shell.not_found(ctx.name, line) + "\n")
            return _NOT_FOUND
        folder = ctx.files.is_dir(ctx.name)
        await ctx.complain(_cannot(shell, line, ctx.name, "Is a directory" if folder else "No such file or directory"))
        return _NOT_RUN if folder else _NOT_FOUND
    if not int((ctx.files.stat(path) or {"mode": 0})["mode"]) & 0o111 and not _is_link(ctx, path):
        await ctx.complain(_cannot(shell, line, ctx.name, "Permission denied"))
        return _NOT_RUN
    name, content = posixpath.basename(path), ctx.files.read_bytes(path)
    if content == command_file(name):
        return await _run(ctx, computer, (name, *ctx.args))
    first = content.decode("utf-8", "replace").partition("\n")[0]
    interpreter = shlex.split(first[2:], comments=False) if first.startswith("#!") else [shell.kind]
    if "/" in interpreter[0] and computer.locate(interpreter[0], "", "/") is None:
        if shell.kind == "bash":
            why = f"{interpreter[0]}: bad interpreter: No such file or directory"
            await ctx.complain(_cannot(shell, line, ctx.name, why))
            return _NOT_RUN
        await ctx.complain(shell.not_found(ctx.name, line) + "\n")
        return _NOT_FOUND
    words = [posixpath.basename(interpreter[0]), *interpreter[1:]]
    return await _run(ctx, computer, (*words, path if "/" in path else ctx.name, *ctx.args))


async def _run(ctx: Ctx, computer: Computer, argv: tuple[str, ...]) -> int:
    entry = computer.commands.find(argv[0])
    if entry is not None:
        return await run_command(entry.run, replace(ctx, argv=argv, flavour=entry.flavour))
    sh = computer.commands.find("sh")
    assert sh is not None  # noqa: S101  # a shell runs, so there is one
    return await run_command(sh.run, replace(ctx, argv=("sh", "-c", shlex.join(argv))))


def _is_link(ctx: Ctx, path: str) -> bool:
    return (ctx.files.stat(path) or {}).get("file_type") == "symlink"


def _cannot(shell: Personality, line: int, name: str, why: str) -> str:
    match shell.kind:
        case "bash":
            return f"{shell.name}: {'' if shell.interactive else f'line {line}: '}{name}: {why}\n"
        case "dash" if why.startswith("No such"):
            return f"{shell.name}: {line}: {name}: not found\n"
        case "dash":
            return f"{shell.name}: {line}: {name}: {why.replace('Is a directory', 'Permission denied')}\n"
    return f"{shell.name}: {name}: {'not found' if why.startswith('No such') else 'Permission denied'}\n"
