"""The network of a cluster: names, connections, HTTP and pings of its Pods and of the learner's own computer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.engine.core import Core
from tutor.engine.network.clients import Clients
from tutor.engine.network.dns import ClusterDns, Record
from tutor.engine.network.index import AddressIndex, IndexState
from tutor.engine.network.names import Names
from tutor.engine.network.probing import Prober
from tutor.engine.network.proxy import Proxy
from tutor.engine.network.resolver import Lookup
from tutor.engine.network.rules import Rules
from tutor.engine.network.trace import Client, Trace, Transport
from tutor.engine.network.tracelog import Attempt, TraceLog, TraceLogState
from tutor.engine.network.web import Web
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.sockets import Socket

if TYPE_CHECKING:
    from tutor.engine.network.proxy import ProxyState
    from tutor.engine.network.web import Connections


@dataclass(frozen=True)
class NetworkState:
    """All of a network that a snapshot keeps: shared, never copied."""

    log: TraceLogState
    index: IndexState
    proxy: ProxyState
    connections: Connections


class Network:
    """Everything that travels.

    Args:
        core: what the parts of a cluster share.

    Attributes:
        log: the traces of what travelled.
        clients: who sends.
        names: how they find addresses.
        web: what they ask over HTTP.
        prober: how kubelets look after their containers.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._index = AddressIndex(core.store)
        self._proxy = Proxy(core, self._index)
        self._dns = ClusterDns(core.store, self._index)
        self.log = TraceLog(core)
        self.clients = Clients(core)
        self.names = Names(core, self.clients, self._proxy, self._dns, self.log)
        self.web = Web(core, self._proxy, self.names, self.log)
        self.prober = Prober(core, self._proxy, self.web)

    def connect(
        self,
        client: Client,
        host: str,
        port: int,
        protocol: Transport = "TCP",
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
        lookup = Lookup(host, records=(Record(host, "A", address),)) if address else self.names.find_host(client, host)
        attempt = Attempt(client, target or f"{host}:{port}", host, port, protocol)
        if not lookup.addresses:
            return self.log.unresolved(attempt, lookup)
        route = self._proxy.route(client, lookup.addresses[0], port, protocol)
        return self.log.connected(attempt, lookup, route, patience)

    def ping(self, client: Client, host: str) -> Trace:
        """Send one ICMP echo request and record its trace; the milliseconds are the round trip's."""
        lookup = self.names.find_host(client, host)
        attempt = Attempt(client, host, host, 0, "ICMP")
        if not lookup.addresses:
            return self.log.unresolved(attempt, lookup)
        return self.log.echoed(attempt, lookup, self._proxy.ping(client, lookup.addresses[0]))

    def sockets(self, client: Client) -> tuple[Socket, ...]:
        """What listens where a client is. Nothing does on the learner's own computer."""
        pod = self.clients.pod_of(client)
        return self._proxy.sockets(pod) if pod is not None else ()

    def reread(self, client: Client) -> None:
        """The server of a client's container reads its configuration again."""
        pod = self.clients.pod_of(client)
        if pod is not None:
            self._proxy.reread(pod, client.container)

    def pod_at(self, address: str) -> Object | None:
        """The Pod that has an address."""
        return next(self._index.pods(address), None)

    def rules_of(self, service: Object) -> Rules:
        """What kube-proxy makes of a stored Service. No connection is made."""
        return self._proxy.rules_of(service)

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

    # Snapshots

    def snapshot(self) -> NetworkState:
        """All that changes here and is not in the store."""
        return NetworkState(self.log.snapshot(), self._index.snapshot(), self._proxy.snapshot(), self.web.snapshot())

    def restore(self, state: NetworkState) -> None:
        """Go back to a snapshot, after the store has."""
        self.log.restore(state.log)
        self._index.restore(state.index)
        self._proxy.restore(state.proxy)
        self.web.restore(state.connections)
        self._dns.forget_all()
