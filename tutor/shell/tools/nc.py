"""`nc`: OpenBSD's netcat, and (by flavour) BusyBox's, as clients.

Sources: tests/golden/network, and netcat-openbsd 1.219 itself.
"""

from __future__ import annotations

import re
from typing import Final

from tutor.engine.network.timing import KERNEL_PATIENCE
from tutor.engine.network.trace import Trace
from tutor.shell.command import Ctx
from tutor.shell.tools import busybox
from tutor.shell.tools.netcat import NcOptions, read_nc_options, talk
from tutor.shell.tools.resolving import resolver_error_of

SERVICES: Final = {
    22: "ssh",
    25: "smtp",
    53: "domain",
    80: "http",
    443: "https",
    3306: "mysql",
    5432: "postgresql",
    6379: "redis",
    8080: "http-alt",
}
USAGE: Final = """usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [destination] [port]
"""
_WITH_VALUE: Final = "IiMmOPpqsTVWwXx"


async def nc(ctx: Ctx) -> int:
    """Connect to each port; 0 if all connections were made."""
    if ctx.flavour == "busybox":
        return await busybox.nc(ctx)
    options = read_nc_options(ctx.args, _WITH_VALUE)
    if options.bad:
        await ctx.complain(f"nc: {options.bad}\n{USAGE}")
        return 1
    if "h" in options.flags:
        await ctx.complain(f"OpenBSD netcat (Debian patchlevel 1.219-1)\n{USAGE}")
        return 1
    if "l" in options.flags:
        await ctx.complain("nc: listening (-l) is not simulated here; nc connects as a client\n")
        return 1
    if len(options.words) < 2:
        await ctx.complain(USAGE)
        return 1
    host, ports = options.words[0], _ports(options.words[1])
    if isinstance(ports, str):
        await ctx.complain(f"nc: {ports}\n")
        return 1
    code = 0
    for port in ports:
        code = await _connect(ctx, options, host, port) or code
    return code


def _ports(text: str) -> list[int] | str:
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    names = {name: port for port, name in SERVICES.items()}
    if text in names:
        return [names[text]]
    if not found:
        return f"port number invalid: {text}"
    first, last = int(found[1]), int(found[2] or found[1])
    for port in (first, last):
        if port > 65535:
            return f"port number too large: {port}"
        if port < 1:
            return f"port number too small: {port}"
    return list(range(min(first, last), max(first, last) + 1))


async def _connect(ctx: Ctx, options: NcOptions, host: str, port: int) -> int:
    udp = "u" in options.flags
    trace = ctx.cluster.network.connect(ctx.client, host, port, "UDP" if udp else "TCP", patience=options.wait)
    await ctx.pacing.sleep(trace.milliseconds / 1000)
    if not trace.address:
        await ctx.complain(f'nc: getaddrinfo for host "{host}" port {port}: {resolver_error_of(trace.outcome)}\n')
        return 1
    shown = host if host == trace.address else f"{host} ({trace.address})"
    verbose = "v" in options.flags
    if trace.outcome != "ok" and not (udp and trace.outcome == "timeout"):
        if verbose:
            await ctx.complain(
                f"nc: connect to {shown} port {port} ({'udp' if udp else 'tcp'}) {_problem(options, trace)}\n"
            )
        return 1
    if verbose:
        service = SERVICES.get(port, "*")
        await ctx.complain(f"Connection to {shown} {port} port [{'udp' if udp else 'tcp'}/{service}] succeeded!\n")
    if "z" not in options.flags:
        await talk(ctx, host, port, trace.address, options.wait)
    return 0


def _problem(options: NcOptions, trace: Trace) -> str:
    if trace.outcome == "refused":
        return "failed: Connection refused"
    if options.wait is not None and options.wait < KERNEL_PATIENCE:
        return "timed out: Operation now in progress"
    return "failed: Connection timed out"
