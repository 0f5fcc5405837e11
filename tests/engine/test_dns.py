"""What cluster DNS answers: the names of the Kubernetes DNS specification over CoreDNS as it really behaves."""

from __future__ import annotations

import pytest

from tests.engine.network_support import asker, put_pod, put_service, put_slice, recorded_cluster
from tutor.engine.cluster import Cluster
from tutor.engine.network.clients import HOST
from tutor.engine.network.dns import Answer
from tutor.engine.network.resolver import ResolvConf, hosts_of, parse_hosts, parse_resolv_conf, resolv_conf_of
from tutor.engine.network.trace import RecordType

ZONE = "cluster.local"


@pytest.fixture
def cluster() -> Cluster:
    return recorded_cluster()


def ask(cluster: Cluster, name: str, record_type: RecordType = "A") -> Answer:
    answer = cluster.network.names.ask(asker(cluster), name, record_type, "10.254.0.10").answer
    assert answer is not None
    return answer


def data(answer: Answer) -> list[str]:
    return [record.data for record in answer.records]


@pytest.mark.parametrize(
    ("name", "record_type", "expected"),
    [
        ("nginx-clusterip.default.svc.cluster.local", "A", ["10.254.201.125"]),
        ("NGINX-ClusterIP.default.svc.cluster.local.", "A", ["10.254.201.125"]),
        ("_http._tcp.nginx-clusterip.default.svc.cluster.local", "A", ["10.254.201.125"]),
        ("headless.default.svc.cluster.local", "A", ["10.244.1.11", "10.244.2.12"]),
        ("10-244-1-11.headless.default.svc.cluster.local", "A", ["10.244.1.11"]),
        ("10-244-9-9.default.pod.cluster.local", "A", ["10.244.9.9"]),
        ("external.default.svc.cluster.local", "A", ["db.example.com."]),
        ("external.default.svc.cluster.local", "CNAME", ["db.example.com."]),
        ("125.201.254.10.in-addr.arpa", "PTR", ["nginx-clusterip.default.svc.cluster.local."]),
        ("cluster.local", "NS", ["kube-dns.kube-system.svc.cluster.local."]),
        ("ns.dns.cluster.local", "A", ["10.254.0.10"]),
        ("dns-version.cluster.local", "TXT", ['"1.1.0"']),
    ],
)
def test_known_names(cluster: Cluster, name: str, record_type: RecordType, expected: list[str]) -> None:
    answer = ask(cluster, name, record_type)
    assert (answer.rcode, data(answer)) == ("NOERROR", expected)


@pytest.mark.parametrize(
    "name",
    [
        "nope.default.svc.cluster.local",
        "nginx-clusterip.shop.svc.cluster.local",
        "nginx-clusterip.nowhere.svc.cluster.local",
        "nginx-clusterip.default.cluster.local",
        "_https._tcp.nginx-clusterip.default.svc.cluster.local",
        "_http._udp.nginx-clusterip.default.svc.cluster.local",
        "a.b.c.nginx-clusterip.default.svc.cluster.local",
        "10-244-9-9.headless.default.svc.cluster.local",
        "10-244-9-999.default.pod.cluster.local",
        "nginx-1.default.pod.cluster.local",
        "nginx-clusterip",
        "example.com",
        "1.1.1.10.in-addr.arpa",
    ],
)
def test_unknown_names(cluster: Cluster, name: str) -> None:
    assert ask(cluster, name).rcode == "NXDOMAIN"


@pytest.mark.parametrize(
    ("name", "record_type"),
    [
        ("nginx-clusterip.default.svc.cluster.local", "AAAA"),
        ("nginx-clusterip.default.svc.cluster.local", "MX"),
        ("default.svc.cluster.local", "A"),
        ("svc.cluster.local", "A"),
        ("cluster.local", "A"),
    ],
)
def test_names_without_such_a_record(cluster: Cluster, name: str, record_type: RecordType) -> None:
    """The name exists, so there is no error; the zone's SOA says how long that may be remembered."""
    answer = ask(cluster, name, record_type)
    assert (answer.rcode, answer.records) == ("NOERROR", ())
    assert answer.soa is not None
    assert answer.soa.name == ZONE


def test_outside_the_zone_there_is_no_authority(cluster: Cluster) -> None:
    assert ask(cluster, "nope.default.svc.cluster.local").authoritative
    outside = ask(cluster, "example.com")
    assert not outside.authoritative
    assert outside.soa is None


def test_srv_of_a_headless_service_names_each_endpoint(cluster: Cluster) -> None:
    answer = ask(cluster, "_http._tcp.headless.default.svc.cluster.local", "SRV")
    assert data(answer) == [
        "0 50 80 10-244-1-11.headless.default.svc.cluster.local.",
        "0 50 80 10-244-2-12.headless.default.svc.cluster.local.",
    ]
    assert [record.data for record in answer.additional] == ["10.244.1.11", "10.244.2.12"]


def test_srv_without_port_and_protocol_lists_all_ports(cluster: Cluster) -> None:
    ports = [{"name": "a", "port": 1}, {"name": "b", "port": 2}]
    put_service(cluster, "two", "10.254.5.5", ports=ports)
    target = "two.default.svc.cluster.local."
    assert data(ask(cluster, "two.default.svc.cluster.local", "SRV")) == [f"0 50 1 {target}", f"0 50 2 {target}"]
    assert data(ask(cluster, "two.default.svc.cluster.local")) == ["10.254.5.5"]


def test_headless_tells_only_ready_endpoints(cluster: Cluster) -> None:
    put_slice(cluster, "headless", "10.244.2.12", suffix="abcde", conditions={"ready": False})
    assert ask(cluster, "headless.default.svc.cluster.local").rcode == "NXDOMAIN"


def test_an_endpoint_goes_by_its_hostname(cluster: Cluster) -> None:
    one = put_slice(cluster, "headless", "10.244.1.11")
    cluster.store.put({**one, "endpoints": [{**one["endpoints"][0], "hostname": "web-0"}]})
    assert data(ask(cluster, "web-0.headless.default.svc.cluster.local")) == ["10.244.1.11"]
    assert data(ask(cluster, "11.1.244.10.in-addr.arpa", "PTR"))[0] in {
        "web-0.headless.default.svc.cluster.local.",
        "10-244-1-11.nginx-clusterip.default.svc.cluster.local.",
    }


def test_an_alias_inside_the_cluster_is_followed(cluster: Cluster) -> None:
    inside = {"type": "ExternalName", "externalName": "cart.shop.svc.cluster.local"}
    put_service(cluster, "inside", "", **inside)
    lookup = cluster.network.names.resolve(asker(cluster), "inside")
    assert lookup.addresses == ("10.254.9.9",)
    assert lookup.canonical == "cart.shop.svc.cluster.local"


def test_answers_follow_the_store(cluster: Cluster) -> None:
    name = "late.default.svc.cluster.local"
    before = cluster.snapshot()
    assert ask(cluster, name).rcode == "NXDOMAIN"
    put_service(cluster, "late", "10.254.6.6")
    assert data(ask(cluster, name)) == ["10.254.6.6"]
    cluster.restore(before)
    assert ask(cluster, name).rcode == "NXDOMAIN"
    put_service(cluster, "late", "10.254.7.7")
    assert data(ask(cluster, name)) == ["10.254.7.7"]
    cluster.store.remove("Service", "default", "late")
    assert ask(cluster, name).rcode == "NXDOMAIN"


# The search list


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("nginx-clusterip", ["nginx-clusterip.default.svc.cluster.local"]),
        ("cart.shop", ["cart.shop.default.svc.cluster.local", "cart.shop.svc.cluster.local"]),
        (
            "cart.shop.svc",
            [
                "cart.shop.svc.default.svc.cluster.local",
                "cart.shop.svc.svc.cluster.local",
                "cart.shop.svc.cluster.local",
            ],
        ),
        ("nginx-clusterip.default.svc.cluster.local.", ["nginx-clusterip.default.svc.cluster.local"]),
        (
            "nope",
            ["nope.default.svc.cluster.local", "nope.svc.cluster.local", "nope.cluster.local", "nope"],
        ),
    ],
)
def test_the_names_a_resolver_tries(cluster: Cluster, name: str, asked: list[str]) -> None:
    assert [question.name for question in cluster.network.names.resolve(asker(cluster), name).questions] == asked


def test_names_with_many_dots_are_tried_as_they_are_first() -> None:
    conf = ResolvConf(search=("x", "y"), ndots=2)
    assert list(conf.candidates("a.b.c")) == ["a.b.c", "a.b.c.x", "a.b.c.y"]
    assert list(conf.candidates("a.b")) == ["a.b.x", "a.b.y", "a.b"]
    assert list(conf.candidates("a", search=False)) == ["a"]


def test_each_question_is_answered_by_one_of_the_dns_pods(cluster: Cluster) -> None:
    servers = {cluster.network.names.resolve(asker(cluster), "kubernetes").questions[0].server for _ in range(40)}
    assert len(servers) == 2
    assert all(name.startswith("coredns-") for name in servers)


def test_without_dns_pods_nobody_answers(cluster: Cluster) -> None:
    for one in cluster.store.select("EndpointSlice", "kube-system", {"kubernetes.io/service-name": "kube-dns"}):
        cluster.store.put({**one, "endpoints": []})
    lookup = cluster.network.names.resolve(asker(cluster), "nginx-clusterip")
    assert (lookup.rcode, lookup.refused) == ("TIMEOUT", True)
    assert [question.rcode for question in lookup.questions] == ["TIMEOUT"]
    assert lookup.milliseconds < 10
    trace = cluster.network.connect(asker(cluster), "nginx-clusterip", 80)
    assert (trace.outcome, trace.address) == ("dns-timeout", "")
    assert cluster.network.connect(asker(cluster), "10.254.201.125", 80).outcome == "ok"


def test_the_laptop_knows_no_cluster_name(cluster: Cluster) -> None:
    assert cluster.network.names.resolve(HOST, "nginx-clusterip.default.svc.cluster.local").rcode == "NXDOMAIN"
    assert cluster.network.names.find_host(HOST, "localhost").addresses == ("127.0.0.1",)


# Files of a Pod


def test_resolv_conf_of_a_pod(cluster: Cluster) -> None:
    pod = put_pod(cluster, "one", "10.244.1.20", namespace="shop")
    assert resolv_conf_of(pod).text == (
        "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.254.0.10\noptions ndots:5\n"
    )


def test_dns_policy_and_config(cluster: Cluster) -> None:
    own = {"nameservers": ["10.9.9.9"], "searches": ["corp.example"], "options": [{"name": "ndots", "value": "2"}]}
    pod = put_pod(cluster, "one", "10.244.1.20", dnsPolicy="None", dnsConfig=own)
    assert resolv_conf_of(pod) == ResolvConf(("10.9.9.9",), ("corp.example",), 2)
    outside = put_pod(cluster, "two", "10.244.1.21", dnsPolicy="Default")
    assert "10.254.0.10" not in resolv_conf_of(outside).servers


def test_a_pod_finds_itself_in_its_hosts_file(cluster: Cluster) -> None:
    assert "10.244.3.7\tasker\n" in hosts_of(cluster.store.get("Pod", "default", "asker") or {})
    assert cluster.network.names.find_host(asker(cluster), "asker").addresses == ("10.244.3.7",)


def test_edited_files_count(cluster: Cluster) -> None:
    files = cluster.core.files.written  # type: ignore[attr-defined]
    files["uid-asker", "main", "/etc/hosts"] = b"10.254.201.125 shortcut # mine\n"
    files["uid-asker", "main", "/etc/resolv.conf"] = b"nameserver 10.254.0.10\n"
    network, me = cluster.network, asker(cluster)
    assert network.names.find_host(me, "shortcut").addresses == ("10.254.201.125",)
    assert network.names.find_host(me, "nginx-clusterip").rcode == "NXDOMAIN"
    assert network.names.find_host(me, "nginx-clusterip.default.svc.cluster.local").addresses == ("10.254.201.125",)


def test_parsing_what_learners_write() -> None:
    assert parse_resolv_conf("# x\nnameserver 1.2.3.4\nsearch a b\noptions ndots:3 rotate\n") == ResolvConf(
        ("1.2.3.4",), ("a", "b"), 3
    )
    assert parse_hosts("1.2.3.4 web web.local\nnonsense web\n5.6.7.8 WEB\n") == {
        "web": ("1.2.3.4", "web"),
        "web.local": ("1.2.3.4", "web"),
    }


def test_options_of_a_pods_dns_config_stand_in_the_file() -> None:
    options = [{"name": "ndots", "value": "2"}, {"name": "timeout", "value": "1"}, {"name": "edns0"}]
    pod = {"metadata": {"name": "a", "namespace": "x"}, "spec": {"dnsConfig": {"options": options}}}
    assert resolv_conf_of(pod).text.endswith("options ndots:2 timeout:1 edns0\n")
