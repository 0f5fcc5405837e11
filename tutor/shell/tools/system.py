"""What a computer says of itself: `hostname`, `uname`, `date`, `uptime`, `free`, `df`, `mount`, `nproc`, `tty`."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from tutor.shell.command import Ctx, UsageError
from tutor.shell.tools.options import parse

KERNEL = "6.1.0-37-amd64"
_VERSION = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)"


def _hostname(ctx: Ctx) -> str:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    return session.computer.hostname


async def hostname(ctx: Ctx) -> int:
    """Print the host's name, or with -i its address."""
    options = parse(ctx, "ifIsdaA", "ip-address fqdn long all-ip-addresses short domain")
    if "i|ip-address|I|all-ip-addresses" in options:
        space = " " if "I|all-ip-addresses" in options else ""
        await ctx.say((ctx.client.ip or "127.0.1.1") + space + "\n")
    elif "d|domain" in options:
        await ctx.say("\n")
    else:
        await ctx.say(_hostname(ctx) + "\n")
    return 0


async def uname(ctx: Ctx) -> int:
    """Print the system's name and version."""
    options = parse(ctx, "asnrvmpio", "all kernel-name nodename kernel-release kernel-version machine operating-system")
    parts = {
        "s": "Linux", "n": _hostname(ctx), "r": KERNEL, "v": _VERSION, "m": "x86_64", "p": "unknown", "i": "unknown",
        "o": "Linux" if ctx.flavour == "busybox" else "GNU/Linux",
    }  # fmt: skip
    longs = {
        "kernel-name": "s",
        "nodename": "n",
        "kernel-release": "r",
        "kernel-version": "v",
        "machine": "m",
        "operating-system": "o",
    }
    chosen = {longs.get(name, name) for name in options.values}
    if chosen & {"a", "all"}:
        chosen = set("snrvmo")
    await ctx.say(" ".join(text for letter, text in parts.items() if letter in (chosen or {"s"})) + "\n")
    return 0


async def arch(ctx: Ctx) -> int:
    """Print the machine's architecture."""
    await ctx.say("x86_64\n")
    return 0


async def date(ctx: Ctx) -> int:
    """Print the cluster's time."""
    options = parse(ctx, "d:uIRr:s:", "date= utc iso-8601= rfc-3339= rfc-email universal set= reference=")
    moment = ctx.cluster.clock.datetime
    if wanted := options.get("d|date"):
        moment = _moment(wanted, moment)
    form = next((word[1:] for word in options.operands if word.startswith("+")), "")
    if "I" in options or "iso-8601" in options:
        form = "%Y-%m-%d" if options.get("iso-8601") in {"", "date"} else "%Y-%m-%dT%H:%M:%S+00:00"
    elif "R|rfc-email" in options:
        form = "%a, %d %b %Y %H:%M:%S +0000"
    await ctx.say(_format(moment, form or "%a %b %e %H:%M:%S UTC %Y") + "\n")
    return 0


def _format(moment: datetime, form: str) -> str:
    form = form.replace("%s", str(int(moment.timestamp()))).replace("%N", f"{moment.microsecond:06}000")
    return moment.strftime(form.replace("%3N", f"{moment.microsecond // 1000:03}"))


def _moment(text: str, now: datetime) -> datetime:
    if text in {"now", ""}:
        return now
    if match := re.fullmatch(r"@(\d+)", text):
        return datetime.fromtimestamp(int(match[1]), now.tzinfo)
    words = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if text in words:
        return now + timedelta(days=words[text])
    if match := re.fullmatch(r"([-+]?\d+) (second|sec|minute|min|hour|day|week)s?( ago)?", text):
        seconds = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 604800}[match[2]]
        return now + timedelta(seconds=int(match[1]) * seconds * (-1 if match[3] else 1))
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(f"date: invalid date '{text}'") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


async def uptime(ctx: Ctx) -> int:
    """Print how long the machine has been up."""
    now = ctx.cluster.clock
    days = int(now.now // 86400)
    await ctx.say(f" {now.datetime:%H:%M:%S} up {days} days,  0:00,  1 user,  load average: 0.08, 0.03, 0.01\n")
    return 0


async def free(ctx: Ctx) -> int:
    """Print memory in use."""
    mega = "m" in "".join(ctx.args)
    total, used, shared, cache = (value // 1024 if mega else value for value in (8142312, 1530240, 3120, 2214400))
    rest = total - used - cache
    await ctx.say(
        "               total        used        free      shared  buff/cache   available\n"
        f"Mem:    {total:12} {used:11} {rest:11} {shared:11} {cache:11} {total - used:11}\n"
        f"Swap:   {0:12} {0:11} {0:11}\n"
    )
    return 0


async def df(ctx: Ctx) -> int:
    """Print disk space."""
    human = "h" in "".join(ctx.args)
    size = "Size" if human else "1K-blocks"
    heads = ("Filesystem", size, "Used", "Avail" if human else "Available")
    sizes = [("overlay", 61611820, 9412340, "/"), ("tmpfs", 65536, 0, "/dev"), ("shm", 65536, 0, "/dev/shm")]  # noqa: S108
    rows = [
        (name, *(_human(value) if human else str(value) for value in (total, used, total - used)))
        for name, total, used, _ in sizes
    ]
    least = (14, 5, 5, 5)
    widths = [max(least[at], *(len(row[at]) for row in (heads, *rows))) for at in range(4)]
    ends = ["Use% Mounted on", *(f"{-(-100 * used // total):3}% {where}" for _, total, used, where in sizes)]
    lines = []
    for row, end in zip((heads, *rows), ends, strict=True):
        numbers = " ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append(f"{row[0]:<{widths[0]}} {numbers} {end}\n")
    await ctx.say("".join(lines))
    return 0


def _human(kilobytes: int) -> str:
    """A size as GNU tools round it: up, with a decimal if it is short."""
    if kilobytes == 0:
        return "0"
    number, unit = (kilobytes / 1048576, "G") if kilobytes >= 1048576 else (kilobytes / 1024, "M")
    return f"{math.ceil(number * 10) / 10:.1f}{unit}" if number < 9.95 else f"{math.ceil(number)}{unit}"


async def mount(ctx: Ctx) -> int:
    """Print what is mounted."""
    await ctx.say(
        "overlay on / type overlay (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n"
        "tmpfs on /dev type tmpfs (rw,nosuid,size=65536k,mode=755)\n"
    )
    return 0


async def nproc(ctx: Ctx) -> int:
    """Print the number of processors."""
    await ctx.say("4\n")
    return 0


async def tty(ctx: Ctx) -> int:
    """Print the terminal's name."""
    await ctx.say("/dev/pts/0\n" if ctx.stdin.isatty else "not a tty\n")
    return 0 if ctx.stdin.isatty else 1
