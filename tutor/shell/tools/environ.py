"""`env` and `printenv`."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace

from tutor.shell.command import Ctx, run_command


async def env(ctx: Ctx) -> int:
    """Print the environment, or run a command in a changed one."""
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
        await ctx.say("".join(f"{name}={value}\n" for name, value in environ.items()))
        return 0
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
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


async def printenv(ctx: Ctx) -> int:
    """Print the environment, or the values of the variables named."""
    if not ctx.args:
        return await env(replace(ctx, argv=("env",)))
    found = [ctx.environ[name] for name in ctx.args if name in ctx.environ]
    await ctx.say("".join(f"{value}\n" for value in found))
    return 0 if len(found) == len(ctx.args) else 1
