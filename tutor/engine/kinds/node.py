"""Nodes.

Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/ and `validateNodeTaints` of
kubernetes/pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns
from tutor.engine.objects import Object, labels_of, name_of
from tutor.engine.resources import NODE
from tutor.engine.taints import EFFECTS, taints_of
from tutor.engine.validation import duplicate, each, required, unsupported, wrong

_ROLE: Final = "node-role.kubernetes.io/"


def _cells(node: Object, clock: Clock) -> tuple[str, ...]:
    info = (node.get("status") or {}).get("nodeInfo") or {}
    return (
        name_of(node),
        status_word(node),
        roles(node),
        age_of(node, clock),
        info.get("kubeletVersion", ""),
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        info.get("osImage") or "<unknown>",
        info.get("kernelVersion") or "<unknown>",
        info.get("containerRuntimeVersion") or "<unknown>",
    )


def status_word(node: Object) -> str:
    """The STATUS column: `Ready`, `NotReady,SchedulingDisabled` and the like."""
    words = [
        "Ready" if condition["status"] == "True" else "NotReady"
        for condition in (node.get("status") or {}).get("conditions", ())
        if condition["type"] == "Ready"
    ] or ["Unknown"]
    if (node.get("spec") or {}).get("unschedulable"):
        words.append("SchedulingDisabled")
    return ",".join(words)


def roles(node: Object) -> str:
    """The ROLES column."""
    found = {key.removeprefix(_ROLE) for key in labels_of(node) if key.startswith(_ROLE)}
    if role := labels_of(node).get("kubernetes.io/role"):
        found.add(role)
    return ",".join(sorted(filter(None, found))) or "<none>"


def _address(node: Object, type_: str) -> str:
    for item in (node.get("status") or {}).get("addresses", ()):
        if item["type"] == type_:
            return str(item["address"])
    return "<none>"


def _fields(node: Object) -> Mapping[str, str]:
    return {"spec.unschedulable": "true" if (node.get("spec") or {}).get("unschedulable") else "false"}


def _validate(node: Object) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints_of(node)):
        path = f"spec.taints[{index}]"
        key, value, effect = (taint.get(field) or "" for field in ("key", "value", "effect"))
        yield from each(f"{path}.key", key, names.label_key_problems(key))
        if problems := names.label_value_problems(value):
            yield wrong(f"{path}.value", value, ";".join(problems))
        if not effect:
            yield required(f"{path}.effect")
        elif effect not in EFFECTS:
            yield unsupported(f"{path}.effect", effect, EFFECTS)
        if (key, effect) in seen:
            shown = {"Key": key, "Value": value, "Effect": effect, "TimeAdded": taint.get("timeAdded")}
            yield replace(duplicate(path, shown), detail="taints must be unique by key and effect pair")
        seen.add((key, effect))


def _default(node: Object) -> Object:
    return {"spec": {}, **node}


def _status(_node: Object) -> Object:
    return {}


KIND: Final = Kind(
    NODE,
    columns(
        "Name", "Status", "Roles", "Age", "Version",
        wide=("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"),
    ),
    _cells,
    default=_default,
    validate=_validate,
    fields=_fields,
    status=_status,
)  # fmt: skip
