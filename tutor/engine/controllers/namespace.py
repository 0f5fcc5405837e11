"""The namespace controllers: what every namespace has, and the emptying of one that is deleted.

Source: k8s.io/kubernetes/pkg/controller/namespace, pkg/controller/serviceaccount and
pkg/controller/certificates/rootcacertpublisher.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import Key
from tutor.engine.controllers.common import Watches
from tutor.engine.core import Core
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of
from tutor.engine.resources import (
    CONFIG_MAP,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    ENDPOINTS,
    EVENT,
    NETWORK_POLICY,
    POD,
    REPLICA_SET,
    SERVICE,
    SERVICE_ACCOUNT,
)
from tutor.engine.store import Change

# Owners before what they own, so that nothing is made anew meanwhile.
_CONTENTS: Final = (
    DEPLOYMENT, REPLICA_SET, SERVICE, POD, ENDPOINT_SLICE, ENDPOINTS, NETWORK_POLICY, CONFIG_MAP, SERVICE_ACCOUNT,
    EVENT,
)  # fmt: skip
_ROOT_CA: Final = "kube-root-ca.crt"
_CERTIFICATE: Final = """-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIBADAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhzaW11bGF0
ZWQtY2x1c3Rlci1jYUAyMDI2MB4XDTI2MTEwOTA5MDAwMFoXDTM2MTEwNjA5MDAw
MFowIzEhMB8GA1UEAwwYc2ltdWxhdGVkLWNsdXN0ZXItY2FAMjAyNg==
-----END CERTIFICATE-----
"""
_DESCRIPTION: Final = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class NamespaceController:
    """Worker `namespace`, keyed by a namespace's name."""

    def __init__(self, core: Core, watches: Watches) -> None:
        self._core = core
        core.clock.register("namespace", self._sync)
        watches.on("Namespace", self._on_namespace)
        for resource in _CONTENTS:
            watches.on(resource.kind, self._on_content)

    def _on_namespace(self, change: Change) -> None:
        if change.type != "DELETED":
            self._core.clock.soon("namespace", name_of(change.object))

    def _on_content(self, change: Change) -> None:
        if change.type != "DELETED":
            return
        namespace = self._core.store.get("Namespace", "", namespace_of(change.object))
        is_fixture = (change.kind, name_of(change.object)) in {("ConfigMap", _ROOT_CA), ("ServiceAccount", "default")}
        if namespace is not None and (is_deleting(namespace) or is_fixture):
            self._core.clock.soon("namespace", name_of(namespace))

    def _sync(self, key: Key) -> None:
        namespace = self._core.store.get("Namespace", "", key[0])
        if namespace is None:
            return
        if is_deleting(namespace):
            self._empty(namespace)
        else:
            self.furnish(key[0])

    def furnish(self, namespace: str) -> None:
        """Give a namespace what every namespace has."""
        meta = {"namespace": namespace}
        account: Object = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {**meta, "name": "default"}}
        authority: Object = {
            "apiVersion": "v1",
            "data": {"ca.crt": _CERTIFICATE},
            "kind": "ConfigMap",
            "metadata": {**meta, "annotations": {"kubernetes.io/description": _DESCRIPTION}, "name": _ROOT_CA},
        }
        for wanted in (account, authority):
            if self._core.store.get(wanted["kind"], namespace, name_of(wanted)) is None:
                self._core.api.create(wanted, trusted=True)

    def _empty(self, namespace: Object) -> None:
        name = name_of(namespace)
        for resource in _CONTENTS:
            for obj in self._core.store.list(resource.kind, name):
                if not is_deleting(obj):
                    self._core.api.delete(resource, name_of(obj), name)
        if not any(self._core.store.count(resource.kind, name) for resource in _CONTENTS):
            self._core.store.remove("Namespace", "", name)
