"""Namespaces.

Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.kinds.base import Kind, age_of, columns
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import NAMESPACE

NAME_LABEL: Final = "kubernetes.io/metadata.name"
UNDELETABLE: Final = frozenset({"default", "kube-public", "kube-system"})


def _default(namespace: Object) -> Object:
    metadata = namespace["metadata"]
    labels = {**(metadata.get("labels") or {}), NAME_LABEL: name_of(namespace)} if metadata.get("name") else None
    spec = {"finalizers": ["kubernetes"], **(namespace.get("spec") or {})}
    return {**namespace, "metadata": {**metadata, "labels": labels} if labels else metadata, "spec": spec}


def _cells(namespace: Object, clock: Clock) -> tuple[str, ...]:
    return name_of(namespace), (namespace.get("status") or {}).get("phase", ""), age_of(namespace, clock)


def _fields(namespace: Object) -> Mapping[str, str]:
    return {"name": name_of(namespace), "status.phase": (namespace.get("status") or {}).get("phase", "")}


def _status(_namespace: Object) -> Object:
    return {"phase": "Active"}


KIND: Final = Kind(
    NAMESPACE,
    columns("Name", "Status", "Age"),
    _cells,
    default=_default,
    fields=_fields,
    name_problems=names.label_problems,
    status=_status,
)
