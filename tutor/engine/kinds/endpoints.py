"""Endpoints, the older form of EndpointSlices.

Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoints-v1/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns
from tutor.engine.kinds.service_validation import special_ip_problems
from tutor.engine.objects import Object
from tutor.engine.resources import ENDPOINTS
from tutor.engine.validation import PROTOCOLS, each, one_of, required

_SHOWN: Final = 3


def _default(endpoints: Object) -> Object:
    if not endpoints.get("subsets"):
        return endpoints
    return {**endpoints, "subsets": [_default_subset(subset) for subset in endpoints["subsets"]]}


def _default_subset(subset: Mapping[str, Any]) -> Object:
    ports = subset.get("ports")
    return {**subset, "ports": [{"protocol": "TCP", **port} for port in ports]} if ports else dict(subset)


def _cells(endpoints: Object, clock: Clock) -> tuple[str, ...]:
    return endpoints["metadata"]["name"], addresses_text(endpoints.get("subsets")), age_of(endpoints, clock)


def addresses_text(subsets: Any) -> str:
    """The ENDPOINTS column: up to three addresses with ports, then how many more.

    Source: `formatEndpoints` of kubernetes/pkg/printers/internalversion/printers.go.
    """
    if not subsets:
        return "<none>"
    shown: list[str] = []
    count = 0
    for subset in subsets:
        addresses = [_host(item["ip"]) for item in subset.get("addresses", ())]
        found = (
            [f"{address}:{port['port']}" for port in subset["ports"] for address in addresses]
            if subset.get("ports")
            else addresses
        )
        shown += found[: _SHOWN - len(shown)] if len(shown) < _SHOWN else []
        count += len(found)
    text = ",".join(shown)
    return f"{text} + {count - _SHOWN} more..." if count > _SHOWN else text or "<none>"


def _host(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


def _validate(endpoints: Object) -> Iterator[FieldError]:
    for index, subset in enumerate(endpoints.get("subsets") or ()):
        path = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            yield required(path, "must specify `addresses` or `notReadyAddresses`")
        for group in ("addresses", "notReadyAddresses"):
            for number, address in enumerate(subset.get(group) or ()):
                ip = address.get("ip", "")
                problems = names.ip_problems(ip) or special_ip_problems(ip)
                yield from each(f"{path}.{group}[{number}].ip", ip, problems)
        yield from _ports(subset.get("ports") or (), path)


def _ports(ports: Any, path: str) -> Iterator[FieldError]:
    for number, port in enumerate(ports):
        name = port.get("name")
        if name:
            yield from each(f"{path}.ports[{number}].name", name, names.label_problems(name))
        elif len(ports) > 1:
            yield required(f"{path}.ports[{number}].name")
        yield from each(f"{path}.ports[{number}].port", port.get("port", 0), names.port_problems(port.get("port", 0)))
        yield from one_of(f"{path}.ports[{number}].protocol", port.get("protocol"), PROTOCOLS)


KIND: Final = Kind(ENDPOINTS, columns("Name", "Endpoints", "Age"), _cells, default=_default, validate=_validate)
