"""Fixtures of the engine's tests: a registry with a handful of images, and clusters that pull from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tutor.engine.cluster import Cluster
from tutor.engine.images import Image
from tutor.engine.objects import Object
from tutor.engine.resources import BY_KIND, Resource
from tutor.engine.store import Change

_NGINX = ("nginx", "-g", "daemon off;")
IMAGES = (
    Image(
        "nginx", "1.14.2", "http", _NGINX, (80,), size=44_710_204, root="/usr/share/nginx/html", server="nginx/1.14.2"
    ),
    Image("nginx", "1.27", "http", _NGINX, (80,), size=72_188_133, root="/usr/share/nginx/html", server="nginx/1.27.5"),
    Image("nginx", "1.28", "http", _NGINX, (80,), size=72_324_501, root="/usr/share/nginx/html", server="nginx/1.28.0"),
    Image("busybox", "latest", "shell", ("sh",), size=2_210_000),
    Image("ubuntu", "latest", "shell", ("/bin/bash",), size=29_700_000),
    Image("curlimages/curl", "latest", "exit", ("/entrypoint.sh", "curl", "--help"), user=100, size=9_700_000),
    Image("registry.k8s.io/coredns/coredns", "v1.12.4", "dns", ("/coredns",), (53, 9153), size=22_384_805),
)


class Registry:
    """An image catalogue over `IMAGES`; a tag nobody has is taken for `latest` where that exists."""

    def __init__(self, images: Sequence[Image] = IMAGES) -> None:
        self._images = {(image.name, image.tag): image for image in images}

    def find(self, reference: str) -> Image | None:
        name = reference.removeprefix("docker.io/").removeprefix("library/")
        repository, _, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "latest")
        return self._images.get((repository, tag))


def make_cluster(seed: int = 1, **options: Any) -> Cluster:
    """A fresh cluster over the test registry."""
    return Cluster(Registry(), seed, **options)


@pytest.fixture
def cluster() -> Cluster:
    """A cluster as a learner meets it."""
    return make_cluster()


def deployment(name: str = "web", replicas: int = 3, image: str = "nginx:1.27", **spec: Any) -> Object:
    """A Deployment of one container labelled `app=NAME`; `spec` fields are added to its own."""
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": image, "ports": [{"containerPort": 80}]}]},
            },
            **spec,
        },
    }


def service(name: str = "web", selector: Mapping[str, str] | None = None, **spec: Any) -> Object:
    """A ClusterIP Service for port 80; it selects `app=NAME` unless told otherwise."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": dict(selector or {"app": name}), "ports": [{"port": 80}], **spec},
    }


def pod(
    name: str = "web",
    image: str = "nginx:1.27",
    labels: Mapping[str, str] | None = None,
    container: Mapping[str, Any] | None = None,
    **spec: Any,
) -> Object:
    """A Pod of one container called `main`."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": dict(labels or {"app": name})},
        "spec": {"containers": [{"name": "main", "image": image, **(container or {})}], **spec},
    }


def resource(kind: str) -> Resource:
    """The resource of a kind."""
    return BY_KIND[kind]


def pods_of(cluster: Cluster, namespace: str = "default", labels: str = "") -> list[Object]:
    """The Pods of a namespace, ordered by name."""
    return cluster.api.list(BY_KIND["Pod"], namespace, labels=labels)


def slices_of(cluster: Cluster, name: str, namespace: str = "default") -> list[Object]:
    """The slices of a Service, ordered by name."""
    return cluster.store.select("EndpointSlice", namespace, {"kubernetes.io/service-name": name})


def ready_addresses(cluster: Cluster, name: str, namespace: str = "default") -> set[str]:
    """The ready addresses in a Service's slices."""
    return {
        address
        for one in slices_of(cluster, name, namespace)
        for endpoint in one["endpoints"] or ()
        if endpoint["conditions"]["ready"]
        for address in endpoint["addresses"]
    }


def events_of(cluster: Cluster, name: str = "", namespace: str = "default") -> list[tuple[str, str]]:
    """Reason and message of each event (about one object, if named), in the order in which they were made."""
    events = cluster.store.list("Event", namespace)
    events.sort(key=lambda event: event["metadata"]["name"].rpartition(".")[2])
    about = [event for event in events if not name or event["involvedObject"]["name"] == name]
    return [(event["reason"], event["message"]) for event in about]


def record(cluster: Cluster, kind: str, seen: Callable[[Object], object]) -> list[object]:
    """A list that fills with what `seen` finds in every version of objects of a kind, without immediate repeats."""
    found: list[object] = []

    def listen(change: Change) -> None:
        if change.kind == kind and (value := seen(change.object)) not in found[-1:]:
            found.append(value)

    cluster.store.subscribe(listen)
    return found
