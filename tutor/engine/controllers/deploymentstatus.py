"""What a Deployment's status says: counts, and the conditions Available and Progressing.

Source: k8s.io/kubernetes/pkg/controller/deployment/progress.go and sync.go (calculateStatus).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.engine.controllers.common import condition
from tutor.engine.controllers.rollout import max_unavailable, replicas_of
from tutor.engine.core import Core
from tutor.engine.objects import Object, name_of

_COUNTS = ("replicas", "readyReplicas", "availableReplicas")


def is_complete(deployment: Mapping[str, Any]) -> bool:
    """Whether all replicas are of the newest template and available, and none of the old are left."""
    return _complete(deployment, deployment.get("status") or {})


def _complete(deployment: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    counts = {int(status.get(name, 0)) for name in ("updatedReplicas", "replicas", "availableReplicas")}
    return counts == {replicas_of(deployment)}


def set_progressing(core: Core, deployment: Object, status: str, reason: str, message: str) -> None:
    """Store a Progressing condition on the newest version of the Deployment."""
    stored = core.store.get("Deployment", deployment["metadata"]["namespace"], name_of(deployment))
    if stored is None:
        return
    now = core.clock.timestamp()
    before = stored.get("status") or {}
    conditions = _with(before.get("conditions") or (), _condition("Progressing", status, reason, message, now))
    core.store.put({**stored, "status": {**before, "conditions": conditions}})


def status_of(core: Core, deployment: Object, replica_sets: list[Object], new: Object | None) -> Object:
    """The whole status as it should be now."""
    before: Mapping[str, Any] = deployment.get("status") or {}
    total = {name: sum((one.get("status") or {}).get(name, 0) for one in replica_sets) for name in _COUNTS}
    updated = ((new or {}).get("status") or {}).get("replicas", 0)
    wanted_now = sum(map(replicas_of, replica_sets))
    unavailable = max(0, wanted_now - total["availableReplicas"])
    counts = {
        "observedGeneration": deployment["metadata"].get("generation", 1),
        **total,
        "updatedReplicas": updated,
        "unavailableReplicas": unavailable,
        "collisionCount": before.get("collisionCount", 0),
    }
    status: Object = {name: count for name, count in counts.items() if count}
    status["terminatingReplicas"] = sum((one.get("status") or {}).get("terminatingReplicas", 0) for one in replica_sets)
    status["conditions"] = _conditions(core, deployment, before, status, new)
    return status


def seconds_to_deadline(core: Core, deployment: Object, status: Mapping[str, Any]) -> float | None:
    """Seconds until the roll counts as stuck; None if there is nothing to wait for."""
    found = condition(status.get("conditions") or (), "Progressing")
    limit = deployment["spec"].get("progressDeadlineSeconds")
    if found is None or limit is None or found["status"] != "True" or found["reason"] == "NewReplicaSetAvailable":
        return None
    # One timer a progress: the status was just written at this very second.
    if found["lastUpdateTime"] != core.clock.timestamp():
        return None
    return float(limit) + 1.0


def _conditions(
    core: Core,
    deployment: Object,
    before: Mapping[str, Any],
    status: Mapping[str, Any],
    new: Object | None,
) -> list[Object]:
    now = core.clock.timestamp()
    conditions: list[Object] = list(before.get("conditions") or ())
    minimum = replicas_of(deployment) - max_unavailable(deployment)
    if status.get("availableReplicas", 0) >= minimum:
        available = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        available = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    progressing = _progressing(core, deployment, before, status, new)
    conditions = _with(conditions, _condition("Available", *available, now))
    if progressing is not None:
        conditions = _with(conditions, _condition("Progressing", *progressing, now), renew=_moved(before, status))
    return conditions


def _progressing(
    core: Core, deployment: Object, before: Mapping[str, Any], status: Mapping[str, Any], new: Object | None
) -> tuple[str, str, str] | None:
    """Status, reason and message of Progressing; None to leave it as it is."""
    found = condition(before.get("conditions") or (), "Progressing")
    reason = found["reason"] if found else ""
    if deployment["spec"].get("progressDeadlineSeconds") is None:
        return None
    if deployment["spec"].get("paused"):
        return ("Unknown", "DeploymentPaused", "Deployment is paused")
    if reason == "DeploymentPaused":
        return ("Unknown", "DeploymentResumed", "Deployment is resumed")
    if found is not None and found["status"] == "False" and reason == "ReplicaSetCreateError" and new is None:
        return None
    shown = f'ReplicaSet "{name_of(new)}"' if new is not None else f'Deployment "{name_of(deployment)}"'
    if status.get("replicas", 0) == status.get("updatedReplicas", 0) and reason == "NewReplicaSetAvailable":
        return None
    if _complete(deployment, status):
        return ("True", "NewReplicaSetAvailable", f"{shown} has successfully progressed.")
    if _moved(before, status):
        return ("True", "ReplicaSetUpdated", f"{shown} is progressing.")
    if found is not None and found["status"] == "True" and reason != "NewReplicaSetAvailable":
        waited = core.clock.now - core.clock.seconds(found["lastUpdateTime"])
        if waited > deployment["spec"]["progressDeadlineSeconds"]:
            return ("False", "ProgressDeadlineExceeded", f"{shown} has timed out progressing.")
    return None


def _moved(before: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    """Whether the roll got anywhere: more new Pods, fewer old ones, or more ready or available."""

    def old(one: Mapping[str, Any]) -> int:
        return int(one.get("replicas", 0)) - int(one.get("updatedReplicas", 0))

    grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old(status) < old(before) or any(status.get(name, 0) > before.get(name, 0) for name in grown)


def _condition(kind: str, status: str, reason: str, message: str, now: str) -> Object:
    return {
        "lastTransitionTime": now,
        "lastUpdateTime": now,
        "message": message,
        "reason": reason,
        "status": status,
        "type": kind,
    }


def _with(conditions: Any, new: Object, *, renew: bool = False) -> list[Object]:
    """The conditions with one set; what says the same keeps its times unless `renew`."""
    before = condition(conditions, new["type"])
    if before is not None:
        if not renew and (before["status"], before["reason"]) == (new["status"], new["reason"]):
            return list(conditions)
        if before["status"] == new["status"]:
            new = {**new, "lastTransitionTime": before["lastTransitionTime"]}
    return [*(one for one in conditions if one["type"] != new["type"]), new]
