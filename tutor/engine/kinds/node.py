"""Nodes.

Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.engine.clock import Clock
from tutor.engine.kinds.base import Kind, age_of, columns
from tutor.engine.objects import Object, labels_of, name_of
from tutor.engine.resources import NODE

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
    fields=_fields,
    status=_status,
)  # fmt: skip
