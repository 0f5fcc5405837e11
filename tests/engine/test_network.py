"""How connections travel: the Service proxy, policies, the world outside, pings, and the traces of all that."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.engine.conftest import deployment as deployment_of
from tests.engine.conftest import make_cluster, pods_of
from tests.engine.conftest import service as service_of
from tests.engine.network_support import asker, put_pod, put_service, put_slice, recorded_cluster
from tutor.engine.cluster import Cluster
from tutor.engine.network.clients import HOST
from tutor.engine.network.network import NetworkState
from tutor.engine.network.trace import Trace
from tutor.engine.network.tracelog import KEPT


@pytest.fixture
def cluster() -> Cluster:
    return recorded_cluster()


def connect(cluster: Cluster, host: str, port: int = 80, name: str = "asker", namespace: str = "default") -> Trace:
    return cluster.network.connect(asker(cluster, name, namespace), host, port)


def reached(cluster: Cluster, host: str, times: int) -> Counter[str]:
    """How often each Pod was reached; the empty name for nobody."""
    traces = [connect(cluster, host) for _ in range(times)]
    return Counter(trace.backend.pod if trace.backend else "" for trace in traces)


# The facts


@pytest.mark.parametrize(
    ("host", "port", "outcome", "why"),
    [
        ("nginx-clusterip", 80, "ok", ""),
        ("10.254.201.125", 80, "ok", ""),
        ("10.244.1.11", 80, "ok", ""),
        ("nope", 80, "nxdomain", "no Service or Pod has the name nope"),
        ("external", 80, "no-address", "the name external has no such record"),
        ("empty", 80, "refused", "no ready endpoints"),
        ("wrongport", 80, "refused", "nothing in Pod nginx-"),
        ("10.244.1.11", 8080, "refused", "nothing in Pod nginx-1 listens at port 8080"),
        ("nginx-clusterip", 81, "timeout", "the Service has no TCP port 81"),
        ("10.254.77.77", 80, "timeout", "nobody has this address"),
        ("localhost", 80, "refused", "nothing in Pod asker listens at port 80"),
        ("kubernetes", 443, "ok", ""),
        ("192.0.2.11", 22, "refused", "nothing on the node listens at port 22"),
    ],
)
def test_how_a_connection_ends(cluster: Cluster, host: str, port: int, outcome: str, why: str) -> None:
    trace = connect(cluster, host, port)
    assert trace.outcome == outcome
    assert trace.why.startswith(why)
    assert bool(trace.why) == (outcome != "ok")


def test_the_trace_tells_the_whole_way(cluster: Cluster) -> None:
    trace = connect(cluster, "nginx-clusterip")
    assert [(question.name, question.answers) for question in trace.questions] == [
        ("nginx-clusterip.default.svc.cluster.local", ("10.254.201.125",))
    ]
    assert trace.address == "10.254.201.125"
    assert trace.client.pod == "asker"
    assert trace.service is not None
    assert (trace.service.namespace, trace.service.name, trace.service.port) == ("default", "nginx-clusterip", 80)
    assert {one.ip for one in trace.service.candidates} == {"10.244.1.11", "10.244.2.12"}
    assert trace.backend is not None
    assert (trace.backend.pod, trace.backend.node) in {("nginx-1", "node-1"), ("nginx-2", "node-2")}
    assert trace.milliseconds == pytest.approx(1.0)


def test_a_time_out_lasts_as_long_as_the_client_is_patient(cluster: Cluster) -> None:
    network, me = cluster.network, asker(cluster)
    assert 2000 <= network.connect(me, "10.254.77.77", 80, patience=2.0).milliseconds < 2003
    assert network.connect(me, "10.254.77.77", 80).milliseconds > 135_000


# Which Pod


def test_the_choice_is_random_and_even(cluster: Cluster) -> None:
    counts = reached(cluster, "nginx-clusterip", 400)
    assert set(counts) == {"nginx-1", "nginx-2"}
    assert all(150 < count < 250 for count in counts.values())


def test_the_same_seed_makes_the_same_choices() -> None:
    runs = []
    for _ in range(2):
        cluster = recorded_cluster(seed=7)
        runs.append([connect(cluster, "nginx-clusterip").backend for _ in range(20)])
    assert runs[0] == runs[1]


def affine(cluster: Cluster, **config: Any) -> None:
    put_service(cluster, "nginx-clusterip", "10.254.201.125", sessionAffinity="ClientIP", **config)


def test_client_ip_affinity_sticks(cluster: Cluster) -> None:
    affine(cluster)
    assert len(reached(cluster, "nginx-clusterip", 30)) == 1
    assert [connect(cluster, "nginx-clusterip").service.sticky for _ in range(2)] == [True, True]  # type: ignore[union-attr]


def test_affinity_ends_when_its_time_is_over(cluster: Cluster) -> None:
    affine(cluster, sessionAffinityConfig={"clientIP": {"timeoutSeconds": 100}})
    chosen = set()
    for _ in range(40):
        trace = connect(cluster, "nginx-clusterip")
        assert trace.service is not None
        assert not trace.service.sticky
        chosen.add(trace.backend)
        cluster.clock.now += 101
    assert len(chosen) == 2


def test_affinity_gives_way_when_its_endpoint_goes(cluster: Cluster) -> None:
    affine(cluster)
    first = connect(cluster, "nginx-clusterip").backend
    assert first is not None
    other = "10.244.2.12" if first.ip == "10.244.1.11" else "10.244.1.11"
    put_slice(cluster, "nginx-clusterip", other)
    assert {connect(cluster, "nginx-clusterip").address for _ in range(5)} == {"10.254.201.125"}
    assert set(reached(cluster, "nginx-clusterip", 5)) == {"nginx-1" if other == "10.244.1.11" else "nginx-2"}


def test_a_pod_that_is_not_ready_gets_no_traffic_and_the_trace_says_why(cluster: Cluster) -> None:
    put_slice(cluster, "nginx-clusterip", "10.244.1.11")
    put_slice(cluster, "nginx-clusterip", "10.244.2.12", suffix="other", conditions={"ready": False})
    trace = connect(cluster, "nginx-clusterip")
    assert trace.service is not None
    assert [one.ip for one in trace.service.candidates] == ["10.244.1.11"]
    assert [(one.ip, one.why) for one in trace.service.others] == [("10.244.2.12", "not ready")]
    assert set(reached(cluster, "nginx-clusterip", 10)) == {"nginx-1"}


def test_endpoints_that_terminate_serve_only_when_no_other_does(cluster: Cluster) -> None:
    ending = {"ready": False, "serving": True, "terminating": True}
    put_slice(cluster, "nginx-clusterip", "10.244.1.11")
    put_slice(cluster, "nginx-clusterip", "10.244.2.12", suffix="other", conditions=ending)
    assert set(reached(cluster, "nginx-clusterip", 10)) == {"nginx-1"}
    put_slice(cluster, "nginx-clusterip", "10.244.1.11", conditions={"ready": False})
    assert set(reached(cluster, "nginx-clusterip", 10)) == {"nginx-2"}
    hop = connect(cluster, "nginx-clusterip").service
    assert hop is not None
    assert [one.ip for one in hop.others] == ["10.244.1.11"]


def test_all_slices_of_a_service_count_but_an_address_in_two_counts_once(cluster: Cluster) -> None:
    put_slice(cluster, "nginx-clusterip", "10.244.1.11", "10.244.3.30", suffix="other")
    put_pod(cluster, "nginx-3", "10.244.3.30", node="node-3")
    assert set(reached(cluster, "nginx-clusterip", 60)) == {"nginx-1", "nginx-2", "nginx-3"}
    trace = connect(cluster, "nginx-clusterip")
    assert trace.service is not None
    assert len(trace.service.candidates) == 3


def test_ports_are_matched_by_name(cluster: Cluster) -> None:
    ports = [{"name": "web", "port": 80}, {"name": "admin", "port": 8000}]
    put_service(cluster, "two", "10.254.5.5", ports=ports)
    put_slice(cluster, "two", "10.244.1.11", port_name="web")
    assert connect(cluster, "two", 80).outcome == "ok"
    assert connect(cluster, "two", 8000).outcome == "refused"


def test_an_address_behind_a_hand_written_slice_may_be_nobodys(cluster: Cluster) -> None:
    put_service(cluster, "legacy", "10.254.6.6")
    put_slice(cluster, "legacy", "203.0.113.9")
    trace = connect(cluster, "legacy")
    assert (trace.outcome, trace.backend.ip if trace.backend else "") == ("timeout", "203.0.113.9")


def test_local_traffic_policy_uses_only_the_clients_node(cluster: Cluster) -> None:
    put_service(cluster, "near", "10.254.7.7", internalTrafficPolicy="Local")
    put_slice(cluster, "near", "10.244.1.11", "10.244.2.12")
    one = put_slice(cluster, "near", "10.244.1.11")
    cluster.store.put({**one, "endpoints": [{**one["endpoints"][0], "nodeName": "node-1"}]})
    assert connect(cluster, "near").outcome == "timeout"
    put_pod(cluster, "neighbour", "10.244.1.50", "ubuntu", node="node-1")
    assert connect(cluster, "near", name="neighbour").outcome == "ok"


def test_what_changes_in_the_store_changes_the_way(cluster: Cluster) -> None:
    assert connect(cluster, "10.254.201.125").outcome == "ok"
    put_slice(cluster, "nginx-clusterip")
    assert connect(cluster, "10.254.201.125").outcome == "refused"
    cluster.store.remove("Service", "default", "nginx-clusterip")
    assert connect(cluster, "10.254.201.125").outcome == "timeout"


@pytest.mark.parametrize("phase", ["Pending", "Succeeded", "Failed"])
def test_a_pod_that_does_not_run_answers_nobody(cluster: Cluster, phase: str) -> None:
    put_pod(cluster, "nginx-1", "10.244.1.11", phase=phase)
    assert connect(cluster, "10.244.1.11").outcome == "timeout"


def test_an_address_used_again_belongs_to_the_pod_that_runs(cluster: Cluster) -> None:
    put_pod(cluster, "old", "10.244.1.60", phase="Succeeded")
    put_pod(cluster, "new", "10.244.1.60")
    backend = connect(cluster, "10.244.1.60").backend
    assert backend is not None
    assert backend.pod == "new"


# Into the cluster from outside, and nodes


def test_the_laptop_has_no_way_into_the_cluster(cluster: Cluster) -> None:
    network = cluster.network
    assert network.connect(HOST, "10.254.201.125", 80).outcome == "timeout"
    assert network.connect(HOST, "10.244.1.11", 80).outcome == "timeout"
    assert network.connect(HOST, "nginx-clusterip", 80).outcome == "nxdomain"
    assert network.ping(HOST, "10.244.1.11").outcome == "timeout"


def test_a_node_port_is_open_at_every_node_for_pods_and_for_the_laptop(cluster: Cluster) -> None:
    ports = [{"name": "http", "port": 80, "nodePort": 30080}]
    put_service(cluster, "nginx-clusterip", "10.254.201.125", type="NodePort", ports=ports)
    for client in (HOST, asker(cluster)):
        for node in ("192.0.2.11", "192.0.2.13"):
            assert cluster.network.connect(client, node, 30080).outcome == "ok"
    assert cluster.network.connect(HOST, "192.0.2.11", 30081).outcome == "refused"


def test_a_forwarded_port_leads_to_one_pod(cluster: Cluster) -> None:
    network, pod = cluster.network, cluster.store.get("Pod", "default", "nginx-1")
    assert pod is not None
    assert network.connect(HOST, "localhost", 8080).outcome == "refused"
    assert network.forward(8080, pod, 80)
    assert not network.forward(8080, pod, 80)
    trace = network.connect(HOST, "localhost", 8080)
    assert (trace.outcome, trace.backend.pod if trace.backend else "") == ("ok", "nginx-1")
    network.stop_forward(8080)
    assert network.connect(HOST, "127.0.0.1", 8080).outcome == "refused"


# Policies


def policy(cluster: Cluster, name: str = "deny", **spec: Any) -> None:
    cluster.store.put(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"podSelector": {"matchLabels": {"app": "nginx"}}, "policyTypes": ["Ingress"], **spec},
        }
    )


def test_a_forbidden_connection_times_out(cluster: Cluster) -> None:
    policy(cluster)
    trace = connect(cluster, "nginx-clusterip")
    assert (trace.outcome, trace.why) == ("timeout", "NetworkPolicy deny forbids it")
    assert cluster.network.ping(asker(cluster), "10.244.1.11").outcome == "timeout"
    cluster.store.remove("NetworkPolicy", "default", "deny")
    assert connect(cluster, "nginx-clusterip").outcome == "ok"


@pytest.mark.parametrize(
    ("peers", "allowed"),
    [
        ([{"podSelector": {}}], {"asker"}),
        ([{"podSelector": {"matchLabels": {"app": "asker"}}}], {"asker"}),
        ([{"podSelector": {"matchLabels": {"app": "other"}}}], set()),
        ([{"podSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["x"]}]}}], {"asker"}),
        ([{"namespaceSelector": {}}], {"asker", "shopper"}),
        ([{"namespaceSelector": {"matchLabels": {"team": "shop"}}}], {"shopper"}),
        ([{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "shopper"}}}], {"shopper"}),
        ([{"ipBlock": {"cidr": "10.244.3.0/24"}}], {"asker"}),
        ([{"ipBlock": {"cidr": "10.244.0.0/16", "except": ["10.244.3.0/24"]}}], {"shopper"}),
        ([], {"asker", "shopper"}),
    ],
)
def test_who_a_policy_lets_in(cluster: Cluster, peers: list[Any], allowed: set[str]) -> None:
    cluster.store.put(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "shop"}}}
    )
    put_pod(cluster, "shopper", "10.244.2.70", "ubuntu", namespace="shop")
    policy(cluster, ingress=[{"from": peers}] if peers else [{}])
    found = {
        name
        for name, namespace in (("asker", "default"), ("shopper", "shop"))
        if connect(cluster, "10.244.1.11", 80, name, namespace).outcome == "ok"
    }
    assert found == allowed


@pytest.mark.parametrize(
    ("ports", "outcome"),
    [
        ([{"port": 80}], "ok"),
        ([{"port": 81}], "timeout"),
        ([{"port": 70, "endPort": 90}], "ok"),
        ([{"port": "web"}], "ok"),
        ([{"port": "nope"}], "timeout"),
        ([{"protocol": "UDP", "port": 80}], "timeout"),
        ([{"protocol": "TCP"}], "ok"),
    ],
)
def test_which_ports_a_policy_opens(cluster: Cluster, ports: list[Any], outcome: str) -> None:
    container = {"ports": [{"name": "web", "containerPort": 80}]}
    put_pod(cluster, "nginx-1", "10.244.1.11", labels={"app": "nginx"}, container=container)
    policy(cluster, ingress=[{"ports": ports}])
    assert connect(cluster, "10.244.1.11").outcome == outcome


def test_policies_add_up_and_egress_alone_isolates_nobody(cluster: Cluster) -> None:
    policy(cluster, "egress", policyTypes=["Egress"])
    assert connect(cluster, "nginx-clusterip").outcome == "ok"
    policy(cluster)
    policy(cluster, "open", ingress=[{}])
    assert connect(cluster, "nginx-clusterip").outcome == "ok"


# Ping


def test_ping_answers_at_a_pod_and_never_at_a_cluster_address(cluster: Cluster) -> None:
    network, me = cluster.network, asker(cluster)
    assert network.ping(me, "10.244.1.11").outcome == "ok"
    assert network.ping(me, "nginx-clusterip").outcome == "timeout"
    assert network.ping(me, "10.244.99.99").outcome == "timeout"
    assert network.ping(me, "192.0.2.12").outcome == "ok"
    assert network.ping(me, "nope").outcome == "nxdomain"
    assert {trace.protocol for trace in network.log.all()} == {"ICMP"}


# Probes


def test_what_a_kubelets_probes_find(cluster: Cluster) -> None:
    network, pod = cluster.network, cluster.store.get("Pod", "default", "nginx-1")
    assert pod is not None
    assert network.prober.probe_http(pod, 80, "/").ok
    assert network.prober.probe_tcp(pod, 80).ok
    assert network.prober.probe_http(pod, 80, "/nope").message == "HTTP probe failed with statuscode: 404"
    refused = "dial tcp 10.244.1.11:81: connect: connection refused"
    assert network.prober.probe_http(pod, 81, "/x").message == f'Get "http://10.244.1.11:81/x": {refused}'
    assert network.prober.probe_tcp(pod, 81).message == refused
    assert network.log.count == 0


# Traces and snapshots


def test_the_last_thousand_traces_are_kept(cluster: Cluster) -> None:
    for _ in range(KEPT + 5):
        connect(cluster, "10.244.1.11")
    traces = cluster.network.log.all()
    assert (len(traces), traces[0].number, traces[-1].number) == (KEPT, 6, KEPT + 5)
    assert cluster.network.log.count == KEPT + 5
    state = cluster.network.snapshot()
    assert isinstance(state, NetworkState)
    assert len(state.log.traces) == KEPT
    assert [trace.number for trace in cluster.network.log.since(KEPT + 3)] == [KEPT + 4, KEPT + 5]


def test_going_back_to_a_snapshot_brings_the_old_ways_back(cluster: Cluster) -> None:
    connect(cluster, "nginx-clusterip")
    before = cluster.snapshot()
    following = [connect(cluster, "nginx-clusterip").backend for _ in range(10)]
    put_slice(cluster, "nginx-clusterip")
    put_service(cluster, "new", "10.254.8.8")
    put_slice(cluster, "new", "10.244.1.11")
    cluster.store.remove("Pod", "default", "nginx-1")
    assert connect(cluster, "new").outcome == "timeout"
    assert connect(cluster, "nginx-clusterip").outcome == "refused"
    cluster.restore(before)
    assert cluster.network.log.count == 1
    assert [connect(cluster, "nginx-clusterip").backend for _ in range(10)] == following
    assert connect(cluster, "10.254.8.8").outcome == "timeout"


def test_over_the_real_controllers() -> None:
    """A Deployment and a Service made through the API: traffic follows scaling."""
    cluster = make_cluster()
    cluster.api.create(deployment_of(replicas=2), "default")
    cluster.api.create(service_of(), "default")
    cluster.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
    cluster.settle()
    me = cluster.network.clients.of(pods_of(cluster)[0])
    names = {
        trace.backend.pod for trace in (cluster.network.connect(me, "web", 80) for _ in range(40)) if trace.backend
    }
    assert names == {pod["metadata"]["name"] for pod in pods_of(cluster)}
