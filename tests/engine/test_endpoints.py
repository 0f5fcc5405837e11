"""EndpointSlices and Endpoints: which Pods are behind a Service, as the recordings in tests/golden/kubectl show it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import deployment, pod, pods_of, ready_addresses, resource, service, slices_of
from tutor.engine.cluster import Cluster
from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, annotations_of, labels_of, name_of, uid_of

SERVICE, POD, ENDPOINTS = resource("Service"), resource("Pod"), resource("Endpoints")
SLICE = resource("EndpointSlice")
TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"
NEVER_READY = {"readinessProbe": {"httpGet": {"path": "/never", "port": 81}}}


def endpoints(cluster: Cluster, name: str = "web") -> Object:
    return cluster.api.get(ENDPOINTS, name, "default")


def only_slice(cluster: Cluster, name: str = "web") -> Object:
    (one,) = slices_of(cluster, name)
    return one


def addresses(cluster: Cluster, name: str = "web") -> dict[str, tuple[bool, bool, bool]]:
    """Address to ready, serving, terminating."""
    found = {}
    for one in slices_of(cluster, name):
        for endpoint in one["endpoints"] or ():
            conditions = endpoint["conditions"]
            found[endpoint["addresses"][0]] = (conditions["ready"], conditions["serving"], conditions["terminating"])
    return found


def ports(cluster: Cluster, name: str = "web") -> list[list[tuple[str, int]]]:
    return [[(port["name"], port["port"]) for port in one["ports"] or ()] for one in slices_of(cluster, name)]


@pytest.fixture
def web(cluster: Cluster) -> Cluster:
    """A Deployment of three and its Service, settled."""
    cluster.api.create(deployment())
    cluster.settle()
    cluster.advance(5)
    cluster.api.create(service(ports=[{"name": "http", "port": 80, "protocol": "TCP"}]))
    assert cluster.settle()
    return cluster


def test_the_slice_of_a_service(web: Cluster) -> None:
    one, owner = only_slice(web), web.api.get(SERVICE, "web", "default")
    assert name_of(one).startswith("web-")
    assert one["metadata"]["generateName"] == "web-"
    assert one["metadata"]["generation"] == 1
    assert labels_of(one) == {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
    assert annotations_of(one) == {TRIGGER: owner["metadata"]["creationTimestamp"]}
    assert one["metadata"]["ownerReferences"] == [
        {
            "apiVersion": "v1",
            "blockOwnerDeletion": True,
            "controller": True,
            "kind": "Service",
            "name": "web",
            "uid": uid_of(owner),
        }
    ]
    assert (one["addressType"], one["ports"]) == ("IPv4", [{"name": "http", "port": 80, "protocol": "TCP"}])
    first = pods_of(web)[0]
    assert one["endpoints"][0] == {
        "addresses": [first["status"]["podIP"]],
        "conditions": {"ready": True, "serving": True, "terminating": False},
        "nodeName": first["spec"]["nodeName"],
        "targetRef": {"kind": "Pod", "name": name_of(first), "namespace": "default", "uid": uid_of(first)},
    }


def test_the_endpoints_of_a_service(web: Cluster) -> None:
    one, owner = endpoints(web), web.api.get(SERVICE, "web", "default")
    assert labels_of(one) == {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}
    assert annotations_of(one) == {TRIGGER: owner["metadata"]["creationTimestamp"]}
    (subset,) = one["subsets"]
    shown = [address["ip"] for address in subset["addresses"]]
    assert shown == sorted(shown)
    assert set(shown) == ready_addresses(web, "web")
    assert subset["ports"] == [{"name": "http", "port": 80, "protocol": "TCP"}]
    assert set(subset["addresses"][0]) == {"ip", "nodeName", "targetRef"}


def test_a_service_without_pods_has_one_empty_slice_and_empty_endpoints(cluster: Cluster) -> None:
    cluster.api.create(service())
    cluster.settle()
    one = only_slice(cluster)
    assert (one["endpoints"], one["ports"]) == ([], [])
    assert "subsets" not in endpoints(cluster)


def test_the_empty_slice_is_the_one_that_fills(cluster: Cluster) -> None:
    cluster.api.create(service())
    cluster.settle()
    empty = name_of(only_slice(cluster))
    cluster.api.create(pod())
    cluster.settle()
    assert name_of(only_slice(cluster)) == empty
    assert len(ready_addresses(cluster, "web")) == 1


def test_a_service_without_a_selector_has_neither(cluster: Cluster) -> None:
    cluster.api.create(service("db", selector=None) | {"spec": {"ports": [{"port": 5432}]}})
    cluster.settle()
    assert not slices_of(cluster, "db")
    with pytest.raises(ApiError):
        endpoints(cluster, "db")


def test_a_pod_that_is_not_ready_is_listed_as_such(cluster: Cluster) -> None:
    cluster.api.create(service())
    cluster.api.create(pod(container=NEVER_READY))
    cluster.settle()
    assert list(addresses(cluster).values()) == [(False, False, False)]
    (subset,) = endpoints(cluster)["subsets"]
    assert set(subset) == {"notReadyAddresses", "ports"}


def test_publishing_not_ready_addresses_makes_them_ready(cluster: Cluster) -> None:
    cluster.api.create(service(publishNotReadyAddresses=True))
    cluster.api.create(pod(container=NEVER_READY))
    cluster.settle()
    assert list(addresses(cluster).values()) == [(True, False, False)]
    assert "addresses" in endpoints(cluster)["subsets"][0]


def test_a_terminating_pod_still_serves_but_is_not_ready(cluster: Cluster) -> None:
    hook = {"lifecycle": {"preStop": {"exec": {"command": ["sleep", "10"]}}}}
    cluster.api.create(service())
    cluster.api.create(pod(container=hook))
    cluster.settle()
    cluster.api.delete(POD, "web", "default")
    cluster.clock.run_due()
    assert list(addresses(cluster).values()) == [(False, True, True)]
    assert "subsets" not in endpoints(cluster)
    cluster.settle()
    assert addresses(cluster) == {}


def test_relabelling_takes_a_pod_out_and_back(web: Cluster) -> None:
    name = name_of(pods_of(web)[0])
    for value, count in (("other", 3), ("web", 3)):
        web.api.patch(POD, name, "default", {"metadata": {"labels": {"app": value}}}, "merge")
        web.settle()
        assert len(ready_addresses(web, "web")) == count
        matching = [each["status"]["podIP"] for each in pods_of(web, labels="app=web")]
        assert ready_addresses(web, "web") == set(matching)


def test_a_changed_selector_is_followed(web: Cluster) -> None:
    web.api.patch(SERVICE, "web", "default", {"spec": {"selector": {"app": "wrong"}}}, "merge")
    web.settle()
    assert ready_addresses(web, "web") == set()
    assert "subsets" not in endpoints(web)
    web.api.patch(SERVICE, "web", "default", {"spec": {"selector": {"app": "web"}}}, "merge")
    web.settle()
    assert len(ready_addresses(web, "web")) == 3


def test_finished_pods_are_nobody_s_backends(cluster: Cluster) -> None:
    cluster.api.create(service())
    cluster.api.create(pod(image="busybox", container={"command": ["true"]}, restartPolicy="Never"))
    cluster.settle()
    assert addresses(cluster) == {}


def test_endpoints_keep_their_places_and_new_ones_come_last(web: Cluster) -> None:
    before = [endpoint["addresses"] for endpoint in only_slice(web)["endpoints"]]
    web.api.patch(resource("Deployment"), "web", "default", {"spec": {"replicas": 5}}, "merge")
    web.settle()
    after = only_slice(web)
    assert [endpoint["addresses"] for endpoint in after["endpoints"]][:3] == before
    assert len(after["endpoints"]) == 5
    assert annotations_of(after)[TRIGGER] > web.api.get(SERVICE, "web", "default")["metadata"]["creationTimestamp"]


def test_a_deletion_leaves_no_trigger_time(web: Cluster) -> None:
    """Only what appears or changes its readiness has a time of its own."""
    web.api.patch(resource("Deployment"), "web", "default", {"spec": {"replicas": 1}}, "merge")
    web.settle()
    assert TRIGGER not in annotations_of(only_slice(web))
    assert TRIGGER not in annotations_of(endpoints(web))


def test_a_slice_holds_a_hundred_endpoints(cluster: Cluster) -> None:
    cluster.api.create(deployment(replicas=250))
    cluster.api.create(service())
    cluster.settle()
    assert sorted(len(one["endpoints"]) for one in slices_of(cluster, "web")) == [50, 100, 100]
    assert len(ready_addresses(cluster, "web")) == 250
    cluster.api.patch(resource("Deployment"), "web", "default", {"spec": {"replicas": 2}}, "merge")
    cluster.settle()
    assert len(ready_addresses(cluster, "web")) == 2


def test_endpoints_are_cut_at_a_thousand_addresses(cluster: Cluster) -> None:
    cluster.api.create(deployment(replicas=1001))
    cluster.api.create(service())
    cluster.settle()
    assert len(endpoints(cluster)["subsets"][0]["addresses"]) == 1000
    assert annotations_of(endpoints(cluster))["endpoints.kubernetes.io/over-capacity"] == "truncated"
    assert len(ready_addresses(cluster, "web")) == 1001


def with_port(name: str, number: int) -> dict[str, Any]:
    return {"ports": [{"name": "http", "containerPort": number}]} if name else {}


def test_a_named_target_port_is_each_pod_s_own(cluster: Cluster) -> None:
    """Two numbers behind one name make two slices, and two subsets; a Pod without the name has no port at all."""
    cluster.api.create(service(ports=[{"name": "web", "port": 8080, "targetPort": "http"}]))
    for name, number in (("one", 80), ("two", 8081)):
        cluster.api.create(pod(name, labels={"app": "web"}, container=with_port("http", number)))
    cluster.settle()
    assert sorted(ports(cluster)) == [[("web", 80)], [("web", 8081)]]
    assert sorted(subset["ports"][0]["port"] for subset in endpoints(cluster)["subsets"]) == [80, 8081]
    cluster.api.create(pod("three", labels={"app": "web"}))
    cluster.settle()
    assert [] in ports(cluster)
    assert len(endpoints(cluster)["subsets"]) == 2


def test_ports_with_the_same_addresses_share_a_subset(cluster: Cluster) -> None:
    several = [{"name": "http", "port": 80}, {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 5353}]
    cluster.api.create(service(ports=several))
    cluster.api.create(pod())
    cluster.settle()
    (subset,) = endpoints(cluster)["subsets"]
    assert [(port["name"], port["port"], port["protocol"]) for port in subset["ports"]] == [
        ("http", 80, "TCP"),
        ("dns", 5353, "UDP"),
    ]


def test_a_headless_service_is_labelled_so(cluster: Cluster) -> None:
    cluster.api.create(service(clusterIP="None"))
    cluster.api.create(pod(hostname="first", subdomain="web"))
    cluster.settle()
    assert labels_of(only_slice(cluster))["service.kubernetes.io/headless"] == ""
    assert labels_of(endpoints(cluster))["service.kubernetes.io/headless"] == ""
    assert only_slice(cluster)["endpoints"][0]["hostname"] == "first"
    assert endpoints(cluster)["subsets"][0]["addresses"][0]["hostname"] == "first"


def test_labels_of_the_service_are_copied(web: Cluster) -> None:
    web.api.patch(SERVICE, "web", "default", {"metadata": {"labels": {"tier": "front"}}}, "merge")
    web.settle()
    assert labels_of(only_slice(web))["tier"] == "front"
    assert labels_of(endpoints(web))["tier"] == "front"


def test_what_others_spoil_is_put_right(web: Cluster) -> None:
    before = ready_addresses(web, "web")
    web.api.delete(ENDPOINTS, "web", "default")
    web.api.delete(SLICE, name_of(only_slice(web)), "default")
    web.settle()
    assert ready_addresses(web, "web") == before
    assert len(endpoints(web)["subsets"][0]["addresses"]) == 3
    spoiled = {**only_slice(web), "endpoints": []}
    web.api.update(spoiled, trusted=True)
    web.settle()
    assert ready_addresses(web, "web") == before


def test_a_hand_written_slice_is_left_alone(web: Cluster) -> None:
    manual: Object = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "web-extra", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "ports": [{"port": 80}],
        "endpoints": [{"addresses": ["192.0.2.45"]}],
    }
    web.api.create(manual)
    web.api.patch(resource("Deployment"), "web", "default", {"spec": {"replicas": 1}}, "merge")
    web.settle()
    assert web.api.get(SLICE, "web-extra", "default")["endpoints"][0]["addresses"] == ["192.0.2.45"]


def test_both_go_with_the_service(web: Cluster) -> None:
    web.api.delete(SERVICE, "web", "default")
    web.settle()
    assert not slices_of(web, "web")
    with pytest.raises(ApiError):
        endpoints(web)


def test_only_its_own_namespace_matters(web: Cluster) -> None:
    web.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    web.api.create(pod(), "shop")
    web.settle()
    assert len(ready_addresses(web, "web")) == 3


def test_nothing_is_written_when_nothing_changes(web: Cluster) -> None:
    before = only_slice(web)["metadata"]["resourceVersion"], endpoints(web)["metadata"]["resourceVersion"]
    name = name_of(pods_of(web)[0])
    web.api.patch(POD, name, "default", {"metadata": {"annotations": {"a": "b"}}}, "merge")
    web.api.patch(POD, name, "default", {"metadata": {"labels": {"extra": "yes"}}}, "merge")
    web.settle()
    assert (only_slice(web)["metadata"]["resourceVersion"], endpoints(web)["metadata"]["resourceVersion"]) == before
