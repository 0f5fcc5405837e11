"""Objects by kind, namespace and name, with resourceVersions, a watch log and indexes.

Everything a store holds is in persistent maps that share structure, so `snapshot` and `restore` cost the same at any
size, and reads by label or by owner cost what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from rpds import HashTrieMap, HashTrieSet
from rpds import List as Stack

from tutor.engine.objects import Object, labels_of, name_of, namespace_of, owner_uids

Ref: TypeAlias = tuple[str, str, str]
"""Kind, namespace ("" if cluster-scoped) and name."""
Objects: TypeAlias = list[Object]
if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Names: TypeAlias = HashTrieMap[str, Object]
    _Space: TypeAlias = HashTrieMap[str, _Names]


@dataclass(frozen=True)
class Change:
    """One entry of the watch log."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    kind: str
    revision: int
    object: Object
    """The object after the change; for DELETED, as it last was, with the deletion's resourceVersion."""
    old: Object | None = None
    """The object before the change; None for ADDED."""


@dataclass(frozen=True)
class StoreState:
    """All of a store that a snapshot keeps: shared, never copied."""

    revision: int
    objects: HashTrieMap[str, _Space]
    by_label: HashTrieMap[tuple[str, str, str, str], HashTrieSet[str]]
    by_owner: HashTrieMap[str, HashTrieSet[Ref]]
    log: Stack[Change]


_EMPTY: Final[HashTrieMap[str, Any]] = HashTrieMap()
Refs: TypeAlias = list[Ref]
Names: TypeAlias = list[str]
Changes: TypeAlias = list[Change]
Listener: TypeAlias = Callable[[Change], None]


class Store:
    """What etcd is to a real cluster. Objects handed in belong to the store and are never changed afterwards."""

    def __init__(self) -> None:
        self._state = StoreState(0, HashTrieMap(), HashTrieMap(), HashTrieMap(), Stack())
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` called with every change, in order, right after it is made."""
        self._listeners.append(listener)

    # Reading

    @property
    def revision(self) -> int:
        """The resourceVersion of the newest change."""
        return self._state.revision

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """The object, or None."""
        return self._names(kind, namespace).get(name)

    def list(self, kind: str, namespace: str | None = None) -> Objects:
        """All objects of a kind, in one namespace or (None) in all, ordered by namespace and name."""
        space = self._space(kind)
        if namespace is not None:
            names = space.get(namespace) or HashTrieMap()
            return [names[name] for name in sorted(names)]
        return [names[name] for _, names in sorted(space.items()) for name in sorted(names)]

    def count(self, kind: str, namespace: str | None = None) -> int:
        """How many objects of a kind there are, in one namespace or (None) in all."""
        if namespace is not None:
            return len(self._names(kind, namespace))
        return sum(len(names) for names in self._space(kind).values())

    def select(self, kind: str, namespace: str, labels: Mapping[str, str]) -> Objects:
        """The objects of one namespace that carry all the labels (at least one), ordered by name."""
        names: HashTrieSet[str] | None = None
        for key, value in labels.items():
            carrying = self._state.by_label.get((kind, namespace, key, value))
            if carrying is None:
                return []
            names = carrying if names is None or len(carrying) < len(names) else names
        objects = self._names(kind, namespace)
        found = (objects[name] for name in sorted(names or ()))
        return [obj for obj in found if all(labels_of(obj).get(key) == value for key, value in labels.items())]

    def owned_by(self, uid: str) -> Refs:
        """Where the objects are that name this uid as an owner, ordered."""
        return sorted(self._state.by_owner.get(uid) or ())

    def namespaces_of(self, kind: str) -> Names:
        """The namespaces that hold objects of a kind, ordered."""
        return sorted(self._space(kind))

    def changes_since(self, revision: int) -> Changes:
        """The watch log after a resourceVersion, oldest first."""
        newer = []
        for change in self._state.log:
            if change.revision <= revision:
                break
            newer.append(change)
        newer.reverse()
        return newer

    def _space(self, kind: str) -> _Space:
        return self._state.objects.get(kind) or _EMPTY

    def _names(self, kind: str, namespace: str) -> _Names:
        return self._space(kind).get(namespace) or _EMPTY

    # Writing

    def put(self, obj: Object) -> Object:
        """Store an object under its kind, namespace and name, new or changed; return it with its resourceVersion."""
        kind, namespace, name = obj["kind"], namespace_of(obj), name_of(obj)
        old = self.get(kind, namespace, name)
        revision = self._state.revision + 1
        stored: Object = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(revision)}}
        space = self._space(kind)
        names = (space.get(namespace) or HashTrieMap()).insert(name, stored)
        self._commit(
            Change("MODIFIED" if old else "ADDED", kind, revision, stored, old),
            self._state.objects.insert(kind, space.insert(namespace, names)),
            self._reindex_labels(kind, namespace, name, old, stored),
            self._reindex_owners((kind, namespace, name), old, stored),
        )
        return stored

    def remove(self, kind: str, namespace: str, name: str) -> Object | None:
        """Take an object out; return it as it last was, or None if there was none."""
        old = self.get(kind, namespace, name)
        if old is None:
            return None
        revision = self._state.revision + 1
        space = self._space(kind)
        names = space[namespace].remove(name)
        space = space.insert(namespace, names) if len(names) else space.remove(namespace)
        last: Object = {**old, "metadata": {**old["metadata"], "resourceVersion": str(revision)}}
        self._commit(
            Change("DELETED", kind, revision, last, old),
            self._state.objects.insert(kind, space),
            self._reindex_labels(kind, namespace, name, old, None),
            self._reindex_owners((kind, namespace, name), old, None),
        )
        return last

    def _commit(
        self,
        change: Change,
        objects: HashTrieMap[str, _Space],
        by_label: HashTrieMap[tuple[str, str, str, str], HashTrieSet[str]],
        by_owner: HashTrieMap[str, HashTrieSet[Ref]],
    ) -> None:
        self._state = StoreState(change.revision, objects, by_label, by_owner, self._state.log.push_front(change))
        for listener in self._listeners:
            listener(change)

    def _reindex_labels(
        self, kind: str, namespace: str, name: str, old: Object | None, new: Object | None
    ) -> HashTrieMap[tuple[str, str, str, str], HashTrieSet[str]]:
        index = self._state.by_label
        before = labels_of(old) if old else {}
        after = labels_of(new) if new else {}
        if before == after:
            return index
        for pair in _differing(before, after):
            key = (kind, namespace, *pair)
            names = index[key].remove(name)
            index = index.insert(key, names) if len(names) else index.remove(key)
        for pair in _differing(after, before):
            key = (kind, namespace, *pair)
            index = index.insert(key, (index.get(key) or HashTrieSet()).insert(name))
        return index

    def _reindex_owners(self, ref: Ref, old: Object | None, new: Object | None) -> HashTrieMap[str, HashTrieSet[Ref]]:
        index = self._state.by_owner
        before = set(owner_uids(old)) if old else set()
        after = set(owner_uids(new)) if new else set()
        if before == after:
            return index
        for uid in before - after:
            refs = index[uid].remove(ref)
            index = index.insert(uid, refs) if len(refs) else index.remove(uid)
        for uid in after - before:
            index = index.insert(uid, (index.get(uid) or HashTrieSet()).insert(ref))
        return index

    # Snapshots

    def snapshot(self) -> StoreState:
        """The whole store as it is now, in no time."""
        return self._state

    def restore(self, state: StoreState) -> None:
        """Make the store what it was at a snapshot. Listeners hear nothing of it."""
        self._state = state


def _differing(pairs: Mapping[str, str], others: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((key, value) for key, value in pairs.items() if others.get(key) != value)
