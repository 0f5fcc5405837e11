"""The cluster a learner meets: what is in it, how old it is, and that its DNS is real."""

from __future__ import annotations

from tests.engine.conftest import make_cluster, pods_of, ready_addresses, resource
from tutor.engine.clock import AGE, NOW
from tutor.engine.cluster import Cluster
from tutor.engine.objects import name_of, namespace_of

SERVICE = resource("Service")


def test_it_is_fourteen_days_old_and_at_rest(cluster: Cluster) -> None:
    assert cluster.clock.now == AGE
    assert cluster.clock.datetime == NOW
    assert not cluster.clock.busy
    for kind in ("Namespace", "Node", "Service", "Deployment", "Pod"):
        for obj in cluster.store.list(kind):
            age = AGE - cluster.clock.seconds(obj["metadata"]["creationTimestamp"])
            assert AGE - 60 <= age <= AGE
    assert not cluster.store.list("Event")


def test_its_namespaces_each_have_an_account_and_the_authority(cluster: Cluster) -> None:
    names = [name_of(one) for one in cluster.store.list("Namespace")]
    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]
    for name in names:
        assert cluster.store.get("ServiceAccount", name, "default")
        assert cluster.store.get("ConfigMap", name, "kube-root-ca.crt")


def test_its_nodes(cluster: Cluster) -> None:
    nodes = cluster.store.list("Node")
    assert [name_of(node) for node in nodes] == ["node-1", "node-2", "node-3"]
    for number, node in enumerate(nodes, start=1):
        assert node["status"]["addresses"][0] == {"address": f"192.0.2.1{number}", "type": "InternalIP"}
        assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.2"
        assert node["spec"]["podCIDR"] == f"10.244.{number}.0/24"
        assert {one["type"]: one["status"] for one in node["status"]["conditions"]}["Ready"] == "True"


def test_its_services_have_their_well_known_addresses(cluster: Cluster) -> None:
    addresses = {
        f"{namespace_of(one)}/{name_of(one)}": one["spec"]["clusterIP"] for one in cluster.store.list("Service")
    }
    assert addresses == {"default/kubernetes": "10.254.0.1", "kube-system/kube-dns": "10.254.0.10"}
    ports = [
        (port["name"], port["port"], port["protocol"])
        for port in cluster.api.get(SERVICE, "kube-dns", "kube-system")["spec"]["ports"]
    ]
    assert ports == [("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP")]
    assert ready_addresses(cluster, "kubernetes") == {"192.0.2.10"}


def test_the_dns_pods_are_what_is_behind_the_dns_service(cluster: Cluster) -> None:
    pods = pods_of(cluster, "kube-system", "k8s-app=kube-dns")
    assert {pod["status"]["podIP"] for pod in pods} == ready_addresses(cluster, "kube-dns", "kube-system")
    assert len({pod["spec"]["nodeName"] for pod in pods}) == 2
    scale = {"spec": {"replicas": 0}}
    cluster.api.patch(resource("Deployment"), "coredns", "kube-system", scale, "merge")
    cluster.settle()
    assert ready_addresses(cluster, "kube-dns", "kube-system") == set()


def test_the_kubernetes_service_comes_back_with_its_address(cluster: Cluster) -> None:
    cluster.api.delete(SERVICE, "kubernetes", "default")
    cluster.advance(5)
    assert cluster.store.get("Service", "default", "kubernetes") is None
    assert cluster.settle()
    assert cluster.api.get(SERVICE, "kubernetes", "default")["spec"]["clusterIP"] == "10.254.0.1"
    assert ready_addresses(cluster, "kubernetes") == {"192.0.2.10"}
    assert cluster.store.get("Endpoints", "default", "kubernetes")


def test_every_seed_makes_one() -> None:
    names = {name_of(pods_of(make_cluster(seed), "kube-system")[0]) for seed in range(5)}
    assert len(names) == 5
