"""What controllers share: watching kinds, owner references, conditions and selectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tutor.engine.core import Core
from tutor.engine.objects import Object, labels_of, name_of, uid_of
from tutor.engine.selectors import from_label_selector
from tutor.engine.store import Change

Handler = Callable[[Change], None]


class Watches:
    """Tells each controller of the changes to the kinds it watches, in the order they asked."""

    def __init__(self, core: Core) -> None:
        self._store = core.store

    def on(self, kind: str, handler: Handler) -> None:
        """Have `handler` called with every change of a kind."""
        self._store.subscribe(handler, kind)


def controller_reference(owner: Mapping[str, Any]) -> Object:
    """The owner reference a controller writes into what it makes."""
    return {
        "apiVersion": owner["apiVersion"],
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": uid_of(owner),
    }


def condition(conditions: Iterable[Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    """The condition of a type, or None."""
    return next((found for found in conditions if found["type"] == kind), None)


def condition_is_true(obj: Mapping[str, Any], kind: str) -> bool:
    """Whether the object's status has the condition with status "True"."""
    for found in (obj.get("status") or {}).get("conditions") or ():
        if found["type"] == kind:
            return bool(found["status"] == "True")
    return False


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether a Pod's Ready condition is true."""
    return condition_is_true(pod, "Ready")


def is_finished(pod: Mapping[str, Any]) -> bool:
    """Whether a Pod has run to its end, well or badly."""
    return (pod.get("status") or {}).get("phase") in {"Succeeded", "Failed"}


def matching(core: Core, kind: str, namespace: str, selector: Mapping[str, Any]) -> list[Object]:
    """The objects of a namespace that a `matchLabels`/`matchExpressions` selector matches, ordered by name.

    An empty selector matches nothing: controllers that carry one must not seize everything.
    """
    pairs: Mapping[str, str] = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions")
    if not pairs and not expressions:
        return []
    found = core.store.select(kind, namespace, pairs) if pairs else core.store.list(kind, namespace)
    if not expressions:
        return found
    compiled = from_label_selector(selector)
    return [obj for obj in found if compiled.matches(labels_of(obj))]


def selector_matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a `matchLabels`/`matchExpressions` selector matches labels; an empty one matches nothing."""
    pairs: Mapping[str, str] = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions")
    if not pairs and not expressions:
        return False
    if any(labels.get(key) != value for key, value in pairs.items()):
        return False
    return not expressions or from_label_selector(selector).matches(labels)
