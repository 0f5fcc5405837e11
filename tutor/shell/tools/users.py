"""`id`, `whoami`, `groups`, `su`, `sudo`: who runs this shell."""

from __future__ import annotations

import shlex
from dataclasses import replace

from tutor.shell.command import Ctx, run_command
from tutor.shell.computer import User
from tutor.shell.tools.options import parse


def _user(ctx: Ctx) -> User:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    return session.computer.user


async def id_(ctx: Ctx) -> int:
    """Print user and group ids."""
    options, user = parse(ctx, "ugGnr", "user group groups name real"), _user(ctx)
    named = "n|name" in options
    if "u|user" in options:
        text = user.name if named else str(user.uid)
    elif "g|group|G|groups" in options:
        text = user.group if named else str(user.gid)
    else:
        text = f"uid={user.uid}({user.name}) gid={user.gid}({user.group}) groups={user.gid}({user.group})"
    await ctx.say(text + "\n")
    return 0


async def whoami(ctx: Ctx) -> int:
    """Print the user's name."""
    await ctx.say(_user(ctx).name + "\n")
    return 0


async def groups(ctx: Ctx) -> int:
    """Print the user's groups."""
    await ctx.say(_user(ctx).group + "\n")
    return 0


async def su(ctx: Ctx) -> int:
    """Nobody here has a password."""
    if _user(ctx).uid == 0:
        return 0
    await ctx.complain(
        "su: must be suid to work properly\n" if ctx.flavour == "busybox" else "su: Authentication failure\n"
    )
    return 1


async def sudo(ctx: Ctx) -> int:
    """Run a command as the same user: nothing on this computer needs another."""
    session = ctx.session
    assert session is not None  # noqa: S101
    options = parse(ctx, "EHSknu:", "", stop_at_operand=True)
    if not options.operands:
        await ctx.complain("usage: sudo [-EHkn] [-u user] [command]\n")
        return 1
    name = options.operands[0]
    entry = session.computer.commands.find(name)
    if entry is not None:
        return await run_command(entry.run, replace(ctx, argv=tuple(options.operands), flavour=entry.flavour))
    sh = session.computer.commands.find("sh")
    if sh is None or not session.computer.has(name):
        await ctx.complain(f"sudo: {name}: command not found\n")
        return 1
    return await run_command(sh.run, replace(ctx, argv=("sh", "-c", shlex.join(options.operands))))
