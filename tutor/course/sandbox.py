"""Free play: a lesson of a single page that asks for nothing, so that the same session and screen serve it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tutor.paths import assets_dir

if TYPE_CHECKING:
    from tutor.course.schema import Lesson

SANDBOX: Final = "sandbox"
"""The sandbox's lesson id. Nobody's progress is kept by it."""
_FILES: Final = ("nginx-deployment.yaml", "nginx-clusterip.yaml")
"""What lies in the home folder in any case."""


@dataclass(frozen=True)
class SandboxCluster:
    """A cluster to begin free play with.

    Args:
        id: what it is asked for by.
        title: what is in it, in a few words.
        about: a sentence or two.
        apply: manifests applied to the empty cluster, by their names among the assets.
        commands: what is worth typing first.
    """

    id: str
    title: str
    about: str
    apply: tuple[str, ...] = ()
    commands: tuple[str, ...] = ("kubectl get pods -o wide", "kubectl get services")

    def manifests(self) -> list[str]:
        """The YAML texts that make it."""
        return [_manifest(name) for name in self.apply]


CLUSTERS: Final = (
    SandboxCluster(
        "empty",
        "an empty cluster",
        "Three nodes and nothing on them. Your home folder holds manifests of an nginx Deployment and its Service.",
        commands=("kubectl apply -f nginx-deployment.yaml", "kubectl get pods -o wide"),
    ),
    SandboxCluster(
        "nginx",
        "three nginx Pods",
        "A Deployment of three nginx Pods, and no Service in front of them yet.",
        ("nginx-deployment.yaml",),
        ("kubectl get pods -o wide", "kubectl apply -f nginx-clusterip.yaml"),
    ),
    SandboxCluster(
        "service",
        "nginx behind a Service",
        "A Deployment of three nginx Pods, and the ClusterIP Service nginx-clusterip in front of them.",
        _FILES,
        ("kubectl get services,endpointslices", "kubectl describe service nginx-clusterip"),
    ),
    SandboxCluster(
        "shop",
        "a shop that is broken",
        "Two namespaces: the front end in front calls the Service catalog in shop, and nobody answers. Find out why.",
        ("shop.yaml",),
        (
            "kubectl get pods,services -n shop --show-labels",
            "kubectl exec -n front deploy/front -- curl -sS -m 3 catalog.shop",
        ),
    ),
)


def find_cluster(cluster_id: str) -> SandboxCluster | None:
    """The cluster of that id."""
    return next((cluster for cluster in CLUSTERS if cluster.id == cluster_id), None)


def sandbox_lesson(cluster: SandboxCluster = CLUSTERS[0]) -> Lesson:
    """The lesson that is free play.

    Args:
        cluster: what it begins with.
    """
    from tutor.course.schema import Lesson

    return Lesson.model_validate({
        "format": 1,
        "id": SANDBOX,
        "title": f"Sandbox: {cluster.title}",
        "minutes": 1,
        "cluster": {"apply": list(cluster.apply)},
        "files": {name: _manifest(name) for name in dict.fromkeys((*_FILES, *cluster.apply))},
        "steps": [{
            "id": "play",
            "kind": "read",
            "title": "Play freely",
            "body": f"{cluster.about}\n\nWhat you change, `undo` takes back, and `reset` begins anew.",
            "commands": list(cluster.commands),
        }],
    })  # fmt: skip


def _manifest(name: str) -> str:
    return (assets_dir() / "manifests" / name).read_text(encoding="utf-8")
