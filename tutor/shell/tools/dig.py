"""`dig`: asks name servers and prints whole answers.

Sources: tests/golden/network, and BIND 9.18 itself; lib/dns/masterdump.c for the columns.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from tutor.engine.network.dns import Answer, Record
from tutor.engine.network.names import DnsReply
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

NO_SERVER: Final = 9
_PARTS: Final = ("cmd", "comments", "question", "answer", "authority", "additional", "stats")
_IGNORED: Final = frozenset(
    [
        "recurse",
        "rec",
        "edns",
        "cookie",
        "adflag",
        "ad",
        "cdflag",
        "dnssec",
        "do",
        "trace",
        "ttlid",
        "ttlunits",
        "multiline",
        "class",
        "cl",
        "nssearch",
        "defname",
        "ignore",
        "qr",
        "idnin",
        "idnout",
        "keepopen",
        "besteffort",
        "rrcomments",
        "unknownformat",
        "aaonly",
        "aaflag",
    ]
)
_USAGE: Final = """Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
"""


@dataclass
class _Options:
    """A command line, read: what to show, whom to ask, and what for."""

    shown: set[str] = field(default_factory=lambda: set(_PARTS))
    short: bool = False
    search: bool = False
    show_search: bool = False
    server: str = ""
    attempts: int = 3
    timeout: float = 5.0
    tcp: bool = False
    questions: list[tuple[str, RecordType]] = field(default_factory=list)


class _UsageError(Exception):
    """The command line cannot be read; the message is what dig says."""


async def dig(ctx: Ctx) -> int:
    """Ask each question and print what comes back."""
    if ctx.args[:1] in {("-v",), ("-V",)}:
        await ctx.complain(f"DiG {bind_version(ctx)}\n")
        return 0
    if ctx.args[:1] == ("-h",):
        await ctx.say(_USAGE)
        return 0
    try:
        options = _read(ctx.args)
    except _UsageError as error:
        await ctx.complain(f"{error}\n{_USAGE}")
        return 1
    address = server_address(ctx, options.server) if options.server else ""
    if options.server and not address:
        await ctx.complain(f"dig: couldn't get address for '{options.server}': not found\n")
        return 1
    code = 0
    banner = "cmd" in options.shown and not options.short
    for name, record_type in options.questions:
        client = DnsClient(ctx, address, options.attempts, options.timeout, tcp=options.tcp)
        heading = _banner(ctx, options.server) if banner else ""
        banner = False
        try:
            for reply in await _replies(client, name, record_type, options):
                await ctx.say(_short(reply) if options.short else heading + _long(ctx, client, reply, options))
        except NoServerError as error:
            await ctx.say(f"{error.complaints}{heading if error.verdict else ''}{error.verdict}")
            code = NO_SERVER
        finally:
            client.note(name)
    return code


def _read(words: Sequence[str]) -> _Options:
    options = _Options()
    rest = list(words)
    pending: RecordType | None = None
    while rest:
        word = rest.pop(0)
        if word.startswith("@"):
            options.server = word[1:]
        elif word.startswith("+"):
            _flag(options, word)
        elif word.startswith("-") and len(word) > 1:
            letter, value = word[1], word[2:]
            if letter in "46":
                continue
            if letter not in "xtqcpbkym" or (not value and not rest):
                raise _UsageError(f"Invalid option: {word}")
            value = value or rest.pop(0)
            if letter == "x":
                options.questions.append((reverse_name(value) if is_address(value) else value, "PTR"))
            elif letter == "q":
                options.questions.append((value, pending or "A"))
            elif letter == "t":
                pending = _add_type(options, _type(value))
        elif word.upper() in {"IN", "CH", "HS"}:
            continue
        elif record_type_of(word) and word.lower() != "any.":
            pending = _add_type(options, _type(word))
        else:
            options.questions.append((word, pending or "A"))
            pending = None
    if not options.questions:
        options.questions.append((".", "NS"))
    return options


def _type(word: str) -> RecordType:
    found = record_type_of(word)
    if found is None:
        raise _UsageError(f";; Warning, ignoring invalid type {word}")
    return found


def _add_type(options: _Options, record_type: RecordType) -> RecordType | None:
    """A type after a name belongs to that name; before any it is kept for the next."""
    if not options.questions:
        return record_type
    name, _ = options.questions[-1]
    options.questions[-1] = (name, record_type)
    return None


def _flag(options: _Options, word: str) -> None:
    name, equals, value = word[1:].lower().partition("=")
    wanted = not name.startswith("no") or name in {"norecurse"}
    bare = name if wanted else name[2:]
    if bare == "all":
        options.shown = set(_PARTS) if wanted else set()
    elif bare in _PARTS:
        options.shown = options.shown | {bare} if wanted else options.shown - {bare}
    elif bare == "short":
        options.short = wanted
    elif bare in {"tcp", "vc"}:
        options.tcp = wanted
    elif bare == "search":
        options.search = wanted
    elif bare == "showsearch":
        options.search = options.show_search = wanted
    elif bare in {"tries", "retry"} and equals and value.isdigit():
        options.attempts = max(1, int(value) + (bare == "retry"))
    elif bare in {"time", "timeout"} and equals and value.isdigit():
        options.timeout = float(max(1, int(value)))
    elif bare not in _IGNORED and bare not in {"recurse", "norecurse", "ndots", "bufsize", "domain", "subnet"}:
        raise _UsageError(f"Invalid option: {word}")


async def _replies(client: DnsClient, name: str, record_type: RecordType, options: _Options) -> Sequence[DnsReply]:
    """What is to be shown: the reply that counts, or with +showsearch every one on the way to it."""
    if not options.search:
        return [await client.ask(name.rstrip(".") or ".", record_type)]
    replies = await client.search(name, record_type)
    return replies if options.show_search else replies[-1:]


def _banner(ctx: Ctx, server: str) -> str:
    found = "; (1 server found)\n" if server else ""
    return f"\n; <<>> DiG {bind_version(ctx)} <<>> {' '.join(ctx.args)}\n{found};; global options: +cmd\n"


def _short(reply: DnsReply) -> str:
    return "".join(f"{record.data}\n" for record in (reply.answer.records if reply.answer else ()))


def _long(ctx: Ctx, client: DnsClient, reply: DnsReply, options: _Options) -> str:
    answer, shown = reply.answer, options.shown
    assert answer is not None  # noqa: S101  # NoServerError otherwise
    name = reply.question.name
    text = ""
    if "comments" in shown:
        text += ";; Got answer:\n"
        if name == "local" or name.endswith(".local"):
            text += ";; WARNING: .local is reserved for Multicast DNS\n"
            text += ";; You are currently testing what happens when an mDNS query is leaked to DNS\n"
        text += header_line(ctx, answer)
        text += flags_line(answer, edns=True)
        text += ";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n"
    text += sections(reply, shown)
    if "stats" in shown:
        now = ctx.cluster.clock.datetime
        server = f"{client.server}#53({options.server or client.server}) ({client.protocol})"
        text += f";; Query time: 0 msec\n;; SERVER: {server}\n"
        text += f";; WHEN: {now:%a %b %d %H:%M:%S} UTC {now.year}\n"
        text += f";; MSG SIZE  rcvd: {message_size(name, answer)}\n\n"
    elif "comments" in shown and not text.endswith("\n\n"):
        text += "\n"
    return text


def header_line(ctx: Ctx, answer: Answer) -> str:
    """The line with the status, and a number by chance."""
    number = ctx.cluster.core.dice.below(65536)
    return f";; ->>HEADER<<- opcode: QUERY, status: {answer.rcode}, id: {number}\n"


def flags_line(answer: Answer, *, edns: bool) -> str:
    """The line with the flags and the number of records in each section, and the empty one behind it."""
    counts = f"ANSWER: {len(answer.records)}, AUTHORITY: {1 if answer.soa else 0}"
    aa = " aa" if answer.authoritative else ""
    return f";; flags: qr{aa} rd ra; QUERY: 1, {counts}, ADDITIONAL: {len(answer.additional) + edns}\n\n"


def sections(reply: DnsReply, shown: Collection[str]) -> str:
    """The question and the records of a reply, with headings where comments are shown.

    Args:
        reply: the reply; there is an answer.
        shown: which of `question`, `answer`, `authority`, `additional`, and whether `comments`.
    """
    answer = reply.answer
    assert answer is not None  # noqa: S101  # NoServerError otherwise
    name = reply.question.name
    question = ";" + columns(("." if name == "." else f"{name}.", "IN", reply.question.type), (32, 40))
    parts = (
        ("question", "QUESTION", [question]),
        ("answer", "ANSWER", [record_line(record) for record in answer.records]),
        ("authority", "AUTHORITY", [record_line(answer.soa)] if answer.soa else []),
        ("additional", "ADDITIONAL", [record_line(record) for record in answer.additional]),
    )
    text = ""
    for part, title, lines in parts:
        if part in shown and lines:
            body = "".join(line + "\n" for line in lines)
            text += f";; {title} SECTION:\n{body}\n" if "comments" in shown else body
    return text


def columns(fields: Sequence[str], starts: Sequence[int]) -> str:
    """Fields at their columns, with tabs as far as they reach, as BIND's `indent` does it."""
    text, at = fields[0], len(fields[0])
    for value, start in zip(fields[1:], starts, strict=True):
        to = max(start, at + 1)
        tabs = to // 8 - at // 8
        text += "\t" * tabs + " " * (to - (to // 8 * 8 if tabs else at)) + value
        at = to + len(value)
    return text


def record_line(record: Record) -> str:
    """One record as dig prints it."""
    return columns((f"{record.name}.", str(record.ttl), "IN", record.type, record.data), (24, 32, 40, 48))


def message_size(name: str, answer: Answer, *, edns: bool = True) -> int:
    """Bytes of the answer on the wire, with compressed names, with or without EDNS (RFC 1035, 4.1.4; RFC 6891)."""
    known: set[str] = set()

    def encoded(full: str) -> int:
        labels = [label for label in full.rstrip(".").split(".") if label]
        size = 0
        for index in range(len(labels)):
            suffix = ".".join(labels[index:])
            if suffix in known:
                return size + 2
            known.add(suffix)
            size += 1 + len(labels[index])
        return size + 1

    def data(record: Record) -> int:
        words = record.data.split()
        match record.type:
            case "A":
                return 4
            case "SRV":
                # The target of an SRV record is never compressed (RFC 2782).
                return 6 + len(words[-1].rstrip(".")) + 2
            case "SOA":
                return encoded(words[0]) + encoded(words[1]) + 20
            case "TXT":
                return len(record.data) - 1
            case _:
                return encoded(words[-1])

    size = 12 + encoded(name) + 4 + (11 if edns else 0)
    for record in (*answer.records, *((answer.soa,) if answer.soa else ()), *answer.additional):
        size += encoded(record.name) + 10 + data(record)
    return size
