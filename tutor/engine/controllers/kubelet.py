"""The kubelets of all nodes: they turn a bound Pod into running containers and report what becomes of them.

What a Pod's containers do is kept in its own status; beside it a kubelet remembers only addresses, images on nodes
and back-offs.

Source: k8s.io/kubernetes/pkg/kubelet (kubelet.go, kuberuntime/kuberuntime_container.go, images/image_manager.go) and
https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from rpds import HashTrieMap, HashTrieSet

from tutor.engine.clock import Key
from tutor.engine.controllers import podstatus
from tutor.engine.controllers.common import Watches, condition_is_true
from tutor.engine.controllers.podaddresses import PodAddresses
from tutor.engine.controllers.probes import Prober, Probes
from tutor.engine.controllers.pulls import NodeImages, failed_pull_message, full_name, go_duration, image_id
from tutor.engine.core import Core
from tutor.engine.events import Recorder, Source
from tutor.engine.images import Image
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of, uid_of
from tutor.engine.process import KILLED, Exit, Jump, Program, Say, Wait, command_of, read_command
from tutor.engine.resources import POD
from tutor.engine.store import Change

if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Places: TypeAlias = HashTrieMap[str, tuple[str, str]]
    _Backoffs: TypeAlias = HashTrieMap[tuple[str, str], float]
    KubeletState: TypeAlias = tuple[_Places, _Backoffs, HashTrieSet[str], object, object, object]

SANDBOX: Final = 0.3
"""Seconds to set up a Pod's network."""
START: Final = 0.15
"""Seconds to create and start a container."""
STOP: Final = 0.25
"""Seconds a process that listens to SIGTERM takes to end, and its kubelet to notice."""
NOTICE: Final = 1.0
"""Seconds until a kubelet acts on a container that has ended (its relisting period)."""
FIRST_BACKOFF: Final = 10.0
LAST_BACKOFF: Final = 300.0
WELL_AGAIN: Final = 600.0
"""Seconds a container must have run for its back-off to be forgotten."""
SHORT: Final = 60.0
"""Seconds within which the end of a process is awaited rather than left to the background."""
PULL_RETRY: Final = 10.0


class Kubelets:
    """Workers `kubelet-*`, keyed by Pod uid and container name, and `process`, by a container's run and step too."""

    def __init__(self, core: Core, watches: Watches, recorder: Recorder, prober: Prober) -> None:
        self._core, self._recorder = core, recorder
        self._places: _Places = HashTrieMap()
        self._backoffs: _Backoffs = HashTrieMap()
        self._ending: HashTrieSet[str] = HashTrieSet()  # Pods with a `kubelet-gone` to come
        self.addresses = PodAddresses()
        self.images = NodeImages(core.clock, core.dice)
        self.probes = Probes(core, self, recorder, prober)
        for name, worker in (
            ("kubelet-admit", self._admit),
            ("kubelet-begin", self._begin),
            ("kubelet-pulled", self._pulled),
            ("kubelet-pull-failed", self._pull_failed),
            ("kubelet-start", self._start),
            ("kubelet-back-off", self._back_off),
            ("kubelet-restart", self._restart),
            ("kubelet-redefine", self._redefine),
            ("kubelet-stop", self._stop),
            ("kubelet-exit", self._exit),
            ("kubelet-gone", self._gone),
            ("process", self._step),
        ):
            core.clock.register(name, worker)
        watches.on("Pod", self._on_pod)

    # Finding things

    def pod(self, uid: str) -> Object | None:
        """The bound Pod of a uid, if it still is there."""
        place = self._places.get(uid)
        found = self._core.store.get("Pod", *place) if place is not None else None
        return found if found is not None and uid_of(found) == uid else None

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
            self._places = self._places.insert(uid, (namespace_of(pod), name_of(pod)))
            self._core.clock.soon("kubelet-admit", uid)
        elif old is not None and old["spec"] is not pod["spec"]:
            for name in _changed_images(old, pod):
                self._core.clock.soon("kubelet-redefine", uid, name)
        if is_deleting(pod) and (old is None or _grace(old) != _grace(pod)):
            self._core.clock.soon("kubelet-stop", uid)

    def _forget(self, pod: Object) -> None:
        uid = uid_of(pod)
        self._places = self._places.discard(uid)
        self._cancel_end(uid)
        self.addresses.release(uid)
        for container in _all_containers(pod):
            name = container["name"]
            self._backoffs = self._backoffs.discard((uid, name))
            self.probes.forget(uid, name)
            found = podstatus.container_status(pod, name)
            self._core.logs.forget(uid, name, found["restartCount"] if found else 0)

    def _node(self, pod: Object) -> Object | None:
        return self._core.store.get("Node", "", pod["spec"]["nodeName"])

    def _image(self, container: Mapping[str, Any]) -> Image | None:
        return self._core.images.find(container["image"])

    def report(self, pod: Object) -> Object:
        """Store a Pod whose container statuses changed."""
        return self._write(pod)

    def _write(self, pod: Object, *, sandbox: bool = True) -> Object:
        """Store a Pod whose container statuses changed, with phase and conditions to match."""
        now = self._core.clock.timestamp()
        return self._core.store.put(podstatus.refreshed(pod, now, ip=self.addresses.of(uid_of(pod)), sandbox=sandbox))

    def _tell(self, pod: Object, container: str, reason: str, message: str, *, warning: bool = False) -> None:
        kind = "initContainers" if any(one["name"] == container for one in _init_containers(pod)) else "containers"
        self._recorder.record(
            pod,
            Source("kubelet", pod["spec"]["nodeName"]),
            reason,
            message,
            warning=warning,
            field_path=f"spec.{kind}{{{container}}}",
        )

    # From bound to running

    def _admit(self, key: Key) -> None:
        pod = self.pod(key[0])
        if pod is None or is_deleting(pod) or "containerStatuses" in (pod.get("status") or {}):
            return
        node = self._node(pod)
        if node is None or not condition_is_true(node, "Ready"):
            return
        self._core.store.put(podstatus.admitted(pod, self._core.clock.timestamp(), _internal_ip(node)))
        self._core.clock.after(SANDBOX, "kubelet-begin", key[0], _all_containers(pod)[0]["name"])

    def _begin(self, key: Key) -> None:
        """See to a container that has not run yet."""
        pod = self.pod(key[0])
        status = podstatus.container_status(pod, key[1]) if pod is not None else None
        if pod is not None and status is not None and "waiting" in status["state"]:
            self._see_to(pod, key[1])

    def _see_to(self, pod: Object, name: str) -> None:
        """Get a container to run: its image first."""
        if is_deleting(pod):
            return
        uid, container = uid_of(pod), _container(pod, name)
        if not self.addresses.of(uid):
            self._give_address(pod)
        node, reference = pod["spec"]["nodeName"], container["image"]
        policy = container.get("imagePullPolicy", "IfNotPresent")
        present = self.images.has(node, reference)
        if present and policy != "Always":
            message = f'Container image "{reference}" already present on machine and can be accessed by the pod'
            self._tell(pod, name, "Pulled", message)
            self._core.clock.after(START, "kubelet-start", uid, name)
        elif policy == "Never":
            message = f'Container image "{reference}" is not present with pull policy of Never'
            self._tell(pod, name, "ErrImageNeverPull", message, warning=True)
            self._write(podstatus.with_container(pod, name, state=podstatus.waiting("ErrImageNeverPull", message)))
        else:
            self._tell(pod, name, "Pulling", f'Pulling image "{reference}"')
            image = self._image(container)
            if image is None:
                self._core.clock.after(1.5, "kubelet-pull-failed", uid, name)
                return
            began = repr(self._core.clock.now)
            self._core.clock.after(self.images.pull(node, reference, image.size), "kubelet-pulled", uid, name, began)

    def _give_address(self, pod: Object) -> None:
        node = self._node(pod)
        if pod["spec"].get("hostNetwork"):
            self.addresses.share(uid_of(pod), _internal_ip(node) if node else "")
        else:
            cidr = (node or {}).get("spec", {}).get("podCIDR") or "10.244.254.0/24"
            self.addresses.lease(uid_of(pod), cidr)

    def _pulled(self, key: Key) -> None:
        uid, name, began = key
        pod = self.pod(uid)
        if pod is None or is_deleting(pod):
            return
        container = _container(pod, name)
        image = self._image(container)
        took = go_duration(self._core.clock.now - float(began))
        size = image.size if image is not None else 0
        message = (
            f'Successfully pulled image "{container["image"]}" in {took} ({took} including waiting). '
            f"Image size: {size} bytes."
        )
        self._tell(pod, name, "Pulled", message)
        self._core.clock.after(START, "kubelet-start", uid, name)

    def _pull_failed(self, key: Key) -> None:
        uid, name = key
        pod = self.pod(uid)
        if pod is None or is_deleting(pod):
            return
        reference = _container(pod, name)["image"]
        why = self._why_not_pulled(reference)
        self._tell(pod, name, "Failed", f'Failed to pull image "{reference}": {why}', warning=True)
        self._tell(pod, name, "Failed", "Error: ErrImagePull", warning=True)
        self._write(podstatus.with_container(pod, name, state=podstatus.waiting("ErrImagePull", why)))
        wait = self._next_backoff(uid, name)
        self._core.clock.after(NOTICE, "kubelet-back-off", uid, name, "pull", repr(wait))
        self._core.clock.after(wait, "kubelet-begin", uid, name, background=True)

    def _why_not_pulled(self, reference: str) -> str:
        head, slash, tail = reference.partition("@")[0].rpartition("/")
        exists = self._core.images.find(head + slash + tail.partition(":")[0]) is not None
        return failed_pull_message(reference, repository_exists=exists)

    def _start(self, key: Key) -> None:
        uid, name = key
        pod = self.pod(uid)
        if pod is None or is_deleting(pod):
            return
        container, before = _container(pod, name), podstatus.container_status(pod, name)
        image = self._image(container)
        if image is None or before is None or "running" in before["state"]:
            return
        ended = before["state"].get("terminated") or before["lastState"].get("terminated")
        restarts = before["restartCount"] + (ended is not None)
        is_init = name in {one["name"] for one in _init_containers(pod)}
        program = self.program(container, image)
        started = not container.get("startupProbe")
        changes: dict[str, Any] = {
            "containerID": f"containerd://{self._hex()}",
            "image": full_name(container["image"]),
            "imageID": image_id(container["image"]),
            "lastState": {"terminated": ended} if ended is not None else {},
            "ready": not is_init and started and not container.get("readinessProbe"),
            "restartCount": restarts,
            "started": started,
            "state": podstatus.running(self._core.clock.timestamp()),
        }
        self._tell(pod, name, "Created", "Container created")
        self._tell(pod, name, "Started", "Container started")
        self._write(podstatus.with_container(pod, name, **changes))
        if not is_init:
            self.probes.begin(uid, container, restarts)
            following = _following(pod, name)
            if following is not None and restarts == 0:
                self._core.clock.soon("kubelet-begin", uid, following)
        if program is None and not self._core.processes.start(pod, name, command_of(container, image)):
            program = Program((Wait(None),))
        if program is not None:
            self._core.clock.soon("process", uid, name, str(restarts), "0")

    def _hex(self) -> str:
        bits = self._core.dice.bits
        return f"{bits():016x}{bits():016x}{bits():016x}{bits():016x}"

    # Running and ending

    def program(self, container: Mapping[str, Any], image: Image) -> Program | None:
        """What the container's command does, as far as the engine can read it."""
        return read_command(container, image)

    def _running(self, uid: str, name: str, restarts: str) -> Object | None:
        """The Pod, if that very run of the container still goes on."""
        pod = self.pod(uid)
        status = podstatus.container_status(pod, name) if pod is not None else None
        going_on = status is not None and "running" in status["state"] and str(status["restartCount"]) == restarts
        return pod if going_on else None

    def _step(self, key: Key) -> None:
        """Go on with a container's program until it has to wait."""
        uid, name, restarts, index = key
        pod = self._running(uid, name, restarts)
        if pod is None:
            return
        container = _container(pod, name)
        image = self._image(container)
        program = self.program(container, image) if image is not None else None
        if program is None:
            return
        at, steps = int(index), program.steps
        while at < len(steps):
            step = steps[at]
            at += 1
            if isinstance(step, Say):
                self._core.logs.write((uid, name, int(restarts)), self._core.clock.now, step.text)
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

    def exit_container(self, uid: str, name: str, code: int) -> None:
        """A container's process has ended by itself or by its user; a Pod that is gone is no error."""
        pod = self.pod(uid)
        status = podstatus.container_status(pod, name) if pod is not None else None
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
        is_init = name in {one["name"] for one in _init_containers(pod)}
        changed = podstatus.with_container(pod, name, state=state, ready=is_init and code == 0, started=False)
        self.probes.forget(uid, name)
        pod = self._write(changed)
        if is_deleting(pod):
            self._stop_early(pod)
            return
        if is_init and code == 0:
            following = _following(pod, name)
            if following is not None:
                self._core.clock.soon("kubelet-begin", uid, following)
            return
        policy = pod["spec"].get("restartPolicy", "Always")
        if policy == "Never" or (code == 0 and policy == "OnFailure"):
            return
        ran = self._core.clock.now - self._core.clock.seconds(since)
        if ran >= WELL_AGAIN:
            self._backoffs = self._backoffs.discard((uid, name))
        if (uid, name) not in self._backoffs:
            # The first restart comes at once; back-off begins with the second.
            self._backoffs = self._backoffs.insert((uid, name), FIRST_BACKOFF / 2)
            self._core.clock.after(NOTICE, "kubelet-restart", uid, name)
            return
        wait = self._next_backoff(uid, name)
        self._core.clock.after(NOTICE, "kubelet-back-off", uid, name, "crash", repr(wait))
        self._core.clock.after(wait, "kubelet-restart", uid, name, background=True)

    def _next_backoff(self, uid: str, name: str) -> float:
        wait = min((self._backoffs.get((uid, name)) or FIRST_BACKOFF / 2) * 2, LAST_BACKOFF)
        self._backoffs = self._backoffs.insert((uid, name), wait)
        return wait

    def _back_off(self, key: Key) -> None:
        """Say that the kubelet is waiting before it tries a container again."""
        uid, name, what, seconds = key
        pod = self.pod(uid)
        status = podstatus.container_status(pod, name) if pod is not None else None
        if pod is None or status is None or is_deleting(pod) or "running" in status["state"]:
            return
        if what == "pull":
            reference = _container(pod, name)["image"]
            message = f'Back-off pulling image "{reference}"'
            self._tell(pod, name, "BackOff", message)
            self._tell(pod, name, "Failed", "Error: ImagePullBackOff", warning=True)
            why = f"{message}: ErrImagePull: {self._why_not_pulled(reference)}"
            self._write(podstatus.with_container(pod, name, state=podstatus.waiting("ImagePullBackOff", why)))
            return
        where = f"{name_of(pod)}_{namespace_of(pod)}({uid})"
        told = f"Back-off restarting failed container {name} in pod {where}"
        self._tell(pod, name, "BackOff", told, warning=True)
        why = f"back-off {_go_seconds(float(seconds))} restarting failed container={name} pod={where}"
        last = status["state"].get("terminated")
        waiting = podstatus.waiting("CrashLoopBackOff", why)
        last_state = {"terminated": last} if last is not None else status["lastState"]
        self._write(podstatus.with_container(pod, name, state=waiting, lastState=last_state))

    def _restart(self, key: Key) -> None:
        uid, name = key
        pod = self.pod(uid)
        status = podstatus.container_status(pod, name) if pod is not None else None
        if pod is not None and status is not None and "running" not in status["state"]:
            self._see_to(pod, name)

    def _redefine(self, key: Key) -> None:
        """A container has another image now: it is begun anew, with no back-off for the old image's sake."""
        uid, name = key
        pod = self.pod(uid)
        status = podstatus.container_status(pod, name) if pod is not None else None
        if pod is None or status is None:
            return
        self._backoffs = self._backoffs.discard((uid, name))
        if "running" in status["state"]:
            self._tell(pod, name, "Killing", f"Container {name} definition changed, will be restarted")
            self.kill(pod, name, status["restartCount"])
        else:
            self._core.clock.soon("kubelet-restart", uid, name)

    # Stopping

    def kill(self, pod: Object, name: str, restarts: int) -> None:
        """Stop one run of a container (its liveness probe failed); it ends when its process does."""
        seconds, code = self._stopping(pod, name)
        self._core.clock.after(seconds, "kubelet-exit", uid_of(pod), name, str(restarts), str(code))

    def _exit(self, key: Key) -> None:
        uid, name, restarts, code = key
        pod = self._running(uid, name, restarts)
        if pod is not None:
            self._ended(pod, name, int(code))

    def _stopping(self, pod: Object, name: str) -> tuple[float, int]:
        """How long a container takes to stop, and the code it ends with."""
        container = _container(pod, name)
        grace = _grace(pod)
        if grace is None:
            grace = int(pod["spec"].get("terminationGracePeriodSeconds", 30))
        image = self._image(container)
        program = self.program(container, image) if image is not None else None
        hook = _pre_stop_seconds(container)
        if program is not None and program.stops:
            return min(hook + STOP, float(grace)), 0
        return float(grace), KILLED

    def _stop(self, key: Key) -> None:
        """A Pod is to go: tell its containers, and wait for the slowest."""
        uid = key[0]
        pod = self.pod(uid)
        if pod is None or not is_deleting(pod):
            return
        wait = 0.0
        for container in _all_containers(pod):
            status = podstatus.container_status(pod, container["name"])
            if status is not None and "running" in status["state"]:
                self._tell(pod, container["name"], "Killing", f"Stopping container {container['name']}")
                wait = max(wait, self._stopping(pod, container["name"])[0])
        self._await_end(uid, wait)

    def _await_end(self, uid: str, seconds: float) -> None:
        """Take a Pod that is to go for stopped in so many seconds, whatever was thought before."""
        self._cancel_end(uid)
        self._ending = self._ending.insert(uid)
        self._core.clock.after(seconds, "kubelet-gone", uid)

    def _cancel_end(self, uid: str) -> None:
        if uid in self._ending:
            self._ending = self._ending.remove(uid)
            self._core.clock.cancel("kubelet-gone", uid)

    def _stop_early(self, pod: Object) -> None:
        """A container of a Pod that is to go has ended by itself: if it was the last, nothing need be waited for."""
        statuses = pod["status"]["containerStatuses"]
        if not any("running" in one["state"] for one in statuses):
            self._await_end(uid_of(pod), 0.0)

    def _gone(self, key: Key) -> None:
        self._ending = self._ending.discard(key[0])
        pod = self.pod(key[0])
        if pod is None or not is_deleting(pod):
            return
        now, stopped = self._core.clock.timestamp(), pod
        for container in _all_containers(pod):
            status = podstatus.container_status(pod, container["name"])
            if status is not None and "running" in status["state"]:
                _, code = self._stopping(pod, container["name"])
                since = status["state"]["running"]["startedAt"]
                reason = "Completed" if code == 0 else "Error"
                state = podstatus.terminated(code, reason, since, now, status["containerID"])
                stopped = podstatus.with_container(stopped, container["name"], state=state, ready=False, started=False)
        if stopped is not pod:
            self._write(stopped, sandbox=False)
        self._core.api.delete(POD, name_of(pod), namespace_of(pod), grace=0)

    # Snapshots

    def snapshot(self) -> KubeletState:
        """All that changes here."""
        parts = self.addresses.snapshot(), self.images.snapshot(), self.probes.snapshot()
        return self._places, self._backoffs, self._ending, *parts

    def restore(self, state: KubeletState) -> None:
        """Go back to a snapshot."""
        self._places, self._backoffs, self._ending, addresses, images, probes = state
        self.addresses.restore(addresses)  # type: ignore[arg-type]  # what its own snapshot() gave
        self.images.restore(images)  # type: ignore[arg-type]
        self.probes.restore(probes)  # type: ignore[arg-type]


def _init_containers(pod: Object) -> list[Object]:
    return list(pod["spec"].get("initContainers") or ())


def _all_containers(pod: Object) -> list[Object]:
    """Init containers and containers in the order in which they start."""
    return [*_init_containers(pod), *pod["spec"]["containers"]]


def _container(pod: Object, name: str) -> Object:
    return next(one for one in _all_containers(pod) if one["name"] == name)


def _changed_images(old: Object, new: Object) -> list[str]:
    """Names of the containers that have another image than before."""
    before = {one["name"]: one["image"] for one in old["spec"]["containers"]}
    return [one["name"] for one in new["spec"]["containers"] if before.get(one["name"], one["image"]) != one["image"]]


def _following(pod: Object, name: str) -> str | None:
    """The container to see to after this one, if any."""
    names = [one["name"] for one in _all_containers(pod)]
    index = names.index(name) + 1
    return names[index] if index < len(names) else None


def _grace(pod: Object) -> int | None:
    grace: int | None = pod["metadata"].get("deletionGracePeriodSeconds")
    return grace


def _internal_ip(node: Object) -> str:
    addresses = (node.get("status") or {}).get("addresses") or ()
    return next((one["address"] for one in addresses if one["type"] == "InternalIP"), "")


def _go_seconds(seconds: float) -> str:
    """A whole number of seconds as Go prints it: `10s`, `2m40s`, `5m0s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


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
