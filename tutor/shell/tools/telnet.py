"""`telnet` and `traceroute`.

Sources: netkit-telnet 0.17 and traceroute 2.1 of Debian 12, and BusyBox 1.35, run by hand.
"""

from __future__ import annotations

from tutor.engine.network.resolver import is_address
from tutor.shell.command import Ctx
from tutor.shell.machine import gateway_of
from tutor.shell.tools import netcat
from tutor.shell.tools.busybox_wget import BANNER
from tutor.shell.tools.resolving import find_host, resolver_error

_TELNET_USAGE = """Usage: telnet [-a] [-l USER] HOST [PORT]

Connect to telnet server

	-a	Automatic login with $USER variable
	-l USER	Automatic login as USER
"""
_PROBES, _PATIENCE = 3, 5.0
"""Probes a hop, and seconds each is waited for."""
_HOPS = 30
_WITH_VALUE = frozenset({"-m", "-q", "-w", "-f", "-p", "-i", "-s", "-t", "-z"})


async def telnet(ctx: Ctx) -> int:
    """Connect to a port and talk to it line by line."""
    words, busybox = [word for word in ctx.args if not word.startswith("-")], ctx.flavour == "busybox"
    if not words:
        await ctx.complain(
            f"{BANNER}{_TELNET_USAGE}" if busybox else "telnet: a host is needed here: telnet HOST PORT\n"
        )
        return 1
    host, port = words[0], words[1] if len(words) > 1 else "23"
    trace = ctx.cluster.network.connect(ctx.client, host, int(port) if port.isdigit() else 0)
    if not trace.address:
        await ctx.pacing.sleep(trace.milliseconds / 1000)
        why = f"Server lookup failure:  {host}:{port}, Name or service not known"
        await ctx.complain(f"telnet: bad address '{host}'\n" if busybox else f"{why}\n")
        return 1
    if not busybox:
        await ctx.say(f"Trying {trace.address}...\n")
    await ctx.pacing.sleep(trace.milliseconds / 1000)
    if trace.outcome != "ok":
        why = "Connection refused" if trace.outcome == "refused" else "Connection timed out"
        remote = f"can't connect to remote host ({trace.address})" if busybox else "Unable to connect to remote host"
        await ctx.complain(f"telnet: {remote}: {why}\n")
        return 1
    if not busybox:
        await ctx.say(f"Connected to {host}.\nEscape character is '^]'.\n")
    await netcat.talk(ctx, host, int(port), trace.address, None)
    await ctx.complain("Connection closed by foreign host\r\n" if busybox else "Connection closed by foreign host.\n")
    return 1


async def traceroute(ctx: Ctx) -> int:
    """Follow the way to a host: the node's bridge, the other node, then whoever answers."""
    most, words, busybox = _hops(list(ctx.args)), _operands(list(ctx.args)), ctx.flavour == "busybox"
    if not words:
        await ctx.complain("traceroute: a host is needed here: traceroute HOST\n")
        return 1
    host = words[0]
    found = await find_host(ctx, host)
    if not found.addresses:
        cannot = f'{host}: {resolver_error(found)}\nCannot handle "host" cmdline arg `{host}\' on position 1 (argc 1)'
        await ctx.complain(f"traceroute: bad address '{host}'\n" if busybox else f"{cannot}\n")
        return 1 if busybox else 2
    address, size = found.addresses[0], 46 if busybox else 60
    await ctx.say(f"traceroute to {host} ({address}), {most} hops max, {size} byte packets\n")
    reply = ctx.cluster.network.ping(ctx.client, address)
    hop = 1
    if not ctx.client.is_host:
        gateway = gateway_of(ctx.client.ip)
        await ctx.say(_hop(hop, gateway, gateway, 0.041))
        hop += 1
        if reply.outcome == "ok" and gateway_of(address) != gateway:
            node = f"{gateway_of(address).rpartition('.')[0]}.0"
            await ctx.say(_hop(hop, node, node, 0.387))
            hop += 1
    if reply.outcome == "ok":
        await ctx.say(_hop(hop, host if not is_address(host) else address, address, 0.412))
        return 0
    for number in range(hop, most + 1):
        # Nothing answers for a Service's address: the rules know protocols and ports, not probes.
        await ctx.pacing.sleep(_PATIENCE)
        await ctx.say(f"{number:2}  * * *\n")
    return 0


def _operands(words: list[str]) -> list[str]:
    operands = []
    while words:
        word = words.pop(0)
        if word in _WITH_VALUE and words:
            words.pop(0)
        elif not word.startswith("-"):
            operands.append(word)
    return operands


def _hops(words: list[str]) -> int:
    value = words[words.index("-m") + 1] if "-m" in words[:-1] else ""
    return int(value) if value.isdigit() else _HOPS


def _hop(number: int, name: str, address: str, milliseconds: float) -> str:
    times = "".join(f"  {milliseconds + 0.013 * probe:.3f} ms" for probe in range(_PROBES))
    return f"{number:2}  {name} ({address}){times}\n"
