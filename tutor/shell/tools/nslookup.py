"""`nslookup`: BIND's, and (by flavour) BusyBox's.

Sources: tests/golden/network, and BIND 9.18 itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tutor.engine.network.dns import Record
from tutor.engine.network.names import DnsReply
from tutor.engine.network.resolver import is_address
from tutor.engine.network.trace import RecordType
from tutor.shell.command import Ctx
from tutor.shell.tools import busybox
from tutor.shell.tools.dns_client import (
    DnsClient,
    NoServerError,
    bind_version,
    record_type_of,
    reverse_name,
    server_address,
)

_IGNORED: Final = frozenset({"debug", "nodebug", "d2", "nod2", "search", "nosearch", "recurse", "norecurse"})
_LABELS: Final = {
    "CNAME": "canonical name",
    "PTR": "name",
    "SRV": "service",
    "NS": "nameserver",
    "TXT": "text",
    "MX": "mail exchanger",
}
_SOA: Final = ("origin", "mail addr", "serial", "refresh", "retry", "expire", "minimum")


@dataclass(frozen=True)
class _State:
    """What `set` and `server` have changed."""

    type: RecordType | None = None
    server: str = ""
    timeout: float = 5.0
    attempts: int = 3
    tcp: bool = False


async def nslookup(ctx: Ctx) -> int:
    """Look names up; without a name, one after the other from standard input."""
    if ctx.flavour == "busybox":
        return await busybox.nslookup(ctx)
    state, names = _State(), []
    for word in ctx.args:
        if word.startswith("-") and len(word) > 1:
            if word in {"-version", "-v", "-V"}:
                await ctx.complain(f"nslookup {bind_version(ctx)}\n")
                return 0
            changed = _set(state, word[1:])
            if changed is None:
                await ctx.say(f"*** Invalid option: {word[1:]}\n")
            state = changed or state
        else:
            names.append(word)
    if len(names) > 1:
        address = server_address(ctx, names[1])
        if not address:
            await ctx.complain(f"nslookup: couldn't get address for '{names[1]}': not found\n")
            return 1
        state = replace(state, server=names[1])
    if not names or names[0] == "-":
        return await _interactive(ctx, state)
    ok = await _look_up(ctx, names[0], state)
    await ctx.say("\n")
    return 0 if ok else 1


def _set(state: _State, option: str) -> _State | None:
    """The state after an option such as `type=SRV`; None if there is no such option."""
    name, equals, value = option.lower().partition("=")
    if name in _IGNORED:
        return state
    if name in {"vc", "novc"}:
        return replace(state, tcp=name == "vc")
    if equals and len(name) >= 1 and any(word.startswith(name) for word in ("type", "querytype")):
        found = record_type_of(value)
        return replace(state, type=found) if found else None
    if equals and name in {"timeout", "ti"} and value.isdigit():
        return replace(state, timeout=float(value))
    if equals and name in {"retry", "ret"} and value.isdigit():
        return replace(state, attempts=max(1, int(value)))
    if equals and name in {"port", "po", "class", "cl", "domain", "srchlist", "ndots", "root"}:
        return state
    return None


async def _interactive(ctx: Ctx, state: _State) -> int:
    ok = True
    while True:
        if ctx.tty:
            await ctx.say("> ")
        line = await ctx.stdin.readline()
        words = line.split()
        if not line or words[:1] == ["exit"]:
            if ctx.tty and not line:
                await ctx.say("\n")
            if not ctx.tty:
                await ctx.say("\n")
            return 0 if ok else 1
        if not words:
            continue
        if words[0] in {"server", "lserver"} and len(words) > 1:
            state = replace(state, server=words[1])
            address = server_address(ctx, words[1])
            await ctx.say(f"Default server: {words[1]}\nAddress: {address}#53\n")
        elif words[0] == "set" and len(words) > 1:
            changed = _set(state, words[1])
            if changed is None:
                await ctx.say(f"*** Invalid option: {words[1]}\n")
            state = changed or state
        else:
            ok = await _look_up(ctx, words[0], replace(state, server=words[1]) if len(words) > 1 else state)


async def _look_up(ctx: Ctx, name: str, state: _State) -> bool:
    """Print all there is to say about one name; whether it was found."""
    address = server_address(ctx, state.server) if state.server else ""
    client = DnsClient(ctx, address, state.attempts, state.timeout, tcp=state.tcp)
    heading = f"Server:\t\t{state.server or client.server}\nAddress:\t{client.server}#53\n\n"
    try:
        if is_address(name) and state.type in {None, "PTR"}:
            return await _reverse(ctx, client, name, heading if state.type else "")
        reply = (await client.search(name, state.type or "A"))[-1]
        found = await _tell(ctx, name, reply, heading)
        if found and state.type is None:
            found = await _rest(ctx, client, reply)
        return found
    except NoServerError as error:
        await ctx.say(str(error))
        return False
    finally:
        client.note(name)


async def _rest(ctx: Ctx, client: DnsClient, reply: DnsReply) -> bool:
    """The AAAA question that follows an A question; an alias that leads elsewhere is followed too."""
    records = reply.answer.records if reply.answer else ()
    full = reply.question.name
    if records and records[-1].type == "CNAME":
        full = records[-1].data.rstrip(".")
    after = await client.ask(full, "AAAA")
    if after.answer is not None and after.answer.rcode != "NOERROR":
        return await _tell(ctx, full, after, "")
    return True


async def _reverse(ctx: Ctx, client: DnsClient, address: str, heading: str) -> bool:
    name = reverse_name(address)
    return await _tell(ctx, name, await client.ask(name, "PTR"), heading)


async def _tell(ctx: Ctx, name: str, reply: DnsReply, heading: str) -> bool:
    answer = reply.answer
    assert answer is not None  # noqa: S101  # NoServerError otherwise
    shown = name.rstrip(".")
    if answer.rcode != "NOERROR":
        await ctx.say(f"{heading}** server can't find {shown}: {answer.rcode}\n")
        return False
    if not answer.records:
        await ctx.say(f"{heading}*** Can't find {shown}: No answer\n")
        return True
    await ctx.say(heading + "".join(_line(record) for record in answer.records))
    return True


def _line(record: Record) -> str:
    match record.type:
        case "A" | "AAAA":
            return f"Name:\t{record.name}\nAddress: {record.data}\n"
        case "SOA":
            values = [value.rstrip(".") for value in record.data.split()]
            rows = zip(_SOA, values, strict=True)
            return f"{record.name}\n" + "".join(f"\t{label} = {value}\n" for label, value in rows)
        case _:
            return f"{record.name}\t{_LABELS.get(record.type, record.type)} = {record.data}\n"
