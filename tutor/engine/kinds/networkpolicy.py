"""NetworkPolicies.

Source: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns, format_selector
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import NETWORK_POLICY
from tutor.engine.validation import (
    PROTOCOLS,
    check_label_selector,
    cidr,
    cidr_of,
    each,
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
    first, last = port.get("port"), port.get("endPort")
    if first is not None:
        yield from port_or_name(f"{path}.port", first)
    if last is None:
        return
    if isinstance(first, int):
        if last < first:
            yield wrong(f"{path}.endPort", first, "must be greater than or equal to `port`")
        yield from each(f"{path}.endPort", last, names.port_problems(last))
    else:
        what = "not specified" if first is None else "non-numeric"
        yield wrong(f"{path}.endPort", last, f"may not be specified when `port` is {what}")


def _peer(peer: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    yield from check_label_selector(f"{path}.podSelector", peer.get("podSelector"))
    yield from check_label_selector(f"{path}.namespaceSelector", peer.get("namespaceSelector"))
    if not peer:
        yield required(path, "must specify a peer")
    block = peer.get("ipBlock")
    if block is not None:
        if len(peer) > 1:
            yield forbidden(path, "may not specify both ipBlock and another peer")
        yield from _block(block, f"{path}.ipBlock")


def _block(block: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    text = block.get("cidr", "")
    if not text:
        yield required(f"{path}.cidr")
        return
    yield from cidr(f"{path}.cidr", text)
    whole = cidr_of(text)
    for index, hole in enumerate(block.get("except") or () if whole else ()):
        yield from cidr(f"{path}.except[{index}]", hole)
        part = cidr_of(hole)
        if whole and part and not (part.network_address in whole and part.prefixlen > whole.prefixlen):
            yield wrong(f"{path}.except[{index}]", hole, "must be a strict subset of `cidr`")


KIND: Final = Kind(
    NETWORK_POLICY,
    columns("Name", "Pod-Selector", "Age"),
    _cells,
    default=_default,
    validate=_validate,
    generation=True,
)
