"""What the API refuses or looks up beside an object itself.

Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tutor.engine.dice import Dice
from tutor.engine.errors import forbidden, not_found
from tutor.engine.kinds.namespace import UNDELETABLE
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of
from tutor.engine.resources import Resource
from tutor.engine.store import Store

_ACCOUNT_FOLDER: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
_TOKEN_SOURCES: Final[Mapping[str, Any]] = {
    "defaultMode": 420,
    "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
        {
            "downwardAPI": {
                "items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"}]
            }
        },
    ],
}


def admit_create(obj: Object, resource: Resource, store: Store, *, trusted: bool) -> None:
    """Refuse a new object whose namespace does not exist or is going (NamespaceLifecycle).

    Args:
        obj: the object.
        resource: of which kind it is.
        store: where its namespace is looked up.
        trusted: the engine built it itself: a namespace that does not exist yet is no hindrance.

    Raises:
        ApiError: NotFound or Forbidden.
    """
    if not resource.namespaced:
        return
    name = namespace_of(obj)
    namespace = store.get("Namespace", "", name)
    if namespace is None and not trusted:
        raise not_found("namespaces", "", name)
    if namespace is not None and is_deleting(namespace):
        why = f"unable to create new content in namespace {name} because it is being terminated"
        raise forbidden(resource.plural, resource.group, name_of(obj), why)


def check_service_account(pod: Object, store: Store) -> None:
    """Refuse a Pod that names a ServiceAccount there is none of (ServiceAccount).

    `default` is taken as there: its controller makes it right after the namespace.

    Raises:
        ApiError: Forbidden.
    """
    namespace, account = namespace_of(pod), pod["spec"]["serviceAccountName"]
    if account != "default" and store.get("ServiceAccount", namespace, account) is None:
        missing = f'serviceaccount "{account}" not found'
        why = f"error looking up service account {namespace}/{account}: {missing}"
        raise forbidden("pods", "", name_of(pod), why)


def mount_token(pod: Object, dice: Dice) -> Object:
    """The Pod with the volume that gives its containers the ServiceAccount's token (ServiceAccount).

    Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
    """
    spec = pod["spec"]
    if spec.get("automountServiceAccountToken") is False:
        return pod
    mount = {"mountPath": _ACCOUNT_FOLDER, "name": "kube-api-access-" + dice.suffix(), "readOnly": True}
    spec = {**spec, "volumes": [*spec.get("volumes", ()), {"name": mount["name"], "projected": _TOKEN_SOURCES}]}
    for group in ("containers", "initContainers"):
        if group in spec:
            spec[group] = [_with_mount(container, mount) for container in spec[group]]
    return {**pod, "spec": spec}


def _with_mount(container: Mapping[str, Any], mount: Mapping[str, Any]) -> Object:
    mounts = container.get("volumeMounts", ())
    if any(other.get("mountPath") == _ACCOUNT_FOLDER for other in mounts):
        return dict(container)
    return {**container, "volumeMounts": [*mounts, mount]}


def admit_delete(obj: Object, resource: Resource) -> None:
    """Refuse to delete the namespaces a cluster needs (NamespaceLifecycle).

    Raises:
        ApiError: Forbidden.
    """
    if resource.kind == "Namespace" and name_of(obj) in UNDELETABLE:
        raise forbidden("namespaces", "", name_of(obj), "this namespace may not be deleted")
