"""How objects go: most at once, a running Pod when it has stopped, a namespace when it is empty."""

from __future__ import annotations

from tutor.engine.clock import Clock
from tutor.engine.objects import Object, is_deleting


def begin_deletion(obj: Object, grace: int | None, clock: Clock) -> Object | None:
    """The object marked as going; None if it may go at once.

    Args:
        obj: the object; not changed.
        grace: seconds a Pod has to stop; its own terminationGracePeriodSeconds if None.
        clock: what time it is.
    """
    if obj["kind"] == "Namespace":
        if is_deleting(obj):
            return obj
        return {
            **obj,
            "metadata": {**obj["metadata"], "deletionTimestamp": clock.timestamp()},
            "status": {**obj.get("status", {}), "phase": "Terminating"},
        }
    if obj["kind"] != "Pod":
        return None
    seconds = _grace_of(obj, grace)
    if seconds == 0:
        return None
    metadata = obj["metadata"]
    if is_deleting(obj) and seconds >= metadata.get("deletionGracePeriodSeconds", 0):
        return obj
    started = clock.now
    if is_deleting(obj):
        started = clock.seconds(metadata["deletionTimestamp"]) - metadata["deletionGracePeriodSeconds"]
    return {
        **obj,
        "metadata": {
            **metadata,
            "deletionTimestamp": clock.timestamp(started + seconds),
            "deletionGracePeriodSeconds": seconds,
            "generation": metadata.get("generation", 0) + 1,
        },
    }


def _grace_of(pod: Object, asked: int | None) -> int:
    """Seconds a Pod is given; none if nothing of it runs.

    Source: `CheckGracefulDelete` of kubernetes/pkg/registry/core/pod/strategy.go.
    """
    if not pod["spec"].get("nodeName") or (pod.get("status") or {}).get("phase") in {"Failed", "Succeeded"}:
        return 0
    return int(pod["spec"].get("terminationGracePeriodSeconds", 30)) if asked is None else max(asked, 0)
