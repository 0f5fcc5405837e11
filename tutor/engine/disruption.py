"""What a Pod says of itself when something other than its own failure makes it go.

Source: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions; texts of
kubernetes/pkg/registry/core/pod/storage/eviction.go and pkg/controller/tainteviction.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import Clock
from tutor.engine.objects import Object

EVICTED: Final = ("EvictionByEvictionAPI", "Eviction API: evicting")
"""Reason and message of a Pod that somebody evicted."""
TAINTED: Final = ("DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint")
"""Reason and message of a Pod that does not tolerate its node's taints."""
_TYPE: Final = "DisruptionTarget"


def disrupted(pod: Object, why: tuple[str, str], clock: Clock) -> Object:
    """The Pod with the condition that says why it is about to be deleted; it is not changed itself."""
    status = pod.get("status") or {}
    others = [each for each in status.get("conditions") or () if each["type"] != _TYPE]
    before = next((each for each in status.get("conditions") or () if each["type"] == _TYPE), None)
    reason, message = why
    told = {
        "lastProbeTime": None,
        "lastTransitionTime": before["lastTransitionTime"] if before else clock.timestamp(),
        "message": message,
        "observedGeneration": pod["metadata"].get("generation", 1),
        "reason": reason,
        "status": "True",
        "type": _TYPE,
    }
    return {**pod, "status": {**status, "conditions": [*others, told]}}
