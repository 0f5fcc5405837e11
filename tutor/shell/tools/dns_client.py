"""What nslookup, dig and host have in common: asking name servers question by question, as BIND's tools do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from tutor.engine.network.names import DnsReply
from tutor.engine.network.resolver import ResolvConf, is_address
from tutor.engine.network.timing import DNS_PATIENCE, QUESTION
from tutor.engine.network.trace import RecordType
from tutor.shell.command import Ctx
from tutor.shell.tools.release import release_of

_BIND: Final = "1:9.18.49-1~deb12u3"
"""The BIND of Debian 12."""
TYPES: Final = frozenset(get_args(RecordType))


class NoServerError(Exception):
    """No name server answered.

    Args:
        complaints: a line for each attempt.
        verdict: the line that follows.
    """

    def __init__(self, complaints: str, verdict: str) -> None:
        super().__init__(complaints + verdict)
        self.complaints, self.verdict = complaints, verdict


def bind_version(ctx: Ctx) -> str:
    """The BIND that is installed, as its tools give their version: `9.18.49-1~deb12u3-Debian`."""
    release = release_of(ctx, "bind9-dnsutils", "dnsutils", "bind-tools")
    if not release[:1].isdigit():
        release = _BIND
    release = release.partition(":")[2] or release.partition("-r")[0]
    vendor = "-Ubuntu" if "ubuntu" in release else "-Debian" if "deb" in release else ""
    return release + vendor


class DnsClient:
    """Asks on behalf of one command, and leaves one trace of it all.

    Args:
        ctx: the command's surroundings.
        server: the server's address; the first of /etc/resolv.conf unless given.
        attempts: how often to try before giving up.
        patience: seconds to wait for an answer.
        tcp: whether to ask over TCP.
    """

    def __init__(
        self, ctx: Ctx, server: str = "", attempts: int = 3, patience: float = DNS_PATIENCE, *, tcp: bool = False
    ) -> None:
        self._ctx = ctx
        self.conf: ResolvConf = ctx.cluster.network.clients.computer_of(ctx.client).resolver
        self.server = server or (self.conf.servers[0] if self.conf.servers else "127.0.0.1")
        self.protocol: Final = "TCP" if tcp else "UDP"
        self._attempts, self._patience = attempts, patience
        self._replies: list[DnsReply] = []
        self._says_why = int(bind_version(ctx).split(".")[1]) >= 18

    async def ask(self, name: str, record_type: RecordType) -> DnsReply:
        """One question, with the waiting it takes.

        Raises:
            NoServerError: nobody answered.
        """
        complaints = []
        for _ in range(self._attempts):
            reply = self._ctx.cluster.network.names.ask(self._ctx.client, name, record_type, self.server, self.protocol)
            self._replies.append(reply)
            if reply.answer is not None:
                await self._ctx.pacing.sleep(QUESTION / 1000)
                return reply
            what = "connection refused"
            if not reply.refused:
                await self._ctx.pacing.sleep(self._patience)
                what = "timed out"
            complaints.append(self._complaint(name, what))
        if self.protocol == "TCP":
            raise NoServerError("".join(complaints), "")
        if self._says_why:
            raise NoServerError("".join(complaints), ";; no servers could be reached\n")
        raise NoServerError("", ";; connection timed out; no servers could be reached\n")

    def _complaint(self, name: str, what: str) -> str:
        """What BIND 9.18 says of an attempt that failed."""
        if self.protocol == "TCP":
            failed = f";; Connection to {self.server}#53({self.server}) for {name} failed: {what}."
            return f"{failed}\n;; no servers could be reached\n"
        return f";; communications error to {self.server}#53: {what}\n"

    async def search(self, name: str, record_type: RecordType) -> list[DnsReply]:
        """Ask for each candidate of the search list until one exists; every reply, the one that counts last.

        Raises:
            NoServerError: nobody answered.
        """
        replies: list[DnsReply] = []
        for candidate in candidates(self.conf, name):
            replies.append(await self.ask(candidate, record_type))
            answer = replies[-1].answer
            if answer is not None and answer.rcode == "NOERROR":
                break
        return replies

    def note(self, name: str) -> None:
        """Leave the trace of what was asked so far."""
        if self._replies:
            self._ctx.cluster.network.names.note(
                self._ctx.client, name, tuple(self._replies), self.server, self.protocol
            )
            self._replies = []


def candidates(conf: ResolvConf, name: str) -> Iterator[str]:
    """The names to ask for: the search list first or last, by the number of dots."""
    if name.endswith("."):
        yield name.rstrip(".") or "."
        return
    as_it_is_first = name.count(".") >= conf.ndots
    if as_it_is_first:
        yield name
    for suffix in conf.search:
        yield f"{name}.{suffix}"
    if not as_it_is_first:
        yield name


def server_address(ctx: Ctx, server: str) -> str:
    """The address of a name server given by name or address; empty if there is none."""
    if is_address(server):
        return server
    return next(iter(ctx.cluster.network.names.find_host(ctx.client, server).addresses), "")


def reverse_name(address: str) -> str:
    """The name that a PTR record of an address has: `125.201.254.10.in-addr.arpa`."""
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


def record_type_of(word: str) -> RecordType | None:
    """The record type a word names, in any case; None if it is none we know."""
    found: RecordType | None = next((known for known in get_args(RecordType) if known == word.upper()), None)
    return found
