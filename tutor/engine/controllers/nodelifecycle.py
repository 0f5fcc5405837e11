"""The node lifecycle controller: taints that say what is up with a node; and the kubelets' word on being cordoned.

Source: `doNoScheduleTaintingPass` of kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go and
`recordNodeSchedulableEvent` of kubernetes/pkg/kubelet/kubelet_node_status.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from rpds import HashTrieMap

from tutor.engine.clock import Key
from tutor.engine.controllers.common import Watches
from tutor.engine.core import Core
from tutor.engine.events import Recorder, Source
from tutor.engine.objects import Object, name_of
from tutor.engine.store import Change
from tutor.engine.taints import NOT_READY, UNSCHEDULABLE, Taint, taints_of

if TYPE_CHECKING:  # rpds types take no parameters at run time
    NodeLifecycleState: TypeAlias = HashTrieMap[str, bool]

REPORT: Final = 10.0
"""Seconds between two looks of a kubelet at its node (`nodeStatusUpdateFrequency`)."""
_BY_CONDITION: Final[Mapping[tuple[str, str], str]] = {
    ("Ready", "False"): NOT_READY,
    ("Ready", "Unknown"): "node.kubernetes.io/unreachable",
    ("MemoryPressure", "True"): "node.kubernetes.io/memory-pressure",
    ("DiskPressure", "True"): "node.kubernetes.io/disk-pressure",
    ("NetworkUnavailable", "True"): "node.kubernetes.io/network-unavailable",
    ("PIDPressure", "True"): "node.kubernetes.io/pid-pressure",
}
_OWN: Final = frozenset({UNSCHEDULABLE, *_BY_CONDITION.values()})


class NodeLifecycle:
    """Workers `node-taints` and `node-report`, keyed by a node's name."""

    def __init__(self, core: Core, watches: Watches, recorder: Recorder) -> None:
        self._core, self._recorder = core, recorder
        # What each kubelet last said of its node: whether it was cordoned. None of them says anything at first.
        self._cordoned: NodeLifecycleState = HashTrieMap()
        core.clock.register("node-taints", self._taint)
        core.clock.register("node-report", self._report)
        watches.on("Node", self._on_node)

    def _on_node(self, change: Change) -> None:
        node, name = change.object, name_of(change.object)
        if change.type == "DELETED":
            self._cordoned = self._cordoned.discard(name)
            return
        if _keys_wanted(node) != _keys_there(node):
            self._core.clock.soon("node-taints", name)
        if _is_cordoned(node) != (_is_cordoned(change.old) if change.old is not None else False):
            until_report = REPORT - self._core.clock.now % REPORT
            self._core.clock.after(until_report, "node-report", name, background=True)

    def _taint(self, key: Key) -> None:
        node = self._core.store.get("Node", "", key[0])
        if node is None:
            return
        wanted, there = _keys_wanted(node), _keys_there(node)
        if wanted == there:
            return
        now = self._core.clock.timestamp()
        taints: list[Taint] = [taint for taint in taints_of(node) if not _is_own(taint) or taint["key"] in wanted]
        taints += [{"effect": "NoSchedule", "key": each, "timeAdded": now} for each in wanted if each not in there]
        spec = {**(node.get("spec") or {}), "taints": taints}
        if not taints:
            del spec["taints"]
        self._core.store.put({**node, "spec": spec})

    def _report(self, key: Key) -> None:
        node = self._core.store.get("Node", "", key[0])
        if node is None or _is_cordoned(node) == (self._cordoned.get(key[0]) or False):
            return
        self._cordoned = self._cordoned.insert(key[0], _is_cordoned(node))
        reason = "NodeNotSchedulable" if _is_cordoned(node) else "NodeSchedulable"
        message = f"Node {key[0]} status is now: {reason}"
        self._recorder.record(node, Source("kubelet", key[0]), reason, message)

    def snapshot(self) -> NodeLifecycleState:
        """All that changes here."""
        return self._cordoned

    def restore(self, state: NodeLifecycleState) -> None:
        """Go back to a snapshot."""
        self._cordoned = state


def _is_cordoned(node: Object) -> bool:
    return bool((node.get("spec") or {}).get("unschedulable"))


def _is_own(taint: Taint) -> bool:
    return taint["key"] in _OWN and taint["effect"] == "NoSchedule"


def _keys_there(node: Object) -> dict[str, None]:
    return {taint["key"]: None for taint in taints_of(node) if _is_own(taint)}


def _keys_wanted(node: Object) -> dict[str, None]:
    """The keys of the taints that a node's condition and being cordoned call for, in the controller's order."""
    conditions = (node.get("status") or {}).get("conditions") or ()
    found = [_BY_CONDITION.get((each["type"], each["status"]), "") for each in conditions]
    if _is_cordoned(node):
        found.append(UNSCHEDULABLE)
    return {key: None for key in found if key}
