"""Which Pods of a node `kubectl drain` takes off it, which it leaves, and which hold it up.

Source: pkg/drain/filters.go of https://github.com/kubernetes/kubectl, as of v1.33; there one text says "cannot delete"
twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, annotations_of, controller_of, is_deleting, name_of, namespace_of
from tutor.engine.resources import BY_KIND, POD
from tutor.kubectl.invocation import Invocation

Kind: TypeAlias = Literal["okay", "skip", "warning", "error"]

_MIRROR: Final = "kubernetes.io/config.mirror"
_DAEMON_SET_FATAL: Final = "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"
_DAEMON_SET_WARNING: Final = "ignoring DaemonSet-managed Pods"
_LOCAL_FATAL: Final = "Pods with local storage (use --delete-emptydir-data to override)"
_LOCAL_WARNING: Final = "deleting Pods with local storage"
_UNMANAGED_FATAL: Final = "cannot delete Pods that declare no controller (use --force to override)"
_UNMANAGED_WARNING: Final = "deleting Pods that declare no controller"


@dataclass(frozen=True)
class Verdict:
    """What is to become of one Pod.

    Args:
        kind: how it was decided; an error holds up the whole node.
        deletes: whether the Pod goes.
        message: why, for a warning or an error.
    """

    kind: Kind = "okay"
    deletes: bool = True
    message: str = ""


@dataclass(frozen=True)
class Choice:
    """The Pods of a node, each with its verdict."""

    pods: Sequence[tuple[Object, Verdict]]

    @property
    def going(self) -> list[Object]:
        """The Pods that go."""
        return [pod for pod, verdict in self.pods if verdict.deletes]

    @property
    def warning(self) -> str:
        """What to warn of; empty if nothing."""
        return "; ".join(f"{message}: {names}" for message, names in self._told("warning").items())

    @property
    def errors(self) -> list[str]:
        """What holds the node up."""
        return [f"cannot delete {message}: {names}" for message, names in self._told("error").items()]

    def _told(self, kind: Kind) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for pod, verdict in self.pods:
            if verdict.kind == kind:
                found.setdefault(verdict.message, []).append(f"{namespace_of(pod)}/{name_of(pod)}")
        return {message: ", ".join(names) for message, names in found.items()}


def choose(call: Invocation, node: str) -> Choice:
    """Look through the Pods of a node."""
    pods = call.client.list(POD, None, labels=call.text("pod-selector"), fields=f"spec.nodeName={node}")
    return Choice([(pod, verdict_of(call, pod)) for pod in pods])


def verdict_of(call: Invocation, pod: Object) -> Verdict:
    """What is to become of a Pod: the first filter that keeps it, else the last one, decides."""
    verdict = Verdict()
    for check in (_overdue, _daemon_set, _mirror, _local_storage, _unmanaged):
        verdict = check(call, pod)
        if not verdict.deletes:
            break
    return verdict


def is_overdue(call: Invocation, pod: Object) -> bool:
    """Whether a Pod should have been gone for longer than `--skip-wait-for-delete-timeout` says."""
    limit = call.number("skip-wait-for-delete-timeout")
    clock = call.context.cluster.clock
    return limit > 0 and is_deleting(pod) and int(clock.now - clock.seconds(_deletion_time(pod))) > limit


def _deletion_time(pod: Object) -> str:
    return str(pod["metadata"]["deletionTimestamp"])


def _is_finished(pod: Object) -> bool:
    return (pod.get("status") or {}).get("phase") in {"Succeeded", "Failed"}


def _overdue(call: Invocation, pod: Object) -> Verdict:
    return Verdict("skip", deletes=False) if is_overdue(call, pod) else Verdict()


def _daemon_set(call: Invocation, pod: Object) -> Verdict:
    owner = controller_of(pod)
    if owner is None or (owner["kind"], owner["apiVersion"]) != ("DaemonSet", "apps/v1") or _is_finished(pod):
        return Verdict()
    missing = _missing_daemon_set(call, owner["name"], namespace_of(pod))
    if missing:
        return Verdict("warning", message=missing) if call.on("force") else Verdict("error", False, missing)
    if not call.on("ignore-daemonsets"):
        return Verdict("error", False, _DAEMON_SET_FATAL)
    return Verdict("warning", False, _DAEMON_SET_WARNING)


def _missing_daemon_set(call: Invocation, name: str, namespace: str) -> str:
    """What the server says of a DaemonSet that is not there; empty if it is."""
    resource = BY_KIND.get("DaemonSet")
    if resource is None:
        return f"the server could not find the requested resource (get daemonsets.apps {name})"
    try:
        call.client.get(resource, name, namespace)
    except ApiError as error:
        return error.status.message
    return ""


def _mirror(_call: Invocation, pod: Object) -> Verdict:
    return Verdict("skip", deletes=False) if _MIRROR in annotations_of(pod) else Verdict()


def _local_storage(call: Invocation, pod: Object) -> Verdict:
    if not any("emptyDir" in volume for volume in pod["spec"].get("volumes") or ()) or _is_finished(pod):
        return Verdict()
    if not call.on("delete-emptydir-data"):
        return Verdict("error", False, _LOCAL_FATAL)
    return Verdict("warning", message=_LOCAL_WARNING)


def _unmanaged(call: Invocation, pod: Object) -> Verdict:
    if _is_finished(pod) or controller_of(pod) is not None:
        return Verdict()
    if call.on("force"):
        return Verdict("warning", message=_UNMANAGED_WARNING)
    return Verdict("error", False, _UNMANAGED_FATAL)
