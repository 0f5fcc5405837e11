"""The scheduler: spread, constraints, and what it says when nothing fits."""

from __future__ import annotations

from collections import Counter

from tests.engine.conftest import deployment, events_of, make_cluster, pod, pods_of, resource
from tutor.engine.cluster import Cluster
from tutor.engine.objects import name_of

NODE = resource("Node")


def nodes_used(cluster: Cluster) -> Counter[str]:
    return Counter(one["spec"].get("nodeName", "") for one in pods_of(cluster))


def test_pods_of_one_owner_spread_over_the_nodes(cluster: Cluster) -> None:
    cluster.api.create(deployment(replicas=31))
    cluster.settle()
    assert sorted(nodes_used(cluster).values()) == [10, 10, 11]


def test_the_seed_decides_among_equal_nodes() -> None:
    chosen = set()
    for seed in range(12):
        cluster = make_cluster(seed)
        cluster.api.create(deployment(replicas=1))
        cluster.settle()
        chosen |= set(nodes_used(cluster))
    assert len(chosen) > 1


def test_a_node_selector_nobody_meets_keeps_a_pod_pending(cluster: Cluster) -> None:
    cluster.api.create(pod(nodeSelector={"disk": "ssd"}))
    assert cluster.settle()
    message = (
        "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. "
        "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )
    assert events_of(cluster, "web") == [("FailedScheduling", message)]
    (one,) = pods_of(cluster)
    assert one["status"]["phase"] == "Pending"
    assert one["status"]["conditions"][0]["reason"] == "Unschedulable"


def test_a_waiting_pod_is_placed_as_soon_as_a_node_fits(cluster: Cluster) -> None:
    cluster.api.create(pod(nodeSelector={"disk": "ssd"}))
    cluster.settle()
    cluster.api.patch(NODE, "node-2", "", {"metadata": {"labels": {"disk": "ssd"}}}, "merge")
    cluster.settle()
    assert nodes_used(cluster) == {"node-2": 1}
    assert pods_of(cluster)[0]["status"]["phase"] == "Running"


def test_a_cordoned_node_gets_no_pods(cluster: Cluster) -> None:
    cluster.api.patch(NODE, "node-1", "", {"spec": {"unschedulable": True}}, "merge")
    cluster.api.create(deployment(replicas=4))
    cluster.settle()
    assert nodes_used(cluster) == {"node-2": 2, "node-3": 2}


def taint(cluster: Cluster, node: str, *taints: dict[str, str]) -> None:
    cluster.api.patch(NODE, node, "", {"spec": {"taints": list(taints)}}, "merge")


def test_nothing_fits_on_cordoned_and_tainted_nodes(cluster: Cluster) -> None:
    """The message names no taint: as of v1.35."""
    cluster.api.patch(NODE, "node-1", "", {"spec": {"unschedulable": True}}, "merge")
    taint(cluster, "node-2", {"key": "dedicated", "value": "db", "effect": "NoSchedule"})
    taint(cluster, "node-3", {"key": "gone", "effect": "NoExecute"})
    cluster.api.create(pod())
    cluster.settle()
    message = (
        "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had untolerated taint(s). "
        "no new claims to deallocate, preemption: 0/3 nodes are available: "
        "3 Preemption is not helpful for scheduling."
    )
    assert events_of(cluster, "web") == [("FailedScheduling", message)]
    taint(cluster, "node-2")
    cluster.settle()
    assert nodes_used(cluster) == {"node-2": 1}


def test_a_pod_that_tolerates_goes_where_others_do_not(cluster: Cluster) -> None:
    for node in ("node-1", "node-2"):
        taint(cluster, node, {"key": "dedicated", "value": "db", "effect": "NoSchedule"})
    cluster.api.patch(NODE, "node-3", "", {"spec": {"unschedulable": True}}, "merge")
    cluster.api.create(pod("other", tolerations=[{"key": "dedicated", "value": "web"}]))
    cluster.api.create(pod("db", tolerations=[{"key": "dedicated", "value": "db", "effect": "NoSchedule"}]))
    cluster.api.create(
        pod("any", nodeSelector={"kubernetes.io/hostname": "node-3"}, tolerations=[{"operator": "Exists"}])
    )
    cluster.settle()
    placed = {name_of(one): one["spec"].get("nodeName", "") for one in pods_of(cluster)}
    assert placed["other"] == ""
    assert placed["db"] in {"node-1", "node-2"}
    assert placed["any"] == "node-3"


def test_a_node_that_is_rather_left_alone_is_the_last_choice(cluster: Cluster) -> None:
    for node in ("node-1", "node-2"):
        taint(cluster, node, {"key": "old", "effect": "PreferNoSchedule"})
    cluster.api.create(deployment(replicas=4))
    cluster.settle()
    assert nodes_used(cluster) == {"node-3": 4}
    cluster.api.patch(NODE, "node-3", "", {"spec": {"unschedulable": True}}, "merge")
    cluster.api.create(deployment("late", replicas=2))
    cluster.settle()
    assert nodes_used(cluster) == {"node-1": 1, "node-2": 1, "node-3": 4}


def test_a_node_name_is_taken_as_it_is(cluster: Cluster) -> None:
    cluster.api.create(pod(nodeName="node-3"))
    cluster.settle()
    assert pods_of(cluster)[0]["status"]["hostIP"] == "192.0.2.13"
    assert "Scheduled" not in [reason for reason, _ in events_of(cluster)]


def test_a_full_cluster_says_so_and_takes_up_when_room_is_made(cluster: Cluster) -> None:
    for node in cluster.api.list(NODE):
        room = {**node["status"]["allocatable"], "pods": "1"}
        cluster.api.patch(NODE, name_of(node), "", {"status": {"allocatable": room}}, "merge", subresource="status")
    cluster.api.create(pod("first"))
    cluster.api.create(pod("second"))
    cluster.settle()
    waiting = [one for one in pods_of(cluster) if not one["spec"].get("nodeName")]
    assert [name_of(one) for one in waiting] == ["second"]
    assert "3 Too many pods" in events_of(cluster, "second")[0][1]
    cluster.api.delete(resource("Pod"), "first", "default")
    cluster.settle()
    assert pods_of(cluster)[0]["status"]["phase"] == "Running"


def test_the_event_is_of_the_newer_kind(cluster: Cluster) -> None:
    """The scheduler writes events.k8s.io events: no count and no first or last time, but an action."""
    cluster.api.create(pod())
    cluster.settle()
    (event,) = [one for one in cluster.store.list("Event", "default") if one["reason"] == "Scheduled"]
    assert (event["action"], event["reportingComponent"]) == ("Binding", "default-scheduler")
    assert event["firstTimestamp"] is None
    assert event["eventTime"].endswith("Z")
    assert "count" not in event
