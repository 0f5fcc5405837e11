"""Name lookups of a cluster's clients: one question to one server, and a C library's walk along the search list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tutor.engine.core import Core
from tutor.engine.network.clients import Clients
from tutor.engine.network.dns import Answer, ClusterDns, Record
from tutor.engine.network.proxy import Proxy, Route
from tutor.engine.network.resolver import LAPTOP, Lookup, ResolvConf, is_address
from tutor.engine.network.timing import DNS_ATTEMPTS, DNS_PATIENCE, HANDSHAKE, MUSL_PATIENCE, QUESTION
from tutor.engine.network.trace import Client, Outcome, Question, RecordType, Trace, Transport
from tutor.engine.network.tracelog import TraceLog, why_unresolved

DNS_PORT: Final = 53
_NOWHERE: Final = Answer("NXDOMAIN", authoritative=False)


@dataclass(frozen=True)
class DnsReply:
    """What came of one question to one name server.

    Args:
        question: the question with its answer.
        answer: the whole answer; None if there was none.
        route: how the question got there.
    """

    question: Question
    answer: Answer | None
    route: Route

    @property
    def refused(self) -> bool:
        """Whether the server's port was closed, rather than silent."""
        return self.route.outcome == "refused"

    @property
    def milliseconds(self) -> float:
        """How long the one who asked waited for it."""
        if self.answer is not None:
            return QUESTION
        return HANDSHAKE if self.refused else DNS_PATIENCE * 1000


class Names:
    """How the clients of a cluster turn names into addresses."""

    def __init__(self, core: Core, clients: Clients, proxy: Proxy, dns: ClusterDns, log: TraceLog) -> None:
        self._core = core
        self._clients = clients
        self._proxy = proxy
        self._dns = dns
        self._log = log

    def ask(
        self, client: Client, name: str, record_type: RecordType, server: str, protocol: Transport = "UDP"
    ) -> DnsReply:
        """Put one question to one name server, as nslookup and dig do.

        Args:
            client: who asks.
            name: the full name; nothing is appended.
            record_type: the type asked for.
            server: the server's address.
            protocol: how the question travels.
        """
        if server in LAPTOP.servers:
            # The router at home, and what a node's own resolv.conf names: nothing beyond it is simulated.
            return DnsReply(Question(name.rstrip("."), record_type, "NXDOMAIN"), _NOWHERE, Route("ok"))
        route = self._proxy.route(client, server, DNS_PORT, protocol)
        if route.outcome != "ok" or route.listener is None or route.listener.image.behaviour != "dns":
            return DnsReply(Question(name.rstrip("."), record_type, "TIMEOUT"), None, route)
        answer = self._dns.answer(name, record_type)
        answers = tuple(record.data for record in answer.records)
        pod = route.backend.pod if route.backend else ""
        return DnsReply(Question(name.rstrip("."), record_type, answer.rcode, answers, pod), answer, route)

    def resolve(self, client: Client, name: str, record_type: RecordType = "A", *, search: bool = True) -> Lookup:
        """Look a name up as a C library does: each candidate of the search list, until one has records.

        No trace is recorded. The AAAA question that goes out beside each A question is left out: no name has such
        an address here.
        """
        return self._resolve(client, self._clients.computer_of(client).resolver, name, record_type, search)

    def _resolve(self, client: Client, conf: ResolvConf, name: str, record_type: RecordType, search: bool) -> Lookup:
        questions: list[Question] = []
        spent = 0.0
        partial: tuple[Record, ...] = ()
        known = False
        for candidate in conf.candidates(name, search):
            reply = None
            for attempt in range(DNS_ATTEMPTS):
                for server in conf.servers:
                    reply = self.ask(client, candidate, record_type, server)
                    spent += reply.milliseconds
                    if reply.answer is not None:
                        break
                if reply is None or reply.answer is not None:
                    break
                if attempt == DNS_ATTEMPTS - 1:
                    questions.append(reply.question)
            if reply is None or reply.answer is None:
                if reply is not None and self._clients.waits_for_answers(client):
                    return Lookup(
                        name, tuple(questions), "TIMEOUT", (), refused=False, milliseconds=MUSL_PATIENCE * 1000
                    )
                refused = reply is None or reply.refused
                return Lookup(name, tuple(questions), "TIMEOUT", (), refused, spent)
            questions.append(reply.question)
            records = reply.answer.records
            if any(record.type == record_type for record in records):
                return Lookup(name, tuple(questions), "NOERROR", records, milliseconds=spent)
            known = known or reply.answer.rcode == "NOERROR"
            partial = partial or records
        return Lookup(name, tuple(questions), "NOERROR" if known else "NXDOMAIN", partial, milliseconds=spent)

    def known_as(self, name: str, record_type: RecordType = "A") -> Answer:
        """What cluster DNS has for a full name. Nobody asks it: no server is chosen, and no trace is left."""
        return self._dns.answer(name, record_type)

    def find_host(self, client: Client, host: str) -> Lookup:
        """The addresses of a host as getaddrinfo(3) finds them: an address itself, /etc/hosts, then DNS."""
        if is_address(host):
            return Lookup(host, records=(Record(host, "A", host),))
        computer = self._clients.computer_of(client)
        entry = computer.hosts.get(host.lower().rstrip("."))
        if entry is not None:
            return Lookup(host, records=(Record(entry[1], "A", entry[0]),))
        return self._resolve(client, computer.resolver, host, "A", True)

    def note(
        self, client: Client, name: str, replies: tuple[DnsReply, ...], server: str, protocol: Transport = "UDP"
    ) -> Trace:
        """Record the trace of a lookup made question by question with `ask` (at least one)."""
        # What was asked for first counts; other types are asked for besides.
        last = [reply for reply in replies if reply.question.type == replies[0].question.type][-1]
        outcome: Outcome = "ok"
        if last.answer is None:
            outcome = "dns-timeout"
        elif last.answer.rcode == "NXDOMAIN":
            outcome = "nxdomain"
        elif not any(record.type == last.question.type for record in last.answer.records):
            outcome = "no-address"
        spent = sum(reply.milliseconds for reply in replies)
        return self._log.note(
            Trace(
                self._log.count + 1,
                self._core.clock.now,
                client,
                name,
                name,
                DNS_PORT,
                protocol,
                tuple(reply.question for reply in replies),
                server,
                last.route.service,
                last.route.backend,
                outcome,
                last.route.why or why_unresolved(outcome, name),
                None,
                spent,
            )
        )
