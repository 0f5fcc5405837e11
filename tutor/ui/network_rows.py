"""What cluster DNS and kube-proxy make of the Services, as rows: read from the cluster, with nobody asking anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from tutor.engine.network.dns import ZONE
from tutor.engine.objects import Object, name_of, namespace_of

if TYPE_CHECKING:
    from tutor.engine.cluster import Cluster
    from tutor.engine.network.rules import PortRule

Cells: TypeAlias = tuple[str, ...]
Place: TypeAlias = tuple[str, str]
"""A namespace, and a name whose part up to the first `.` or `/` is that of the Service."""

SILENT: Final = "no answer: no CoreDNS Pod is ready"
NOTHING: Final = "no rule (headless)"


def name_rows(cluster: Cluster, services: Iterable[Object]) -> dict[Place, Cells]:
    """The full name of each Service, the type of its record, and what it resolves to."""
    rows: dict[Place, Cells] = {}
    silent = _is_silent(cluster)
    for service in services:
        namespace = namespace_of(service)
        name = f"{name_of(service)}.{namespace}.svc.{ZONE}"
        own = [record for record in cluster.network.names.known_as(name).records if record.name == name]
        data = ", ".join(record.data for record in own) or "no address"
        rows[namespace, name] = name, own[0].type if own else "A", SILENT if silent else data
    return rows


def _is_silent(cluster: Cluster) -> bool:
    dns = cluster.store.get("Service", "kube-system", "kube-dns")
    return dns is None or not any(rule.ready for rule in cluster.network.rules_of(dns).values())


def rule_rows(cluster: Cluster, services: Iterable[Object]) -> dict[Place, Cells]:
    """Every way a connection to a Service may go: its address, the endpoint, how likely that is, and how it sticks."""
    rows: dict[Place, Cells] = {}
    for service in services:
        for rule in cluster.network.rules_of(service).values():
            for end, cells in _ways(rule):
                rows[rule.namespace, f"{rule.service}/{rule.port}/{rule.protocol}/{end}"] = cells
    return rows


def _ways(rule: PortRule) -> Iterator[tuple[str, Cells]]:
    """The rows of one port, each with what tells it from the others."""
    if rule.cluster_ip in {"", "None"}:
        # kube-proxy leaves headless Services and those that are only names for others alone.
        yield "", (rule.service, str(rule.port), NOTHING, "", "")
        return
    address = f"{rule.cluster_ip}:{rule.port}" + ("" if rule.protocol == "TCP" else f"/{rule.protocol}")
    if not rule.ready:
        yield "", (rule.service, address, "REJECT: no ready endpoints", "", "")
        return
    count = len(rule.ready)
    sticks = f"{rule.affinity} s a client" if rule.affinity else "none"
    for backend in rule.ready:
        end = f"{backend.ip}:{backend.port}"
        yield end, (rule.service, address, end, f"1/{count}", sticks)
