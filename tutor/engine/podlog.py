"""Which run of a container a request for its log is about, and whether more may come.

Source: k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go (`validateContainerLogStatus`) and tests/golden.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from tutor.engine.clock import Clock
from tutor.engine.errors import bad_request
from tutor.engine.logs import Run
from tutor.engine.objects import Object, name_of, namespace_of, uid_of
from tutor.engine.store import Store

_WAITING: Final[Mapping[str, str]] = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def run_to_read(pod: Object, container: str, *, previous: bool) -> Run:
    """The run of a container whose log the kubelet would give.

    Args:
        pod: the Pod.
        container: the name of one of its containers.
        previous: whether the run before the last restart is meant.

    Raises:
        ApiError: BadRequest; it has none to give.
    """
    where = f'container "{container}" in pod "{name_of(pod)}"'
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    status = _status(pod, container)
    if status is None:
        raise bad_request(f"{where} is waiting to start: ContainerCreating")
    state, restarts = status.get("state") or {}, int(status.get("restartCount") or 0)
    ended_before = "terminated" in (status.get("lastState") or {})
    if previous:
        if not ended_before:
            raise bad_request(f"previous terminated {where} not found")
        return (uid_of(pod), container, restarts - 1)
    if "waiting" in state and not ended_before:
        reason = state["waiting"].get("reason", "")
        raise bad_request(f"{where} is waiting to start: {_WAITING.get(reason, reason)}")
    return (uid_of(pod), container, restarts)


def goes_on(store: Store, pod: Object, run: Run) -> bool:
    """Whether this very run of a container may still write."""
    now = store.get("Pod", namespace_of(pod), name_of(pod))
    if now is None or uid_of(now) != run[0]:
        return False
    status = _status(now, run[1]) or {}
    return int(status.get("restartCount") or 0) == run[2] and "running" in (status.get("state") or {})


def stamp(clock: Clock, at: float) -> str:
    """When a line was written, as `--timestamps` shows it, with the space behind it."""
    moment = clock.born + timedelta(seconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z "


def _status(pod: Object, container: str) -> Mapping[str, Any] | None:
    status = pod.get("status") or {}
    for each in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        if each["name"] == container:
            found: Mapping[str, Any] = each
            return found
    return None
