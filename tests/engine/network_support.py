"""The cluster of the recordings in tests/golden/network: its Services, its two nginx Pods and a Pod to ask from."""

from __future__ import annotations

import posixpath
from typing import Any

from tests.engine.conftest import IMAGES, Registry
from tutor.engine.cluster import Cluster
from tutor.engine.images import Image
from tutor.engine.network.trace import Client
from tutor.engine.objects import Object

NGINX = Image(
    "nginx",
    "1.22.1",
    "http",
    ("nginx", "-g", "daemon off;"),
    (80,),
    root="/usr/share/nginx/html",
    server="nginx/1.22.1",
)
REDIS = Image("redis", "7", "tcp", ("redis-server",), (6379,))
AGNHOST = Image(
    "registry.k8s.io/e2e-test-images/agnhost",
    "2.40",
    "sleep",
    ("/agnhost", "pause"),
    modes={"pause": (), "netexec": (8080,), "serve-hostname": (9376,)},
)
PAGE = ("<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n".ljust(614, "x") + "\n").encode()
"""As long as nginx's own page, and beginning like it."""


class PageFiles:
    """Files of containers: each has nginx's page until a test writes another."""

    def __init__(self) -> None:
        self.written: dict[tuple[str, str, str], bytes | None] = {}

    def read(self, pod_uid: str, container: str, path: str) -> bytes | None:
        written = self.written.get((pod_uid, container, path))
        if written is not None:
            return written
        return PAGE if path == "/usr/share/nginx/html/index.html" else None

    def names(self, pod_uid: str, container: str, folder: str) -> list[str]:
        here = (posixpath.split(path) for uid, name, path in self.written if (uid, name) == (pod_uid, container))
        return [name for where, name in here if where == folder]


def put_pod(
    cluster: Cluster,
    name: str,
    ip: str,
    image: str = "nginx:1.22.1",
    namespace: str = "default",
    labels: dict[str, str] | None = None,
    node: str = "node-1",
    container: dict[str, Any] | None = None,
    phase: str = "Running",
    **spec: Any,
) -> Object:
    """A Pod that runs already, at an address of the test's choice."""
    return cluster.store.put(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "uid": f"uid-{name}", "labels": labels or {"app": name}},
            "spec": {"nodeName": node, "containers": [{"name": "main", "image": image, **(container or {})}], **spec},
            "status": {
                "phase": phase,
                "podIP": ip,
                "containerStatuses": [{"name": "main", "restartCount": 0, "state": {"running": {}}}],
            },
        }
    )


def put_service(cluster: Cluster, name: str, ip: str, namespace: str = "default", **spec: Any) -> Object:
    """A Service at an address of the test's choice, with one port 80 called http unless told otherwise."""
    spec.setdefault("ports", [{"name": "http", "port": 80, "protocol": "TCP"}])
    return cluster.store.put(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "namespace": namespace, "uid": f"uid-service-{name}"},
            "spec": {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], **spec},
        }
    )


def put_slice(
    cluster: Cluster,
    service: str,
    *addresses: str,
    namespace: str = "default",
    port: int = 80,
    port_name: str = "http",
    suffix: str = "abcde",
    conditions: dict[str, bool] | None = None,
) -> Object:
    """An EndpointSlice with these addresses, ready unless told otherwise."""
    return cluster.store.put(
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": f"{service}-{suffix}",
                "namespace": namespace,
                "labels": {"kubernetes.io/service-name": service},
            },
            "addressType": "IPv4",
            "endpoints": [{"addresses": [one], "conditions": conditions or {"ready": True}} for one in addresses],
            "ports": [{"name": port_name, "port": port, "protocol": "TCP"}],
        }
    )


def recorded_cluster(seed: int = 1) -> Cluster:
    """The cluster the recordings were made in. Let no time pass in it: nobody has told its controllers of its Pods."""
    cluster = Cluster(Registry((*IMAGES, NGINX, REDIS, AGNHOST)), seed, PageFiles())
    cluster.store.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    put_pod(cluster, "nginx-1", "10.244.1.11", labels={"app": "nginx"})
    put_pod(cluster, "nginx-2", "10.244.2.12", labels={"app": "nginx"}, node="node-2")
    put_pod(cluster, "asker", "10.244.3.7", "ubuntu", node="node-3")
    put_service(cluster, "nginx-clusterip", "10.254.201.125")
    put_slice(cluster, "nginx-clusterip", "10.244.1.11", "10.244.2.12")
    put_service(cluster, "wrongport", "10.254.33.33")
    put_slice(cluster, "wrongport", "10.244.1.11", "10.244.2.12", port=8080)
    put_service(cluster, "empty", "10.254.44.44")
    put_slice(cluster, "empty")
    put_service(cluster, "headless", "None")
    put_slice(cluster, "headless", "10.244.1.11", "10.244.2.12")
    put_service(cluster, "cart", "10.254.9.9", namespace="shop")
    put_slice(cluster, "cart", "10.244.1.11", namespace="shop")
    cluster.store.put(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "external", "namespace": "default", "uid": "uid-service-external"},
            "spec": {"type": "ExternalName", "externalName": "db.example.com"},
        }
    )
    return cluster


def asker(cluster: Cluster, name: str = "asker", namespace: str = "default") -> Client:
    """The client a Pod is; the Pod the recordings were made from unless named."""
    pod = cluster.store.get("Pod", namespace, name)
    assert pod is not None
    return cluster.network.clients.of(pod)
