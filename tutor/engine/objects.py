"""Kubernetes objects as plain JSON-shaped data, immutable by convention once stored.

Whoever wants an object changed builds a new one that shares what stayed the same (`with_field`); nothing in the
engine or above it assigns into an object that came out of the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]
"""One API object: `{"apiVersion": …, "kind": …, "metadata": {…}, …}`."""


def name_of(obj: Mapping[str, Any]) -> str:
    """The object's `metadata.name`, or the empty string."""
    return str(obj["metadata"].get("name", ""))


def namespace_of(obj: Mapping[str, Any]) -> str:
    """The object's `metadata.namespace`; the empty string for cluster-scoped kinds."""
    return str(obj["metadata"].get("namespace", ""))


def uid_of(obj: Mapping[str, Any]) -> str:
    """The object's `metadata.uid`, or the empty string."""
    return str(obj["metadata"].get("uid", ""))


def labels_of(obj: Mapping[str, Any]) -> Mapping[str, str]:
    """The object's labels; empty if it has none."""
    labels: Mapping[str, str] | None = obj["metadata"].get("labels")
    return labels or {}


def annotations_of(obj: Mapping[str, Any]) -> Mapping[str, str]:
    """The object's annotations; empty if it has none."""
    annotations: Mapping[str, str] | None = obj["metadata"].get("annotations")
    return annotations or {}


def revision_of(obj: Mapping[str, Any]) -> int:
    """The object's resourceVersion as a number; 0 before it is stored."""
    return int(obj["metadata"].get("resourceVersion") or 0)


def is_deleting(obj: Mapping[str, Any]) -> bool:
    """Whether a graceful deletion of the object has begun."""
    return "deletionTimestamp" in obj["metadata"]


def field(obj: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """The value at a dotted path of plain field names, such as `spec.template.metadata`; `default` if absent."""
    value: Any = obj
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return default
        value = value[step]
    return value


def with_field(obj: Mapping[str, Any], path: str, value: Any) -> Object:
    """A copy of the object with one dotted field set, sharing all the rest."""
    head, _, rest = path.partition(".")
    inner = obj.get(head)
    changed = with_field(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value
    return {**obj, head: changed}


def without_field(obj: Mapping[str, Any], path: str) -> Object:
    """A copy of the object with one dotted field removed, sharing all the rest; an absent field is no error."""
    head, _, rest = path.partition(".")
    if head not in obj:
        return dict(obj)
    if not rest:
        return {key: value for key, value in obj.items() if key != head}
    inner = obj[head]
    return {**obj, head: without_field(inner, rest)} if isinstance(inner, Mapping) else dict(obj)


def controller_of(obj: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The owner reference with `controller: true`, if there is one."""
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            reference: Mapping[str, Any] = owner
            return reference
    return None


def owner_uids(obj: Mapping[str, Any]) -> Iterator[str]:
    """The uids of all owners."""
    for owner in obj["metadata"].get("ownerReferences") or ():
        yield owner["uid"]


def selects(selector: Mapping[str, str] | None, labels: Mapping[str, str]) -> bool:
    """Whether a Service-style selector (all pairs equal) matches the labels; an empty selector matches nothing.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors
    """
    return bool(selector) and all(labels.get(key) == value for key, value in (selector or {}).items())
