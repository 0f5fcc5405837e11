"""`busybox`: all its programs in one.

Source: BusyBox 1.35, `libbb/appletlib.c`.
"""

from __future__ import annotations

import shlex
import textwrap
from dataclasses import replace

from tutor.shell.command import Ctx, run_command
from tutor.shell.computer import Computer
from tutor.shell.tools.busybox_wget import BANNER

_USAGE = """BusyBox is copyrighted by many authors between 1998-2015.
Licensed under GPLv2. See source distribution for detailed
copyright notices.

Usage: busybox [function [arguments]...]
   or: busybox --list[-full]
   or: busybox --show SCRIPT
   or: busybox --install [-s] [DIR]
   or: function [arguments]...

	BusyBox is a multi-call binary that combines many common Unix
	utilities into a single executable.  Most people will create a
	link to busybox for each function they wish to use and BusyBox
	will act like whatever it was invoked as.

Currently defined functions:
"""


async def busybox(ctx: Ctx) -> int:
    """Run one of its programs, or list them."""
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    computer, words = session.computer, list(ctx.args)
    names = _applets(computer)
    if not words or words[0] == "--help":
        listing = textwrap.fill(", ".join(names), 71, break_on_hyphens=False, break_long_words=False)
        await ctx.say(BANNER.rstrip("\n") + "\n" + _USAGE + textwrap.indent(listing, "\t") + "\n")
        return 0
    if words[0] in {"--list", "--list-full"}:
        await ctx.say("".join(f"{name}\n" for name in names))
        return 0
    if words[0] not in names:
        await ctx.complain(f"{words[0]}: applet not found\n")
        return 127
    entry = computer.commands.find(words[0])
    if entry is not None:
        return await run_command(entry.run, replace(ctx, argv=tuple(words), flavour=entry.flavour))
    sh = computer.commands.find("sh")
    assert sh is not None  # noqa: S101  # a shell runs, so there is one
    return await run_command(sh.run, replace(ctx, argv=("sh", "-c", shlex.join(words))))


def _applets(computer: Computer) -> list[str]:
    """What this BusyBox can do: the commands of the image that are its."""
    commands = computer.image.os.commands if computer.image else {}
    return sorted({"ash", "sh", *(name for name, flavour in commands.items() if flavour == "busybox")})
