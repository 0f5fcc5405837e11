"""NetworkPolicy: which connections may reach a Pod.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from tutor.engine.network.trace import Client
from tutor.engine.objects import Object, field, labels_of, name_of, namespace_of
from tutor.engine.selectors import from_label_selector
from tutor.engine.store import Store


def blocking_policy(store: Store, client: Client, pod: Object, port: int, protocol: str) -> str:
    """The name of a NetworkPolicy that keeps a client from a port of a Pod; empty if the way is free.

    Args:
        store: where the policies are.
        client: who wants to connect.
        pod: the Pod to be reached.
        port: the Pod's port; 0 for ICMP, which only a rule without ports lets through.
        protocol: `TCP`, `UDP` or `ICMP`.
    """
    namespace = namespace_of(pod)
    if not store.count("NetworkPolicy", namespace):
        return ""
    if client.pod == name_of(pod) and client.namespace == namespace:
        return ""
    isolating = [policy for policy in store.list("NetworkPolicy", namespace) if _isolates(policy, pod)]
    for policy in isolating:
        for rule in policy["spec"].get("ingress") or ():
            if _from_matches(store, rule, client, namespace) and _port_matches(rule, pod, port, protocol):
                return ""
    return name_of(isolating[0]) if isolating else ""


def _isolates(policy: Object, pod: Object) -> bool:
    types = field(policy, "spec.policyTypes") or ["Ingress"]
    return "Ingress" in types and _matches(field(policy, "spec.podSelector"), labels_of(pod))


def _from_matches(store: Store, rule: Mapping[str, Any], client: Client, namespace: str) -> bool:
    peers = rule.get("from")
    return not peers or any(_peer_matches(store, peer, client, namespace) for peer in peers)


def _peer_matches(store: Store, peer: Mapping[str, Any], client: Client, namespace: str) -> bool:
    block = peer.get("ipBlock")
    if block is not None:
        address = ip_address(client.ip) if client.ip else None
        return (
            address is not None
            and address in ip_network(block["cidr"], strict=False)
            and not any(address in ip_network(hole, strict=False) for hole in block.get("except") or ())
        )
    if client.is_host:
        return False
    if "namespaceSelector" in peer:
        home = store.get("Namespace", "", client.namespace)
        if home is None or not _matches(peer["namespaceSelector"], labels_of(home)):
            return False
    elif client.namespace != namespace:
        return False
    return "podSelector" not in peer or _matches(peer["podSelector"], dict(client.labels))


def _port_matches(rule: Mapping[str, Any], pod: Object, port: int, protocol: str) -> bool:
    ports = rule.get("ports")
    if not ports:
        return True
    for entry in ports:
        if entry.get("protocol", "TCP") != protocol:
            continue
        wanted = entry.get("port")
        if wanted is None:
            return True
        if isinstance(wanted, str):
            wanted = named_port(pod, wanted, protocol)
        if wanted is not None and wanted <= port <= entry.get("endPort", wanted):
            return True
    return False


def named_port(pod: Object, name: str, protocol: str) -> int | None:
    """The number of a container port by its name; None if no container has one of that name and protocol."""
    for container in field(pod, "spec.containers") or ():
        for port in container.get("ports") or ():
            if port.get("name") == name and port.get("protocol", "TCP") == protocol:
                return int(port["containerPort"])
    return None


def _matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    # In a policy an absent selector means the same as an empty one: everything.
    return from_label_selector(selector or {}).matches(labels)
