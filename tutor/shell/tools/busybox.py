"""BusyBox's own nslookup, ping and nc, where they differ from the usual ones.

Sources: tests/golden/network, and BusyBox 1.35 itself.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.network.dns import Record
from tutor.engine.network.names import DnsReply
from tutor.engine.network.resolver import is_address
from tutor.engine.network.timing import DNS_PATIENCE
from tutor.engine.network.trace import RecordType
from tutor.shell.command import Ctx
from tutor.shell.tools import echo, netcat
from tutor.shell.tools.busybox_wget import BANNER
from tutor.shell.tools.dns_client import DnsClient, NoServerError, record_type_of, reverse_name, server_address
from tutor.shell.tools.resolving import find_host

_LABELS: Final = {"CNAME": "canonical name", "PTR": "name", "SRV": "service", "NS": "nameserver", "TXT": "text"}
_SOA: Final = ("origin", "mail addr", "serial", "refresh", "retry", "expire", "minimum")
_NSLOOKUP_USAGE: Final = """Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any
"""
_PING_USAGE: Final = """Usage: ping [OPTIONS] HOST

Send ICMP ECHO_REQUESTs to HOST

	-4,-6		Force IP or IPv6 name resolution
	-c CNT		Send only CNT pings
	-s SIZE		Send SIZE data bytes in packets (default 56)
	-i SECS		Interval
	-A		Ping as soon as reply is received
	-t TTL		Set TTL
	-I IFACE/IP	Source interface or IP address
	-W SEC		Seconds to wait for the first response (default 10)
			(after all -c CNT packets are sent)
	-w SEC		Seconds until ping exits (default:infinite)
			(can exit earlier with -c CNT)
	-q		Quiet, only display output at start/finish
	-p HEXBYTE	Payload pattern
"""
_NC_USAGE: Final = """Usage: nc [OPTIONS] HOST PORT  - connect
nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen

	-e PROG	Run PROG after connect (must be last)
	-l	Listen mode, for inbound connects
	-lk	With -e, provides persistent server
	-p PORT	Local port
	-s ADDR	Local address
	-w SEC	Timeout for connects and final net reads
	-i SEC	Delay interval for lines sent
	-n	Don't do DNS resolution
	-u	UDP mode
	-b	Allow broadcasts
	-v	Verbose
	-o FILE	Hex dump traffic
	-z	Zero-I/O mode (scanning)
"""


async def nslookup(ctx: Ctx) -> int:
    """Ask for the addresses of a name; every candidate of the search list is asked for, unless the name has a dot."""
    words = [word for word in ctx.args if not word.startswith("-")]
    options = [word for word in ctx.args if word.startswith("-")]
    types: list[RecordType] = []
    for option in options:
        name, _, value = option[1:].partition("=")
        if not name or not any(word.startswith(name) for word in ("type", "querytype", "debug")):
            await ctx.complain(f"nslookup: invalid option -- '{name[:1]}'\n{BANNER}{_NSLOOKUP_USAGE}")
            return 1
        found = record_type_of(value) if value else None
        if value and found is None:
            await ctx.complain(f'nslookup: invalid query type "{value}"\n')
            return 1
        types += [found] if found else []
    if not 1 <= len(words) <= 2:
        await ctx.complain(f"{BANNER}{_NSLOOKUP_USAGE}")
        return 1
    server = server_address(ctx, words[1]) if len(words) > 1 else ""
    if len(words) > 1 and not server:
        await ctx.complain(f"nslookup: bad address '{words[1]}'\n")
        return 1
    return await _look_up(ctx, words[0], types, DnsClient(ctx, server, attempts=1), asked_server=bool(server))


async def _look_up(ctx: Ctx, name: str, types: list[RecordType], client: DnsClient, *, asked_server: bool) -> int:
    shown, code = f"Server:\t\t{client.server}\nAddress:\t{client.server}:53\n\n", 0
    questions: list[tuple[str, RecordType]] = []
    if is_address(name) and not types:
        questions.append((reverse_name(name), "PTR"))
    else:
        # With a server of its own it never reads the search list; with a dot in the name it does not use it.
        suffixes = client.conf.search if "." not in name and not asked_server else ()
        full = [f"{name}.{suffix}" for suffix in suffixes] or [name.rstrip(".")]
        questions += [(one, kind) for kind in types or ("A", "AAAA") for one in full]
    try:
        for question, kind in questions:
            reply = await client.ask(question, kind)
            shown += _reply_text(reply) + "\n"
            if reply.answer is not None and reply.answer.rcode != "NOERROR":
                code = 1
        await ctx.say(shown)
    except NoServerError as error:
        if "refused" in str(error):
            await ctx.complain(f"nslookup: write to '{client.server}': Connection refused\n")
        await ctx.pacing.sleep(DNS_PATIENCE)
        await ctx.say(";; connection timed out; no servers could be reached\n\n")
        code = 1
    client.note(name)
    return code


def _reply_text(reply: DnsReply) -> str:
    answer = reply.answer
    assert answer is not None  # noqa: S101  # NoServerError otherwise
    if answer.rcode != "NOERROR":
        return f"** server can't find {reply.question.name}: {answer.rcode}\n"
    return "".join(_record_text(record) for record in answer.records)


def _record_text(record: Record) -> str:
    data = record.data.rstrip(".")
    if record.type in {"A", "AAAA"}:
        return f"Name:\t{record.name}\nAddress: {data}\n"
    if record.type == "SOA":
        values = [value.rstrip(".") for value in data.split()]
        rows = "".join(f"\t{label} = {value}\n" for label, value in zip(_SOA, values, strict=True))
        return f"{record.name}\n{rows}"
    return f"{record.name}\t{_LABELS.get(record.type, record.type)} = {data}\n"


async def ping(ctx: Ctx) -> int:
    """Send echo requests; 0 if any was answered."""
    options = await echo.read_options(ctx, "ping", "csitIWwp")
    if options is None or not options.host:
        await ctx.complain(f"{BANNER}{_PING_USAGE}")
        return 1
    found = await find_host(ctx, options.host)
    if not found.addresses:
        ctx.cluster.network.ping(ctx.client, options.host)
        await ctx.complain(f"ping: bad address '{options.host}'\n")
        return 1
    address = found.addresses[0]
    await ctx.say(f"PING {options.host} ({address}): {options.size} data bytes\n")

    async def on_reply(number: int, milliseconds: float) -> None:
        if not options.quiet:
            await ctx.say(f"{options.size + 8} bytes from {address}: seq={number} ttl=63 time={milliseconds:.3f} ms\n")

    tally = await echo.send(ctx, options, on_reply)
    received = len(tally.trips)
    await ctx.say(
        f"\n--- {options.host} ping statistics ---\n"
        f"{tally.sent} packets transmitted, {received} packets received, {tally.loss}% packet loss\n"
    )
    if tally.trips:
        low, mean, high = min(tally.trips), sum(tally.trips) / received, max(tally.trips)
        await ctx.say(f"round-trip min/avg/max = {low:.3f}/{mean:.3f}/{high:.3f} ms\n")
    return 0 if tally.trips else 1


async def nc(ctx: Ctx) -> int:
    """Connect to a port, send standard input, print the answer."""
    options = netcat.read_nc_options(ctx.args, "pswieo")
    if options.bad or len(options.words) < 2 or not options.words[1].isdigit():
        await ctx.complain(f"{BANNER}{_NC_USAGE}" if not options.bad else f"nc: {options.bad}\n{BANNER}{_NC_USAGE}")
        return 1
    if "l" in options.flags:
        await ctx.complain("nc: listening (-l) is not simulated here; nc connects as a client\n")
        return 1
    host, port = options.words[0], int(options.words[1])
    trace = ctx.cluster.network.connect(ctx.client, host, port, patience=options.wait)
    await ctx.pacing.sleep(trace.milliseconds / 1000)
    if not trace.address:
        await ctx.complain(f"nc: bad address '{host}'\n")
        return 1
    if trace.outcome != "ok":
        why = "Connection refused" if trace.outcome == "refused" else "Connection timed out"
        if trace.outcome == "timeout" and options.wait is not None:
            await ctx.complain("nc: timed out\n")
        elif options.flags & {"z", "v"}:
            await ctx.complain(f"nc: {host} ({trace.address}:{port}): {why}\n")
        else:
            await ctx.complain(f"nc: can't connect to remote host ({trace.address}): {why}\n")
        return 1
    if "v" in options.flags:
        await ctx.complain(f"{host} ({trace.address}:{port}) open\n")
    if "z" not in options.flags:
        await netcat.talk(ctx, host, port, trace.address, options.wait)
    return 0
