"""How containers come to run: their image is seen to, then they are created and started, one after another.

Source: k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_container.go and pkg/kubelet/images/image_manager.go.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import Key
from tutor.engine.controllers import podstatus
from tutor.engine.controllers.podruntime import NOTICE, PodRuntime, container_named, following, is_init
from tutor.engine.controllers.probes import Probes
from tutor.engine.controllers.pulls import NodeImages, failed_pull_message, full_name, go_duration, image_id
from tutor.engine.objects import Object, is_deleting, uid_of
from tutor.engine.process import command_of, read_command

REFUSAL: Final = 1.5
"""Seconds until a registry's refusal is known."""
START: Final = 0.15
"""Seconds to create and start a container."""


class ContainerStarts:
    """Workers `kubelet-begin`, `-restart`, `-pulled`, `-pull-…` and `-start`, keyed by Pod uid and container."""

    def __init__(self, runtime: PodRuntime, probes: Probes) -> None:
        self._runtime, self._core = runtime, runtime.core
        self._probes = probes
        self.images = NodeImages(runtime.core.clock, runtime.core.dice)
        for name, worker in (
            ("kubelet-begin", self._begin),
            ("kubelet-restart", self._restart),
            ("kubelet-pulled", self._pulled),
            ("kubelet-pull-failed", self._pull_failed),
            ("kubelet-pull-back-off", self._pull_back_off),
            ("kubelet-start", self._start),
        ):
            self._core.clock.register(name, worker)

    def _begin(self, key: Key) -> None:
        """See to a container that has not run yet."""
        pod, status = self._runtime.status(*key) or (None, None)
        if pod is not None and status is not None and "waiting" in status["state"]:
            self._see_to(pod, key[1])

    def _restart(self, key: Key) -> None:
        """See to a container that has ended."""
        pod, status = self._runtime.status(*key) or (None, None)
        if pod is not None and status is not None and "running" not in status["state"]:
            self._see_to(pod, key[1])

    def _see_to(self, pod: Object, name: str) -> None:
        """Get a container to run: its image first."""
        if is_deleting(pod):
            return
        self._runtime.give_address(pod)
        uid, container = uid_of(pod), container_named(pod, name)
        reference, policy = container["image"], container.get("imagePullPolicy", "IfNotPresent")
        if policy != "Always" and self.images.has(pod["spec"]["nodeName"], reference):
            message = f'Container image "{reference}" already present on machine and can be accessed by the pod'
            self._runtime.tell(pod, name, "Pulled", message)
            self._core.clock.after(START, "kubelet-start", uid, name)
        elif policy == "Never":
            message = f'Container image "{reference}" is not present with pull policy of Never'
            self._runtime.tell(pod, name, "ErrImageNeverPull", message, warning=True)
            state = podstatus.waiting("ErrImageNeverPull", message)
            self._runtime.write(podstatus.with_container(pod, name, state=state))
        else:
            self._pull(pod, container)

    # Pulling

    def _pull(self, pod: Object, container: Object) -> None:
        uid, name, reference = uid_of(pod), container["name"], container["image"]
        self._runtime.tell(pod, name, "Pulling", f'Pulling image "{reference}"')
        image = self._runtime.image(container)
        if image is None:
            self._core.clock.after(REFUSAL, "kubelet-pull-failed", uid, name)
            return
        seconds = self.images.pull(pod["spec"]["nodeName"], reference, image.size)
        self._core.clock.after(seconds, "kubelet-pulled", uid, name, repr(self._core.clock.now))

    def _pulled(self, key: Key) -> None:
        uid, name, began = key
        pod = self._runtime.pod(uid)
        if pod is None or is_deleting(pod):
            return
        container = container_named(pod, name)
        image = self._runtime.image(container)
        took = go_duration(self._core.clock.now - float(began))
        size = image.size if image is not None else 0
        message = (
            f'Successfully pulled image "{container["image"]}" in {took} ({took} including waiting). '
            f"Image size: {size} bytes."
        )
        self._runtime.tell(pod, name, "Pulled", message)
        self._core.clock.after(START, "kubelet-start", uid, name)

    def _pull_failed(self, key: Key) -> None:
        uid, name = key
        pod = self._runtime.pod(uid)
        if pod is None or is_deleting(pod):
            return
        reference = container_named(pod, name)["image"]
        why = self._why_not_pulled(reference)
        self._runtime.tell(pod, name, "Failed", f'Failed to pull image "{reference}": {why}', warning=True)
        self._runtime.tell(pod, name, "Failed", "Error: ErrImagePull", warning=True)
        self._runtime.write(podstatus.with_container(pod, name, state=podstatus.waiting("ErrImagePull", why)))
        self._core.clock.after(NOTICE, "kubelet-pull-back-off", uid, name)
        self._core.clock.after(self._runtime.next_backoff(uid, name), "kubelet-begin", uid, name, background=True)

    def _pull_back_off(self, key: Key) -> None:
        """Say that the kubelet is waiting before it tries a pull again."""
        uid, name = key
        pod, status = self._runtime.status(uid, name) or (None, None)
        if pod is None or status is None or is_deleting(pod) or "waiting" not in status["state"]:
            return
        reference = container_named(pod, name)["image"]
        message = f'Back-off pulling image "{reference}"'
        self._runtime.tell(pod, name, "BackOff", message)
        self._runtime.tell(pod, name, "Failed", "Error: ImagePullBackOff", warning=True)
        why = f"{message}: ErrImagePull: {self._why_not_pulled(reference)}"
        self._runtime.write(podstatus.with_container(pod, name, state=podstatus.waiting("ImagePullBackOff", why)))

    def _why_not_pulled(self, reference: str) -> str:
        head, slash, tail = reference.partition("@")[0].rpartition("/")
        exists = self._core.images.find(head + slash + tail.partition(":")[0]) is not None
        return failed_pull_message(reference, repository_exists=exists)

    # Starting

    def _start(self, key: Key) -> None:
        uid, name = key
        pod, before = self._runtime.status(uid, name) or (None, None)
        if pod is None or before is None or is_deleting(pod) or "running" in before["state"]:
            return
        container = container_named(pod, name)
        image = self._runtime.image(container)
        if image is None:
            return
        self._runtime.tell(pod, name, "Created", "Container created")
        self._runtime.tell(pod, name, "Started", "Container started")
        status = self._started(before, container, is_init(pod, name))
        pod = self._runtime.write(podstatus.with_container(pod, name, **status))
        if read_command(container, image) is not None:
            self._core.clock.soon("process", uid, name, str(status["restartCount"]), "0")
        else:
            # If the shell does not take it either, it runs until it is stopped.
            self._core.processes.start(pod, name, command_of(container, image))
        if not is_init(pod, name):
            self._probes.begin(uid, container, status["restartCount"])
            if (after := following(pod, name)) and status["restartCount"] == 0:
                self._core.clock.soon("kubelet-begin", uid, after)

    def _started(self, before: Object, container: Object, init: bool) -> Object:
        """What changes in the status of a container that starts."""
        ended = before["state"].get("terminated") or before["lastState"].get("terminated")
        started = not container.get("startupProbe")
        bits = self._core.dice.bits
        return {
            "containerID": f"containerd://{bits():016x}{bits():016x}{bits():016x}{bits():016x}",
            "image": full_name(container["image"]),
            "imageID": image_id(container["image"]),
            "lastState": {"terminated": ended} if ended is not None else {},
            "ready": not init and started and not container.get("readinessProbe"),
            "restartCount": before["restartCount"] + (ended is not None),
            "started": started,
            "state": podstatus.running(self._core.clock.timestamp()),
        }
