"""The kubelets of all nodes: they turn a bound Pod into running containers and report what becomes of them.

Source: k8s.io/kubernetes/pkg/kubelet and https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from tutor.engine.clock import Key
from tutor.engine.controllers import podstatus
from tutor.engine.controllers.common import Watches, condition_is_true
from tutor.engine.controllers.containerlife import ContainerLives
from tutor.engine.controllers.containerstart import ContainerStarts
from tutor.engine.controllers.podruntime import PodRuntime, all_containers, grace_of, internal_ip
from tutor.engine.controllers.podstop import Stopping
from tutor.engine.controllers.probes import Prober, Probes
from tutor.engine.core import Core
from tutor.engine.events import Recorder
from tutor.engine.objects import Object, is_deleting, uid_of
from tutor.engine.store import Change

if TYPE_CHECKING:
    from rpds import HashTrieSet

    from tutor.engine.controllers.podruntime import RuntimeState
    from tutor.engine.controllers.probes import ProbeState
    from tutor.engine.controllers.pulls import PullState

    KubeletState: TypeAlias = tuple[RuntimeState, HashTrieSet[str], ProbeState, PullState]

SANDBOX: Final = 0.3
"""Seconds to set up a Pod's network."""


class Kubelets:
    """Worker `kubelet-admit`, keyed by Pod uid, and the parts that see to containers."""

    def __init__(self, core: Core, watches: Watches, recorder: Recorder, prober: Prober) -> None:
        self._core = core
        self._runtime = PodRuntime(core, recorder)
        self._stopping = Stopping(self._runtime)
        self.probes = Probes(self._runtime, self._stopping, prober)
        self._starts = ContainerStarts(self._runtime, self.probes)
        self._lives = ContainerLives(self._runtime, self._stopping, self.probes)
        core.clock.register("kubelet-admit", self._admit)
        watches.on("Pod", self._on_pod)

    def _on_pod(self, change: Change) -> None:
        pod, old = change.object, change.old
        uid = uid_of(pod)
        node = pod["spec"].get("nodeName")
        if change.type == "DELETED":
            if node:
                self._forget(pod)
            return
        if not node:
            return
        if old is None or not old["spec"].get("nodeName") or uid_of(old) != uid:
            self._runtime.add(pod)
            self._core.clock.soon("kubelet-admit", uid)
        elif old is not None and old["spec"] is not pod["spec"]:
            for name in _changed_images(old, pod):
                self._core.clock.soon("kubelet-redefine", uid, name)
        if is_deleting(pod) and (old is None or grace_of(old) != grace_of(pod)):
            self._core.clock.soon("kubelet-stop", uid)

    def _forget(self, pod: Object) -> None:
        self._runtime.forget(pod)
        self._stopping.forget(uid_of(pod))
        for container in pod["spec"]["containers"]:
            self.probes.forget(uid_of(pod), container["name"])

    def _admit(self, key: Key) -> None:
        """Take on a Pod that has been bound to a node; one that came with a status of its own is left as it is."""
        pod = self._runtime.pod(key[0])
        if pod is None or is_deleting(pod) or "containerStatuses" in (pod.get("status") or {}):
            return
        node = self._runtime.node(pod)
        if node is None or not condition_is_true(node, "Ready"):
            return
        self._core.store.put(podstatus.admitted(pod, self._core.clock.timestamp(), internal_ip(node)))
        self._core.clock.after(SANDBOX, "kubelet-begin", key[0], all_containers(pod)[0]["name"])

    def exit_container(self, uid: str, name: str, code: int) -> None:
        """A container's process has ended by itself or by its user; a Pod that is gone is no error."""
        self._lives.exit_container(uid, name, code)

    def snapshot(self) -> KubeletState:
        """All that changes here."""
        return (
            self._runtime.snapshot(), self._stopping.snapshot(), self.probes.snapshot(), self._starts.images.snapshot(),
        )  # fmt: skip

    def restore(self, state: KubeletState) -> None:
        """Go back to a snapshot."""
        runtime, stopping, probes, images = state
        self._runtime.restore(runtime)
        self._stopping.restore(stopping)
        self.probes.restore(probes)
        self._starts.images.restore(images)


def _changed_images(old: Object, new: Object) -> list[str]:
    """Names of the containers that have another image than before."""
    before = {one["name"]: one["image"] for one in old["spec"]["containers"]}
    return [one["name"] for one in new["spec"]["containers"] if before.get(one["name"], one["image"]) != one["image"]]
