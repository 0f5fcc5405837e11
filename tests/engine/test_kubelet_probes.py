"""Probes: what they decide, how long they take, and how long a settling cluster waits for them."""

from __future__ import annotations

from typing import Any

from tests.engine.conftest import events_of, make_cluster, pod, resource
from tutor.engine.cluster import Cluster

POD = resource("Pod")
AT_80 = {"tcpSocket": {"port": 80}}
AT_81 = {"tcpSocket": {"port": 81}}


class Files:
    """The files of every container."""

    def __init__(self, **files: bytes) -> None:
        self.files = {"/" + name.replace("__", "/"): contents for name, contents in files.items()}

    def read(self, pod_uid: str, container: str, path: str) -> bytes | None:
        return self.files.get(path)

    def names(self, pod_uid: str, container: str, folder: str) -> tuple[str, ...]:
        return ()


def status(cluster: Cluster) -> dict[str, Any]:
    found: dict[str, Any] = cluster.api.get(POD, "web", "default")["status"]["containerStatuses"][0]
    return found


def test_a_pod_is_ready_once_its_readiness_probe_succeeds(cluster: Cluster) -> None:
    cluster.api.create(pod(container={"readinessProbe": {**AT_80, "initialDelaySeconds": 20}}))
    cluster.advance(15)
    assert not status(cluster)["ready"]
    assert status(cluster)["started"]
    cluster.settle()
    assert status(cluster)["ready"]


def test_a_probe_that_keeps_failing_does_not_keep_the_cluster_from_settling(cluster: Cluster) -> None:
    cluster.api.create(pod(container={"readinessProbe": AT_81}))
    assert cluster.settle()
    assert not status(cluster)["ready"]
    cluster.advance(100)
    (event,) = [one for one in cluster.store.list("Event", "default") if one["reason"] == "Unhealthy"]
    assert event["message"].startswith("Readiness probe failed: dial tcp 10.244.")
    assert event["message"].endswith(":81: connect: connection refused")
    assert event["count"] > 5
    assert event["type"] == "Warning"


def test_settling_waits_for_a_probe_that_is_about_to_find_a_change() -> None:
    """Three failures in a row, ten seconds apart, make a ready container unready; one success makes it ready again."""
    files = Files(tmp__ready=b"")
    cluster = make_cluster(files=files)
    probe = {"exec": {"command": ["cat", "/tmp/ready"]}}  # a path in a simulated container
    cluster.api.create(pod(container={"readinessProbe": probe}))
    cluster.settle()
    assert status(cluster)["ready"]
    before = cluster.clock.now
    del files.files["/tmp/ready"]
    cluster.settle()
    assert not status(cluster)["ready"]
    assert 20 <= cluster.clock.now - before <= 40
    message = "Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory\n"
    assert ("Unhealthy", message) in events_of(cluster, "web")
    files.files["/tmp/ready"] = b""
    cluster.settle()
    assert status(cluster)["ready"]


def test_a_failed_liveness_probe_restarts_the_container(cluster: Cluster) -> None:
    cluster.api.create(pod(container={"livenessProbe": {**AT_81, "periodSeconds": 5, "failureThreshold": 2}}))
    cluster.advance(15)
    assert status(cluster)["restartCount"] == 1
    assert ("Killing", "Container main failed liveness probe, will be restarted") in events_of(cluster, "web")
    assert cluster.settle()
    cluster.advance(600)
    assert status(cluster)["restartCount"] > 3


def test_a_startup_probe_holds_the_others_back(cluster: Cluster) -> None:
    probes = {"startupProbe": {**AT_80, "initialDelaySeconds": 30}, "livenessProbe": AT_81, "readinessProbe": AT_80}
    cluster.api.create(pod(container=probes))
    cluster.advance(25)
    assert (status(cluster)["started"], status(cluster)["ready"]) == (False, False)
    assert not [reason for reason, _ in events_of(cluster, "web") if reason == "Unhealthy"]
    cluster.advance(12)
    assert (status(cluster)["started"], status(cluster)["ready"]) == (True, True)


def test_a_probe_may_name_its_port(cluster: Cluster) -> None:
    ports = [{"name": "http", "containerPort": 80}]
    cluster.api.create(pod(container={"ports": ports, "readinessProbe": {"httpGet": {"port": "http"}}}))
    cluster.settle()
    assert not [reason for reason, _ in events_of(cluster, "web") if "dial" in reason]
    assert "ready" in status(cluster)
