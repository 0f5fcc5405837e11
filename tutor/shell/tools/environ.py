"""`env` and `printenv`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.shell.command import Ctx, run_command

if TYPE_CHECKING:
    from tutor.shell.session import ShellSession


async def env(ctx: Ctx) -> int:
    """Print the environment, or run a command in a changed one."""
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    words, environ = list(ctx.args), dict(ctx.environ)
    while words:
        if words[0] in {"-i", "-", "--ignore-environment"}:
            environ = {}
        elif words[0] == "-u" and len(words) > 1:
            environ.pop(words.pop(1), None)
        elif re.match(r"[A-Za-z_]\w*=", words[0]):
            name, _, value = words[0].partition("=")
            environ[name] = value
        else:
            break
        words.pop(0)
    if not words:
        await ctx.say("".join(f"{name}={environ[name]}\n" for name in _in_order(session, environ)))
        return 0
    entry = session.computer.commands.find(words[0])
    if entry is not None:
        return await run_command(entry.run, replace(ctx, argv=tuple(words), environ=environ, flavour=entry.flavour))
    sh = session.computer.commands.find("sh")
    if sh is None or not session.computer.has(words[0]):
        quoted = f"'{words[0]}'" if ctx.flavour == "busybox" else f"‘{words[0]}’"
        await ctx.complain(
            f"env: {quoted if ctx.environ.get('LANG', 'C') != 'C' else repr(words[0])}: No such file or directory\n"
        )
        return 127
    return await run_command(sh.run, replace(ctx, argv=("sh", "-c", shlex.join(words)), environ=environ))


def _in_order(session: ShellSession, environ: Mapping[str, str]) -> list[str]:
    """The variables' names: those the computer began with first; none that only a shell adds, where there is none."""
    began = session.computer.environ
    added = {"USER", *(() if session.is_shell else ("PWD", "OLDPWD", "SHLVL", "_"))} - began.keys()
    return [*(name for name in began if name in environ), *sorted(environ.keys() - began.keys() - added)]


async def printenv(ctx: Ctx) -> int:
    """Print the environment, or the values of the variables named."""
    if not ctx.args:
        return await env(replace(ctx, argv=("env",)))
    found = [ctx.environ[name] for name in ctx.args if name in ctx.environ]
    await ctx.say("".join(f"{value}\n" for value in found))
    return 0 if len(found) == len(ctx.args) else 1
