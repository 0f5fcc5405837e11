"""The cluster as a whole: snapshots, replays, settling, namespaces, garbage and the recorder of events."""

from __future__ import annotations

import pytest

from tests.engine.conftest import deployment, events_of, make_cluster, pod, pods_of, ready_addresses, resource, service
from tests.engine.test_controllers_properties import fingerprint
from tutor.engine.cluster import Cluster
from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, name_of

NAMESPACE, POD, SERVICE = resource("Namespace"), resource("Pod"), resource("Service")


def namespace(name: str = "shop") -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def test_time_moves_only_when_told(cluster: Cluster) -> None:
    cluster.api.create(deployment())
    assert not pods_of(cluster)
    cluster.clock.run_due()
    assert [one["status"]["phase"] for one in pods_of(cluster)] == ["Pending"] * 3
    cluster.advance(1)
    assert not ready_addresses(cluster, "web")


def test_a_snapshot_taken_half_way_through_a_rollout_goes_on_the_same_way(cluster: Cluster) -> None:
    cluster.api.create(deployment())
    cluster.api.create(service())
    cluster.advance(1)
    state = cluster.snapshot()
    cluster.settle()
    first = fingerprint(cluster)
    cluster.api.delete(resource("Deployment"), "web", "default")
    cluster.settle()
    cluster.restore(state)
    cluster.settle()
    assert fingerprint(cluster) == first


def test_undo_brings_back_a_deleted_service_with_its_address(cluster: Cluster) -> None:
    cluster.api.create(service())
    cluster.api.create(pod())
    cluster.settle()
    before = cluster.api.get(SERVICE, "web", "default")["spec"]["clusterIP"], ready_addresses(cluster, "web")
    state = cluster.snapshot()
    cluster.api.delete(SERVICE, "web", "default")
    cluster.api.create(service())
    cluster.settle()
    cluster.restore(state)
    after = cluster.api.get(SERVICE, "web", "default")["spec"]["clusterIP"], ready_addresses(cluster, "web")
    assert after == before
    cluster.api.create(pod("another", labels={"app": "web"}))
    cluster.settle()
    assert len(ready_addresses(cluster, "web")) == 2


def test_a_seed_decides_names_and_addresses() -> None:
    made = []
    for seed in (7, 7, 8):
        cluster = make_cluster(seed)
        cluster.api.create(deployment())
        cluster.api.create(service())
        cluster.settle()
        made.append(fingerprint(cluster))
    assert made[0] == made[1] != made[2]


def test_the_next_addresses_can_be_told() -> None:
    cluster = make_cluster(next_cluster_ips=("10.254.201.125",))
    assert cluster.api.create(service())["spec"]["clusterIP"] == "10.254.201.125"


def test_settling_ends_whatever_goes_on_in_the_background(cluster: Cluster) -> None:
    cluster.api.create(pod("crash", image="busybox", container={"command": ["false"]}))
    cluster.api.create(pod("missing", image="nobody/nothing:1"))
    cluster.api.create(pod("unready", container={"readinessProbe": {"tcpSocket": {"port": 81}}}))
    cluster.api.create(pod("sick", container={"livenessProbe": {"tcpSocket": {"port": 81}}}))
    cluster.api.create(
        pod("tick", image="busybox", container={"command": ["sh", "-c", "while sleep 1; do echo x; done"]})
    )
    before = cluster.clock.now
    assert cluster.settle()
    assert cluster.clock.now - before < 120
    now = cluster.clock.now
    assert cluster.settle()
    assert cluster.clock.now == now


def test_a_namespace_is_emptied_before_it_goes(cluster: Cluster) -> None:
    cluster.api.create(namespace())
    cluster.api.create(deployment(), "shop")
    cluster.api.create(service(), "shop")
    cluster.settle()
    cluster.api.delete(NAMESPACE, "shop")
    cluster.clock.run_due()
    assert cluster.api.get(NAMESPACE, "shop")["status"]["phase"] == "Terminating"
    assert cluster.settle()
    for kind in ("Namespace", "Deployment", "Pod", "Service", "EndpointSlice", "Endpoints", "ConfigMap", "Event"):
        assert not [
            one for one in cluster.store.list(kind) if "shop" in (one["metadata"].get("namespace"), name_of(one))
        ]
    cluster.api.create(namespace())
    cluster.settle()
    assert cluster.store.get("ServiceAccount", "shop", "default")


def test_what_a_namespace_must_have_is_made_again(cluster: Cluster) -> None:
    cluster.api.delete(resource("ServiceAccount"), "default", "default")
    cluster.api.delete(resource("ConfigMap"), "kube-root-ca.crt", "default")
    cluster.settle()
    assert cluster.store.get("ServiceAccount", "default", "default")
    assert cluster.store.get("ConfigMap", "default", "kube-root-ca.crt")


def test_an_object_of_an_owner_that_never_was_is_collected(cluster: Cluster) -> None:
    manifest = pod()
    manifest["metadata"]["ownerReferences"] = [
        {"apiVersion": "v1", "kind": "Service", "name": "nobody", "uid": "00000000-0000-4000-8000-000000000000"}
    ]
    cluster.api.create(manifest)
    cluster.settle()
    with pytest.raises(ApiError):
        cluster.api.get(POD, "web", "default")


def test_an_object_outlives_one_of_two_owners(cluster: Cluster) -> None:
    owners = [cluster.api.create(service(name)) for name in ("first", "second")]
    manifest = pod()
    manifest["metadata"]["ownerReferences"] = [
        {"apiVersion": "v1", "kind": "Service", "name": name_of(one), "uid": one["metadata"]["uid"]} for one in owners
    ]
    cluster.api.create(manifest)
    cluster.settle()
    cluster.api.delete(SERVICE, "first", "default")
    cluster.settle()
    assert [one["name"] for one in pods_of(cluster)[0]["metadata"]["ownerReferences"]] == ["second"]
    cluster.api.delete(SERVICE, "second", "default")
    cluster.settle()
    assert not pods_of(cluster)


def test_a_repeated_event_is_counted(cluster: Cluster) -> None:
    cluster.api.create(pod(image="nobody/nothing:1"))
    cluster.settle()
    cluster.advance(100)
    (event,) = [one for one in cluster.store.list("Event", "default") if one["reason"] == "Pulling"]
    assert event["count"] > 2
    assert event["lastTimestamp"] > event["firstTimestamp"]


def test_events_are_kept_for_an_hour_after_they_were_last_seen(cluster: Cluster) -> None:
    cluster.api.create(pod())
    cluster.settle()
    cluster.advance(3500)
    assert events_of(cluster, "web")
    cluster.advance(200)
    assert not events_of(cluster, "web")
    cluster.api.delete(POD, "web", "default")
    cluster.settle()
    assert events_of(cluster, "web") == [("Killing", "Stopping container main")]
    cluster.advance(4000)
    assert not events_of(cluster, "web")


def test_an_event_still_being_repeated_is_kept(cluster: Cluster) -> None:
    cluster.api.create(pod(image="nobody/nothing:1"))
    cluster.settle()
    cluster.advance(5000)
    assert "BackOff" in [reason for reason, _ in events_of(cluster, "web")]
    assert "Scheduled" not in [reason for reason, _ in events_of(cluster, "web")]
