"""`host`: looks names up and says so in sentences.

Sources: tests/golden/network, and BIND 9.18 itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.engine.network.dns import Record
from tutor.engine.network.names import DnsReply
from tutor.engine.network.resolver import is_address
from tutor.engine.network.trace import RecordType
from tutor.shell.command import Ctx
from tutor.shell.tools.dig import flags_line, header_line, message_size, sections
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
_SECTIONS: Final = frozenset({"comments", "question", "answer", "authority", "additional"})
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
    verbose = tcp = False
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
        elif word in {"-v", "-d"}:
            verbose = True
        elif word in {"-T", "-U"}:
            tcp = word == "-T"
        elif not word.startswith("-"):
            names.append(word)
    if not names:
        await ctx.complain(_USAGE)
        return 1
    return await _look_up(ctx, names, record_type, verbose=verbose, tcp=tcp)


async def _look_up(ctx: Ctx, names: list[str], record_type: RecordType | None, *, verbose: bool, tcp: bool) -> int:
    name, server = names[0], names[1] if len(names) > 1 else ""
    address = server_address(ctx, server) if server else ""
    if server and not address:
        await ctx.complain(f"host: couldn't get address for '{server}': not found\n")
        return 1
    client = DnsClient(ctx, address, attempts=2, tcp=tcp)
    heading = f"Using domain server:\nName: {server}\nAddress: {address}#53\nAliases: \n\n" if server else ""
    say = _Speaker(ctx, client, heading, verbose=verbose)
    try:
        if is_address(name) and record_type in {None, "PTR"}:
            reverse = reverse_name(name)
            return await say.replies(reverse + ".", [await client.ask(reverse, "PTR")])
        replies = await client.search(name, record_type or "A")
        code = await say.replies(name, replies)
        if code or record_type is not None:
            return code
        reply = replies[-1]
        full = reply.question.name
        records = reply.answer.records if reply.answer else ()
        if records and records[-1].type == "CNAME":
            full = records[-1].data.rstrip(".")
        # Without a type host asks for AAAA and MX too, and keeps silent about what is not there.
        others: tuple[RecordType, ...] = ("AAAA", "MX")
        for other in others:
            code = await say.replies(full, [await client.ask(full, other)], quiet=True) or code
        return code
    except NoServerError as error:
        await ctx.say(str(error))
        return 1
    finally:
        client.note(name)


class _Speaker:
    """Says replies in sentences, or with -v as dig would, with every name that was tried."""

    def __init__(self, ctx: Ctx, client: DnsClient, heading: str, *, verbose: bool) -> None:
        self._ctx, self._client, self._heading, self._verbose = ctx, client, heading, verbose

    async def replies(self, name: str, replies: Sequence[DnsReply], *, quiet: bool = False) -> int:
        """Say what came of a name; the exit status."""
        reply = replies[-1]
        answer = reply.answer
        assert answer is not None  # noqa: S101  # NoServerError otherwise
        text, self._heading = self._heading, ""
        text += "".join(f'Trying "{each.question.name}"\n' for each in replies) if self._verbose else ""
        if answer.rcode != "NOERROR":
            text += f"Host {name} not found: 3({answer.rcode})\n"
        elif self._verbose:
            text += header_line(self._ctx, answer) + flags_line(answer, edns=False) + sections(reply, _SECTIONS)
        elif answer.records:
            text += "".join(_sentence(record) for record in answer.records)
        elif not quiet:
            text += f"{reply.question.name} has no {reply.question.type} record\n"
        if self._verbose:
            size = message_size(reply.question.name, answer, edns=False)
            text += f"Received {size} bytes from {self._client.server}#53 in 0 ms\n"
        await self._ctx.say(text)
        return int(answer.rcode != "NOERROR")


def _sentence(record: Record) -> str:
    return f"{record.name} {_VERBS.get(record.type, record.type)} {record.data}\n"
