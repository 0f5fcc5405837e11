"""Startup, liveness and readiness probes.

Source: https://kubernetes.io/docs/concepts/workloads/pods/probes/ and k8s.io/kubernetes/pkg/kubelet/prober/worker.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from rpds import HashTrieMap

from tutor.engine.clock import Key
from tutor.engine.controllers import podstatus
from tutor.engine.controllers.podruntime import PodRuntime
from tutor.engine.controllers.podstop import Stopping
from tutor.engine.objects import Object, is_deleting, uid_of
from tutor.engine.probecommand import run_probe

if TYPE_CHECKING:
    _Counts: TypeAlias = HashTrieMap[tuple[str, str, str], "Counted"]
    ProbeState: TypeAlias = _Counts

KINDS: Final = ("startup", "liveness", "readiness")
FIRST: Final = 0.1
"""Seconds from a container's start to its first probe, where no delay is asked for."""


class Result(Protocol):
    """The outcome of one probe."""

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        ...

    @property
    def message(self) -> str:
        """What the probe said, as the event has it after `Readiness probe failed: `."""
        ...


class Prober(Protocol):
    """The network as a kubelet's probes need it."""

    def probe_http(self, pod: Object, port: int, path: str, host: str = "") -> Result:
        """GET a path of the Pod from its node."""
        ...

    def probe_tcp(self, pod: Object, port: int) -> Result:
        """Connect to a port of the Pod from its node."""
        ...


@dataclass(frozen=True)
class Counted:
    """What a probe found lately: how often in a row it succeeded or failed."""

    successes: int = 0
    failures: int = 0


class Probes:
    """Workers `probe`, keyed by Pod uid, container, restart count and kind, and `probe-noticed`, which does nothing."""

    def __init__(self, runtime: PodRuntime, stopping: Stopping, prober: Prober) -> None:
        self._runtime, self._core = runtime, runtime.core
        self._stopping, self._prober = stopping, prober
        self._counts: _Counts = HashTrieMap()
        self._core.clock.register("probe", self._probe)
        self._core.clock.register("probe-noticed", lambda _key: None)

    def begin(self, uid: str, container: Mapping[str, Any], restarts: int) -> None:
        """Start to probe a container that has just started; a startup probe holds the others back."""
        kinds = ("startup",) if container.get("startupProbe") else ("liveness", "readiness")
        for kind in kinds:
            probe = container.get(f"{kind}Probe")
            if probe:
                name = container["name"]
                self._counts = self._counts.insert((uid, name, kind), Counted())
                delay = probe.get("initialDelaySeconds") or FIRST
                background = restarts > 1
                self._core.clock.after(delay, "probe", uid, name, str(restarts), kind, background=background)

    def forget(self, uid: str, container: str) -> None:
        """Stop to probe a container."""
        for kind in KINDS:
            self._counts = self._counts.discard((uid, container, kind))

    def expect_changes(self) -> None:
        """Have the clock wait for every probe that will soon find something new, because a file or a server changed."""
        for uid, name, kind in sorted(self._counts):
            pod = self._runtime.pod(uid)
            if pod is None or is_deleting(pod):
                continue
            probe, status = _probe_of(pod, name, kind), podstatus.container_status(pod, name)
            if probe is None or status is None:
                continue
            ok = self._look(pod, name, probe).ok
            if ok != _believed(kind, status):
                times = probe.get("successThreshold", 1) if ok else probe.get("failureThreshold", 3)
                self._core.clock.after(times * probe.get("periodSeconds", 10) + 0.01, "probe-noticed")

    def _probe(self, key: Key) -> None:
        uid, name, restarts, kind = key
        counted = self._counts.get((uid, name, kind))
        pod = self._runtime.pod(uid)
        status = podstatus.container_status(pod, name) if pod is not None else None
        if counted is None or pod is None or status is None:
            return
        if "running" not in status["state"] or str(status["restartCount"]) != restarts or is_deleting(pod):
            return
        probe = _probe_of(pod, name, kind)
        if probe is None:
            return
        result = self._look(pod, name, probe)
        if result.ok:
            counted = Counted(counted.successes + 1, 0)
        else:
            counted = Counted(0, counted.failures + 1)
            told = f"{kind.capitalize()} probe failed: {result.message}"
            self._runtime.tell(pod, name, "Unhealthy", told, warning=True)
        self._counts = self._counts.insert((uid, name, kind), counted)
        if result.ok and counted.successes >= probe.get("successThreshold", 1):
            if self._passed(pod, name, kind, restarts):
                return
        elif counted.failures >= probe.get("failureThreshold", 3) and self._failed(pod, name, kind, status):
            return
        current = self._runtime.pod(uid)
        believed = podstatus.container_status(current, name) if current is not None else None
        settled = believed is None or _believed(kind, believed) == result.ok
        period = probe.get("periodSeconds", 10)
        self._core.clock.after(period, "probe", *key, background=settled or int(restarts) > 1)

    def _passed(self, pod: Object, name: str, kind: str, restarts: str) -> bool:
        """Act on a probe that has succeeded often enough; say whether it is done for good."""
        status = podstatus.container_status(pod, name)
        if kind == "readiness" and status is not None and not status["ready"]:
            self._runtime.write(podstatus.with_container(pod, name, ready=True))
        if kind != "startup":
            return False
        self._counts = self._counts.discard((uid_of(pod), name, kind))
        container = next(one for one in pod["spec"]["containers"] if one["name"] == name)
        ready = not container.get("readinessProbe")
        self._runtime.write(podstatus.with_container(pod, name, started=True, ready=ready))
        self.begin(uid_of(pod), {**container, "startupProbe": None}, int(restarts))
        return True

    def _failed(self, pod: Object, name: str, kind: str, status: Object) -> bool:
        """Act on a probe that has failed often enough; say whether it is done for good."""
        if kind == "readiness":
            if status["ready"]:
                self._runtime.write(podstatus.with_container(pod, name, ready=False))
            return False
        message = f"Container {name} failed {kind} probe, will be restarted"
        self._runtime.tell(pod, name, "Killing", message)
        self.forget(uid_of(pod), name)
        self._stopping.kill(pod, name, status["restartCount"])
        return True

    def _look(self, pod: Object, name: str, probe: Mapping[str, Any]) -> Result:
        if "httpGet" in probe:
            action = probe["httpGet"]
            port, path = _port(pod, name, action["port"]), action.get("path") or "/"
            return self._prober.probe_http(pod, port, path, action.get("host") or "")
        if "tcpSocket" in probe:
            return self._prober.probe_tcp(pod, _port(pod, name, probe["tcpSocket"]["port"]))
        if "grpc" in probe:
            return self._prober.probe_tcp(pod, _port(pod, name, probe["grpc"]["port"]))
        command = tuple((probe.get("exec") or {}).get("command") or ())
        return run_probe(command, lambda path: self._core.files.read(uid_of(pod), name, path))

    def snapshot(self) -> ProbeState:
        """All that changes here."""
        return self._counts

    def restore(self, state: ProbeState) -> None:
        """Go back to a snapshot."""
        self._counts = state


def _probe_of(pod: Object, name: str, kind: str) -> Mapping[str, Any] | None:
    for container in pod["spec"]["containers"]:
        if container["name"] == name:
            probe: Mapping[str, Any] | None = container.get(f"{kind}Probe")
            return probe
    return None


def _believed(kind: str, status: Object) -> bool:
    """What the status says the probe last found."""
    if kind == "readiness":
        return bool(status["ready"])
    return bool(status["started"]) if kind == "startup" else True


def _port(pod: Object, name: str, port: int | str) -> int:
    """A probe's port as a number; 0 for a name the container does not have."""
    if isinstance(port, int):
        return port
    container = next(one for one in pod["spec"]["containers"] if one["name"] == name)
    return next((int(one["containerPort"]) for one in container.get("ports") or () if one.get("name") == port), 0)
