"""Objects by kind, namespace and name, with resourceVersions, a watch log and indexes.

Everything a store holds is in persistent maps that share structure, so `snapshot` and `restore` cost the same at any
size, and reads by label or by owner cost what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from rpds import HashTrieMap, HashTrieSet
from rpds import List as Stack

from tutor.engine.objects import Object, labels_of, name_of, namespace_of

Ref: TypeAlias = tuple[str, str, str]
"""Kind, namespace ("" if cluster-scoped) and name."""
Objects: TypeAlias = list[Object]
if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Names: TypeAlias = HashTrieMap[str, Object]
    _Objects: TypeAlias = HashTrieMap[tuple[str, str], _Names]
    _Spaces: TypeAlias = HashTrieMap[str, HashTrieSet[str]]
    _ByLabel: TypeAlias = HashTrieMap[tuple[str, str, str, str], HashTrieSet[str]]
    _ByOwner: TypeAlias = HashTrieMap[str, HashTrieSet[Ref]]


class Change(NamedTuple):
    """One entry of the watch log."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    kind: str
    revision: int
    object: Object
    """The object after the change; for DELETED, as it last was, with the deletion's resourceVersion."""
    old: Object | None = None
    """The object before the change; None for ADDED."""


class StoreState(NamedTuple):
    """All of a store that a snapshot keeps: shared, never copied.

    Args:
        revision: the resourceVersion of the newest change.
        objects: by kind and namespace, then by name; no map is empty.
        spaces: the namespaces that hold objects, by kind.
        by_label: names by kind, namespace, label key and value.
        by_owner: what names an owner, by its uid.
        log: every change, the newest first.
    """

    revision: int
    objects: _Objects
    spaces: _Spaces
    by_label: _ByLabel
    by_owner: _ByOwner
    log: Stack[Change]


_EMPTY: Final[HashTrieMap[Any, Any]] = HashTrieMap()
Refs: TypeAlias = list[Ref]
Names: TypeAlias = list[str]
Changes: TypeAlias = list[Change]
Listener: TypeAlias = Callable[[Change], None]


class Store:
    """What etcd is to a real cluster. Objects handed in belong to the store and are never changed afterwards."""

    def __init__(self) -> None:
        self._state = StoreState(0, _EMPTY, _EMPTY, _EMPTY, _EMPTY, Stack())
        self._for_all: list[Listener] = []
        self._listeners: dict[str, list[Listener]] = {}
        self._followers: list[Callable[[], None]] = []

    def subscribe(self, listener: Listener, *kinds: str) -> None:
        """Have `listener` called with every change (of these kinds, if any are named), in order, right after it."""
        if not kinds:
            self._for_all.append(listener)
            for listeners in self._listeners.values():
                listeners.append(listener)
        for kind in kinds:
            self._listeners.setdefault(kind, list(self._for_all)).append(listener)

    # Reading

    @property
    def revision(self) -> int:
        """The resourceVersion of the newest change."""
        return self._state.revision

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """The object, or None."""
        names = self._state.objects.get((kind, namespace))
        return None if names is None else names.get(name)

    def list(self, kind: str, namespace: str | None = None) -> Objects:
        """All objects of a kind, in one namespace or (None) in all, ordered by namespace and name."""
        spaces = self.namespaces_of(kind) if namespace is None else (namespace,)
        return [obj for space in spaces for _, obj in sorted(self._names(kind, space).items(), key=itemgetter(0))]

    def count(self, kind: str, namespace: str | None = None) -> int:
        """How many objects of a kind there are, in one namespace or (None) in all."""
        spaces = self.namespaces_of(kind) if namespace is None else (namespace,)
        return sum(len(self._names(kind, space)) for space in spaces)

    def select(self, kind: str, namespace: str, labels: Mapping[str, str]) -> Objects:
        """The objects of one namespace that carry all the labels (at least one), ordered by name."""
        names: HashTrieSet[str] | None = None
        for key, value in labels.items():
            carrying = self._state.by_label.get((kind, namespace, key, value))
            if carrying is None:
                return []
            names = carrying if names is None or len(carrying) < len(names) else names
        objects = self._names(kind, namespace)
        found = [objects[name] for name in sorted(names or ())]
        if len(labels) == 1:
            return found
        return [obj for obj in found if all(labels_of(obj).get(key) == value for key, value in labels.items())]

    def owned_by(self, uid: str) -> Refs:
        """Where the objects are that name this uid as an owner, ordered."""
        return sorted(self._state.by_owner.get(uid) or ())

    def namespaces_of(self, kind: str) -> Names:
        """The namespaces that hold objects of a kind, ordered."""
        return sorted(self._state.spaces.get(kind) or ())

    def last_seen(self, kind: str, namespace: str, name: str) -> Object | None:
        """The object, or as it last was if it is gone; None if there never was one of that name."""
        found = self.get(kind, namespace, name)
        if found is not None:
            return found
        seen = (each.object for each in self._state.log if each.kind == kind)
        return next((obj for obj in seen if name_of(obj) == name and namespace_of(obj) == namespace), None)

    def changes_since(self, revision: int) -> Changes:
        """The watch log after a resourceVersion, oldest first."""
        newer = []
        for change in self._state.log:
            if change.revision <= revision:
                break
            newer.append(change)
        newer.reverse()
        return newer

    def list_at(self, revision: int, kind: str, namespace: str | None = None) -> Objects:
        """As `list`, of what there was at a resourceVersion. Costs as much as has happened since."""
        found = {(namespace_of(obj), name_of(obj)): obj for obj in self.list(kind, namespace)}
        for change in reversed(self.changes_since(revision)):
            place = namespace_of(change.object), name_of(change.object)
            if change.kind != kind or namespace not in {None, place[0]}:
                continue
            if change.old is None:
                found.pop(place, None)
            else:
                found[place] = change.old
        return [obj for _, obj in sorted(found.items())]

    def _names(self, kind: str, namespace: str) -> _Names:
        return self._state.objects.get((kind, namespace)) or _EMPTY

    # Writing

    def put(self, obj: Object) -> Object:
        """Store an object under its kind, namespace and name, new or changed; return it with its resourceVersion."""
        metadata = obj["metadata"]
        kind, namespace, name = obj["kind"], metadata.get("namespace", ""), metadata["name"]
        state = self._state
        names, spaces = state.objects.get((kind, namespace)), state.spaces
        if names is None:
            names, spaces = _EMPTY, spaces.insert(kind, (spaces.get(kind) or HashTrieSet()).insert(namespace))
        old = names.get(name)
        revision = state.revision + 1
        stored: Object = {**obj, "metadata": {**metadata, "resourceVersion": str(revision)}}
        objects = state.objects.insert((kind, namespace), names.insert(name, stored))
        ref = (kind, namespace, name)
        self._commit(Change("MODIFIED" if old else "ADDED", kind, revision, stored, old), ref, stored, objects, spaces)
        return stored

    def remove(self, kind: str, namespace: str, name: str) -> Object | None:
        """Take an object out; return it as it last was, or None if there was none."""
        old = self.get(kind, namespace, name)
        if old is None:
            return None
        names, spaces = self._names(kind, namespace).remove(name), self._state.spaces
        if len(names):
            objects = self._state.objects.insert((kind, namespace), names)
        else:
            objects = self._state.objects.remove((kind, namespace))
            spaces = spaces.insert(kind, spaces[kind].remove(namespace))
        revision = self._state.revision + 1
        last: Object = {**old, "metadata": {**old["metadata"], "resourceVersion": str(revision)}}
        self._commit(Change("DELETED", kind, revision, last, old), (kind, namespace, name), None, objects, spaces)
        return last

    def _commit(self, change: Change, ref: Ref, new: Object | None, objects: _Objects, spaces: _Spaces) -> None:
        """Take over the maps a change has made, bring indexes and log up to date, and tell of the change."""
        by_label = self._reindexed_labels(ref, change.old, new)
        by_owner = self._reindexed_owners(ref, change.old, new)
        log = self._state.log.push_front(change)
        self._state = StoreState(change.revision, objects, spaces, by_label, by_owner, log)
        for listener in self._listeners.get(change.kind, self._for_all):
            listener(change)
        for tell in self._followers:
            tell()

    def _reindexed_labels(self, ref: Ref, old: Object | None, new: Object | None) -> _ByLabel:
        index, (kind, namespace, name) = self._state.by_label, ref
        before = labels_of(old) if old is not None else {}
        after = labels_of(new) if new is not None else {}
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

    def _reindexed_owners(self, ref: Ref, old: Object | None, new: Object | None) -> _ByOwner:
        index, owners, new_owners = self._state.by_owner, _owners(old), _owners(new)
        if owners == new_owners:
            return index
        before, after = {owner["uid"] for owner in owners}, {owner["uid"] for owner in new_owners}
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
        """Make the objects what they were at a snapshot. Listeners hear nothing of it.

        While somebody follows the store, what that changes is added to the log under new resourceVersions: to those
        who watch, going back is something that happens.
        """
        if self._followers:
            state = self._onward(state)
        self._state = state
        for tell in self._followers:
            tell()

    def follow(self, tell: Callable[[], None]) -> None:
        """Have `tell` called whenever the log has grown. Until `unfollow`, resourceVersions never go back."""
        self._followers.append(tell)

    def unfollow(self, tell: Callable[[], None]) -> None:
        """Call `tell` no more."""
        self._followers.remove(tell)

    def _onward(self, state: StoreState) -> StoreState:
        """A snapshot's objects with the log and the count of now, and what lies between the two in the log."""
        log, revision = self._state.log, self._state.revision
        for change in _changes_between(self._state.objects, state.objects):
            revision += 1
            obj = change.object
            if change.type == "DELETED":
                obj = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(revision)}}
            log = log.push_front(change._replace(revision=revision, object=obj))
        return state._replace(log=log, revision=revision)


def _changes_between(before: _Objects, after: _Objects) -> Iterator[Change]:
    """What leads from some objects to others, with revisions still to be given."""
    for place in sorted({*before, *after}):
        old, new = before.get(place) or _EMPTY, after.get(place) or _EMPTY
        if old is new:
            continue
        for name in sorted({*old, *new}):
            was, now = old.get(name), new.get(name)
            if was is now:
                continue
            if now is not None:
                yield Change("MODIFIED" if was else "ADDED", place[0], 0, now, was)
            elif was is not None:
                yield Change("DELETED", place[0], 0, was, was)


def _owners(obj: Object | None) -> Objects:
    owners: Objects | None = obj["metadata"].get("ownerReferences") if obj else None
    return owners or []


def _differing(pairs: Mapping[str, str], others: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((key, value) for key, value in pairs.items() if others.get(key) != value)
