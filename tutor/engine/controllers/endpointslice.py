"""The EndpointSlice controller: for each Service with a selector, the addresses of its Pods, 100 a slice.

Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/ and
k8s.io/endpointslice/reconciler.go (reconcileByPortMapping, finalize).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from tutor.engine.clock import Key
from tutor.engine.controllers.backends import (
    HEADLESS,
    SHARED,
    Backends,
    Ports,
    copied_labels,
    has_selector,
    host_name,
    is_headless,
    pods_behind,
    target_ports,
    target_ref,
    trigger_annotations,
)
from tutor.engine.controllers.common import Watches, controller_reference, is_ready
from tutor.engine.core import Core
from tutor.engine.objects import Object, is_deleting, labels_of, name_of, namespace_of
from tutor.engine.resources import ENDPOINT_SLICE
from tutor.engine.store import Change

WORKER: Final = "endpointslice"
CAPACITY: Final = 100
"""Endpoints a slice (`--max-endpoints-per-slice`)."""
SERVICE_NAME: Final = "kubernetes.io/service-name"
MANAGED_BY: Final = "endpointslice.kubernetes.io/managed-by"
MANAGER: Final = "endpointslice-controller.k8s.io"
_OWN_LABELS: Final = frozenset({SERVICE_NAME, MANAGED_BY, HEADLESS})


class EndpointSliceController:
    """Worker `endpointslice`, keyed by a Service's namespace and name."""

    def __init__(self, core: Core, watches: Watches, backends: Backends) -> None:
        self._core, self._backends = core, backends
        self._writing = False  # only ever true within one call
        core.clock.register(WORKER, self._sync)
        watches.on("EndpointSlice", self._on_slice)

    def _on_slice(self, change: Change) -> None:
        """Put right what somebody else did to a slice of ours."""
        labels = labels_of(change.old or change.object)
        if not self._writing and change.type != "ADDED" and labels.get(MANAGED_BY) == MANAGER:
            self._core.clock.soon(WORKER, namespace_of(change.object), labels.get(SERVICE_NAME, ""))

    def _sync(self, key: Key) -> None:
        service = self._core.store.get("Service", *key)
        if service is None or not has_selector(service):
            return  # the garbage collector takes the slices of a Service that is gone
        existing = [
            one
            for one in self._core.store.select("EndpointSlice", key[0], {SERVICE_NAME: key[1]})
            if labels_of(one).get(MANAGED_BY) == MANAGER
        ]
        self._writing = True
        try:
            _Reconciliation(self._core, service, existing).run()
        finally:
            self._writing = False


class _Reconciliation:
    """One pass over the slices of one Service."""

    def __init__(self, core: Core, service: Object, existing: list[Object]) -> None:
        self._core, self._service = core, service
        self._labels = _labels(service)
        self._keep: list[Object] = []
        self._update: list[tuple[Object, Ports, list[Object], list[Object]]] = []
        self._create: list[tuple[Ports, list[Object], list[Object]]] = []
        self._delete: list[Object] = []
        self._by_ports: dict[Ports, list[Object]] = {}
        for one in existing:
            self._by_ports.setdefault(_ports_of(one), []).append(one)

    def run(self) -> None:
        """Work out what the slices should be, with as few writes as will do, and write it."""
        pods = pods_behind(self._core, self._service)
        for ports, group in self._group(pods).items():
            self._fit(ports, group, self._by_ports.pop(ports, []))
        for unused in self._by_ports.values():
            self._delete += unused
        if not self._keep and not self._update and not self._create:
            self._create.append(((), [], []))  # a Service with no Pods still has one slice, empty
        self._write()

    def _group(self, pods: list[Object]) -> dict[Ports, list[Object]]:
        """The Pods by the ports the Service reaches them at: one named port may be several numbers."""
        if not pods:
            return {}
        if all(isinstance(port.get("targetPort", 0), int) for port in self._service["spec"].get("ports") or ()):
            return {target_ports(self._service, pods[0]): pods}
        groups: dict[Ports, list[Object]] = {}
        for pod in pods:
            groups.setdefault(target_ports(self._service, pod), []).append(pod)
        return groups

    def _fit(self, ports: Ports, pods: list[Object], slices: list[Object]) -> None:
        """Keep each endpoint in the slice it is in; put new ones where there is room, then into new slices."""
        wanted = {pod["metadata"]["uid"]: (pod, self._endpoint(pod)) for pod in pods}
        planned: list[tuple[Object, list[Object], list[Object]]] = []
        for one in slices:
            kept, changed = [], []
            for endpoint in one["endpoints"] or ():
                found = wanted.pop((endpoint.get("targetRef") or {}).get("uid", ""), None)
                if found is None:
                    continue
                pod, now = found
                kept.append(now)
                if now["conditions"] != endpoint["conditions"]:
                    changed.append(pod)
            planned.append((one, kept, changed))
        missing = list(wanted.values())
        # Slices that change anyway take new endpoints first, then the fullest that has room.
        order = sorted(planned, key=lambda plan: (plan[1] == (plan[0]["endpoints"] or []), -len(plan[1])))
        for _, kept, changed in order:
            taken, missing = missing[: max(0, CAPACITY - len(kept))], missing[max(0, CAPACITY - len(kept)) :]
            kept += [endpoint for _, endpoint in taken]
            changed += [pod for pod, _ in taken]
        for one, kept, changed in planned:
            if not kept:
                self._delete.append(one)
            elif kept == one["endpoints"] and labels_of(one) == self._labels:
                self._keep.append(one)
            else:
                self._update.append((one, ports, kept, changed))
        for start in range(0, len(missing), CAPACITY):
            part = missing[start : start + CAPACITY]
            self._create.append((ports, [endpoint for _, endpoint in part], [pod for pod, _ in part]))

    def _endpoint(self, pod: Object) -> Object:
        serving, terminating = is_ready(pod), is_deleting(pod)
        ready = bool(self._service["spec"].get("publishNotReadyAddresses")) or (serving and not terminating)
        return _endpoint(
            pod["status"]["podIP"],
            host_name(self._service, pod),
            pod["spec"]["nodeName"],
            (name_of(pod), namespace_of(pod), pod["metadata"]["uid"]),
            (ready, serving, terminating),
        )

    def _write(self) -> None:
        # A slice to be created takes over one to be deleted, so that the Service is never seen without any.
        while self._delete and self._create:
            one, (ports, endpoints, changed) = self._delete.pop(0), self._create.pop()
            if _ports_of(one) == ports and one["endpoints"] == endpoints and labels_of(one) == self._labels:
                continue
            self._update.append((one, ports, endpoints, changed))
        for ports, endpoints, changed in self._create:
            self._core.api.create(self._new(ports, endpoints, changed), trusted=True)
        for one, ports, endpoints, changed in self._update:
            self._core.store.put(self._changed(one, ports, endpoints, changed))
        for one in self._delete:
            self._core.api.delete(ENDPOINT_SLICE, name_of(one), namespace_of(one))

    def _new(self, ports: Ports, endpoints: list[Object], changed: list[Object]) -> Object:
        service = self._service
        return {
            "addressType": "IPv4",
            "apiVersion": "discovery.k8s.io/v1",
            "endpoints": endpoints,
            "kind": "EndpointSlice",
            "metadata": {
                "annotations": trigger_annotations(None, service, changed),
                "generateName": f"{name_of(service)}-",
                "labels": self._labels,
                "namespace": namespace_of(service),
                "ownerReferences": [controller_reference(service)],
            },
            "ports": _shown_ports(ports),
        }

    def _changed(self, one: Object, ports: Ports, endpoints: list[Object], changed: list[Object]) -> Object:
        metadata = {**one["metadata"], "labels": self._labels}
        annotations = trigger_annotations(metadata.pop("annotations", {}), self._service, changed)
        if annotations:
            metadata["annotations"] = annotations
        metadata["generation"] = metadata.get("generation", 1) + 1
        return {**one, "endpoints": endpoints, "metadata": metadata, "ports": _shown_ports(ports)}


@lru_cache(SHARED)
def _endpoint(
    ip: str, hostname: str, node: str, target: tuple[str, str, str], conditions: tuple[bool, bool, bool]
) -> Object:
    return {
        "addresses": [ip],
        "conditions": dict(zip(("ready", "serving", "terminating"), conditions, strict=True)),
        **({"hostname": hostname} if hostname else {}),
        "nodeName": node,
        "targetRef": target_ref(*target),
    }


def _labels(service: Object) -> dict[str, str]:
    labels = copied_labels(service, _OWN_LABELS)
    labels[MANAGED_BY] = MANAGER
    labels[SERVICE_NAME] = name_of(service)
    if is_headless(service):
        labels[HEADLESS] = ""
    return labels


def _shown_ports(ports: Ports) -> list[Object]:
    return [
        {**({"appProtocol": app} if app else {}), "name": name, "port": number, "protocol": protocol}
        for name, number, protocol, app in ports
    ]


def _ports_of(one: Object) -> Ports:
    found: Iterable[Object] = one.get("ports") or ()
    return tuple(
        (port.get("name", ""), port.get("port", 0), port.get("protocol", "TCP"), port.get("appProtocol", ""))
        for port in found
    )
