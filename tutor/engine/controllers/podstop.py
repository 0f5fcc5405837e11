"""How Pods and containers are stopped: the signal, the grace period, and what remains to be reported.

Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rpds import HashTrieSet

from tutor.engine.clock import Key
from tutor.engine.controllers import podstatus
from tutor.engine.controllers.podruntime import PodRuntime, all_containers, container_named, grace_of
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of, uid_of
from tutor.engine.process import KILLED, becomes_server, read_command
from tutor.engine.resources import POD

STOP: Final = 0.25
"""Seconds a process that listens to SIGTERM takes to end, and its kubelet to notice."""


class Stopping:
    """Workers `kubelet-stop` and `kubelet-gone`, keyed by Pod uid."""

    def __init__(self, runtime: PodRuntime) -> None:
        self._runtime, self._core = runtime, runtime.core
        self._ending: HashTrieSet[str] = HashTrieSet()  # Pods with a `kubelet-gone` to come
        self._core.clock.register("kubelet-stop", self._stop)
        self._core.clock.register("kubelet-gone", self._gone)

    def kill(self, pod: Object, name: str, restarts: int) -> None:
        """Stop one run of a container (its liveness probe failed); it ends when its process does."""
        seconds, code = self._manner(pod, name)
        self._core.clock.after(seconds, "kubelet-exit", uid_of(pod), name, str(restarts), str(code))

    def _manner(self, pod: Object, name: str) -> tuple[float, int]:
        """How long a container takes to stop, and the code it ends with."""
        container = container_named(pod, name)
        grace = grace_of(pod)
        if grace is None:
            grace = int(pod["spec"].get("terminationGracePeriodSeconds", 30))
        image = self._runtime.image(container)
        program = read_command(container, image) if image is not None else None
        hook = _pre_stop_seconds(container)
        if image is not None and (program.stops if program is not None else becomes_server(container, image)):
            return min(hook + STOP, float(grace)), 0
        return float(grace), KILLED

    def _stop(self, key: Key) -> None:
        """A Pod is to go: tell its containers, and wait for the slowest."""
        uid = key[0]
        pod = self._runtime.pod(uid)
        if pod is None or not is_deleting(pod):
            return
        wait = 0.0
        for container in all_containers(pod):
            status = podstatus.container_status(pod, container["name"])
            if status is not None and "running" in status["state"]:
                self._runtime.tell(pod, container["name"], "Killing", f"Stopping container {container['name']}")
                wait = max(wait, self._manner(pod, container["name"])[0])
        self._expect_end(uid, wait)

    def _expect_end(self, uid: str, seconds: float) -> None:
        """Take a Pod that is to go for stopped in so many seconds, whatever was thought before."""
        self.forget(uid)
        self._ending = self._ending.insert(uid)
        self._core.clock.after(seconds, "kubelet-gone", uid)

    def forget(self, uid: str) -> None:
        """A Pod is gone, or is to be waited for otherwise."""
        if uid in self._ending:
            self._ending = self._ending.remove(uid)
            self._core.clock.cancel("kubelet-gone", uid)

    def _gone(self, key: Key) -> None:
        self._ending = self._ending.discard(key[0])
        pod = self._runtime.pod(key[0])
        if pod is None or not is_deleting(pod):
            return
        now, stopped = self._core.clock.timestamp(), pod
        for container in all_containers(pod):
            status = podstatus.container_status(pod, container["name"])
            if status is not None and "running" in status["state"]:
                _, code = self._manner(pod, container["name"])
                since = status["state"]["running"]["startedAt"]
                reason = "Completed" if code == 0 else "Error"
                state = podstatus.terminated(code, reason, since, now, status["containerID"])
                stopped = podstatus.with_container(stopped, container["name"], state=state, ready=False, started=False)
        if stopped is not pod:
            self._runtime.write(stopped, sandbox=False)
        self._core.api.delete(POD, name_of(pod), namespace_of(pod), grace=0)

    def note_ended(self, pod: Object) -> None:
        """A container of a Pod that is to go has ended by itself: if it was the last, nothing need be waited for."""
        if not any("running" in one["state"] for one in pod["status"]["containerStatuses"]):
            self._expect_end(uid_of(pod), 0.0)

    def snapshot(self) -> HashTrieSet[str]:
        """All that changes here."""
        return self._ending

    def restore(self, state: HashTrieSet[str]) -> None:
        """Go back to a snapshot."""
        self._ending = state


def _pre_stop_seconds(container: Mapping[str, Any]) -> float:
    """How long a container's preStop hook holds it up, as far as it only sleeps."""
    hook = (container.get("lifecycle") or {}).get("preStop") or {}
    if "sleep" in hook:
        return float(hook["sleep"].get("seconds", 0))
    command = (hook.get("exec") or {}).get("command") or ()
    words = " ".join(command).split()
    if "sleep" in words:
        after = words[words.index("sleep") + 1 :]
        return float(after[0]) if after and after[0].isdigit() else 0.0
    return 0.0
