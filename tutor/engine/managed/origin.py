"""Who manages the fields of objects the cluster made itself, which are not written down with them.

Source: `kubectl get … --show-managed-fields` of a v1.36 cluster, and tests/golden/http-api.yaml.
"""

from __future__ import annotations

from typing import Any, Final

from tutor.engine.managed import typed
from tutor.engine.managed.managers import By, Manager, Managers, read, updated, with_managers
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import BY_KIND

_CONTROLLERS: Final = "kube-controller-manager"
_MAKERS: Final = {
    "ConfigMap": _CONTROLLERS,
    "Endpoints": _CONTROLLERS,
    "EndpointSlice": _CONTROLLERS,
    "Namespace": "kube-apiserver",
    "Node": "kubelet",
    "Pod": _CONTROLLERS,
    "ReplicaSet": _CONTROLLERS,
    "ServiceAccount": _CONTROLLERS,
}
_REPORTERS: Final = {"Deployment": _CONTROLLERS, "Node": "kubelet", "Pod": "kubelet", "ReplicaSet": _CONTROLLERS}
"""Who writes the status of a kind."""
_NOT_ASKED_FOR: Final = {
    "Pod": frozenset({
        "nodeName", "preemptionPolicy", "priority", "serviceAccount", "serviceAccountName", "tolerations", "volumes",
    }),
    "Service": frozenset({"clusterIPs", "ipFamilies"}),
    "Namespace": frozenset({"finalizers"}),
}  # fmt: skip
"""Fields of the spec that admission, allocation or the scheduler fill in, for which nobody is noted."""
_REVISION: Final = "deployment.kubernetes.io/revision"


def managers_of(obj: Object) -> Managers:
    """The managers of an object's fields: those written down, or whoever made it; and who reports its status."""
    found = read(obj["metadata"].get("managedFields")) or _makers(obj)
    if any(manager.subresource == "status" for manager in found.values()):
        return found
    reporter = _reporter(obj)
    return {**found, reporter.key: reporter} if reporter is not None else found


def with_all_managers(obj: Object) -> Object:
    """The object with `managedFields` as a server shows them."""
    return with_managers(obj, managers_of(obj))


def _makers(obj: Object) -> Managers:
    resource = BY_KIND[obj["kind"]]
    hidden = _NOT_ASKED_FOR.get(resource.kind, frozenset())
    asked = obj
    if hidden and "spec" in obj:
        asked = {**obj, "spec": {key: value for key, value in obj["spec"].items() if key not in hidden}}
    if resource.kind == "Deployment":
        asked = _without_revision(asked)
    return updated(resource, {}, asked, {}, By(_maker(obj)), _made_at(obj))


def _maker(obj: Object) -> str:
    place = namespace_of(obj), name_of(obj)
    if place == ("default", "kubernetes"):
        return "kube-apiserver"
    if obj["kind"] == "Event":
        return str((obj.get("source") or {}).get("component") or obj.get("reportingComponent") or "unknown")
    if obj["kind"] in _MAKERS:
        return _MAKERS[obj["kind"]]
    return "kubeadm" if place[0] == "kube-system" else "unknown"


def _without_revision(obj: Object) -> Object:
    metadata = dict(obj["metadata"])
    annotations = {key: value for key, value in metadata.pop("annotations", {}).items() if key != _REVISION}
    return {**obj, "metadata": {**metadata, "annotations": annotations} if annotations else metadata}


def _made_at(obj: Object) -> str:
    return str(obj["metadata"].get("creationTimestamp") or "")


def _reporter(obj: Object) -> Manager | None:
    """Who reports the object's status, if there is anything to report."""
    name, status = _REPORTERS.get(obj["kind"]), obj.get("status")
    if name is None or not status:
        return None
    resource = BY_KIND[obj["kind"]]
    shown: dict[str, Any] = {"status": status}
    annotations = obj["metadata"].get("annotations") or {}
    if resource.kind == "Deployment" and _REVISION in annotations:
        shown["metadata"] = {"annotations": {_REVISION: annotations[_REVISION]}}
    paths = typed.compare(typed.type_of(resource.kind), {}, shown).changed - {("f:metadata",)}
    return Manager(name, "Update", resource.api_version, "status", paths, _made_at(obj)) if paths else None
