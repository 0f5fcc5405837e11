"""Where a connection ends up: kube-proxy's rules, the choice of an endpoint, and whether anything there answers.

Sources: https://kubernetes.io/docs/reference/networking/virtual-ips/ and tests/golden/network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from rpds import HashTrieMap

from tutor.engine.core import Core
from tutor.engine.network.index import AddressIndex
from tutor.engine.network.listeners import Listener, Listeners
from tutor.engine.network.policy import blocking_policy
from tutor.engine.network.rules import PortRule, Rules, ServiceRules
from tutor.engine.network.trace import Backend, Client, Outcome, ServiceHop
from tutor.engine.objects import Object, field, name_of, namespace_of
from tutor.engine.sockets import LOCALHOST, Socket
from tutor.engine.store import Change

if TYPE_CHECKING:  # rpds types take no parameters at run time
    from tutor.engine.network.listeners import ListenerState

    _Affinity: TypeAlias = HashTrieMap[tuple[str, str, int, str], tuple[str, int, float]]
    _Forwards: TypeAlias = HashTrieMap[int, tuple[str, str, int]]
    ProxyState: TypeAlias = tuple[_Affinity, _Forwards, ListenerState]

API_SERVICE: Final = ("default", "kubernetes")
KUBELET_PORT: Final = 10250
INSIDE_ONLY: Final = "for callers inside the Pod only"
"""How the cause ends of a connection refused because what listens is bound to a loopback address."""
_WAY_KINDS: Final = frozenset({"Pod", "Service", "EndpointSlice", "Node", "NetworkPolicy", "Namespace"})
"""The kinds that decide where a connection to a chosen endpoint ends."""


@dataclass(frozen=True)
class Route:
    """How far one connection got.

    Args:
        outcome: `ok`, `refused` or `timeout`.
        why: for the latter two, the cause in one clause.
        service: the Service rule met, if any.
        backend: who was reached.
        pod: the Pod reached; None if it was none.
        listener: what answers there.
        api_server: whether the API server was reached.
    """

    outcome: Outcome
    why: str = ""
    service: ServiceHop | None = None
    backend: Backend | None = None
    pod: Object | None = None
    listener: Listener | None = None
    api_server: bool = False


class Proxy:
    """Finds the way of each connection."""

    def __init__(self, core: Core, index: AddressIndex) -> None:
        self._core = core
        self._index = index
        self._rules = ServiceRules(core.store)
        self._listeners = Listeners(core)
        self._affinity: _Affinity = HashTrieMap()
        self._forwards: _Forwards = HashTrieMap()
        self._ways: dict[tuple[str | int, ...], Route] = {}
        core.store.subscribe(self._on_change, *_WAY_KINDS)

    def _on_change(self, change: Change) -> None:
        self._ways.clear()
        if change.kind == "Pod":
            if change.type == "DELETED":
                self._listeners.forget(change.object)
            else:
                self._listeners.note(change.object)

    def route(self, client: Client, address: str, port: int, protocol: str) -> Route:
        """Follow one connection from a client to an address and port."""
        if address.startswith("127."):
            return self._loopback(client, port, protocol)
        service = self._index.service(address)
        if service is not None:
            if client.is_host and address not in (field(service, "spec.externalIPs") or ()):
                return Route("timeout", "a cluster address has no route from outside the cluster")
            return self._through(service, client, port, protocol)
        if self._index.node(address) is not None:
            return self._at_node(client, address, port, protocol)
        if client.is_host and not self._is_api_server(address):
            return Route("timeout", "no route into the cluster from here")
        return self._deliver(client, Backend(address, port), protocol, None)

    def rules_of(self, service: Object) -> Rules:
        """The rules of a stored Service."""
        return self._rules.of(service)

    def sockets(self, pod: Object) -> tuple[Socket, ...]:
        """The sockets that something in a Pod listens at."""
        return tuple(each.socket for each in self._listeners.of(pod))

    def reread(self, pod: Object, container: str) -> None:
        """The server of a container reads its configuration again."""
        self._listeners.reread(pod, container)
        self._ways.clear()

    def connect_pod(self, pod: Object, port: int, protocol: str = "TCP") -> Route:
        """Follow a connection that its own node makes to a Pod's address, as the kubelet does."""
        return self._arrive(pod, _own(pod, port), protocol, None)

    def connect_inside(self, pod: Object, port: int, protocol: str = "TCP") -> Route:
        """Follow a connection to 127.0.0.1 inside a Pod, as its containers and `kubectl port-forward` make it."""
        return self._arrive(pod, _own(pod, port), protocol, None, LOCALHOST)

    def ping(self, client: Client, address: str) -> Route:
        """Whether an address answers an ICMP echo request."""
        if address.startswith("127."):
            return Route("ok")
        if self._index.service(address) is not None:
            # The rules of a cluster address match a protocol and a port; ICMP has none.
            return Route("timeout", "a cluster address answers only at its Service's ports")
        if self._index.node(address) is not None or self._is_api_server(address):
            return Route("ok", backend=Backend(address, 0))
        if client.is_host:
            return Route("timeout", "no route into the cluster from here")
        pod = self._live_pod(address)
        if pod is None:
            return Route("timeout", "nobody has this address")
        policy = blocking_policy(self._core.store, client, pod, 0, "ICMP")
        if policy:
            return Route("timeout", f"NetworkPolicy {policy} forbids it")
        return Route("ok", backend=Backend(address, 0, name_of(pod), field(pod, "spec.nodeName") or ""), pod=pod)

    # Steps of a connection

    def _loopback(self, client: Client, port: int, protocol: str) -> Route:
        if client.is_host:
            forward = self._forwards.get(port) if protocol == "TCP" else None
            pod = self._core.store.get("Pod", forward[0], forward[1]) if forward else None
            if forward is None or pod is None:
                return Route("refused", "nothing listens at this port of this computer")
            return self.connect_inside(pod, forward[2])
        pod = self._core.store.get("Pod", client.namespace, client.pod)
        if pod is None:
            return Route("refused", "nothing listens at this port")
        return self.connect_inside(pod, port, protocol)

    def _through(self, service: Object, client: Client, port: int, protocol: str) -> Route:
        rule = self._rules.of(service).get((protocol, port))
        if rule is None:
            hop = ServiceHop(namespace_of(service), name_of(service), field(service, "spec.clusterIP") or "", None)
            return Route("timeout", f"the Service has no {protocol} port {port}", hop)
        return self._balance(rule, client)

    def _balance(self, rule: PortRule, client: Client) -> Route:
        candidates, others = rule.ready, rule.others
        if rule.local_only:
            node = self._node_of(client)
            others += tuple(_because(one, "on another node") for one in candidates if one.node != node)
            candidates = tuple(one for one in candidates if one.node == node)
        if not candidates:
            hop = ServiceHop(rule.namespace, rule.service, rule.cluster_ip, rule.port, (), others)
            if rule.ready:
                return Route("timeout", "no ready endpoint on this node", hop)
            return Route("refused", "no ready endpoints", hop)
        chosen, sticky = self._choose(rule, candidates, client)
        key = (client.namespace, client.pod, rule.uid, rule.protocol, rule.port, chosen.ip, chosen.port, sticky)
        known = self._ways.get(key)
        if known is None:
            known = self._ways[key] = self._end(rule, candidates, others, chosen, sticky, client)
        return known

    def _end(
        self,
        rule: PortRule,
        candidates: tuple[Backend, ...],
        others: tuple[Backend, ...],
        chosen: Backend,
        sticky: bool,
        client: Client,
    ) -> Route:
        hop = ServiceHop(rule.namespace, rule.service, rule.cluster_ip, rule.port, candidates, others, sticky)
        return self._deliver(client, chosen, rule.protocol, hop)

    def _choose(self, rule: PortRule, candidates: tuple[Backend, ...], client: Client) -> tuple[Backend, bool]:
        if not rule.affinity:
            return self._core.dice.choice(candidates), False
        now = self._core.clock.now
        key = (rule.uid, rule.protocol, rule.port, client.ip)
        known = self._affinity.get(key)
        chosen = None
        if known is not None and now - known[2] <= rule.affinity:
            chosen = next((one for one in candidates if (one.ip, one.port) == known[:2]), None)
        sticky = chosen is not None
        if chosen is None:
            chosen = self._core.dice.choice(candidates)
        self._affinity = self._affinity.insert(key, (chosen.ip, chosen.port, now))
        return chosen, sticky

    def _deliver(self, client: Client, backend: Backend, protocol: str, hop: ServiceHop | None) -> Route:
        if self._index.node(backend.ip) is not None:
            return self._at_node_process(backend, protocol, hop)
        pod = self._live_pod(backend.ip)
        if pod is None:
            if self._is_api_server(backend.ip):
                return self._at_node_process(backend, protocol, hop)
            return Route("timeout", "nobody has this address", hop, backend)
        if not backend.pod or not backend.node:
            backend = Backend(backend.ip, backend.port, name_of(pod), field(pod, "spec.nodeName") or "")
        policy = blocking_policy(self._core.store, client, pod, backend.port, protocol)
        if policy:
            return Route("timeout", f"NetworkPolicy {policy} forbids it", hop, backend, pod)
        return self._arrive(pod, backend, protocol, hop)

    def _arrive(self, pod: Object, backend: Backend, protocol: str, hop: ServiceHop | None, address: str = "") -> Route:
        listener = self._listeners.at(pod, address or backend.ip, backend.port, protocol)
        if listener is None:
            return Route("refused", self._why_refused(pod, backend, protocol), hop, backend, pod)
        return Route("ok", "", hop, backend, pod, listener)

    def _why_refused(self, pod: Object, backend: Backend, protocol: str) -> str:
        port = (backend.port, protocol)
        local = [one for one in self.sockets(pod) if (one.port, one.protocol) == port and one.is_local]
        if local:
            return f"what serves port {backend.port} in Pod {backend.pod} listens at {local[0].address}, {INSIDE_ONLY}"
        return f"nothing in Pod {backend.pod} listens at port {backend.port}"

    def _at_node(self, client: Client, address: str, port: int, protocol: str) -> Route:
        service = self._index.service_at_node_port(protocol, port)
        if service is not None:
            for rule in self._rules.of(service).values():
                if rule.node_port == port and rule.protocol == protocol:
                    return self._balance(rule, client)
        return self._at_node_process(Backend(address, port), protocol, None)

    def _at_node_process(self, backend: Backend, protocol: str, hop: ServiceHop | None) -> Route:
        """A port of a node's own address: the API server, the kubelet, or a Pod on the host network."""
        if protocol == "TCP" and backend.port == self._api_port(backend.ip):
            return Route("ok", "", hop, backend, api_server=True)
        for pod in self._index.pods(backend.ip):
            listener = self._listeners.at(pod, backend.ip, backend.port, protocol)
            if listener is not None:
                node = field(pod, "spec.nodeName") or ""
                reached = Backend(backend.ip, backend.port, name_of(pod), node)
                return Route("ok", "", hop, reached, pod, listener)
        return Route("refused", f"nothing on the node listens at port {backend.port}", hop, backend)

    # What is where

    def _live_pod(self, address: str) -> Object | None:
        for pod in self._index.pods(address):
            if pod["status"].get("phase") == "Running":
                return pod
        return None

    def _node_of(self, client: Client) -> str:
        pod = self._core.store.get("Pod", client.namespace, client.pod)
        return (field(pod, "spec.nodeName") or "") if pod else ""

    def _api_port(self, address: str) -> int:
        service = self._core.store.get("Service", *API_SERVICE)
        for rule in self._rules.of(service).values() if service else ():
            for backend in rule.ready:
                if backend.ip == address:
                    return backend.port
        return 0

    def _is_api_server(self, address: str) -> bool:
        return bool(self._api_port(address))

    # Port forwarding

    def forward(self, port: int, namespace: str, pod: str, pod_port: int) -> None:
        """Let a port of the learner's computer lead into a Pod, as `kubectl port-forward` does."""
        self._forwards = self._forwards.insert(port, (namespace, pod, pod_port))

    def stop_forward(self, port: int) -> None:
        """End a port's forwarding; a port that leads nowhere is no error."""
        self._forwards = self._forwards.discard(port)

    def is_forwarded(self, port: int) -> bool:
        """Whether a port of the learner's computer leads into a Pod."""
        return port in self._forwards

    def snapshot(self) -> ProxyState:
        """All that changes here and is not in the store."""
        return self._affinity, self._forwards, self._listeners.snapshot()

    def restore(self, state: ProxyState) -> None:
        """Go back to a snapshot, after the store has."""
        self._affinity, self._forwards, listeners = state
        self._listeners.restore(listeners)
        self._rules.forget_all()
        self._ways.clear()


def _own(pod: Object, port: int) -> Backend:
    return Backend(field(pod, "status.podIP") or "", port, name_of(pod), field(pod, "spec.nodeName") or "")


def _because(backend: Backend, why: str) -> Backend:
    return Backend(backend.ip, backend.port, backend.pod, backend.node, why)
