"""What CoreDNS answers: the `kubernetes` plugin over the store's Services, EndpointSlices and Namespaces.

Sources: https://github.com/kubernetes/dns/blob/master/docs/specification.md (the names), CoreDNS
plugin/kubernetes (parse.go, kubernetes.go, reverse.go) and plugin/backend_lookup.go (what exists, weights), and
tests/golden/network (names outside the cluster do not exist: there is no upstream that knows any).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tutor.engine.network.index import AddressIndex
from tutor.engine.network.rules import SERVICE_NAME_LABEL
from tutor.engine.network.trace import RecordType
from tutor.engine.objects import Object, field, labels_of, name_of, namespace_of
from tutor.engine.store import Change, Store

ZONE: Final = "cluster.local"
TTL: Final = 30
NAME_SERVER: Final = "kube-dns.kube-system.svc.cluster.local"
_POD_ADDRESS: Final = re.compile(r"(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})")
_LONGEST_CHAIN: Final = 7
"""CNAMEs CoreDNS follows before it gives up."""


@dataclass(frozen=True)
class Record:
    """One resource record.

    Args:
        name: whose record it is, without the last dot.
        type: such as `A`.
        data: as dig prints it; names end in a dot.
        ttl: seconds it may be kept.
    """

    name: str
    type: RecordType
    data: str
    ttl: int = TTL


@dataclass(frozen=True)
class Answer:
    """A name server's answer to one question.

    Args:
        rcode: `NOERROR` or `NXDOMAIN`.
        records: the answer section.
        authoritative: whether the name is in a zone the server itself is the source of.
        soa: the authority section of an answer without records; None if there is none.
        additional: addresses of the targets of SRV records.
    """

    rcode: str
    records: tuple[Record, ...] = ()
    authoritative: bool = True
    soa: Record | None = None
    additional: tuple[Record, ...] = ()


@dataclass(frozen=True)
class _Item:
    """What one matching port of a Service or endpoint gives: an address (or name) and the name it goes by."""

    host: str
    port: int
    name: str


class _NoSuchNameError(Exception):
    """NXDOMAIN."""


class ClusterDns:
    """Answers questions from the store, remembering answers until something they rest on changes."""

    def __init__(self, store: Store, index: AddressIndex) -> None:
        self._store = store
        self._index = index
        self._known: dict[tuple[str, RecordType], Answer] = {}
        store.subscribe(self._on_change, "Service", "EndpointSlice", "Namespace")

    def answer(self, name: str, record_type: RecordType) -> Answer:
        """The answer for a name (the last dot makes no difference, nor does case)."""
        key = (name, record_type)
        answer = self._known.get(key)
        if answer is None:
            answer = self._known[key] = self._answer(name.rstrip(".").lower(), record_type)
        return answer

    def forget_all(self) -> None:
        """The store has become another one."""
        self._known.clear()

    def _on_change(self, _change: Change) -> None:
        self._known.clear()

    def _answer(self, name: str, record_type: RecordType) -> Answer:
        if name.endswith(".in-addr.arpa"):
            return self._reverse(name, record_type)
        if name != ZONE and not name.endswith("." + ZONE):
            return Answer("NXDOMAIN", authoritative=False)
        if record_type == "SOA" and name == ZONE:
            return Answer("NOERROR", (self._soa(),))
        if record_type == "NS" and name == ZONE:
            return Answer("NOERROR", (Record(ZONE, "NS", NAME_SERVER + "."),))
        if record_type == "TXT" and name == "dns-version." + ZONE:
            return Answer("NOERROR", (Record(name, "TXT", '"1.1.0"'),))
        try:
            items = self._items(name)
        except _NoSuchNameError:
            return Answer("NXDOMAIN", soa=self._soa())
        records, additional = self._records(name, record_type, items)
        return Answer("NOERROR", records, soa=None if records else self._soa(), additional=additional)

    def _soa(self) -> Record:
        # The serial says when the zone's data last changed: here, a number that grows with the store.
        serial = 1_700_000_000 + self._store.revision
        return Record(ZONE, "SOA", f"ns.dns.{ZONE}. hostmaster.{ZONE}. {serial} 7200 1800 86400 30")

    # Names

    def _items(self, name: str) -> list[_Item]:
        """What a name of the zone stands for: `[_port._protocol.|endpoint.]service.namespace.svc|pod`.

        Raises:
            _NoSuchNameError: nothing has this name.
        """
        base = name[: -len(ZONE)].rstrip(".")
        if base in {"", "svc", "pod"}:
            return []
        labels = base.split(".")
        if base == "ns.dns":
            address = field(self._store.get("Service", "kube-system", "kube-dns") or {}, "spec.clusterIP")
            return [_Item(address, 53, name)] if address else []
        kind, labels = labels[-1], labels[:-1]
        if kind not in {"svc", "pod"} or len(labels) > 4:
            raise _NoSuchNameError
        namespace, labels = labels[-1], labels[:-1]
        if self._store.get("Namespace", "", namespace) is None:
            raise _NoSuchNameError
        if not labels:
            return []
        if kind == "pod":
            return self._pod(labels, name)
        service = self._store.get("Service", namespace, labels[-1])
        if service is None:
            raise _NoSuchNameError
        items = self._service(service, labels[:-1])
        if not items:
            raise _NoSuchNameError
        return items

    def _pod(self, labels: list[str], name: str) -> list[_Item]:
        # `pods insecure`: the address is read off the name, whether a Pod has it or not.
        found = _POD_ADDRESS.fullmatch(labels[0]) if len(labels) == 1 else None
        if not found or any(int(part) > 255 for part in found.groups()):
            raise _NoSuchNameError
        return [_Item(".".join(found.groups()), 0, name)]

    def _service(self, service: Object, labels: list[str]) -> list[_Item]:
        spec = service["spec"]
        full = f"{name_of(service)}.{namespace_of(service)}.svc.{ZONE}"
        endpoint = labels[0] if len(labels) == 1 else ""
        port_name, protocol = (label.removeprefix("_") for label in labels) if len(labels) == 2 else ("", "")
        if spec.get("type") == "ExternalName":
            return [] if labels else [_Item(spec["externalName"].rstrip(".").lower() + ".", 0, full)]
        if spec.get("clusterIP") == "None" or endpoint:
            return list(self._endpoints(service, full, endpoint, port_name, protocol))
        return [
            _Item(address, port["port"], full)
            for port in spec.get("ports") or ()
            if _port_matches(port, port_name, protocol)
            for address in spec.get("clusterIPs") or (spec.get("clusterIP"),)
            if address
        ]

    def _endpoints(self, service: Object, full: str, endpoint: str, port_name: str, protocol: str) -> Iterator[_Item]:
        for entry, address, ports in self._ready_addresses(service):
            host_label = entry.get("hostname") or address.replace(".", "-")
            if endpoint and endpoint != host_label:
                continue
            # A headless Service may have no ports at all; its addresses are still told.
            for port in ports or ({"port": -1},):
                if _port_matches(port, port_name, protocol):
                    yield _Item(address, port.get("port") or -1, f"{host_label}.{full}")

    def _ready_addresses(self, service: Object) -> Iterator[tuple[Object, str, list[Object]]]:
        labels = {SERVICE_NAME_LABEL: name_of(service)}
        for endpoint_slice in self._store.select("EndpointSlice", namespace_of(service), labels):
            for entry in endpoint_slice.get("endpoints") or ():
                if (entry.get("conditions") or {}).get("ready", True):
                    for address in entry.get("addresses") or ():
                        yield entry, address, endpoint_slice.get("ports") or []

    # Records

    def _records(
        self, name: str, record_type: RecordType, items: list[_Item], depth: int = 0
    ) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        if items and items[0].host.endswith("."):
            return self._alias(name, record_type, items[0].host, depth), ()
        if record_type == "A":
            addresses = dict.fromkeys(item.host for item in items)
            return tuple(Record(name, "A", address) for address in addresses), ()
        if record_type == "SRV":
            return _srv(name, [item for item in items if item.port > 0])
        return (), ()

    def _alias(self, name: str, record_type: RecordType, target: str, depth: int) -> tuple[Record, ...]:
        alias = Record(name, "CNAME", target)
        if record_type == "CNAME":
            return (alias,)
        if record_type not in {"A", "AAAA"} or depth > _LONGEST_CHAIN:
            return ()
        if not target.endswith(f".{ZONE}."):
            return (alias,)
        inside = target.rstrip(".")
        try:
            rest, _ = self._records(inside, record_type, self._items(inside), depth + 1)
        except _NoSuchNameError:
            return ()
        return (alias, *rest) if rest else ()

    def _reverse(self, name: str, record_type: RecordType) -> Answer:
        address = ".".join(reversed(name.removesuffix(".in-addr.arpa").split(".")))
        names = self._names_of(address)
        if not names:
            return Answer("NXDOMAIN", authoritative=False)
        if record_type != "PTR":
            return Answer("NOERROR", soa=self._soa())
        return Answer("NOERROR", tuple(Record(name, "PTR", found + ".") for found in names))

    def _names_of(self, address: str) -> list[str]:
        service = self._index.service(address)
        if service is not None and address in (field(service, "spec.clusterIPs") or [field(service, "spec.clusterIP")]):
            return [f"{name_of(service)}.{namespace_of(service)}.svc.{ZONE}"]
        names = []
        for pod in self._index.pods(address):
            namespace = namespace_of(pod)
            for endpoint_slice in self._store.list("EndpointSlice", namespace):
                service_name = labels_of(endpoint_slice).get(SERVICE_NAME_LABEL)
                for entry in endpoint_slice.get("endpoints") or ():
                    if service_name and address in (entry.get("addresses") or ()):
                        label = entry.get("hostname") or address.replace(".", "-")
                        names.append(f"{label}.{service_name}.{namespace}.svc.{ZONE}")
        return list(dict.fromkeys(names))


def _port_matches(port: Object, name: str, protocol: str) -> bool:
    if not name and not protocol:
        return True
    return (port.get("name") or "").lower() == name and port.get("protocol", "TCP").lower() == protocol


def _srv(name: str, items: list[_Item]) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    weight = max(1, 100 // len(items)) if items else 0
    targets = dict.fromkeys((item.port, item.name, item.host) for item in items)
    records = tuple(Record(name, "SRV", f"0 {weight} {port} {target}.") for port, target, _ in targets)
    addresses = dict.fromkeys((target, host) for _, target, host in targets)
    return records, tuple(Record(target, "A", host) for target, host in addresses)
