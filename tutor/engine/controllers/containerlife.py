"""What becomes of containers that run: their program goes on, they end, they are restarted or not.

Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
"""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import Key
from tutor.engine.controllers import podstatus
from tutor.engine.controllers.podruntime import NOTICE, PodRuntime, container_named, following, is_init
from tutor.engine.controllers.podstop import Stopping
from tutor.engine.controllers.probes import Probes
from tutor.engine.images import Image
from tutor.engine.listening import start_failure
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of, uid_of
from tutor.engine.process import Exit, Jump, Say, read_command

WELL_AGAIN: Final = 600.0
"""Seconds a container must have run for its back-off to be forgotten."""
SHORT: Final = 60.0
"""Seconds within which the end of a process is awaited rather than left to the background."""


class ContainerLives:
    """Workers `process`, `kubelet-exit`, `kubelet-back-off` and `kubelet-redefine`, keyed by Pod uid and container."""

    def __init__(self, runtime: PodRuntime, stopping: Stopping, probes: Probes) -> None:
        self._runtime, self._core = runtime, runtime.core
        self._stopping, self._probes = stopping, probes
        self._core.clock.register("process", self._step)
        self._core.clock.register("kubelet-exit", self._exit)
        self._core.clock.register("kubelet-back-off", self._back_off)
        self._core.clock.register("kubelet-redefine", self._redefine)

    def _running(self, uid: str, name: str, restarts: str) -> Object | None:
        """The Pod, if that very run of the container still goes on."""
        pod, status = self._runtime.status(uid, name) or (None, None)
        going_on = status is not None and "running" in status["state"] and str(status["restartCount"]) == restarts
        return pod if going_on else None

    def _step(self, key: Key) -> None:
        """Go on with a container's program until it has to wait."""
        uid, name, restarts, index = key
        pod = self._running(uid, name, restarts)
        if pod is None:
            return
        container = container_named(pod, name)
        image = self._runtime.image(container)
        program = read_command(container, image) if image is not None else None
        if image is None or program is None:
            return
        if program.listens and index == "0" and (why := start_failure(pod, container, image, self._core.files)):
            self._refuse_to_start((uid, name, int(restarts)), image, why)
            self._ended(pod, name, 1)
            return
        at, steps = int(index), program.steps
        while at < len(steps):
            step = steps[at]
            at += 1
            if isinstance(step, Say):
                self._core.logs.write((uid, name, int(restarts)), self._core.clock.now, *step.text.split("\n"))
            elif isinstance(step, Jump):
                at = step.index
            elif isinstance(step, Exit):
                self._ended(pod, name, step.code)
                return
            elif step.seconds is None:
                return
            else:
                endless = any(isinstance(one, Jump) for one in steps)
                background = endless or step.seconds > SHORT or int(restarts) > 1
                rest = (uid, name, restarts, str(at))
                self._core.clock.after(step.seconds, "process", *rest, background=background)
                return
        self._ended(pod, name, 0)

    def _refuse_to_start(self, run: tuple[str, str, int], image: Image, why: str) -> None:
        """Write what nginx says when it cannot start: once to its error log, once to standard error.

        In the image both lead to the container's log, so that the reason stands there twice
        (https://github.com/TeamPiped/Piped/issues/3679 shows such a log).
        """
        stamp = self._core.clock.datetime.strftime("%Y/%m/%d %H:%M:%S")
        words = (*image.start_log, f"{stamp} [emerg] 1#1: {why}", f"nginx: [emerg] {why}")
        self._core.logs.write(run, self._core.clock.now, *words)

    def _exit(self, key: Key) -> None:
        uid, name, restarts, code = key
        pod = self._running(uid, name, restarts)
        if pod is not None:
            self._ended(pod, name, int(code))

    def exit_container(self, uid: str, name: str, code: int) -> None:
        """A container's process has ended by itself or by its user; a Pod that is gone is no error."""
        pod, status = self._runtime.status(uid, name) or (None, None)
        if pod is not None and status is not None and "running" in status["state"]:
            self._ended(pod, name, code)

    def _ended(self, pod: Object, name: str, code: int) -> None:
        """Note that a running container has ended, and see what is to follow."""
        uid, status = uid_of(pod), podstatus.container_status(pod, name)
        if status is None:
            return
        now, since = self._core.clock.timestamp(), status["state"]["running"]["startedAt"]
        reason = "Completed" if code == 0 else "Error"
        state = podstatus.terminated(code, reason, since, now, status["containerID"])
        made_way = code == 0 and is_init(pod, name)
        self._probes.forget(uid, name)
        pod = self._runtime.write(podstatus.with_container(pod, name, state=state, ready=made_way, started=False))
        if is_deleting(pod):
            self._stopping.note_ended(pod)
        elif made_way:
            self._core.clock.soon("kubelet-begin", uid, following(pod, name) or "")
        elif _is_to_restart(pod, code):
            self._expect_restart(uid, name, self._core.clock.now - self._core.clock.seconds(since))

    def _expect_restart(self, uid: str, name: str, ran: float) -> None:
        """Have a container that ran for so many seconds restarted: at once the first time, then ever later."""
        if ran >= WELL_AGAIN:
            self._runtime.reset_backoff(uid, name)
        if not self._runtime.in_backoff(uid, name):
            self._runtime.begin_backoff(uid, name)
            self._core.clock.after(NOTICE, "kubelet-restart", uid, name)
            return
        wait = self._runtime.next_backoff(uid, name)
        self._core.clock.after(NOTICE, "kubelet-back-off", uid, name, repr(wait))
        self._core.clock.after(wait, "kubelet-restart", uid, name, background=True)

    def _back_off(self, key: Key) -> None:
        """Say that the kubelet is waiting before it restarts a container."""
        uid, name, seconds = key
        pod, status = self._runtime.status(uid, name) or (None, None)
        if pod is None or status is None or is_deleting(pod) or "running" in status["state"]:
            return
        where = f"{name_of(pod)}_{namespace_of(pod)}({uid})"
        told = f"Back-off restarting failed container {name} in pod {where}"
        self._runtime.tell(pod, name, "BackOff", told, warning=True)
        why = f"back-off {_go_seconds(float(seconds))} restarting failed container={name} pod={where}"
        last = status["state"].get("terminated")
        waiting = podstatus.waiting("CrashLoopBackOff", why)
        last_state = {"terminated": last} if last is not None else status["lastState"]
        self._runtime.write(podstatus.with_container(pod, name, state=waiting, lastState=last_state))

    def _redefine(self, key: Key) -> None:
        """A container has another image now: it is begun anew, with no back-off for the old image's sake."""
        uid, name = key
        pod, status = self._runtime.status(uid, name) or (None, None)
        if pod is None or status is None:
            return
        self._runtime.reset_backoff(uid, name)
        if "running" in status["state"]:
            self._runtime.tell(pod, name, "Killing", f"Container {name} definition changed, will be restarted")
            self._stopping.kill(pod, name, status["restartCount"])
        else:
            self._core.clock.soon("kubelet-restart", uid, name)


def _is_to_restart(pod: Object, code: int) -> bool:
    policy = pod["spec"].get("restartPolicy", "Always")
    return policy == "Always" or (policy == "OnFailure" and code != 0)


def _go_seconds(seconds: float) -> str:
    """A whole number of seconds as Go prints it: `10s`, `2m40s`, `5m0s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
