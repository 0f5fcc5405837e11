"""Of whole clusters, whatever is done to them: addresses stay apart, and a watch tells everything that a list shows."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.test_controllers_properties import NAMES, SPACES, STEPS, Step, furnished, play
from tutor.engine.cluster import Cluster
from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import BY_KIND, SERVICE

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
RANGE = ip_network("10.254.0.0/16")
NODE_PORTS = range(30000, 32768)
TYPES = st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "None"])
ADDRESSES = st.sampled_from(["", "10.254.7.7", "10.254.7.8", "10.254.0.1", "10.99.0.1"])
SERVICES = st.tuples(st.just("service"), SPACES, NAMES, TYPES, ADDRESSES, st.sampled_from([0, 30007, 30008]))
SEQUENCES = st.lists(st.one_of(STEPS, SERVICES, SERVICES), min_size=1, max_size=16)
Known = dict[tuple[str, str], Object]


def serve(cluster: Cluster, namespace: str, name: str, kind: str, address: str, node_port: int) -> None:
    """Make the Service one of that type, new or as it is; an impossible wish is refused."""
    spec: dict[str, Any] = {"type": kind, "selector": {"app": name}, "ports": [{"port": 80}]}
    if kind == "None":
        spec |= {"type": "ClusterIP", "clusterIP": "None"}
    elif kind == "ExternalName":
        spec |= {"externalName": "db.example.com"}
    elif address:
        spec["clusterIP"] = address
    if node_port and kind in {"NodePort", "LoadBalancer"}:
        spec["ports"][0]["nodePort"] = node_port
    manifest = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace}, "spec": spec}
    exists = cluster.store.get("Service", namespace, name)
    try:
        if exists:
            cluster.api.update(manifest)
        else:
            cluster.api.create(manifest)
    except ApiError:
        return
    finally:
        cluster.clock.run_due()


def do(cluster: Cluster, step: Step) -> None:
    if step[0] == "service":
        serve(cluster, *step[1:])
    else:
        play(cluster, [step])


@EXAMPLES
@given(SEQUENCES)
def test_cluster_addresses_and_node_ports_are_in_range_and_nobodys_twice(steps: list[Step]) -> None:
    cluster = furnished()
    kept: dict[str, str] = {}
    for step in steps:
        do(cluster, step)
        services = cluster.store.list("Service")
        addresses = [ip for one in services for ip in one["spec"].get("clusterIPs") or () if ip != "None"]
        ports = [port["nodePort"] for one in services for port in one["spec"].get("ports") or () if "nodePort" in port]
        assert len(addresses) == len(set(addresses))
        assert all(ip_address(ip) in RANGE for ip in addresses)
        assert len(ports) == len(set(ports))
        assert all(port in NODE_PORTS for port in ports)
        for one in services:
            ip = one["spec"].get("clusterIP", "")
            if one["spec"]["type"] != "ExternalName":
                assert kept.setdefault(one["metadata"]["uid"], ip) == ip, "an address is for life"
            else:
                kept.pop(one["metadata"]["uid"], None)


@EXAMPLES
@given(SEQUENCES, st.data())
def test_a_watch_from_any_resource_version_rebuilds_every_list(steps: list[Step], data: st.DataObject) -> None:
    cluster = furnished()
    at = data.draw(st.integers(0, len(steps)))
    since, known = 0, dict[str, Known]()
    for number, step in enumerate([*steps, ("advance", 0.0)]):
        if number == at:
            since, known = cluster.store.revision, {kind: listed(cluster, kind) for kind in BY_KIND}
        do(cluster, step)
    for kind, resource in BY_KIND.items():
        for event in cluster.api.watch(resource, None, since):
            key = namespace_of(event.object), name_of(event.object)
            assert (key in known[kind]) == (event.type != "ADDED")
            if event.type == "DELETED":
                del known[kind][key]
            else:
                known[kind][key] = event.object
        assert known[kind] == listed(cluster, kind)


@EXAMPLES
@given(SEQUENCES)
def test_a_watch_of_a_selector_rebuilds_its_list(steps: list[Step]) -> None:
    cluster = furnished()
    since, pods = cluster.store.revision, BY_KIND["Pod"]
    known = {name_of(one) for one in cluster.api.list(pods, "default", labels="app in (a)")}
    for step in steps:
        do(cluster, step)
    for event in cluster.api.watch(pods, "default", since, labels="app in (a)"):
        assert (name_of(event.object) in known) == (event.type != "ADDED")
        known.discard(name_of(event.object))
        if event.type != "DELETED":
            known.add(name_of(event.object))
    assert known == {name_of(one) for one in cluster.api.list(pods, "default", labels="app in (a)")}


def listed(cluster: Cluster, kind: str) -> Known:
    """What a list of that kind shows, by namespace and name."""
    return {(namespace_of(one), name_of(one)): one for one in cluster.api.list(BY_KIND[kind])}


def test_services_of_the_sequences_come_to_be() -> None:
    """The wishes above are not all impossible ones."""
    cluster = furnished()
    serve(cluster, "default", "c", "NodePort", "10.254.7.7", 30007)
    made = cluster.api.get(SERVICE, "c", "default")
    assert made["spec"]["clusterIP"] == "10.254.7.7"
    assert made["spec"]["ports"][0]["nodePort"] == 30007
