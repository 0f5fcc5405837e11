"""What a computer says of itself: `hostname`, `uname`, `date`, `uptime`, `free`, `df`, `mount`, `nproc`, `tty`."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from tutor.shell.command import Ctx, UsageError
from tutor.shell.machine import KERNEL, KERNEL_VERSION, LOAD, MEMORY, PROCESSORS, mounts
from tutor.shell.tools.options import parse


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
        "s": "Linux", "n": _hostname(ctx), "r": KERNEL, "v": KERNEL_VERSION, "m": "x86_64", "p": "unknown",
        "i": "unknown", "o": "Linux" if ctx.flavour == "busybox" else "GNU/Linux",
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
    days, rest = divmod(int(now.now), 86400)
    users = "0 users" if ctx.flavour == "busybox" else "1 user" if ctx.client.is_host else "0 user"
    hours = f"{rest // 3600:2}:{rest % 3600 // 60:02}" if rest >= 3600 else f"{rest // 60} min"
    await ctx.say(f" {now.datetime:%H:%M:%S} up {days} days, {hours},  {users},  load average: {', '.join(LOAD)}\n")
    return 0


async def free(ctx: Ctx) -> int:
    """Print memory in use."""
    letters = "".join(ctx.args)
    busybox = ctx.flavour == "busybox"
    unit = {"m": 1024, "g": 1024 * 1024}.get(next((letter for letter in letters if letter in "mg"), ""), 1)
    sizes = (MEMORY.total, MEMORY.used, MEMORY.free, MEMORY.shared, MEMORY.buffers + MEMORY.cached, MEMORY.available)
    shown = [_memory(value) if "h" in letters else str(value // unit) for value in sizes]
    zero = "0B" if "h" in letters else "0"
    first = 12 if busybox else 13
    heads = ("total", "used", "free", "shared", "buff/cache", "available")
    for name, cells in (("", heads), ("Mem:", tuple(shown)), ("Swap:", (zero, zero, zero))):
        await ctx.say(f"{name:<7}{cells[0]:>{first}}" + "".join(f"{cell:>12}" for cell in cells[1:]) + "\n")
    return 0


def _memory(kilobytes: int) -> str:
    """A size as `free -h` prints it: `7.8Gi`, `84Mi`."""
    for unit, size in (("Gi", 1024 * 1024), ("Mi", 1024)):
        if kilobytes >= size:
            number = kilobytes / size
            return f"{number:.1f}{unit}" if number < 10 else f"{number:.0f}{unit}"
    return f"{kilobytes}Ki"


async def df(ctx: Ctx) -> int:
    """Print disk space."""
    human, busybox = "h" in "".join(ctx.args), ctx.flavour == "busybox"
    heads = ("Filesystem", "Size" if human else "1K-blocks", "Used", "Avail" if human and not busybox else "Available")
    wanted = [word for word in ctx.args if not word.startswith("-")]
    found = [one for one in mounts(ctx.client.is_host) if one.size]
    if not busybox:
        # A device that is mounted several times is listed once.
        devices = [one.device for one in found]
        found = [one for at, one in enumerate(found) if one.device[0] != "/" or one.device not in devices[:at]]
    if wanted:
        found = [
            max((one for one in found if _holds(one.path, word)), key=lambda one: len(one.path)) for word in wanted
        ]
    show = _human_busybox if busybox else _human
    rows = [
        (one.device, *(show(value) if human else str(value) for value in (one.size, one.used, one.size - one.used)))
        for one in found
    ]
    least = (20, 9, 9, 9) if busybox else (14, 5, 5, 5)
    widths = [max(least[at], *(len(row[at]) for row in (heads, *rows))) for at in range(4)]
    ends = ["Use% Mounted on", *(f"{-(-100 * one.used // one.size):3}% {one.path}" for one in found)]
    lines = []
    for row, end in zip((heads, *rows), ends, strict=True):
        numbers = " ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append(f"{row[0]:<{widths[0]}} {numbers} {end}\n")
    await ctx.say("".join(lines))
    return 0


def _holds(folder: str, path: str) -> bool:
    return folder == "/" or path == folder or path.startswith(folder + "/")


def _human_busybox(kilobytes: int) -> str:
    """A size as BusyBox rounds it: to the nearest tenth."""
    if kilobytes == 0:
        return "0"
    for unit, size in (("G", 1024 * 1024), ("M", 1024)):
        if kilobytes >= size:
            return f"{kilobytes / size:.1f}{unit}"
    return f"{kilobytes}.0K"


def _human(kilobytes: int) -> str:
    """A size as GNU tools round it: up, with a decimal if it is short."""
    if kilobytes == 0:
        return "0"
    number, unit = next(
        (kilobytes / size, unit) for unit, size in (("G", 1048576), ("M", 1024), ("K", 1)) if kilobytes >= size
    )
    if unit == "K":
        return f"{kilobytes}K"
    return f"{math.ceil(number * 10) / 10:.1f}{unit}" if number < 9.95 else f"{math.ceil(number)}{unit}"


async def mount(ctx: Ctx) -> int:
    """Print what is mounted."""
    if words := [word for word in ctx.args if not word.startswith("-")]:
        why = "must be superuser to use mount" if ctx.client.is_host else f"{words[-1]}: permission denied"
        await ctx.complain(f"mount: {why}.\n")
        return 1 if ctx.client.is_host else 32
    found = mounts(ctx.client.is_host)
    await ctx.say("".join(f"{one.device} on {one.path} type {one.kind} ({one.options})\n" for one in found))
    return 0


async def nproc(ctx: Ctx) -> int:
    """Print the number of processors."""
    await ctx.say(f"{PROCESSORS}\n")
    return 0


async def tty(ctx: Ctx) -> int:
    """Print the terminal's name."""
    await ctx.say("/dev/pts/0\n" if ctx.stdin.isatty else "not a tty\n")
    return 0 if ctx.stdin.isatty else 1
