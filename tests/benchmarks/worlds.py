"""Clusters to measure on."""

from __future__ import annotations

import posixpath

from tutor.engine import resources
from tutor.engine.cluster import Cluster
from tutor.engine.objects import Object
from tutor.shell.images import Registry

NAMESPACE = "default"
PER_DEPLOYMENT = 50
"""Pods a Deployment has in the large clusters: a size people really run."""


class Pages:
    """The files of the containers: each has those of nginx, so that a request is answered with a page."""

    def __init__(self) -> None:
        image = Registry().find("nginx:1.27")
        assert image is not None  # it is one of ours
        self._files = {path: text.encode() for path, text in image.files.items()}

    def read(self, pod_uid: str, container: str, path: str) -> bytes | None:
        """A file's contents, or None."""
        return self._files.get(path)

    def names(self, pod_uid: str, container: str, folder: str) -> list[str]:
        """What is in a folder."""
        return [name for where, name in map(posixpath.split, self._files) if where == folder]


def new_cluster() -> Cluster:
    """A cluster whose registry has the real images."""
    return Cluster(Registry(), files=Pages())


def service(name: str, app: str) -> Object:
    """A Service on port 80 that selects `app`."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": app}, "ports": [{"port": 80}]},
    }


def deployment(name: str, replicas: int) -> Object:
    """A Deployment of nginx whose Pods carry `app: name`."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "nginx", "image": "nginx:1.27"}]},
            },
        },
    }


def run_pods(cluster: Cluster, count: int, per_deployment: int = PER_DEPLOYMENT) -> None:
    """Start so many Pods, in Deployments called `app-0`, `app-1` …, and wait until they are ready."""
    for number, done in enumerate(range(0, count, per_deployment)):
        cluster.api.create(deployment(f"app-{number}", min(per_deployment, count - done)), NAMESPACE)
    cluster.settle()


def ready_pods(cluster: Cluster) -> int:
    """How many Pods of the namespace are ready."""
    pods = cluster.api.list(resources.POD, NAMESPACE)
    return sum(
        condition["status"] == "True"
        for pod in pods
        for condition in pod["status"].get("conditions", ())
        if condition["type"] == "Ready"
    )


def ready_addresses(cluster: Cluster, name: str) -> int:
    """How many ready addresses a Service has."""
    label = f"kubernetes.io/service-name={name}"
    slices = cluster.api.list(resources.ENDPOINT_SLICE, NAMESPACE, labels=label)
    return sum(bool(endpoint["conditions"].get("ready")) for each in slices for endpoint in each.get("endpoints") or ())
