"""Deployments: ReplicaSets by template, rolling updates within their bounds, revisions, pauses, conditions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import deployment, events_of, pods_of, record, resource
from tutor.engine.cluster import Cluster
from tutor.engine.controllers.rollout import template_hash
from tutor.engine.objects import Object, annotations_of, labels_of, name_of, uid_of

DEPLOYMENT = resource("Deployment")
REVISION = "deployment.kubernetes.io/revision"


def stored(cluster: Cluster, name: str = "web") -> Object:
    return cluster.api.get(DEPLOYMENT, name, "default")


def replica_sets(cluster: Cluster) -> dict[str, int]:
    """Revision to size."""
    return {
        annotations_of(one)[REVISION]: one["spec"]["replicas"] for one in cluster.store.list("ReplicaSet", "default")
    }


def patch(cluster: Cluster, **spec: Any) -> None:
    cluster.api.patch(DEPLOYMENT, "web", "default", {"spec": spec}, "strategic")


def set_image(cluster: Cluster, image: str) -> None:
    patch(cluster, template={"spec": {"containers": [{"name": "main", "image": image}]}})


def conditions(cluster: Cluster) -> dict[str, tuple[str, str]]:
    return {one["type"]: (one["status"], one["reason"]) for one in stored(cluster)["status"]["conditions"]}


@pytest.fixture
def web(cluster: Cluster) -> Cluster:
    """A cluster with a Deployment `web` of four, rolled out."""
    cluster.api.create(deployment(replicas=4))
    assert cluster.settle()
    return cluster


def test_a_replica_set_is_named_and_labelled_by_the_hash_of_the_template(web: Cluster) -> None:
    (one,) = web.store.list("ReplicaSet", "default")
    digest = template_hash(stored(web)["spec"]["template"], 0)
    assert name_of(one) == f"web-{digest}"
    assert labels_of(one) == {"app": "web", "pod-template-hash": digest}
    assert one["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": digest}
    assert one["metadata"]["ownerReferences"][0]["uid"] == uid_of(stored(web))
    assert annotations_of(one) == {
        "deployment.kubernetes.io/desired-replicas": "4",
        "deployment.kubernetes.io/max-replicas": "5",
        REVISION: "1",
    }
    assert annotations_of(stored(web))[REVISION] == "1"
    assert all(name_of(pod).startswith(f"web-{digest}-") for pod in pods_of(web))


def test_status_and_events_of_a_finished_rollout(web: Cluster) -> None:
    status = stored(web)["status"]
    counts = {key: value for key, value in status.items() if key != "conditions"}
    assert counts == {
        "observedGeneration": 1,
        "replicas": 4,
        "updatedReplicas": 4,
        "readyReplicas": 4,
        "availableReplicas": 4,
        "terminatingReplicas": 0,
    }
    (one,) = web.store.list("ReplicaSet", "default")
    said = [(each["type"], each["message"]) for each in status["conditions"]]
    assert said == [
        ("Available", "Deployment has minimum availability."),
        ("Progressing", f'ReplicaSet "{name_of(one)}" has successfully progressed.'),
    ]
    assert events_of(web, "web") == [("ScalingReplicaSet", f"Scaled up replica set {name_of(one)} from 0 to 4")]


def test_a_rolling_update_stays_within_surge_and_unavailability(web: Cluster) -> None:
    """Four replicas with 25 % each way: never more than five Pods asked for, never fewer than three available."""
    most, least = 0, 99

    def watch(_change: object) -> None:
        nonlocal most, least
        sets = web.store.list("ReplicaSet", "default")
        most = max(most, sum(one["spec"]["replicas"] for one in sets))
        least = min(least, sum((one.get("status") or {}).get("availableReplicas", 0) for one in sets))

    web.store.subscribe(watch)
    set_image(web, "nginx:1.28")
    assert web.settle()
    assert (most, least) == (5, 3)
    assert replica_sets(web) == {"1": 0, "2": 4}
    assert {pod["spec"]["containers"][0]["image"] for pod in pods_of(web)} == {"nginx:1.28"}


def test_an_update_to_an_image_nobody_has_stops_and_says_so_at_the_deadline(web: Cluster) -> None:
    set_image(web, "nginx:none")
    assert web.settle()
    assert replica_sets(web) == {"1": 3, "2": 2}
    assert conditions(web) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("True", "ReplicaSetUpdated"),
    }
    web.advance(610)
    assert conditions(web)["Progressing"] == ("False", "ProgressDeadlineExceeded")


def test_going_back_to_an_old_template_reuses_its_replica_set_as_the_newest_revision(web: Cluster) -> None:
    before = {uid_of(one) for one in web.store.list("ReplicaSet", "default")}
    set_image(web, "nginx:1.28")
    web.settle()
    set_image(web, "nginx:1.27")
    web.settle()
    assert replica_sets(web) == {"2": 0, "3": 4}
    assert before < {uid_of(one) for one in web.store.list("ReplicaSet", "default")}
    assert annotations_of(stored(web))[REVISION] == "3"


def test_a_restart_annotation_replaces_every_pod(web: Cluster) -> None:
    before = {uid_of(pod) for pod in pods_of(web)}
    annotation = {"kubectl.kubernetes.io/restartedAt": "2026-11-23T09:00:00Z"}
    patch(web, template={"metadata": {"annotations": annotation}})
    web.settle()
    assert not before & {uid_of(pod) for pod in pods_of(web)}
    assert replica_sets(web) == {"1": 0, "2": 4}


def test_a_paused_deployment_scales_but_does_not_roll(web: Cluster) -> None:
    patch(web, paused=True)
    set_image(web, "nginx:1.28")
    patch(web, replicas=2)
    web.settle()
    assert replica_sets(web) == {"1": 2}
    assert conditions(web)["Progressing"] == ("Unknown", "DeploymentPaused")
    patch(web, paused=False)
    web.settle()
    assert replica_sets(web) == {"1": 0, "2": 2}


def test_recreate_lets_the_old_go_before_the_new_come(cluster: Cluster) -> None:
    cluster.api.create(deployment(strategy={"type": "Recreate"}))
    cluster.settle()
    mixed = []
    cluster.store.subscribe(lambda _: mixed.append({pod["spec"]["containers"][0]["image"] for pod in pods_of(cluster)}))
    set_image(cluster, "nginx:1.28")
    cluster.settle()
    assert {"nginx:1.27", "nginx:1.28"} not in mixed
    assert replica_sets(cluster) == {"1": 0, "2": 3}


def test_only_the_history_asked_for_is_kept(cluster: Cluster) -> None:
    cluster.api.create(deployment(replicas=1, revisionHistoryLimit=1))
    cluster.settle()
    for image in ("nginx:1.28", "nginx:1.14.2"):
        set_image(cluster, image)
        cluster.settle()
    assert replica_sets(cluster) == {"2": 0, "3": 1}


def test_deleting_a_deployment_takes_everything_it_made(web: Cluster) -> None:
    web.api.delete(DEPLOYMENT, "web", "default")
    web.settle()
    assert not web.store.list("ReplicaSet", "default")
    assert not pods_of(web)


def test_an_orphaned_replica_set_is_adopted_by_a_deployment_like_the_first(web: Cluster) -> None:
    before = {uid_of(pod) for pod in pods_of(web)}
    web.api.delete(DEPLOYMENT, "web", "default", propagation="Orphan")
    web.settle()
    assert {uid_of(pod) for pod in pods_of(web)} == before
    web.api.create(deployment(replicas=4))
    web.settle()
    assert {uid_of(pod) for pod in pods_of(web)} == before
    assert [one["metadata"]["ownerReferences"][0]["uid"] for one in web.store.list("ReplicaSet", "default")] == [
        uid_of(stored(web))
    ]


def test_scaling_during_a_stuck_rollout_is_shared_out(web: Cluster) -> None:
    """Old and new ReplicaSet grow in proportion (3 and 2 of 5 become 6 and 4 of 10)."""
    set_image(web, "nginx:none")
    web.settle()
    sizes = record(web, "ReplicaSet", lambda one: (annotations_of(one)[REVISION], one["spec"]["replicas"]))
    patch(web, replicas=8)
    web.settle()
    assert sizes[:2] == [("1", 6), ("2", 4)]


def test_available_waits_for_min_ready_seconds(cluster: Cluster) -> None:
    cluster.api.create(deployment(replicas=1, minReadySeconds=20))
    cluster.advance(10)
    assert stored(cluster)["status"]["readyReplicas"] == 1
    assert "availableReplicas" not in stored(cluster)["status"]
    cluster.settle()
    assert stored(cluster)["status"]["availableReplicas"] == 1
