"""What a Pod looks like once it has a node to run on."""

from __future__ import annotations

from tutor.engine.clock import Clock
from tutor.engine.objects import Object


def bound(pod: Object, node: str, clock: Clock) -> Object:
    """The Pod assigned to a node; it is not changed itself."""
    scheduled = {
        "lastProbeTime": None,
        "lastTransitionTime": clock.timestamp(),
        "observedGeneration": pod["metadata"].get("generation", 1),
        "status": "True",
        "type": "PodScheduled",
    }
    status = {**(pod.get("status") or {}), "phase": "Pending", "conditions": [scheduled]}
    return {**pod, "spec": {**pod["spec"], "nodeName": node}, "status": status}
