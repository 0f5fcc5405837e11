"""The network of a cluster: names, connections, HTTP and pings of its Pods and of the learner's own computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rpds import HashTrieMap

from tutor.engine.core import Core
from tutor.engine.images import Image
from tutor.engine.network.dns import Answer, ClusterDns, Record
from tutor.engine.network.http import Exchange, HttpRequest, HttpResponse, TlsFault
from tutor.engine.network.index import AddressIndex, IndexState
from tutor.engine.network.listeners import Listener
from tutor.engine.network.proxy import Proxy, Route
from tutor.engine.network.resolver import (
    LAPTOP,
    LAPTOP_HOSTS,
    Lookup,
    ResolvConf,
    hosts_of,
    is_address,
    parse_hosts,
    parse_resolv_conf,
    resolv_conf_of,
)
from tutor.engine.network.rules import Rules
from tutor.engine.network.servers import api_server, api_server_in_plain, server_of
from tutor.engine.network.trace import Client, Outcome, Question, RecordType, Trace
from tutor.engine.objects import Object, field, labels_of, name_of, namespace_of, uid_of
from tutor.engine.sockets import Socket
from tutor.engine.store import Change

if TYPE_CHECKING:  # rpds types take no parameters at run time
    from tutor.engine.network.proxy import ProxyState

    _Traces: TypeAlias = HashTrieMap[int, Trace]
    _Counts: TypeAlias = HashTrieMap[str, int]

Protocol: TypeAlias = Literal["TCP", "UDP"]

HOST: Final = Client(ip="127.0.0.1")
"""The learner's own computer."""
KEPT: Final = 1000
"""How many traces are kept."""
QUESTION: Final = 0.8
"""Milliseconds one DNS question takes."""
HANDSHAKE: Final = 0.2
"""Milliseconds a connection takes to be made, or refused."""
SERVING: Final = 0.6
"""Milliseconds a server takes to answer."""
KERNEL_PATIENCE: Final = 135.1
"""Seconds Linux goes on trying to connect (tcp_syn_retries=6 with tcp_syn_linear_timeouts=4)."""
DNS_PATIENCE: Final = 5.0
"""Seconds a resolver waits for one answer: `timeout` in resolv.conf(5)."""
DNS_ATTEMPTS: Final = 2
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


@dataclass(frozen=True)
class ProbeResult:
    """The outcome of a kubelet's probe, with the words its event has."""

    ok: bool
    message: str = ""


@dataclass(frozen=True)
class NetworkState:
    """All of a network that a snapshot keeps: shared, never copied."""

    traces: _Traces
    count: int
    index: IndexState
    proxy: ProxyState
    connections: _Counts


@dataclass(frozen=True)
class _Computer:
    """How a client finds addresses before it asks a name server."""

    resolver: ResolvConf
    hosts: Mapping[str, tuple[str, str]]


_LAPTOP: Final = _Computer(LAPTOP, parse_hosts(LAPTOP_HOSTS))


class Network:
    """Everything that travels, and the traces of it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._index = AddressIndex(core.store)
        self._proxy = Proxy(core, self._index)
        self._dns = ClusterDns(core.store, self._index)
        self._traces: _Traces = HashTrieMap()
        self._count = 0
        self._connections: _Counts = HashTrieMap()
        self._computers: dict[str, tuple[Object, _Computer]] = {}
        core.store.subscribe(self._on_change, "Pod")

    def _on_change(self, change: Change) -> None:
        if change.type == "DELETED":
            uid = uid_of(change.object)
            self._computers.pop(uid, None)
            self._connections = self._connections.discard(uid)

    # Traces

    def traces(self) -> list[Trace]:
        """The last thousand traces, oldest first."""
        return self.traces_since(self._count - KEPT)

    def traces_since(self, number: int) -> list[Trace]:
        """The traces numbered above `number` that are still kept, oldest first."""
        first = max(number, self._count - KEPT, 0) + 1
        return [self._traces[at] for at in range(first, self._count + 1)]

    @property
    def trace_count(self) -> int:
        """How many requests there have been; the number of the newest trace."""
        return self._count

    def note(self, trace: Trace) -> None:
        """Keep a trace of a request that somebody else has seen; it has the next number."""
        self._record(trace)

    def _record(self, trace: Trace) -> Trace:
        self._count = trace.number
        self._traces = self._traces.insert(trace.number, trace)
        if trace.number > KEPT:
            self._traces = self._traces.discard(trace.number - KEPT)
        return trace

    # Clients

    def client_of(self, pod: Object, container: str = "") -> Client:
        """The client that a container of a Pod is; its first container unless named."""
        container = container or pod["spec"]["containers"][0]["name"]
        address = field(pod, "status.podIP") or ""
        return Client(namespace_of(pod), name_of(pod), container, address, tuple(sorted(labels_of(pod).items())))

    def current(self, client: Client) -> Client:
        """A client with the labels its Pod has now; as it was if the Pod is gone."""
        pod = self._core.store.get("Pod", client.namespace, client.pod)
        return client if client.is_host or pod is None else self.client_of(pod, client.container)

    def sockets(self, client: Client) -> tuple[Socket, ...]:
        """What listens where a client is. Nothing does on the learner's own computer."""
        pod = None if client.is_host else self._core.store.get("Pod", client.namespace, client.pod)
        return self._proxy.sockets(pod) if pod is not None else ()

    def reread(self, client: Client) -> None:
        """The server of a client's container reads its configuration again."""
        pod = self._core.store.get("Pod", client.namespace, client.pod)
        if pod is not None:
            self._proxy.reread(pod, client.container)

    def pod_at(self, address: str) -> Object | None:
        """The Pod that has an address."""
        return next(self._index.pods(address), None)

    def resolver_of(self, client: Client) -> ResolvConf:
        """The resolver settings a client has now."""
        return self._computer(client).resolver

    def _computer(self, client: Client) -> _Computer:
        if client.is_host:
            return _LAPTOP
        pod = self._core.store.get("Pod", client.namespace, client.pod)
        if pod is None:
            return _Computer(ResolvConf(), {})
        uid = uid_of(pod)
        known = self._computers.get(uid)
        if known is None or known[0] is not pod:
            known = self._computers[uid] = (pod, _Computer(resolv_conf_of(pod), parse_hosts(hosts_of(pod))))
        computer = known[1]
        resolver = self._core.files.read(uid, client.container, "/etc/resolv.conf")
        if resolver is not None:
            computer = replace(computer, resolver=parse_resolv_conf(resolver.decode(errors="replace")))
        hosts = self._core.files.read(uid, client.container, "/etc/hosts")
        if hosts is not None:
            computer = replace(computer, hosts=parse_hosts(hosts.decode(errors="replace")))
        return computer

    # Names

    def ask(
        self, client: Client, name: str, record_type: RecordType, server: str, protocol: Protocol = "UDP"
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
        return self._resolve(client, self._computer(client).resolver, name, record_type, search)

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
                    spent += HANDSHAKE if reply.refused else QUESTION if reply.answer else DNS_PATIENCE * 1000
                    if reply.answer is not None:
                        break
                if reply is None or reply.answer is not None:
                    break
                if attempt == DNS_ATTEMPTS - 1:
                    questions.append(reply.question)
            if reply is None or reply.answer is None:
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

    def rules_of(self, service: Object) -> Rules:
        """What kube-proxy makes of a stored Service. No connection is made."""
        return self._proxy.rules_of(service)

    def find_host(self, client: Client, host: str) -> Lookup:
        """The addresses of a host as getaddrinfo(3) finds them: an address itself, /etc/hosts, then DNS."""
        if is_address(host):
            return Lookup(host, records=(Record(host, "A", host),))
        computer = self._computer(client)
        entry = computer.hosts.get(host.lower().rstrip("."))
        if entry is not None:
            return Lookup(host, records=(Record(entry[1], "A", entry[0]),))
        return self._resolve(client, computer.resolver, host, "A", True)

    def note_lookup(
        self, client: Client, name: str, replies: tuple[DnsReply, ...], server: str, protocol: Protocol = "UDP"
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
        spent = sum(
            QUESTION if reply.answer else HANDSHAKE if reply.refused else DNS_PATIENCE * 1000 for reply in replies
        )
        return self._record(
            Trace(
                self._count + 1,
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
                last.route.why or _why_not(outcome, name),
                None,
                spent,
            )
        )

    # Connections

    def connect(
        self,
        client: Client,
        host: str,
        port: int,
        protocol: Protocol = "TCP",
        *,
        address: str = "",
        patience: float | None = None,
        target: str = "",
    ) -> Trace:
        """Open a connection and record its trace.

        Args:
            client: who connects.
            host: a name or an address.
            port: the port.
            protocol: `TCP` or `UDP`; a UDP "connection" fails only if the other side says so.
            address: connect here instead of looking the host up.
            patience: seconds to wait for an answer; None for as long as the kernel tries.
            target: what the trace shows as asked for; `host:port` unless given.
        """
        lookup = Lookup(host, records=(Record(host, "A", address),)) if address else self.find_host(client, host)
        target = target or f"{host}:{port}"
        if not lookup.addresses:
            return self._record(self._unresolved(client, target, host, port, lookup))
        route = self._proxy.route(client, lookup.addresses[0], port, protocol)
        return self._record(self._trace(client, target, host, port, protocol, lookup, route, patience))

    def ping(self, client: Client, host: str) -> Trace:
        """Send one ICMP echo request and record its trace; the milliseconds are the round trip's."""
        lookup = self.find_host(client, host)
        if not lookup.addresses:
            return self._record(replace(self._unresolved(client, host, host, 0, lookup), protocol="ICMP"))
        route = self._proxy.ping(client, lookup.addresses[0])
        spent = self._core.dice.between(0.04, 0.12) if route.outcome == "ok" else 0.0
        return self._record(
            Trace(
                self._count + 1,
                self._core.clock.now,
                client,
                host,
                host,
                0,
                "ICMP",
                lookup.questions,
                lookup.addresses[0],
                None,
                route.backend,
                route.outcome,
                route.why,
                None,
                spent,
            )
        )

    def _unresolved(self, client: Client, target: str, host: str, port: int, lookup: Lookup) -> Trace:
        outcome: Outcome = "nxdomain"
        if lookup.rcode == "TIMEOUT":
            outcome = "dns-timeout"
        elif lookup.rcode == "NOERROR":
            outcome = "no-address"
        return Trace(
            self._count + 1,
            self._core.clock.now,
            client,
            target,
            host,
            port,
            questions=lookup.questions,
            outcome=outcome,
            why=_why_not(outcome, host),
            milliseconds=lookup.milliseconds,
        )

    def _trace(
        self,
        client: Client,
        target: str,
        host: str,
        port: int,
        protocol: Protocol,
        lookup: Lookup,
        route: Route,
        patience: float | None,
        response: HttpResponse | None = None,
    ) -> Trace:
        outcome, spent = route.outcome, lookup.milliseconds + HANDSHAKE
        if response is not None:
            outcome, spent = "http-error" if response.status >= 400 else "ok", spent + SERVING
        if route.outcome == "timeout":
            spent = (min(patience, KERNEL_PATIENCE) if patience is not None else KERNEL_PATIENCE) * 1000
            spent += self._core.dice.between(0.0, 2.0)
        return Trace(
            self._count + 1,
            self._core.clock.now,
            client,
            target,
            host,
            port,
            protocol,
            lookup.questions,
            lookup.addresses[0],
            route.service,
            route.backend,
            outcome,
            route.why,
            response.status if response else None,
            spent,
        )

    # HTTP

    def request(self, client: Client, request: HttpRequest) -> Exchange:
        """Send an HTTP request and record its trace; the server writes its log."""
        if request.over is not None and request.over.route is not None:
            lookup = Lookup(request.host, records=(Record(request.host, "A", request.over.trace.address),))
            return self._exchange(client, request, lookup, request.over.route)
        if request.address:
            lookup = Lookup(request.host, records=(Record(request.host, "A", request.address),))
        else:
            lookup = self.find_host(client, request.host)
        if not lookup.addresses:
            trace = self._unresolved(client, request.url, request.host, request.port, lookup)
            return Exchange(self._record(trace), resolved=lookup.milliseconds)
        return self._exchange(
            client, request, lookup, self._proxy.route(client, lookup.addresses[0], request.port, "TCP")
        )

    def _exchange(self, client: Client, request: HttpRequest, lookup: Lookup, route: Route) -> Exchange:
        tls: TlsFault = ""
        response = None
        if route.outcome == "ok":
            if request.tls and not (route.api_server and request.trust):
                tls = "untrusted" if route.api_server else "not-tls"
            else:
                response = self._respond(client, request, route)
        trace = self._trace(
            client, request.url, request.host, request.port, "TCP", lookup, route, request.patience, response
        )
        return Exchange(self._record(trace), response, tls, lookup.milliseconds, route)

    def _respond(self, client: Client, request: HttpRequest, route: Route) -> HttpResponse | None:
        now = self._core.clock.datetime.replace(microsecond=0)  # HTTP and access logs know whole seconds
        if route.api_server:
            return api_server(request, now) if request.tls else api_server_in_plain()
        if route.pod is None or route.listener is None or route.listener.image.behaviour == "tcp":
            return None
        return self._serve(request, route.pod, route.listener, self._source(client, route), now)

    def _source(self, client: Client, route: Route) -> str:
        """The address the server sees: a Pod's own; what comes in from outside bears the address of a node."""
        if not client.is_host or route.service is None:
            return client.ip
        node = self._core.store.get("Node", "", route.backend.node if route.backend else "")
        return next((entry["address"] for entry in field(node or {}, "status.addresses") or ()), client.ip)

    def _serve(self, request: HttpRequest, pod: Object, listener: Listener, source: str, now: datetime) -> HttpResponse:
        uid = uid_of(pod)
        count = (self._connections.get(uid) or 0) + 1
        self._connections = self._connections.insert(uid, count)
        reply = server_of(listener.image)(request, _Container(self._core, pod, listener, count), source, now)
        if reply.log:
            self._core.logs.write((uid, listener.container, listener.restarts), self._core.clock.now, *reply.log)
        return reply.response.closing() if request.header("Connection").lower() == "close" else reply.response

    # The kubelet's probes

    def probe_http(self, pod: Object, port: int, path: str, host: str = "") -> ProbeResult:
        """GET a path of the Pod from its node; success is a status from 200 to 399.

        Args:
            pod: the Pod.
            port: the port.
            path: the path.
            host: asked instead of the Pod's address, if given; a loopback address is the node's own.
        """
        elsewhere = host if host == "localhost" or host.startswith("127.") else ""
        address = elsewhere or field(pod, "status.podIP") or ""
        route = self._proxy.connect_pod(pod, port)
        if not path.startswith("/"):
            path = "/" + path
        if route.listener is None or elsewhere:
            url = f"http://{address}:{port}{path}"
            return ProbeResult(False, f'Get "{url}": dial tcp {address}:{port}: connect: connection refused')
        if route.listener.image.behaviour == "tcp":
            return ProbeResult(False, f'Get "http://{address}:{port}{path}": EOF')
        headers = (("Host", f"{address}:{port}"), ("User-Agent", "kube-probe/1.36"), ("Accept", "*/*"))
        request = HttpRequest("", address, port, path, headers=headers)
        bridge = address.rpartition(".")[0] + ".1"
        status = self._serve(request, pod, route.listener, bridge, self._core.clock.datetime).status
        if 200 <= status < 400:
            return ProbeResult(True)
        return ProbeResult(False, f"HTTP probe failed with statuscode: {status}")

    def probe_tcp(self, pod: Object, port: int) -> ProbeResult:
        """Connect to a port of the Pod from its node."""
        if self._proxy.connect_pod(pod, port).outcome == "ok":
            return ProbeResult(True)
        address = field(pod, "status.podIP") or ""
        return ProbeResult(False, f"dial tcp {address}:{port}: connect: connection refused")

    # Port forwarding

    def forward(self, port: int, pod: Object, pod_port: int) -> bool:
        """Let a port of the learner's computer lead to a port of a Pod; False if something listens there already."""
        if self._proxy.is_forwarded(port):
            return False
        self._proxy.forward(port, namespace_of(pod), name_of(pod), pod_port)
        return True

    def stop_forward(self, port: int) -> None:
        """End a port's forwarding."""
        self._proxy.stop_forward(port)

    def listens(self, pod: Object, port: int) -> bool:
        """Whether anything in a Pod takes connections to a port from inside the Pod."""
        return self._proxy.connect_inside(pod, port).outcome == "ok"

    def request_into(self, pod: Object, request: HttpRequest) -> Exchange:
        """Send an HTTP request of the learner's computer straight into a Pod, through a tunnel, and record its trace.

        Args:
            pod: where the tunnel ends.
            request: the request, with the port of the Pod.
        """
        lookup = Lookup(request.host, records=(Record(request.host, "A", "127.0.0.1"),))
        return self._exchange(HOST, request, lookup, self._proxy.connect_inside(pod, request.port))

    # Snapshots

    def snapshot(self) -> object:
        """All that changes here and is not in the store."""
        return NetworkState(
            self._traces, self._count, self._index.snapshot(), self._proxy.snapshot(), self._connections
        )

    def restore(self, state: object) -> None:
        """Go back to a snapshot, after the store has."""
        assert isinstance(state, NetworkState)  # noqa: S101  # only ever what snapshot() gave
        self._traces, self._count, self._connections = state.traces, state.count, state.connections
        self._index.restore(state.index)
        self._proxy.restore(state.proxy)
        self._dns.forget_all()


class _Container:
    """The container a server runs in, as the server sees it."""

    def __init__(self, core: Core, pod: Object, listener: Listener, connection: int) -> None:
        self._core, self._pod, self._listener, self._connection = core, pod, listener, connection

    @property
    def image(self) -> Image:
        return self._listener.image

    @property
    def connection(self) -> int:
        return self._connection

    @property
    def arguments(self) -> tuple[str, ...]:
        return self._listener.arguments

    @property
    def host_name(self) -> str:
        return self._pod["spec"].get("hostname") or name_of(self._pod)

    @property
    def folder(self) -> str:
        return self._listener.folder

    def read(self, path: str) -> bytes | None:
        return self._core.files.read(uid_of(self._pod), self._listener.container, path)

    def names(self, folder: str) -> Sequence[str]:
        return self._core.files.names(uid_of(self._pod), self._listener.container, folder)

    def modified(self, path: str) -> datetime | None:
        written = getattr(self._core.files, "modified", None)
        at = written(uid_of(self._pod), self._listener.container, path) if written else None
        return None if at is None else self._core.clock.born + timedelta(seconds=at)


def _why_not(outcome: Outcome, name: str) -> str:
    match outcome:
        case "nxdomain":
            return f"no Service or Pod has the name {name}"
        case "no-address":
            return f"the name {name} has no such record"
        case "dns-timeout":
            return "no name server answered"
        case _:
            return ""
