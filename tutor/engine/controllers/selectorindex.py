"""Which objects select a Pod: an index from one label pair of each selector to the objects that carry it.

Without it, every change of a Pod would have to be held against every Service of its namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from rpds import HashTrieMap, HashTrieSet

from tutor.engine.controllers.common import Watches
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.store import Change

Pairs: TypeAlias = Mapping[str, str]
Bucket: TypeAlias = tuple[str, str, str]
"""Namespace, and the key and value of one label; both empty for selectors that name no pair."""
if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Buckets: TypeAlias = HashTrieMap[Bucket, HashTrieSet[str]]
    _Homes: TypeAlias = HashTrieMap[tuple[str, str], Bucket]
    IndexState: TypeAlias = tuple[_Buckets, _Homes]


class SelectorIndex:
    """Names of the objects of one kind whose selector could match given labels.

    Args:
        watches: where changes come from.
        kind: the kind with the selectors, such as `Service`.
        pairs_of: the label pairs an object requires, or None if it selects nothing at all; an empty mapping means
            that it selects in a way the index cannot know, so that it is always a candidate.
    """

    def __init__(self, watches: Watches, kind: str, pairs_of: Callable[[Object], Pairs | None]) -> None:
        self._pairs_of = pairs_of
        self._buckets: _Buckets = HashTrieMap()
        self._homes: _Homes = HashTrieMap()
        watches.on(kind, self._on_change)

    def candidates(self, namespace: str, labels: Mapping[str, str]) -> list[str]:
        """Names, ordered, of the objects whose indexed pair is among the labels; callers check the whole selector."""
        found: set[str] = set()
        for pair in (("", ""), *labels.items()):
            names = self._buckets.get((namespace, *pair))
            if names is not None:
                found.update(names)
        return sorted(found)

    def _on_change(self, change: Change) -> None:
        pairs = self._pairs_of(change.object) if change.type != "DELETED" else None
        if change.old is not None:
            if change.type == "MODIFIED" and self._pairs_of(change.old) == pairs:
                return
            self._forget(namespace_of(change.object), name_of(change.object))
        if pairs is not None:
            self._remember(namespace_of(change.object), name_of(change.object), pairs)

    def _remember(self, namespace: str, name: str, pairs: Pairs) -> None:
        buckets = [(namespace, key, value) for key, value in pairs.items()] or [(namespace, "", "")]
        # The emptiest bucket is the most telling pair: among many of app=shop, one of tier=cart goes under that.
        bucket = min(buckets, key=lambda one: (len(self._buckets.get(one) or ()), one))
        self._buckets = self._buckets.insert(bucket, (self._buckets.get(bucket) or HashTrieSet()).insert(name))
        self._homes = self._homes.insert((namespace, name), bucket)

    def _forget(self, namespace: str, name: str) -> None:
        bucket = self._homes.get((namespace, name))
        if bucket is None:
            return
        names = self._buckets[bucket].remove(name)
        self._buckets = self._buckets.insert(bucket, names) if len(names) else self._buckets.remove(bucket)
        self._homes = self._homes.remove((namespace, name))

    def snapshot(self) -> IndexState:
        """The whole index, shared."""
        return self._buckets, self._homes

    def restore(self, state: IndexState) -> None:
        """Go back to a snapshot."""
        self._buckets, self._homes = state


def label_selector_pairs(obj: Object) -> Pairs | None:
    """`pairs_of` for kinds with a `matchLabels`/`matchExpressions` selector."""
    selector = obj["spec"]["selector"]
    pairs: Pairs = selector.get("matchLabels") or {}
    return pairs if pairs or selector.get("matchExpressions") else None


def service_selector_pairs(obj: Object) -> Pairs | None:
    """`pairs_of` for Services."""
    return (obj.get("spec") or {}).get("selector") or None
