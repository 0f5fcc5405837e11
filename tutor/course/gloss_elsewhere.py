"""The plain line about an empty list: the objects looked for are in another namespace."""

from __future__ import annotations

import re
from typing import Final

from tutor.course.conditions.base import labels_in_words
from tutor.course.conditions.evidence import Played
from tutor.course.conditions.kubectl_call import read_call
from tutor.engine.bootstrap import SYSTEM_NAMESPACES
from tutor.engine.objects import labels_of, namespace_of
from tutor.engine.resources import find_resource
from tutor.engine.store import Store

_EMPTY: Final = re.compile(r"No resources found|array index out of bounds: index 0, length 0")


def none_here(played: Played, store: Store) -> str:
    """Where the objects are that a command looked for in the wrong namespace; empty if there are none anywhere.

    Args:
        played: the command and its output.
        store: the cluster's objects now.
    """
    if not _EMPTY.search(played.output):
        return ""
    for call in reversed(played.calls):
        kubectl = read_call(call.argv)
        if kubectl is None or len(kubectl.resources) != 1 or kubectl.names or kubectl.has_flag("all-namespaces", True):
            continue
        if store.get("Namespace", "", kubectl.namespace) is None:
            return f"There is no namespace {kubectl.namespace}."
        resource = find_resource(next(iter(kubectl.resources)))
        labels = _plain_labels(kubectl.flags.get("selector", ""))
        if resource is None or labels is None:
            continue
        found = [each for each in store.list(resource.kind) if labels.items() <= labels_of(each).items()]
        places = sorted({namespace_of(each) for each in found} - SYSTEM_NAMESPACES - {""})
        if places and kubectl.namespace not in places:
            said = f" with {labels_in_words(labels)}" if labels else ""
            return f"Namespace {kubectl.namespace} has no {resource.kind}{said}, {places[0]} has: add -n {places[0]}."
    return ""


def _plain_labels(selector: str) -> dict[str, str] | None:
    """The labels of a selector that asks for values only; None for any other."""
    pairs = [pair.replace("==", "=").partition("=") for pair in selector.split(",") if pair]
    if any(not equals or key.endswith("!") for key, equals, _ in pairs):
        return None
    return {key: value for key, _, value in pairs}
