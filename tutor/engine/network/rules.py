"""What kube-proxy makes of a Service and its EndpointSlices: for each port, the endpoints that take connections.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/ and pkg/proxy/topology.go (v1.36) for the
fallback to endpoints that are terminating but still serve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tutor.engine.network.trace import Backend
from tutor.engine.objects import Object, labels_of, name_of, namespace_of, uid_of
from tutor.engine.store import Change, Store

SERVICE_NAME_LABEL = "kubernetes.io/service-name"
AFFINITY_SECONDS = 10800
"""How long ClientIP affinity sticks, unless the Service says otherwise."""


@dataclass(frozen=True)
class PortRule:
    """One port of one Service.

    Args:
        namespace, service, uid: the Service.
        cluster_ip: its first cluster address.
        port: the Service port.
        protocol: `TCP`, `UDP` or `SCTP`.
        node_port: the port at every node; 0 if it has none.
        ready: the endpoints that take connections.
        others: the endpoints that do not, each with its `why`.
        affinity: seconds a client sticks to one endpoint; 0 for none.
        local_only: whether only endpoints of the client's own node may be used.
    """

    namespace: str
    service: str
    uid: str
    cluster_ip: str
    port: int
    protocol: str
    node_port: int
    ready: tuple[Backend, ...]
    others: tuple[Backend, ...]
    affinity: int
    local_only: bool


Rules: TypeAlias = Mapping[tuple[str, int], PortRule]
"""The rules of one Service by protocol and port."""


class ServiceRules:
    """The rules of each Service, worked out when first needed and forgotten when it or its slices change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rules: dict[tuple[str, str], Rules] = {}
        store.subscribe(self._on_change, "Service", "EndpointSlice")

    def of(self, service: Object) -> Rules:
        """The rules of a stored Service."""
        key = (namespace_of(service), name_of(service))
        rules = self._rules.get(key)
        if rules is None:
            slices = self._store.select("EndpointSlice", key[0], {SERVICE_NAME_LABEL: key[1]})
            rules = self._rules[key] = _rules(service, slices)
        return rules

    def forget_all(self) -> None:
        """The store has become another one."""
        self._rules.clear()

    def _on_change(self, change: Change) -> None:
        if change.kind == "Service":
            self._rules.pop((namespace_of(change.object), name_of(change.object)), None)
        else:
            for state in (change.old, change.object):
                if state is not None:
                    service = labels_of(state).get(SERVICE_NAME_LABEL, "")
                    self._rules.pop((namespace_of(state), service), None)


def _rules(service: Object, slices: list[Object]) -> Rules:
    spec = service["spec"]
    affinity = 0
    if spec.get("sessionAffinity") == "ClientIP":
        config = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        affinity = config.get("timeoutSeconds", AFFINITY_SECONDS)
    rules = {}
    for port in spec.get("ports") or ():
        protocol = port.get("protocol", "TCP")
        ready, others = _endpoints(slices, port.get("name", ""), protocol)
        rules[protocol, port["port"]] = PortRule(
            namespace_of(service),
            name_of(service),
            uid_of(service),
            spec.get("clusterIP", ""),
            port["port"],
            protocol,
            port.get("nodePort", 0),
            ready,
            others,
            affinity,
            spec.get("internalTrafficPolicy") == "Local",
        )
    return rules


def _endpoints(slices: list[Object], port_name: str, protocol: str) -> tuple[tuple[Backend, ...], tuple[Backend, ...]]:
    """The endpoints behind one Service port: those that take connections, and those that do not."""
    ready: dict[tuple[str, int], Backend] = {}
    serving: dict[tuple[str, int], Backend] = {}
    others: dict[tuple[str, int], Backend] = {}
    for endpoint_slice in slices:
        port = _slice_port(endpoint_slice, port_name, protocol)
        for endpoint in endpoint_slice.get("endpoints") or ():
            conditions = endpoint.get("conditions") or {}
            terminating = bool(conditions.get("terminating"))
            for address in endpoint.get("addresses") or ():
                key = (address, port)
                # An absent condition counts as true: discovery.k8s.io/v1, EndpointConditions.
                if conditions.get("ready", True) and port:
                    ready[key] = _backend(endpoint, address, port)
                else:
                    why = "terminating" if terminating else "not ready" if port else "no such port"
                    others[key] = _backend(endpoint, address, port, why)
                    if terminating and port and conditions.get("serving", True):
                        serving[key] = _backend(endpoint, address, port)
    if not ready and serving:
        ready = serving
    rest = (backend for key, backend in others.items() if key not in ready)
    return tuple(ready.values()), tuple(rest)


def _slice_port(endpoint_slice: Object, name: str, protocol: str) -> int:
    for port in endpoint_slice.get("ports") or ():
        if (port.get("name") or "") == name and port.get("protocol", "TCP") == protocol:
            return int(port.get("port") or 0)
    return 0


def _backend(endpoint: Object, address: str, port: int, why: str = "") -> Backend:
    target = endpoint.get("targetRef") or {}
    pod = target.get("name", "") if target.get("kind") == "Pod" else ""
    return Backend(address, port, pod, endpoint.get("nodeName", ""), why)
