"""Which Pods stand behind a Service, and at which ports.

Source: k8s.io/endpointslice/util/controller_utils.go and k8s.io/kubernetes/pkg/api/v1/pod (FindPort).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from tutor.engine.controllers.common import Watches, is_finished, is_ready
from tutor.engine.controllers.selectorindex import SelectorIndex, service_selector_pairs
from tutor.engine.core import Core
from tutor.engine.objects import Object, is_deleting, labels_of, name_of, namespace_of
from tutor.engine.store import Change

Ports: TypeAlias = tuple[tuple[str, int, str, str], ...]
"""Name, number, protocol and application protocol (or "") of each port."""
TRIGGER: Final = "endpoints.kubernetes.io/last-change-trigger-time"
HEADLESS: Final = "service.kubernetes.io/headless"
SHARED: Final = 4096
"""How many endpoints are remembered, so that all the Services of a Pod show the same one and not a copy each."""


class Backends:
    """Tells the endpoint controllers which Services a change concerns.

    Args:
        workers: the workers to call, keyed by a Service's namespace and name.
    """

    def __init__(self, core: Core, watches: Watches, workers: tuple[str, ...]) -> None:
        self._core, self._workers = core, workers
        self.index = SelectorIndex(watches, "Service", service_selector_pairs)
        watches.on("Service", self._on_service)
        watches.on("Pod", self._on_pod)

    def _on_service(self, change: Change) -> None:
        service, old = change.object, change.old
        if old is not None and change.type == "MODIFIED":
            labels = old["metadata"].get("labels") == service["metadata"].get("labels")
            if labels and old.get("spec") == service.get("spec"):
                return
        self.enqueue(namespace_of(service), name_of(service))

    def _on_pod(self, change: Change) -> None:
        pod, old = change.object, change.old
        before = _digest(old) if old is not None else None
        after = _digest(pod) if change.type != "DELETED" else None
        if before == after:
            return
        names: set[str] = set()
        for digest, one in ((before, old), (after, pod)):
            if digest is not None and one is not None:
                names.update(self.index.candidates(namespace_of(pod), labels_of(one)))
        for name in sorted(names):
            self.enqueue(namespace_of(pod), name)

    def enqueue(self, namespace: str, name: str) -> None:
        """Have every endpoint controller look at a Service."""
        for worker in self._workers:
            self._core.clock.soon(worker, namespace, name)


def _digest(pod: Object) -> tuple[object, ...] | None:
    """All of a Pod that its endpoints show; None while it is nobody's backend."""
    status = pod.get("status") or {}
    ip = status.get("podIP")
    if not ip or is_finished(pod):
        return None
    return (ip, is_ready(pod), is_deleting(pod), pod["metadata"].get("labels"), pod["metadata"]["uid"])


def pods_behind(core: Core, service: Object) -> list[Object]:
    """The Pods a Service with a selector has behind it: with an address, not run to their end; ordered by name."""
    selector = service["spec"]["selector"]
    found = core.store.select("Pod", namespace_of(service), selector)
    return [pod for pod in found if (pod.get("status") or {}).get("podIP") and not is_finished(pod)]


def has_selector(service: Object) -> bool:
    """Whether the endpoint controllers look after the Service."""
    spec = service["spec"]
    return bool(spec.get("selector")) and spec.get("type") != "ExternalName"


def is_headless(service: Object) -> bool:
    """Whether the Service has no address of its own."""
    return bool(service["spec"].get("clusterIP") == "None")


def target_ports(service: Object, pod: Object) -> Ports:
    """The Service's ports as they are at one Pod; a port named by the Service and not by the Pod is left out."""
    ports = []
    for port in service["spec"].get("ports") or ():
        protocol = port.get("protocol", "TCP")
        target = port.get("targetPort", port["port"])
        number = target if isinstance(target, int) else _named(pod, target, protocol)
        if number:
            ports.append((port.get("name", ""), int(number), protocol, port.get("appProtocol", "")))
    return tuple(ports)


def _named(pod: Object, name: str, protocol: str) -> int:
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if port.get("name") == name and port.get("protocol", "TCP") == protocol:
                return int(port["containerPort"])
    return int(name) if name.isdigit() else 0


@lru_cache(SHARED)
def target_ref(name: str, namespace: str, uid: str) -> Object:
    """The reference to a Pod that an endpoint carries."""
    return {"kind": "Pod", "name": name, "namespace": namespace, "uid": uid}


def host_name(service: Object, pod: Object) -> str:
    """The name a Pod has under its Service; empty if it has none."""
    subdomain = pod["spec"].get("subdomain")
    return str(pod["spec"].get("hostname", "")) if subdomain and subdomain == name_of(service) else ""


def ready_since(pod: Object) -> str:
    """When the Pod's Ready condition last changed; the empty string if it has none."""
    for found in (pod.get("status") or {}).get("conditions") or ():
        if found["type"] == "Ready":
            return str(found["lastTransitionTime"])
    return ""


def copied_labels(service: Object, unlike: frozenset[str]) -> dict[str, str]:
    """The Service's labels as its endpoints carry them, without those the controllers set themselves."""
    return {key: value for key, value in labels_of(service).items() if key not in unlike}


def trigger_annotations(before: Mapping[str, Any] | None, service: Object, changed: list[Object]) -> dict[str, str]:
    """Annotations of an endpoints object that is written now.

    The trigger time is that of the oldest change shown for the first time: the Service's creation for a new object,
    else the earliest change of readiness among the changed Pods; no annotation if no change has a time (a deletion).

    Args:
        before: the annotations as they were; None for a new object.
        service: the Service.
        changed: the Pods that are new here, or whose readiness is.
    """
    if before is None:
        return {TRIGGER: service["metadata"]["creationTimestamp"]}
    kept = {key: value for key, value in before.items() if key != TRIGGER}
    times = [since for since in map(ready_since, changed) if since]
    return {**kept, TRIGGER: min(times)} if times else kept
