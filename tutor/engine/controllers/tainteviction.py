"""The taint eviction controller: deletes Pods from nodes with taints NoExecute that they do not tolerate.

Source: kubernetes/pkg/controller/tainteviction/taint_eviction.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from rpds import HashTrieMap, HashTrieSet

from tutor.engine.clock import Key
from tutor.engine.controllers.common import Watches
from tutor.engine.core import Core
from tutor.engine.disruption import TAINTED, disrupted
from tutor.engine.events import Recorder, Source
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of
from tutor.engine.resources import POD
from tutor.engine.store import Change
from tutor.engine.taints import taints_of, tolerated_for, tolerations_of

SOURCE: Final = Source("taint-eviction-controller")
LONG: Final = 300.0
"""Seconds up to which a tolerated taint is waited for when the cluster is to settle."""
Place: TypeAlias = tuple[str, str]
"""Namespace and name of a Pod."""


class Eviction(NamedTuple):
    """What is planned for a Pod: since when, and when it falls due; None once it was carried out."""

    since: float
    due: float | None


if TYPE_CHECKING:  # rpds types take no parameters at run time
    _ByNode: TypeAlias = HashTrieMap[str, HashTrieSet[Place]]
    _Plans: TypeAlias = HashTrieMap[Place, Eviction]
    TaintEvictionState: TypeAlias = tuple[_ByNode, _Plans]


class TaintEviction:
    """Workers `taint-node` (a node's name), `taint-pod` and `taint-evict` (a Pod's namespace and name)."""

    def __init__(self, core: Core, watches: Watches, recorder: Recorder) -> None:
        self._core, self._recorder = core, recorder
        self._by_node: _ByNode = HashTrieMap()
        self._plans: _Plans = HashTrieMap()
        for name, worker in (("node", self._on_taints), ("pod", self._on_pod_due), ("evict", self._evict)):
            core.clock.register(f"taint-{name}", worker)
        watches.on("Pod", self._on_pod)
        watches.on("Node", self._on_node)

    # What happens

    def _on_node(self, change: Change) -> None:
        before = taints_of(change.old, "NoExecute") if change.old is not None else []
        after = taints_of(change.object, "NoExecute") if change.type != "DELETED" else []
        if before != after and change.type != "DELETED":
            self._core.clock.soon("taint-node", name_of(change.object))

    def _on_pod(self, change: Change) -> None:
        pod, old = change.object, change.old
        if old is not None and change.type == "MODIFIED" and old["spec"] is pod["spec"]:
            return
        place = namespace_of(pod), name_of(pod)
        before = old["spec"].get("nodeName") if old is not None else None
        after = pod["spec"].get("nodeName") if change.type != "DELETED" else None
        if before != after:
            self._move(place, before, after)
        if change.type == "DELETED":
            self._cancel(place, pod)
        elif after and (before != after or (old and tolerations_of(old) != tolerations_of(pod))):
            node = self._core.store.get("Node", "", after)
            if node is not None and taints_of(node, "NoExecute"):
                self._core.clock.soon("taint-pod", *place)

    def _move(self, place: Place, before: str | None, after: str | None) -> None:
        if before:
            left = (self._by_node.get(before) or HashTrieSet()).discard(place)
            self._by_node = self._by_node.insert(before, left) if len(left) else self._by_node.discard(before)
        if after:
            self._by_node = self._by_node.insert(after, (self._by_node.get(after) or HashTrieSet()).insert(place))

    # What follows from it

    def _on_taints(self, key: Key) -> None:
        for namespace, name in sorted(self._by_node.get(key[0]) or ()):
            self._on_pod_due((namespace, name))

    def _on_pod_due(self, key: Key) -> None:
        """Decide about one Pod: it may stay, it may stay for a while, or it goes at once."""
        place = key[0], key[1]
        pod = self._core.store.get("Pod", *place)
        node = self._core.store.get("Node", "", pod["spec"].get("nodeName") or "") if pod is not None else None
        if pod is None or node is None:
            return
        seconds = tolerated_for(taints_of(node, "NoExecute"), tolerations_of(pod))
        plan, now = self._plans.get(place), self._core.clock.now
        if seconds is None:
            self._cancel(place, pod)
        elif seconds == 0.0:
            self._cancel(place, pod)
            self._plan(place, now, now)
        elif plan is None:
            self._plan(place, now, now + seconds)
        elif plan.due is not None and plan.since >= now:
            self._cancel(place, pod)
            self._plan(place, plan.since, now + seconds)

    def _plan(self, place: Place, since: float, due: float) -> None:
        if self._plans.get(place) is not None:  # carried out already, and the Pod still stops
            return
        self._plans = self._plans.insert(place, Eviction(since, due))
        seconds = due - self._core.clock.now
        self._core.clock.after(seconds, "taint-evict", *place, repr(due), background=seconds > LONG)

    def _cancel(self, place: Place, pod: Object) -> None:
        plan = self._plans.get(place)
        if plan is None:
            return
        gone = self._core.store.get("Pod", *place) is None
        if plan.due is not None or gone:
            self._plans = self._plans.remove(place)
        if plan.due is not None:
            self._tell(pod, "Cancelling deletion of Pod")

    def _evict(self, key: Key) -> None:
        namespace, name, due = key
        place = namespace, name
        plan, pod = self._plans.get(place), self._core.store.get("Pod", namespace, name)
        if plan is None or repr(plan.due) != due or pod is None:
            return
        self._plans = self._plans.insert(place, Eviction(plan.since, None))
        self._tell(pod, "Marking for deletion Pod")
        if not is_deleting(pod):
            self._core.store.put(disrupted(pod, TAINTED, self._core.clock))
        self._core.api.delete(POD, name, namespace)

    def _tell(self, pod: Object, what: str) -> None:
        message = f"{what} {namespace_of(pod)}/{name_of(pod)}"
        self._recorder.record(pod, SOURCE, "TaintManagerEviction", message)

    def snapshot(self) -> TaintEvictionState:
        """All that changes here."""
        return self._by_node, self._plans

    def restore(self, state: TaintEvictionState) -> None:
        """Go back to a snapshot."""
        self._by_node, self._plans = state
