"""Which Service, Pod or Node an address belongs to, kept up to date with the store.

The maps are persistent, so a snapshot of them costs nothing and a lookup never looks through all Services.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from rpds import HashTrieMap

from tutor.engine.objects import Object, field, name_of, namespace_of
from tutor.engine.store import Change, Store

Name: TypeAlias = tuple[str, str]
"""Namespace ("" if cluster-scoped) and name."""
NodePort: TypeAlias = tuple[str, int]
"""Protocol and node port."""
if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Owners: TypeAlias = HashTrieMap[str, tuple[Name, ...]]
    _Ports: TypeAlias = HashTrieMap[NodePort, tuple[Name, ...]]


@dataclass(frozen=True)
class IndexState:
    """All of an index that a snapshot keeps: shared, never copied."""

    services: _Owners
    pods: _Owners
    nodes: _Owners
    node_ports: _Ports


class AddressIndex:
    """Addresses and node ports with the objects that have them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._state = IndexState(HashTrieMap(), HashTrieMap(), HashTrieMap(), HashTrieMap())
        store.subscribe(self._on_change, "Pod", "Service", "Node")

    def service(self, address: str) -> Object | None:
        """The Service whose cluster, external or load balancer address this is."""
        for namespace, name in self._state.services.get(address) or ():
            return self._store.get("Service", namespace, name)
        return None

    def service_at_node_port(self, protocol: str, port: int) -> Object | None:
        """The Service that listens at this port of every node."""
        for namespace, name in self._state.node_ports.get((protocol, port)) or ():
            return self._store.get("Service", namespace, name)
        return None

    def pods(self, address: str) -> Iterator[Object]:
        """The Pods that have an address: one, or all that share their node's."""
        for namespace, name in self._state.pods.get(address) or ():
            pod = self._store.get("Pod", namespace, name)
            if pod is not None:
                yield pod

    def node(self, address: str) -> Object | None:
        """The Node that has an address."""
        for _, name in self._state.nodes.get(address) or ():
            return self._store.get("Node", "", name)
        return None

    def _on_change(self, change: Change) -> None:
        old, new = change.old, None if change.type == "DELETED" else change.object
        state = self._state
        match change.kind:
            case "Pod":
                pods = _move(state.pods, change.object, _pod_addresses(old), _pod_addresses(new))
                if pods is not state.pods:
                    self._state = replace(state, pods=pods)
            case "Service":
                self._state = replace(
                    state,
                    services=_move(state.services, change.object, _service_addresses(old), _service_addresses(new)),
                    node_ports=_move(state.node_ports, change.object, _node_ports(old), _node_ports(new)),
                )
            case "Node":
                nodes = _move(state.nodes, change.object, node_addresses(old), node_addresses(new))
                self._state = replace(state, nodes=nodes)
            case _:
                pass

    def snapshot(self) -> IndexState:
        """All that changes here."""
        return self._state

    def restore(self, state: IndexState) -> None:
        """Go back to a snapshot."""
        self._state = state


def _pod_addresses(pod: Object | None) -> tuple[str, ...]:
    status = pod.get("status") if pod else None
    address = status.get("podIP") if status else None
    return (address,) if address else ()


def node_addresses(node: Object | None) -> tuple[str, ...]:
    """The addresses of a Node; empty for None."""
    addresses = field(node, "status.addresses") if node else None
    return tuple(entry["address"] for entry in addresses or () if entry.get("type") in {"InternalIP", "ExternalIP"})


def _service_addresses(service: Object | None) -> tuple[str, ...]:
    if service is None:
        return ()
    spec = service.get("spec") or {}
    cluster = [
        address for address in spec.get("clusterIPs") or (spec.get("clusterIP"),) if address not in {None, "None"}
    ]
    balancers = [entry["ip"] for entry in field(service, "status.loadBalancer.ingress") or () if entry.get("ip")]
    return tuple(address for address in (*cluster, *(spec.get("externalIPs") or ()), *balancers) if address)


def _node_ports(service: Object | None) -> tuple[NodePort, ...]:
    ports = field(service, "spec.ports") if service else None
    return tuple((port.get("protocol", "TCP"), port["nodePort"]) for port in ports or () if port.get("nodePort"))


def _move(index: Any, obj: Object, before: Iterable[Any], after: Iterable[Any]) -> Any:
    """The index with an object taken from its old keys and put under its new ones."""
    if before == after:
        return index
    name = (namespace_of(obj), name_of(obj))
    for key in before:
        rest = tuple(other for other in index.get(key) or () if other != name)
        index = index.insert(key, rest) if rest else index.discard(key)
    for key in after:
        index = index.insert(key, (*(index.get(key) or ()), name))
    return index
