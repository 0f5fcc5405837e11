"""ReplicaSets: how many, whose, and who goes first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import deployment, events_of, pod, pods_of, resource
from tutor.engine.cluster import Cluster
from tutor.engine.objects import Object, name_of, uid_of

POD = resource("Pod")
REPLICA_SET = resource("ReplicaSet")
DEPLOYMENT = resource("Deployment")
NEVER_READY = {"readinessProbe": {"httpGet": {"path": "/never", "port": 81}}}


def replica_set(replicas: int = 2) -> Object:
    made = deployment(replicas=replicas)
    return {**made, "kind": "ReplicaSet"}


def labelled(cluster: Cluster, name: str, labels: dict[str, Any]) -> None:
    cluster.api.patch(POD, name, "default", {"metadata": {"labels": labels}}, "merge")


def scale(cluster: Cluster, replicas: int) -> None:
    cluster.api.patch(REPLICA_SET, "web", "default", {"spec": {"replicas": replicas}}, "merge")
    cluster.settle()


def test_a_relabelled_pod_is_released_and_replaced(cluster: Cluster) -> None:
    cluster.api.create(replica_set())
    cluster.settle()
    first = pods_of(cluster)[0]
    labelled(cluster, name_of(first), {"app": "other"})
    cluster.settle()
    released = cluster.api.get(POD, name_of(first), "default")
    assert "ownerReferences" not in released["metadata"]
    assert len(pods_of(cluster, labels="app=web")) == 2


def test_a_pod_that_comes_to_match_is_adopted_and_one_too_many_goes(cluster: Cluster) -> None:
    cluster.api.create(replica_set())
    cluster.api.create(pod("stray"))
    cluster.settle()
    labelled(cluster, "stray", {"app": "web"})
    cluster.settle()
    owners = [one["metadata"]["ownerReferences"][0]["name"] for one in pods_of(cluster)]
    assert owners == ["web", "web"]


def test_a_pod_with_another_controller_is_left_alone(cluster: Cluster) -> None:
    cluster.api.create(deployment("other"))
    cluster.settle()
    theirs = {uid_of(one) for one in pods_of(cluster)}
    for one in pods_of(cluster):
        labelled(cluster, name_of(one), {"web": "yes"})
    mine = replica_set()
    mine["spec"]["selector"] = {"matchLabels": {"web": "yes"}}
    mine["spec"]["template"]["metadata"] = {"labels": {"web": "yes"}}
    cluster.api.create(mine)
    cluster.settle()
    assert theirs < {uid_of(one) for one in pods_of(cluster, labels="web=yes")}
    assert len(pods_of(cluster, labels="web=yes")) == 5


def test_a_failed_pod_is_replaced(cluster: Cluster) -> None:
    cluster.api.create(replica_set(1))
    cluster.settle()
    (first,) = pods_of(cluster)
    cluster.api.update({**first, "status": {**first["status"], "phase": "Failed"}}, subresource="status")
    cluster.settle()
    assert sorted(one["status"]["phase"] for one in pods_of(cluster)) == ["Failed", "Running"]


def test_pods_that_are_not_ready_go_before_those_that_are(cluster: Cluster) -> None:
    cluster.api.create(pod("slow", labels={"app": "web"}, container=NEVER_READY))
    cluster.settle()
    cluster.advance(60)
    cluster.api.create(replica_set(3))
    cluster.settle()
    assert "slow" in [name_of(one) for one in pods_of(cluster)]
    scale(cluster, 2)
    assert "slow" not in [name_of(one) for one in pods_of(cluster)]


def test_the_younger_of_two_that_are_alike_goes(cluster: Cluster) -> None:
    cluster.api.create(replica_set(3))
    cluster.settle()
    old = {uid_of(one) for one in pods_of(cluster)}
    cluster.advance(600)
    scale(cluster, 6)
    scale(cluster, 3)
    assert {uid_of(one) for one in pods_of(cluster)} == old


@pytest.mark.parametrize("index", [0, 1])
def test_deletion_cost_decides_before_age(cluster: Cluster, index: int) -> None:
    cluster.api.create(replica_set(2))
    cluster.settle()
    cheap, dear = pods_of(cluster)[index], pods_of(cluster)[1 - index]
    cost = {"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "-5"}}}
    cluster.api.patch(POD, name_of(cheap), "default", cost, "merge")
    scale(cluster, 1)
    assert [name_of(one) for one in pods_of(cluster)] == [name_of(dear)]


@pytest.mark.parametrize("lonely", ["node-1", "node-2"])
def test_a_pod_that_shares_its_node_with_another_goes_first(cluster: Cluster, lonely: str) -> None:
    for number in range(4):
        node = lonely if number == 0 else "node-3"
        cluster.api.create(pod(f"web-{number}", labels={"app": "web"}, nodeName=node))
    cluster.settle()
    cluster.api.create(replica_set(4))
    cluster.settle()
    scale(cluster, 1)
    assert [one["spec"]["nodeName"] for one in pods_of(cluster)] == [lonely]


def test_events_name_the_pods(cluster: Cluster) -> None:
    cluster.api.create(replica_set(1))
    cluster.settle()
    (first,) = pods_of(cluster)
    scale(cluster, 0)
    assert events_of(cluster, "web") == [
        ("SuccessfulCreate", f"Created pod: {name_of(first)}"),
        ("SuccessfulDelete", f"Deleted pod: {name_of(first)}"),
    ]


def test_status_counts_what_is_there(cluster: Cluster) -> None:
    cluster.api.create(replica_set(2))
    cluster.settle()
    status = cluster.api.get(REPLICA_SET, "web", "default")["status"]
    assert status == {
        "observedGeneration": 1,
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "terminatingReplicas": 0,
    }


def test_a_terminating_pod_is_replaced_at_once(cluster: Cluster) -> None:
    cluster.api.create(replica_set(1))
    cluster.settle()
    (first,) = pods_of(cluster)
    cluster.api.delete(POD, name_of(first), "default")
    cluster.clock.run_due()
    assert len(pods_of(cluster)) == 2
