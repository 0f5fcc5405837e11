"""What controllers and kubelets make of cordoned and tainted nodes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import deployment, events_of, pod, pods_of, ready_addresses, resource, service
from tutor.engine.cluster import Cluster
from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, field, name_of

NODE, POD = resource("Node"), resource("Pod")
GONE = {"key": "gone", "effect": "NoExecute"}


def patch(cluster: Cluster, node: str, **spec: Any) -> None:
    cluster.api.patch(NODE, node, "", {"spec": spec}, "merge")


def taints(cluster: Cluster, node: str) -> list[Object]:
    found: list[Object] = field(cluster.api.get(NODE, node), "spec.taints", [])
    return found


def names(cluster: Cluster) -> list[str]:
    return [name_of(one) for one in pods_of(cluster)]


# Being cordoned


def test_a_cordoned_node_is_tainted_and_an_uncordoned_one_is_not(cluster: Cluster) -> None:
    mine = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}
    patch(cluster, "node-1", taints=[mine], unschedulable=True)
    now = cluster.clock.timestamp()
    cluster.clock.run_due()
    added = {"effect": "NoSchedule", "key": "node.kubernetes.io/unschedulable", "timeAdded": now}
    assert taints(cluster, "node-1") == [mine, added]
    patch(cluster, "node-1", unschedulable=None)
    cluster.clock.run_due()
    assert taints(cluster, "node-1") == [mine]
    patch(cluster, "node-1", taints=None, unschedulable=True)
    cluster.clock.run_due()
    patch(cluster, "node-1", unschedulable=None)
    cluster.clock.run_due()
    assert "taints" not in cluster.api.get(NODE, "node-1")["spec"]


def test_the_taint_comes_again_if_somebody_takes_it_off(cluster: Cluster) -> None:
    patch(cluster, "node-1", unschedulable=True)
    cluster.settle()
    patch(cluster, "node-1", taints=None)
    cluster.settle()
    assert [each["key"] for each in taints(cluster, "node-1")] == ["node.kubernetes.io/unschedulable"]


def test_a_node_in_trouble_is_tainted_until_it_is_well(cluster: Cluster) -> None:
    node = cluster.api.get(NODE, "node-1")
    ready = node["status"]["conditions"]
    for status, keys in (
        ("False", ["node.kubernetes.io/not-ready"]),
        ("Unknown", ["node.kubernetes.io/unreachable"]),
        ("True", []),
    ):
        conditions = [{**each, "status": status} if each["type"] == "Ready" else each for each in ready]
        status_patch = {"status": {"conditions": conditions}}
        cluster.api.patch(NODE, "node-1", "", status_patch, "merge", subresource="status")
        cluster.clock.run_due()
        assert [each["key"] for each in taints(cluster, "node-1")] == keys


def test_the_kubelet_says_that_its_node_is_cordoned(cluster: Cluster) -> None:
    patch(cluster, "node-1", unschedulable=True)
    cluster.advance(11)
    state = cluster.snapshot()
    said = ("NodeNotSchedulable", "Node node-1 status is now: NodeNotSchedulable")
    back = ("NodeSchedulable", "Node node-1 status is now: NodeSchedulable")
    assert events_of(cluster, "node-1") == [said]
    patch(cluster, "node-1", unschedulable=None)
    cluster.advance(11)
    assert events_of(cluster, "node-1") == [said, back]
    cluster.restore(state)
    cluster.advance(30)
    assert events_of(cluster, "node-1") == [said]
    patch(cluster, "node-1", unschedulable=None)
    patch(cluster, "node-1", unschedulable=True)
    cluster.advance(30)
    assert events_of(cluster, "node-1") == [said]


# NoExecute


def test_running_pods_go_and_come_again_elsewhere(cluster: Cluster) -> None:
    cluster.api.create(deployment(replicas=3))
    cluster.api.create(service())
    cluster.settle()
    (lost,) = [one for one in pods_of(cluster) if one["spec"]["nodeName"] == "node-1"]
    patch(cluster, "node-1", taints=[GONE])
    cluster.clock.run_due()
    going = cluster.api.get(POD, name_of(lost), "default")
    (told,) = [each for each in going["status"]["conditions"] if each["type"] == "DisruptionTarget"]
    assert going["metadata"]["deletionTimestamp"]
    assert (told["reason"], told["message"]) == (
        "DeletionByTaintManager",
        "Taint manager: deleting due to NoExecute taint",
    )
    said = ("TaintManagerEviction", f"Marking for deletion Pod default/{name_of(lost)}")
    assert said in events_of(cluster, name_of(lost))
    assert cluster.settle()
    placed = [one["spec"]["nodeName"] for one in pods_of(cluster)]
    assert (len(placed), "node-1" in placed) == (3, False)
    assert ready_addresses(cluster, "web") == {one["status"]["podIP"] for one in pods_of(cluster)}


def test_pods_that_come_later_go_too(cluster: Cluster) -> None:
    patch(cluster, "node-1", taints=[GONE])
    cluster.api.create(pod(nodeName="node-1"))
    cluster.settle()
    assert names(cluster) == []


def test_a_tolerating_pod_stays_as_long_as_it_says(cluster: Cluster) -> None:
    for name, seconds in (("ever", None), ("while", 60), ("never", 0)):
        toleration = {
            "key": "gone",
            "operator": "Exists",
            **({} if seconds is None else {"tolerationSeconds": seconds}),
        }
        if seconds is not None:
            toleration["effect"] = "NoExecute"
        cluster.api.create(pod(name, nodeName="node-1", tolerations=[toleration]))
    cluster.settle()
    patch(cluster, "node-1", taints=[GONE])
    cluster.advance(50)
    assert names(cluster) == ["ever", "while"]
    cluster.advance(20)
    assert names(cluster) == ["ever"]


def test_an_eviction_is_called_off_with_the_taint(cluster: Cluster) -> None:
    toleration = {"key": "gone", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}
    cluster.api.create(pod(nodeName="node-1", tolerations=[toleration]))
    cluster.settle()
    patch(cluster, "node-1", taints=[GONE])
    cluster.advance(30)
    state = cluster.snapshot()
    patch(cluster, "node-1", taints=None)
    cluster.advance(60)
    said = ("TaintManagerEviction", "Cancelling deletion of Pod default/web")
    assert names(cluster) == ["web"]
    assert said in events_of(cluster, "web")
    cluster.restore(state)
    cluster.advance(40)
    assert names(cluster) == []
    assert said not in events_of(cluster, "web")


def test_a_pod_may_learn_to_tolerate_in_time(cluster: Cluster) -> None:
    toleration = {"key": "gone", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}
    cluster.api.create(pod(nodeName="node-1", tolerations=[toleration]))
    cluster.settle()
    patch(cluster, "node-1", taints=[GONE])
    cluster.advance(30)
    both = [{"key": "gone", "operator": "Exists"}, *cluster.api.get(POD, "web", "default")["spec"]["tolerations"]]
    cluster.api.patch(POD, "web", "default", {"spec": {"tolerations": both}}, "merge")
    cluster.advance(60)
    assert names(cluster) == ["web"]


def test_other_effects_leave_running_pods_alone(cluster: Cluster) -> None:
    cluster.api.create(pod(nodeName="node-1"))
    cluster.settle()
    patch(cluster, "node-1", taints=[{"key": "a", "effect": "NoSchedule"}, {"key": "b", "effect": "PreferNoSchedule"}])
    cluster.settle()
    assert names(cluster) == ["web"]


# Evictions, and what taints may be


def test_an_evicted_pod_says_why_it_goes(cluster: Cluster) -> None:
    cluster.api.create(pod())
    cluster.settle()
    cluster.api.evict("web", "default", dry_run=True)
    assert "deletionTimestamp" not in pods_of(cluster)[0]["metadata"]
    cluster.api.evict("web", "default")
    (one,) = pods_of(cluster)
    told = [(each["reason"], each["message"]) for each in one["status"]["conditions"] if "reason" in each]
    assert told == [("EvictionByEvictionAPI", "Eviction API: evicting")]
    cluster.settle()
    assert names(cluster) == []
    with pytest.raises(ApiError, match='pods "web" not found'):
        cluster.api.evict("web", "default")


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ([{"key": "a"}], ["spec.taints[0].effect: Required value"]),
        (
            [{"key": "a", "effect": "Nope"}],
            [
                'spec.taints[0].effect: Unsupported value: "Nope": supported values: "NoSchedule", '
                '"PreferNoSchedule", "NoExecute"'
            ],
        ),
        (
            [GONE, {"value": "x", **GONE}],
            [
                'spec.taints[1]: Duplicate value: {"Key":"gone","Value":"x","Effect":"NoExecute","TimeAdded":null}: '
                "taints must be unique by key and effect pair"
            ],
        ),
        ([{"key": "", "effect": "NoExecute"}], ["spec.taints[0].key: Invalid value"]),
        ([{"key": "a", "value": "b c", "effect": "NoExecute"}], ["spec.taints[0].value: Invalid value"]),
    ],
)
def test_taints_that_may_not_be(cluster: Cluster, given: list[Object], messages: list[str]) -> None:
    with pytest.raises(ApiError) as refused:
        patch(cluster, "node-1", taints=given)
    causes = [str(cause) for cause in refused.value.status.causes]
    assert all(any(cause.startswith(message) for cause in causes) for message in messages), causes
