"""The scheduler: gives each Pod a node, spreading the Pods of one owner over the nodes.

Source: k8s.io/kubernetes/pkg/scheduler; messages of framework/types.go (FitError) and of framework/plugins as of v1.36:
the one of taints does not name them, and that of DynamicResources goes before that of preemption
(https://github.com/kubernetes/kubernetes/pull/140222 takes it out later).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from rpds import HashTrieMap, HashTrieSet

from tutor.engine.binding import bound
from tutor.engine.clock import Key
from tutor.engine.controllers.common import Watches, condition, condition_is_true, is_finished
from tutor.engine.core import Core
from tutor.engine.events import SCHEDULER, Recorder, Source
from tutor.engine.objects import Object, controller_of, is_deleting, labels_of, name_of, namespace_of
from tutor.engine.store import Change
from tutor.engine.taints import NOT_READY, UNSCHEDULABLE, Taint, taints_of, tolerations_of, untolerated

if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Load: TypeAlias = HashTrieMap[tuple[str, str], int]
    SchedulerState: TypeAlias = tuple[_Load, HashTrieSet[tuple[str, str]]]

SOURCE: Final = Source(SCHEDULER)
LATENCY: Final = 0.01
"""Seconds from a Pod's creation to its binding."""
_CORDONED: Final[Taint] = {"effect": "NoSchedule", "key": UNSCHEDULABLE}
_NOT_READY: Final[Taint] = {"effect": "NoSchedule", "key": NOT_READY}
_TAINTED: Final = "node(s) had untolerated taint(s)"


class Scheduler:
    """Worker `schedule`, keyed by a Pod's namespace and name."""

    def __init__(self, core: Core, watches: Watches, recorder: Recorder) -> None:
        self._core, self._recorder = core, recorder
        # Pods per (node, "") and per (node, owner uid): kept up to date, so that placing one Pod costs no counting.
        self._load: _Load = HashTrieMap()
        self._unschedulable: HashTrieSet[tuple[str, str]] = HashTrieSet()
        core.clock.register("schedule", self._schedule)
        watches.on("Pod", self._on_pod)
        watches.on("Node", self._on_node)

    def _on_pod(self, change: Change) -> None:
        pod, old = change.object, change.old
        before = _placement(old) if old is not None else None
        after = _placement(pod) if change.type != "DELETED" else None
        if before != after:
            self._count(before, -1)
            self._count(after, 1)
        key = (namespace_of(pod), name_of(pod))
        if change.type == "ADDED" and not pod["spec"].get("nodeName"):
            self._core.clock.after(LATENCY, "schedule", *key)
        elif change.type == "DELETED" and key in self._unschedulable:
            self._unschedulable = self._unschedulable.remove(key)
        if before is not None and after is None and len(self._unschedulable):
            self._retry()

    def _on_node(self, _change: Change) -> None:
        self._retry()

    def _retry(self) -> None:
        for key in sorted(self._unschedulable):
            self._core.clock.soon("schedule", *key)

    def _count(self, placement: tuple[str, str] | None, step: int) -> None:
        if placement is None:
            return
        node, owner = placement
        for key in {(node, ""), (node, owner)}:
            count = (self._load.get(key) or 0) + step
            self._load = self._load.insert(key, count) if count else self._load.remove(key)

    def _schedule(self, key: Key) -> None:
        pod = self._core.store.get("Pod", *key)
        if pod is None or pod["spec"].get("nodeName") or is_deleting(pod) or is_finished(pod):
            return
        nodes = self._core.store.list("Node", "")
        reasons: dict[str, int] = {}
        fitting: list[Object] = []
        for node in nodes:
            why = self._unfit(pod, node)
            if why:
                reasons[why] = reasons.get(why, 0) + 1
            else:
                fitting.append(node)
        if fitting:
            self._bind(pod, self._best(pod, fitting))
        else:
            self._fail(pod, len(nodes), reasons)

    def _unfit(self, pod: Object, node: Object) -> str:
        """Why the Pod cannot run on the node; the empty string if it can."""
        spec, tolerations = pod["spec"], tolerations_of(pod)
        if (node.get("spec") or {}).get("unschedulable") and untolerated([_CORDONED], tolerations):
            return "node(s) were unschedulable"
        if untolerated(taints_of(node, "NoSchedule", "NoExecute"), tolerations):
            return _TAINTED
        # Its taint follows at once, if it is not there yet.
        if not condition_is_true(node, "Ready") and untolerated([_NOT_READY], tolerations):
            return _TAINTED
        labels = labels_of(node)
        if any(labels.get(name) != value for name, value in (spec.get("nodeSelector") or {}).items()):
            return "node(s) didn't match Pod's node affinity/selector"
        room = int((node.get("status") or {}).get("allocatable", {}).get("pods", 110))
        if (self._load.get((name_of(node), "")) or 0) >= room:
            return "Too many pods"
        return ""

    def _best(self, pod: Object, nodes: list[Object]) -> str:
        """Fewest taints PreferNoSchedule to bear, then fewest Pods of the same owner, then fewest Pods; then the dice.

        A real scheduler adds up weighted scores, of which that of taints has the greatest weight (3).
        """
        owner, tolerations = _owner(pod), tolerations_of(pod)
        scores = {
            name_of(node): (
                len(untolerated(taints_of(node, "PreferNoSchedule"), tolerations)),
                self._load.get((name_of(node), owner)) or 0,
                self._load.get((name_of(node), "")) or 0,
            )
            for node in nodes
        }
        lowest = min(scores.values())
        return self._core.dice.choice([name for name, score in scores.items() if score == lowest])

    def _bind(self, pod: Object, node: str) -> None:
        assigned = self._core.store.put(bound(pod, node, self._core.clock))
        key = (namespace_of(pod), name_of(pod))
        if key in self._unschedulable:
            self._unschedulable = self._unschedulable.remove(key)
        message = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {node}"
        self._recorder.record(assigned, SOURCE, "Scheduled", message, action="Binding")

    def _fail(self, pod: Object, count: int, reasons: Mapping[str, int]) -> None:
        self._unschedulable = self._unschedulable.insert((namespace_of(pod), name_of(pod)))
        if count:
            told = ", ".join(sorted(f"{number} {why}" for why, number in reasons.items()))
            message = f"0/{count} nodes are available: {told}. {_no_preemption(count, reasons)}"
        else:
            message = "no nodes available to schedule pods"
        before = condition((pod.get("status") or {}).get("conditions") or (), "PodScheduled")
        if before is not None and before.get("message") == message:
            return
        found = {
            "lastProbeTime": None,
            "lastTransitionTime": before["lastTransitionTime"] if before else self._core.clock.timestamp(),
            "message": message,
            "observedGeneration": pod["metadata"].get("generation", 1),
            "reason": "Unschedulable",
            "status": "False",
            "type": "PodScheduled",
        }
        stored = self._core.store.put(
            {**pod, "status": {**(pod.get("status") or {}), "phase": "Pending", "conditions": [found]}}
        )
        self._recorder.record(stored, SOURCE, "FailedScheduling", message, warning=True, action="Scheduling")

    def snapshot(self) -> SchedulerState:
        """All that changes here."""
        return self._load, self._unschedulable

    def restore(self, state: SchedulerState) -> None:
        """Go back to a snapshot."""
        self._load, self._unschedulable = state


def _owner(pod: Mapping[str, Any]) -> str:
    owner = controller_of(pod)
    return str(owner["uid"]) if owner is not None else namespace_of(pod)


def _placement(pod: Mapping[str, Any]) -> tuple[str, str] | None:
    """Node and owner of a Pod that takes up room on a node; None for others."""
    node = pod["spec"].get("nodeName")
    return (node, _owner(pod)) if node and not is_finished(pod) else None


def _no_preemption(count: int, reasons: Mapping[str, int]) -> str:
    """What the scheduler adds about making room by evicting others: nobody here has a lower priority."""
    victims = reasons.get("Too many pods", 0)
    parts = []
    if count - victims:
        parts.append(f"{count - victims} Preemption is not helpful for scheduling")
    if victims:
        parts.append(f"{victims} No preemption victims found for incoming pod")
    return f"no new claims to deallocate, preemption: 0/{count} nodes are available: {', '.join(sorted(parts))}."
