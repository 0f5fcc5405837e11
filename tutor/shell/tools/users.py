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


def _groups(ctx: Ctx) -> list[tuple[str, str]]:
    """The user's groups, id and name: its own, and those whose members in `/etc/group` include it."""
    user, found = _user(ctx), list[tuple[str, str]]()
    lines = ctx.files.read("/etc/group").splitlines() if ctx.files.exists("/etc/group") else []
    for line in lines:
        name, _, gid, members = (*line.split(":"), "", "", "")[:4]
        if user.name in members.split(",") and gid != str(user.gid):
            found.append((gid, name))
    return [(str(user.gid), user.group), *found]


async def id_(ctx: Ctx) -> int:
    """Print user and group ids."""
    options, user = parse(ctx, "ugGnr", "user group groups name real"), _user(ctx)
    named, member = "n|name" in options, _groups(ctx)
    if "u|user" in options:
        text = user.name if named else str(user.uid)
    elif "g|group" in options:
        text = user.group if named else str(user.gid)
    elif "G|groups" in options:
        text = " ".join(name if named else gid for gid, name in member)
    else:
        shown = ",".join(f"{gid}({name})" for gid, name in member)
        text = f"uid={user.uid}({user.name}) gid={user.gid}({user.group}) groups={shown}"
    await ctx.say(text + "\n")
    return 0


async def whoami(ctx: Ctx) -> int:
    """Print the user's name."""
    await ctx.say(_user(ctx).name + "\n")
    return 0


async def groups(ctx: Ctx) -> int:
    """Print the user's groups."""
    await ctx.say(" ".join(name for _, name in _groups(ctx)) + "\n")
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
