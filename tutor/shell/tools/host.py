"""`host`: looks names up and says so in sentences.

Sources: tests/golden/network, and BIND 9.18 itself.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.network.dns import Record
from tutor.engine.network.network import DnsReply
from tutor.engine.network.resolver import is_address
from tutor.engine.network.trace import RecordType
from tutor.shell.command import Ctx
from tutor.shell.tools.dns_client import (
    DnsClient,
    NoServerError,
    bind_version,
    record_type_of,
    reverse_name,
    server_address,
)

_VERBS: Final = {
    "A": "has address",
    "AAAA": "has IPv6 address",
    "CNAME": "is an alias for",
    "NS": "name server",
    "PTR": "domain name pointer",
    "SOA": "has SOA record",
    "SRV": "has SRV record",
    "TXT": "descriptive text",
    "MX": "mail is handled by",
}
_USAGE: Final = """Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
       -a is equivalent to -v -t ANY
       -A is like -a but omits RRSIG, NSEC, NSEC3
       -c specifies query class for non-IN data
       -C compares SOA records on authoritative nameservers
       -d is equivalent to -v
       -l lists all hosts in a domain, using AXFR
       -m set memory debugging flag (trace|record|usage)
       -N changes the number of dots allowed before root lookup is done
       -p specifies the port on the server to query
       -r disables recursive processing
       -R specifies number of retries for UDP packets
       -s a SERVFAIL response should stop query
       -t specifies the query type
       -T enables TCP/IP mode
       -U enables UDP mode
       -v enables verbose output
       -V print version number and exit
       -w specifies to wait forever for a reply
       -W specifies how long to wait for a reply
       -4 use IPv4 query transport only
       -6 use IPv6 query transport only
"""


async def host(ctx: Ctx) -> int:
    """Look one name or address up; 1 if there is nothing."""
    names: list[str] = []
    record_type: RecordType | None = None
    rest = list(ctx.args)
    while rest:
        word = rest.pop(0)
        if word == "-V":
            await ctx.complain(f"host {bind_version(ctx)}\n")
            return 0
        if word.startswith("-t"):
            value = word[2:] or (rest.pop(0) if rest else "")
            record_type = record_type_of(value)
            if record_type is None:
                await ctx.complain(f"host: invalid type: {value}\n")
                return 2
        elif word[:2] in {"-c", "-N", "-R", "-m", "-p", "-W"}:
            if len(word) == 2 and rest:
                rest.pop(0)
        elif not word.startswith("-"):
            names.append(word)
    if not names:
        await ctx.complain(_USAGE)
        return 1
    return await _look_up(ctx, names, record_type)


async def _look_up(ctx: Ctx, names: list[str], record_type: RecordType | None) -> int:
    name, server = names[0], names[1] if len(names) > 1 else ""
    address = server_address(ctx, server) if server else ""
    if server and not address:
        await ctx.complain(f"host: couldn't get address for '{server}': not found\n")
        return 1
    client = DnsClient(ctx, address, attempts=2)
    heading = f"Using domain server:\nName: {server}\nAddress: {address}#53\nAliases: \n\n" if server else ""
    try:
        if is_address(name) and record_type in {None, "PTR"}:
            reply = await client.ask(reverse_name(name), "PTR")
            return await _say(ctx, reverse_name(name) + ".", reply, heading, quiet=False)
        reply = await client.search(name, record_type or "A")
        code = await _say(ctx, name, reply, heading, quiet=False)
        if code or record_type is not None:
            return code
        full = reply.question.name
        records = reply.answer.records if reply.answer else ()
        if records and records[-1].type == "CNAME":
            full = records[-1].data.rstrip(".")
        # Without a type host asks for AAAA and MX too, and keeps silent about what is not there.
        for other in ("AAAA", "MX"):
            code = (
                await _say(ctx, full, await client.ask(full, "AAAA" if other == "AAAA" else "MX"), "", quiet=True)
                or code
            )
        return code
    except NoServerError as error:
        await ctx.say(str(error))
        return 1
    finally:
        client.note(name)


async def _say(ctx: Ctx, name: str, reply: DnsReply, heading: str, *, quiet: bool) -> int:
    answer = reply.answer
    assert answer is not None  # noqa: S101  # NoServerError otherwise
    if answer.rcode != "NOERROR":
        await ctx.say(f"{heading}Host {name} not found: 3({answer.rcode})\n")
        return 1
    if not answer.records:
        if not quiet:
            await ctx.say(f"{heading}{reply.question.name} has no {reply.question.type} record\n")
        return 0
    await ctx.say(heading + "".join(_sentence(record) for record in answer.records))
    return 0


def _sentence(record: Record) -> str:
    return f"{record.name} {_VERBS.get(record.type, record.type)} {record.data}\n"
