"""EndpointSlices.

Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any, Final

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns
from tutor.engine.kinds.service_validation import special_ip_problems
from tutor.engine.objects import Object
from tutor.engine.resources import ENDPOINT_SLICE
from tutor.engine.validation import IMMUTABLE, PROTOCOLS, duplicate, each, one_of, required, wrong

_SHOWN: Final = 3


def _default(endpoint_slice: Object) -> Object:
    filled = dict(endpoint_slice)
    if endpoint_slice.get("ports"):
        filled["ports"] = [{"name": "", "protocol": "TCP", **port} for port in endpoint_slice["ports"]]
    filled["endpoints"] = [{"conditions": {}, **endpoint} for endpoint in endpoint_slice.get("endpoints") or ()]
    return filled


def _cells(endpoint_slice: Object, clock: Clock) -> tuple[str, ...]:
    return (
        endpoint_slice["metadata"]["name"],
        endpoint_slice.get("addressType", ""),
        _listed(
            (str(port.get("port") or port.get("name") or "*") for port in endpoint_slice.get("ports") or ()), "<unset>"
        ),
        _listed(
            (address for item in endpoint_slice.get("endpoints") or () for address in item.get("addresses", ())),
            "<unset>",
        ),
        age_of(endpoint_slice, clock),
    )


def _listed(texts: Iterable[str], none: str) -> str:
    found = list(texts)
    text = ",".join(found[:_SHOWN])
    return f"{text} + {len(found) - _SHOWN} more..." if len(found) > _SHOWN else text or none


def _validate(endpoint_slice: Object) -> Iterator[FieldError]:
    address_type = endpoint_slice.get("addressType", "")
    yield from one_of("addressType", address_type, ("FQDN", "IPv4", "IPv6"))
    for index, endpoint in enumerate(endpoint_slice["endpoints"]):
        addresses = endpoint.get("addresses") or ()
        if not addresses:
            yield required(f"endpoints[{index}].addresses", "must contain at least 1 address")
        for number, address in enumerate(addresses):
            yield from each(f"endpoints[{index}].addresses[{number}]", address, _problems(address, address_type))
    yield from _ports(endpoint_slice.get("ports") or ())


def _problems(address: str, address_type: str) -> list[str]:
    try:
        match address_type:
            case "IPv4":
                return special_ip_problems(str(IPv4Address(address)))
            case "IPv6":
                return special_ip_problems(str(IPv6Address(address)))
    except AddressValueError:
        return [f"must be a valid {address_type} address"]
    return names.subdomain_problems(address) if address_type == "FQDN" else []


def _ports(ports: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        name = port.get("name", "")
        if name in seen:
            yield duplicate(f"ports[{index}].name", name)
        seen.add(name)
        if name:
            yield from each(f"ports[{index}].name", name, names.label_problems(name))
        yield from one_of(f"ports[{index}].protocol", port.get("protocol"), PROTOCOLS)
        if "port" in port:
            yield from each(f"ports[{index}].port", port["port"], names.port_problems(port["port"]))


def _validate_update(new: Object, old: Object) -> Iterator[FieldError]:
    if new.get("addressType") != old.get("addressType"):
        yield wrong("addressType", new.get("addressType"), IMMUTABLE)


KIND: Final = Kind(
    ENDPOINT_SLICE,
    columns("Name", "AddressType", "Ports", "Endpoints", "Age"),
    _cells,
    default=_default,
    validate=_validate,
    validate_update=_validate_update,
    generation=True,
)
