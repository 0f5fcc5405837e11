"""Builds Pod statuses: phase, conditions and container states, as a kubelet reports them. Pure functions.

Source: k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go (getPhase) and pkg/kubelet/status/generate.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.engine.objects import Object

Statuses = list[Object]

_OWN_CONDITIONS = frozenset({"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"})
"""Those that a kubelet writes; it keeps the others and puts them first (`generateAPIPodStatus` of kubelet_pods.go)."""


def waiting(reason: str, message: str = "") -> Object:
    """The state of a container that does not run yet, or not just now."""
    return {"waiting": {**({"message": message} if message else {}), "reason": reason}}


def running(now: str) -> Object:
    """The state of a container that runs since `now`."""
    return {"running": {"startedAt": now}}


def terminated(code: int, reason: str, started: str, now: str, container_id: str, message: str = "") -> Object:
    """The state of a container that has ended."""
    state = {
        "containerID": container_id,
        "exitCode": code,
        "finishedAt": now,
        **({"message": message} if message else {}),
        "reason": reason,
        "startedAt": started,
    }
    return {"terminated": state}


def first_status(container: Mapping[str, Any], reason: str) -> Object:
    """The status of a container before anything has been done about it."""
    status: Object = {
        "image": container["image"],
        "imageID": "",
        "lastState": {},
        "name": container["name"],
        "ready": False,
        "restartCount": 0,
        "started": False,
        "state": waiting(reason),
    }
    mounts = container.get("volumeMounts")
    if mounts:
        status["volumeMounts"] = [_mount(mount) for mount in mounts]
    return status


def _mount(mount: Mapping[str, Any]) -> Object:
    shown: Object = {"mountPath": mount["mountPath"], "name": mount["name"]}
    if mount.get("readOnly"):
        shown.update(readOnly=True, recursiveReadOnly="Disabled")
    return shown


def admitted(pod: Object, now: str, host_ip: str) -> Object:
    """The Pod's first status from its kubelet: everything still to be done."""
    spec = pod["spec"]
    init = spec.get("initContainers") or ()
    reason = "PodInitializing" if init else "ContainerCreating"
    status: Object = {
        **(pod.get("status") or {}),
        "hostIP": host_ip,
        "hostIPs": [{"ip": host_ip}],
        "startTime": now,
        "containerStatuses": [first_status(one, reason) for one in spec["containers"]],
    }
    if init:
        status["initContainerStatuses"] = [first_status(one, "PodInitializing") for one in init]
    return refreshed({**pod, "status": status}, now, sandbox=False)


def refreshed(pod: Object, now: str, *, ip: str = "", sandbox: bool = True) -> Object:
    """The Pod with phase and conditions made to agree with its container statuses.

    Args:
        pod: its containerStatuses already as they should be.
        now: timestamp for what changes.
        ip: the Pod's address, once it has one.
        sandbox: whether its network is set up.
    """
    spec, status = pod["spec"], pod["status"]
    containers: Statuses = status["containerStatuses"]
    init: Statuses = status.get("initContainerStatuses") or []
    initialized = all(_exit_code(one) == 0 for one in init)
    phase = _phase(spec.get("restartPolicy", "Always"), init, containers, initialized)
    changed: Object = {
        **status,
        "phase": phase,
        "conditions": _conditions(pod, phase, initialized, sandbox and phase not in {"Succeeded", "Failed"}, now),
        "observedGeneration": pod["metadata"].get("generation", 1),
    }
    if ip:
        changed["podIP"] = ip
        changed["podIPs"] = [{"ip": ip}]
    return {**pod, "status": changed}


def with_container(pod: Object, name: str, **changes: Any) -> Object:
    """The Pod with fields of one container's status (init containers included) replaced."""
    status = pod["status"]
    changed = dict(status)
    for field in ("containerStatuses", "initContainerStatuses"):
        if field in status:
            changed[field] = [{**one, **changes} if one["name"] == name else one for one in status[field]]
    return {**pod, "status": changed}


def container_status(pod: Mapping[str, Any], name: str) -> Object | None:
    """One container's status, init containers included."""
    status = pod.get("status") or {}
    for one in (*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())):
        if one["name"] == name:
            found: Object = one
            return found
    return None


def _exit_code(status: Mapping[str, Any]) -> int | None:
    ended = status["state"].get("terminated")
    return None if ended is None else int(ended["exitCode"])


def _phase(policy: str, init: Sequence[Object], containers: Sequence[Object], initialized: bool) -> str:
    if not initialized:
        failed = any(_exit_code(one) not in {None, 0} for one in init)
        return "Failed" if failed and policy == "Never" else "Pending"
    states = [one["state"] for one in containers]
    if any("waiting" in state and not one["lastState"] for one, state in zip(containers, states, strict=True)):
        return "Pending"
    if any("running" in state for state in states):
        return "Running"
    if policy == "Always" or any("waiting" in state for state in states):
        return "Running"
    if all(_exit_code(one) == 0 for one in containers):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def _conditions(pod: Object, phase: str, initialized: bool, sandbox: bool, now: str) -> list[Object]:
    status = pod["status"]
    completed = phase == "Succeeded"
    unready = [one["name"] for one in status["containerStatuses"] if not one["ready"]]
    not_ready = _why_not_ready(phase, unready) if unready else None
    uninitialized = [one["name"] for one in status.get("initContainerStatuses") or () if _exit_code(one) != 0]
    init_why = None
    if not initialized:
        init_why = ("ContainersNotInitialized", f"containers with incomplete status: [{' '.join(uninitialized)}]")
    elif completed:
        init_why = ("PodCompleted", "")
    before = {one["type"]: one for one in status.get("conditions") or ()}
    generation = pod["metadata"].get("generation", 1)
    return [
        *(one for kind, one in before.items() if kind not in _OWN_CONDITIONS),
        _condition(before, "PodReadyToStartContainers", sandbox, None, generation, now),
        _condition(before, "Initialized", initialized, init_why, generation, now),
        _condition(before, "Ready", not unready, not_ready, generation, now),
        _condition(before, "ContainersReady", not unready, not_ready, generation, now),
        _condition(before, "PodScheduled", True, None, generation, now),
    ]


def _why_not_ready(phase: str, unready: list[str]) -> tuple[str, str]:
    if phase == "Succeeded":
        return "PodCompleted", ""
    if phase == "Failed":
        return "PodFailed", ""
    return "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]"


def _condition(
    before: Mapping[str, Object],
    kind: str,
    true: bool,
    why: tuple[str, str] | None,
    generation: int,
    now: str,
) -> Object:
    status = "True" if true else "False"
    old = before.get(kind)
    since = old["lastTransitionTime"] if old is not None and old["status"] == status else now
    found: Object = {"lastProbeTime": None, "lastTransitionTime": since}
    if why is not None:
        reason, message = why
        if message:
            found["message"] = message
        found["reason"] = reason
    found["observedGeneration"] = generation
    found["status"] = status
    found["type"] = kind
    return found
