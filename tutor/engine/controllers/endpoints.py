"""The Endpoints controller: the older, deprecated mirror of a Service's slices, one object a Service.

Source: k8s.io/kubernetes/pkg/controller/endpoint/endpoints_controller.go, pkg/api/v1/endpoints (RepackSubsets).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tutor.engine.clock import Key
from tutor.engine.controllers.backends import (
    HEADLESS,
    SHARED,
    TRIGGER,
    copied_labels,
    has_selector,
    host_name,
    is_headless,
    pods_behind,
    target_ports,
    target_ref,
    trigger_annotations,
)
from tutor.engine.controllers.common import Watches, is_ready
from tutor.engine.core import Core
from tutor.engine.objects import Object, is_deleting, labels_of, name_of, namespace_of
from tutor.engine.resources import ENDPOINTS
from tutor.engine.store import Change

WORKER: Final = "endpoints"
CAPACITY: Final = 1000
"""Addresses an Endpoints object holds at most; the rest is left out, and an annotation says so."""
OVER_CAPACITY: Final = "endpoints.kubernetes.io/over-capacity"
MANAGED_BY: Final = "endpoints.kubernetes.io/managed-by"
MANAGER: Final = "endpoint-controller"
_OWN_LABELS: Final = frozenset({MANAGED_BY, HEADLESS})

Address = tuple[str, bool]
"""A Pod's uid and whether it is ready."""
Port = tuple[str, int, str, str]


class EndpointsController:
    """Worker `endpoints`, keyed by a Service's namespace and name."""

    def __init__(self, core: Core, watches: Watches) -> None:
        self._core = core
        self._writing = False  # only ever true within one call
        core.clock.register(WORKER, self._sync)
        watches.on("Endpoints", self._on_endpoints)

    def _on_endpoints(self, change: Change) -> None:
        """Put right what somebody else did to an object of ours."""
        labels = labels_of(change.old or change.object)
        if not self._writing and change.type != "ADDED" and labels.get(MANAGED_BY) == MANAGER:
            self._core.clock.soon(WORKER, namespace_of(change.object), name_of(change.object))

    def _sync(self, key: Key) -> None:
        service = self._core.store.get("Service", *key)
        before = self._core.store.get("Endpoints", *key)
        self._writing = True
        try:
            if service is None:
                if before is not None:
                    self._core.api.delete(ENDPOINTS, key[1], key[0])
            elif has_selector(service):
                self._reconcile(service, before)
        finally:
            self._writing = False

    def _reconcile(self, service: Object, before: Object | None) -> None:
        tolerant = bool(service["spec"].get("publishNotReadyAddresses"))
        pods = [pod for pod in pods_behind(self._core, service) if tolerant or not is_deleting(pod)]
        truncated = len(pods) > CAPACITY
        pods = sorted(pods, key=lambda pod: not is_ready(pod))[:CAPACITY] if truncated else pods
        subsets = _subsets(service, pods, tolerant)
        labels = copied_labels(service, _OWN_LABELS)
        labels[MANAGED_BY] = MANAGER
        if is_headless(service):
            labels[HEADLESS] = ""
        if before is not None and before.get("subsets", []) == subsets and labels_of(before) == labels:
            return
        annotations = self._annotations(service, before, pods)
        annotations.pop(OVER_CAPACITY, None)
        if truncated:
            annotations[OVER_CAPACITY] = "truncated"
        metadata = {**(before["metadata"] if before is not None else {}), "labels": labels}
        metadata.update(name=name_of(service), namespace=namespace_of(service))
        metadata.pop("annotations", None)
        if annotations:
            metadata["annotations"] = annotations
        endpoints: Object = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata}
        if subsets:
            endpoints["subsets"] = subsets
        if before is None:
            self._core.api.create(endpoints, trusted=True)
        else:
            self._core.store.put(endpoints)

    def _annotations(self, service: Object, before: Object | None, pods: list[Object]) -> dict[str, str]:
        if before is None:
            return {TRIGGER: service["metadata"]["creationTimestamp"]}
        known = {
            (address.get("targetRef") or {}).get("uid"): ready
            for subset in before.get("subsets") or ()
            for ready, field in ((True, "addresses"), (False, "notReadyAddresses"))
            for address in subset.get(field) or ()
        }
        changed = [pod for pod in pods if known.get(pod["metadata"]["uid"]) != is_ready(pod)]
        return trigger_annotations(before["metadata"].get("annotations") or {}, service, changed)


def _subsets(service: Object, pods: list[Object], tolerant: bool) -> list[Object]:
    """Ports with the same addresses share a subset; addresses in it are ordered as text."""
    by_uid = {pod["metadata"]["uid"]: pod for pod in pods}
    at: dict[Port, list[Address]] = {}
    portless: list[Address] = []
    named = any(isinstance(port.get("targetPort", 0), str) for port in service["spec"].get("ports") or ())
    ports = target_ports(service, pods[0]) if pods else ()
    for uid, pod in by_uid.items():
        address = (uid, tolerant or is_ready(pod))
        if named:
            ports = target_ports(service, pod)
        for port in ports:
            at.setdefault(port, []).append(address)
        if not ports and is_headless(service) and not service["spec"].get("ports"):
            portless.append(address)
    groups: dict[tuple[Address, ...], list[Port]] = {}
    for port, addresses in at.items():
        groups.setdefault(tuple(addresses), []).append(port)
    if portless:
        groups[tuple(portless)] = []
    return [_subset(service, addresses, ports, by_uid) for addresses, ports in groups.items()]


def _subset(service: Object, addresses: tuple[Address, ...], ports: list[Port], by_uid: dict[str, Object]) -> Object:
    subset: Object = {}
    for field, wanted in (("addresses", True), ("notReadyAddresses", False)):
        shown = [_shown(service, by_uid[uid]) for uid, ready in addresses if ready is wanted]
        if shown:
            subset[field] = sorted(shown, key=lambda one: (one["ip"], one["targetRef"]["uid"]))
    if ports:
        subset["ports"] = [
            {
                **({"appProtocol": app} if app else {}),
                **({"name": name} if name else {}),
                "port": number,
                "protocol": protocol,
            }
            for name, number, protocol, app in ports
        ]
    return subset


def _shown(service: Object, pod: Object) -> Object:
    target = (name_of(pod), namespace_of(pod), pod["metadata"]["uid"])
    return _address(pod["status"]["podIP"], host_name(service, pod), pod["spec"]["nodeName"], target)


@lru_cache(SHARED)
def _address(ip: str, hostname: str, node: str, target: tuple[str, str, str]) -> Object:
    return {
        **({"hostname": hostname} if hostname else {}),
        "ip": ip,
        "nodeName": node,
        "targetRef": target_ref(*target),
    }
