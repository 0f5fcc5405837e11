"""The garbage collector: deletes what nobody owns any more.

Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/
"""

from __future__ import annotations

from tutor.engine.clock import Key
from tutor.engine.controllers.common import Watches
from tutor.engine.core import Core
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of, uid_of
from tutor.engine.resources import BY_KIND, RESOURCES
from tutor.engine.store import Change


class GarbageCollector:
    """Worker `garbage`, keyed by the uid of an owner that is gone."""

    def __init__(self, core: Core, watches: Watches) -> None:
        self._core = core
        core.clock.register("garbage", self._collect)
        for resource in RESOURCES:
            watches.on(resource.kind, self._on_change)

    def _on_change(self, change: Change) -> None:
        if change.type == "DELETED":
            self._core.clock.soon("garbage", uid_of(change.object))
        elif change.type == "ADDED" and "ownerReferences" in change.object["metadata"]:
            for owner in change.object["metadata"]["ownerReferences"]:
                if not self._is_there(owner, namespace_of(change.object)):
                    self._core.clock.soon("garbage", owner["uid"])

    def _is_there(self, owner: Object, namespace: str) -> bool:
        resource = BY_KIND.get(owner["kind"])
        if resource is None:
            return False
        found = self._core.store.get(owner["kind"], namespace if resource.namespaced else "", owner["name"])
        return found is not None and uid_of(found) == owner["uid"]

    def _collect(self, key: Key) -> None:
        for kind, namespace, name in self._core.store.owned_by(key[0]):
            obj = self._core.store.get(kind, namespace, name)
            if obj is None:
                continue
            alive = [owner for owner in obj["metadata"]["ownerReferences"] if self._is_there(owner, namespace)]
            if alive:
                self._core.store.put({**obj, "metadata": {**obj["metadata"], "ownerReferences": alive}})
            elif not is_deleting(obj):
                self._core.api.delete(BY_KIND[kind], name_of(obj), namespace)
