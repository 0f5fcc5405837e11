"""`ping`: iputils', and (by flavour) BusyBox's.

Sources: tests/golden/network, and iputils 20221126 itself.
"""

from __future__ import annotations

from typing import Final

from tutor.shell.command import Ctx
from tutor.shell.tools import busybox
from tutor.shell.tools.echo import Tally, read_options, send
from tutor.shell.tools.resolving import find_host, resolver_error

_USAGE_ERROR: Final = 2
_WITH_VALUE: Final = "ceiImMpQsStTwWlFN"


async def ping(ctx: Ctx) -> int:
    """Send echo requests until told to stop; 0 if any was answered, 1 if none, 2 for an error."""
    if ctx.flavour == "busybox":
        return await busybox.ping(ctx)
    options = await read_options(ctx, "ping", _WITH_VALUE)
    if options is None:
        return _USAGE_ERROR
    if not options.host:
        await ctx.complain("ping: usage error: Destination address required\n")
        return 1
    found = await find_host(ctx, options.host)
    if not found.addresses:
        ctx.cluster.network.ping(ctx.client, options.host)
        await ctx.complain(f"ping: {options.host}: {resolver_error(found)}\n")
        return _USAGE_ERROR
    address, name = found.addresses[0], found.canonical
    await ctx.say(f"PING {name} ({address}) {options.size}({options.size + 28}) bytes of data.\n")
    shown = address if name == address else f"{name} ({address})"

    async def on_reply(number: int, milliseconds: float) -> None:
        text = f"{options.size + 8} bytes from {shown}: icmp_seq={number + 1} ttl=63 time={_time(milliseconds)} ms\n"
        if not options.quiet:
            await ctx.say(text)

    tally = await send(ctx, options, on_reply)
    await ctx.say(f"\n--- {name} ping statistics ---\n{_summary(tally)}\n")
    if tally.trips:
        await ctx.say(_round_trips(tally.trips))
    else:
        await ctx.say("\n")
    return 0 if tally.trips else 1


def _time(milliseconds: float) -> str:
    """A round trip in three digits' precision: `0.061`, `1.23`, `12.3`, `123`."""
    if milliseconds >= 99.95:
        return f"{milliseconds:.0f}"
    if milliseconds >= 9.995:
        return f"{milliseconds:.1f}"
    return f"{milliseconds:.2f}" if milliseconds >= 0.9995 else f"{milliseconds:.3f}"


def _summary(tally: Tally) -> str:
    took = int(tally.seconds * 1000)
    return f"{tally.sent} packets transmitted, {len(tally.trips)} received, {tally.loss}% packet loss, time {took}ms"


def _round_trips(trips: list[float]) -> str:
    mean = sum(trips) / len(trips)
    deviation = (sum((trip - mean) ** 2 for trip in trips) / len(trips)) ** 0.5
    return f"rtt min/avg/max/mdev = {min(trips):.3f}/{mean:.3f}/{max(trips):.3f}/{deviation:.3f} ms\n"
