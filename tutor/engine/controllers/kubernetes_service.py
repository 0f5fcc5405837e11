"""Keeps the `kubernetes` Service, its slice and its Endpoints: the API server's own address inside the cluster.

Source: k8s.io/kubernetes/pkg/controlplane/controller/kubernetesservice; tests/golden/kubectl/01-seed-walkthrough.yaml.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import Key
from tutor.engine.controllers.common import Watches
from tutor.engine.core import Core
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.store import Change

ADDRESS: Final = "10.254.0.1"
API_SERVER: Final = "192.0.2.10"
API_PORT: Final = 6443
INTERVAL: Final = 10.0
"""Seconds between two looks of the real reconciler."""
_KINDS: Final = ("Service", "EndpointSlice", "Endpoints")
_LABELS: Final = {"component": "apiserver", "provider": "kubernetes"}
_META: Final = {"name": "kubernetes", "namespace": "default"}


class KubernetesService:
    """Worker `kubernetes-service`, without a key."""

    def __init__(self, core: Core, watches: Watches) -> None:
        self._core = core
        core.clock.register("kubernetes-service", self._sync)
        for kind in _KINDS:
            watches.on(kind, self._on_change)

    def _on_change(self, change: Change) -> None:
        where = (namespace_of(change.object), name_of(change.object))
        if change.type == "DELETED" and where == ("default", "kubernetes"):
            self._core.clock.after(INTERVAL, "kubernetes-service")

    def _sync(self, _key: Key) -> None:
        self.ensure()

    def ensure(self) -> None:
        """Create what is missing."""
        for wanted in (_service(), _slice(), _endpoints()):
            if self._core.store.get(wanted["kind"], "default", "kubernetes") is None:
                self._core.api.create(wanted, trusted=True)


def _service() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**_META, "labels": dict(_LABELS)},
        "spec": {
            "clusterIP": ADDRESS,
            "clusterIPs": [ADDRESS],
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": API_PORT}],
            "sessionAffinity": "None",
            "type": "ClusterIP",
        },
    }


def _slice() -> Object:
    return {
        "addressType": "IPv4",
        "apiVersion": "discovery.k8s.io/v1",
        "endpoints": [{"addresses": [API_SERVER], "conditions": {"ready": True}}],
        "kind": "EndpointSlice",
        "metadata": {**_META, "labels": {"kubernetes.io/service-name": "kubernetes"}},
        "ports": [{"name": "https", "port": API_PORT, "protocol": "TCP"}],
    }


def _endpoints() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {**_META, "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}},
        "subsets": [
            {
                "addresses": [{"ip": API_SERVER}],
                "ports": [{"name": "https", "port": API_PORT, "protocol": "TCP"}],
            }
        ],
    }
