"""Handing out cluster IPs and node ports."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.support import Bench, service
from tutor.engine.addresses import NODE_PORTS, SERVICE_RANGE, Addresses, RangeFullError
from tutor.engine.dice import Dice
from tutor.engine.errors import ApiError
from tutor.engine.resources import SERVICE
from tutor.engine.store import Change


def test_addresses_come_from_the_upper_band() -> None:
    bench = Bench()
    ips = [bench.api.create(service(f"s{number}"))["spec"]["clusterIP"] for number in range(200)]
    assert len(set(ips)) == 200
    assert all(IPv4Address("10.254.1.0") < IPv4Address(ip) < IPv4Address("10.254.255.255") for ip in ips)


def test_same_seed_same_addresses() -> None:
    first, second = ([Bench(seed).api.create(service())["spec"]["clusterIP"] for seed in (5, 6)] for _ in range(2))
    assert first == second
    assert first[0] != first[1]


def test_preferred_addresses_come_first_while_free() -> None:
    bench = Bench()
    bench.api.create(service("taken", clusterIP="10.254.0.9"))
    bench.api.addresses.prefer(["10.254.0.9", "10.254.201.125", "192.168.0.1", "10.254.7.7"])
    dry = bench.api.create(service("a"), dry_run=True)
    assert dry["spec"]["clusterIP"] == "10.254.0.0"
    assert bench.api.create(service("a"))["spec"]["clusterIP"] == "10.254.201.125"
    assert bench.api.create(service("b"))["spec"]["clusterIP"] == "10.254.7.7"
    bench.api.delete(SERVICE, "a", "default")
    assert bench.api.create(service("c"))["spec"]["clusterIP"] != "10.254.201.125"


def test_an_address_is_free_again_once_its_service_is_gone() -> None:
    bench = Bench()
    bench.api.create(service("a", clusterIP="10.254.7.7"))
    bench.api.delete(SERVICE, "a", "default")
    assert bench.api.create(service("b", clusterIP="10.254.7.7"))["spec"]["clusterIP"] == "10.254.7.7"


def test_a_service_that_becomes_an_external_name_gives_its_address_back() -> None:
    bench = Bench()
    bench.api.create(service("a", clusterIP="10.254.7.7"))
    change = {"spec": {"type": "ExternalName", "externalName": "db.example.com"}}
    changed = bench.api.patch(SERVICE, "a", "default", change, "strategic")
    assert "clusterIP" not in changed["spec"]
    assert bench.api.create(service("b", clusterIP="10.254.7.7"))
    back = bench.api.patch(SERVICE, "a", "default", {"spec": {"type": "ClusterIP", "externalName": None}}, "strategic")
    assert back["spec"]["clusterIP"].startswith("10.254.")


def test_nothing_is_taken_by_a_refused_or_dry_request() -> None:
    bench = Bench()
    bench.api.create(service("a", clusterIP="10.254.7.8"))
    before = bench.api.snapshot()
    bench.refusal(service("a", clusterIP="10.254.7.7"))
    bench.api.create(service("b", clusterIP="10.254.7.7"), dry_run=True)
    assert bench.api.snapshot() == before


def test_node_ports() -> None:
    bench = Bench()
    node_port = bench.api.create(service("a", type="NodePort"))["spec"]["ports"][0]["nodePort"]
    assert node_port in NODE_PORTS
    out = bench.refusal(service("b", type="NodePort", ports=[{"port": 80, "nodePort": 80}]))
    assert str(out.causes[0]) == (
        "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. "
        "The range of valid ports is 30000-32767"
    )
    taken = bench.refusal(service("b", type="NodePort", ports=[{"port": 80, "nodePort": node_port}]))
    assert taken.message.endswith(f"Invalid value: {node_port}: provided port is already allocated")
    back = bench.api.patch(SERVICE, "a", "default", {"spec": {"type": "ClusterIP"}}, "merge")
    assert "nodePort" not in back["spec"]["ports"][0]
    assert bench.api.create(service("b", type="NodePort", ports=[{"port": 80, "nodePort": node_port}]))


def test_a_node_port_stays_when_a_replacing_manifest_leaves_it_out() -> None:
    bench = Bench()
    created = bench.api.create(service("a", type="NodePort"))
    replaced = bench.api.update(service("a", type="NodePort"))
    assert replaced["spec"] == created["spec"]


def test_a_full_range_says_so() -> None:
    addresses = Addresses(Dice(1))
    ports = [{"port": 1, "nodePort": port} for port in NODE_PORTS]
    obj = {"metadata": {"name": "all"}, "spec": {"ports": ports}}
    addresses.follow(Change("ADDED", "Service", 1, obj))
    with pytest.raises(RangeFullError):
        addresses.next_port()


names = st.sampled_from("abcdef")
ips = st.sampled_from(["", "None", "10.254.0.7", "10.254.0.8", "10.254.255.254"])
actions = st.lists(st.tuples(st.sampled_from(["create", "delete", "type"]), names, ips), max_size=30)


@settings(max_examples=60)
@given(actions)
def test_addresses_are_unique_and_in_range_whatever_happens(changes: list[tuple[str, str, str]]) -> None:
    bench = Bench()
    for action, name, ip in changes:
        kind = "ExternalName" if ip == "None" else "NodePort" if ip else "ClusterIP"
        try:
            match action:
                case "create":
                    bench.api.create(service(name, clusterIP=ip))
                case "delete":
                    bench.api.delete(SERVICE, name, "default")
                case _:
                    change = {"spec": {"type": kind, "externalName": "x.example" if ip == "None" else None}}
                    bench.api.patch(SERVICE, name, "default", change, "merge")
        except ApiError:
            continue
    services = bench.api.list(SERVICE)
    held = [IPv4Address(ip) for obj in services for ip in obj["spec"].get("clusterIPs", ()) if ip != "None"]
    assert len(set(held)) == len(held)
    assert all(ip in SERVICE_RANGE for ip in held)
    assert {str(ip) for ip in held} == set(bench.api.snapshot().ips)
