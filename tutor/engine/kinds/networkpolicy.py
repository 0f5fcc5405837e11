"""NetworkPolicies.

Source: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final

from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns, format_selector
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import NETWORK_POLICY
from tutor.engine.validation import (
    PROTOCOLS,
    check_label_selector,
    forbidden,
    one_of,
    port_or_name,
    required,
    unsupported,
    wrong,
)


def _default(policy: Object) -> Object:
    spec = {"podSelector": {}, **(policy.get("spec") or {})}
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if "egress" in spec else ["Ingress"]
    for direction in ("ingress", "egress"):
        if spec.get(direction):
            spec[direction] = [_default_rule(rule) for rule in spec[direction]]
    return {**policy, "spec": spec}


def _default_rule(rule: Mapping[str, Any]) -> Object:
    if not rule.get("ports"):
        return dict(rule)
    return {**rule, "ports": [{"protocol": "TCP", **port} for port in rule["ports"]]}


def _cells(policy: Object, clock: Clock) -> tuple[str, ...]:
    return name_of(policy), format_selector(policy["spec"].get("podSelector")), age_of(policy, clock)


def _validate(policy: Object) -> Iterator[FieldError]:
    spec = policy["spec"]
    yield from check_label_selector("spec.podSelector", spec.get("podSelector"))
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or ()):
            path = f"spec.{direction}[{index}]"
            for number, port in enumerate(rule.get("ports") or ()):
                yield from _port(port, f"{path}.ports[{number}]")
            for number, peer in enumerate(rule.get(side) or ()):
                yield from _peer(peer, f"{path}.{side}[{number}]")
    for index, policy_type in enumerate(spec["policyTypes"]):
        if policy_type not in {"Ingress", "Egress"}:
            yield unsupported(f"spec.policyTypes[{index}]", policy_type, ("Egress", "Ingress"))


def _port(port: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    yield from one_of(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
    if "port" in port:
        yield from port_or_name(f"{path}.port", port["port"])
    elif "endPort" in port:
        yield required(f"{path}.port", "must be specified when `endPort` is specified")


def _peer(peer: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    yield from check_label_selector(f"{path}.podSelector", peer.get("podSelector"))
    yield from check_label_selector(f"{path}.namespaceSelector", peer.get("namespaceSelector"))
    if not peer:
        yield required(path, "must specify a peer")
    block = peer.get("ipBlock")
    if block is not None:
        if len(peer) > 1:
            yield forbidden(path, "may not specify both ipBlock and another peer")
        try:
            ip_network(block.get("cidr", ""), strict=False)
        except ValueError:
            detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            yield wrong(f"{path}.ipBlock.cidr", block.get("cidr", ""), detail)


KIND: Final = Kind(
    NETWORK_POLICY,
    columns("Name", "Pod-Selector", "Age"),
    _cells,
    default=_default,
    validate=_validate,
    generation=True,
)
