"""Conditions over objects, traces and lines made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tutor.course.conditions import doing
from tutor.course.conditions.base import Leaf
from tutor.course.conditions.evidence import Call, Evidence, Played
from tutor.course.conditions.path import BadPathError, values_at
from tutor.course.conditions.tree import Condition, look
from tutor.engine.network.trace import Backend, Client, Question, ServiceHop, Trace
from tutor.engine.objects import Object
from tutor.engine.store import Store

READER: TypeAdapter[Leaf] = TypeAdapter(Condition)


def condition(**data: Any) -> Leaf:
    return READER.validate_python({key.rstrip("_"): value for key, value in data.items()})


def pod(
    name: str, app: str = "web", *, ready: bool = True, namespace: str = "default", image: str = "nginx:1.27"
) -> Object:
    return {
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": app}},
        "spec": {"containers": [{"name": "main", "image": image}]},
        "status": {"podIP": f"10.244.0.{len(name)}", "conditions": [{"type": "Ready", "status": str(ready)}]},
    }


def service(name: str = "web", **spec: Any) -> Object:
    ports = [{"name": "http", "port": 80, "targetPort": 8080}]
    return {
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"clusterIP": "10.254.0.7", "selector": {"app": "web"}, "ports": ports, **spec},
    }


def endpoint_slice(*ready: bool | None) -> Object:
    endpoints = [
        {"addresses": [f"10.244.0.{number}"], "conditions": {} if each is None else {"ready": each}}
        for number, each in enumerate(ready)
    ]
    labels = {"kubernetes.io/service-name": "web"}
    return {
        "kind": "EndpointSlice",
        "metadata": {"name": "web-x", "namespace": "default", "labels": labels},
        "endpoints": endpoints,
    }


def store_of(*objects: Object) -> Store:
    store = Store()
    for obj in objects:
        store.put(obj)
    return store


def evidence(*objects: Object, before: tuple[Object, ...] = (), **rest: Any) -> Evidence:
    return Evidence(store_of(*objects), store_of(*before), **rest)


def being_deleted(obj: Object) -> Object:
    return {**obj, "metadata": {**obj["metadata"], "deletionTimestamp": "2026-11-23T09:00:00Z"}}


def test_exists_and_absent() -> None:
    exists, absent = condition(exists="svc/web"), condition(absent="default/service/web")
    assert exists.holds(evidence(service()))
    assert not absent.holds(evidence(service()))
    assert not exists.holds(evidence())
    assert absent.holds(evidence())


def test_an_object_being_deleted_neither_exists_nor_is_absent() -> None:
    going = evidence(being_deleted(pod("a")))
    assert not condition(exists="pod/a").holds(going)
    assert not condition(absent="pod/a").holds(going)


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ({"path": "spec.clusterIP", "equals": "10.254.0.7"}, True),
        ({"path": "spec.clusterIP", "equals": "10.254.0.8"}, False),
        ({"path": "spec.clusterIP", "not": "None"}, True),
        ({"path": "spec.type", "not": "NodePort"}, True),
        ({"path": "spec.ports[0].port", "equals": 80}, True),
        ({"path": "spec.ports[name=http].targetPort", "in": [8080, "http"]}, True),
        ({"path": "spec.ports[*].port", "at-least": 80, "at-most": 80}, True),
        ({"path": "spec.ports[*].port", "at-least": 81}, False),
        ({"path": "spec.clusterIP", "at-least": 1}, False),
        ({"path": "spec.clusterIP", "matches": r"^10\.254\."}, True),
        ({"path": "spec.type", "absent": True}, True),
        ({"path": "spec.clusterIP", "absent": True}, False),
        ({"path": "spec.clusterIP"}, True),
        ({"path": "spec.type"}, False),
    ],
)
def test_field(test: dict[str, Any], holds: bool) -> None:
    assert condition(field={"object": "service/web", **test}).holds(evidence(service())) is holds


def test_a_field_takes_one_test_only() -> None:
    with pytest.raises(ValidationError, match="one test only"):
        condition(field={"object": "service/web", "path": "spec.type", "equals": "x", "matches": "x"})


def test_unchanged_compares_with_the_entry_of_the_step() -> None:
    unchanged = condition(unchanged={"object": "service/web", "path": "spec.clusterIP"})
    assert unchanged.holds(evidence(service(), before=(service(),)))
    assert not unchanged.holds(evidence(service(clusterIP="10.254.9.9"), before=(service(),)))
    assert not unchanged.holds(evidence(before=(service(),)))
    assert not unchanged.holds(evidence(service()))


def test_count_leaves_out_what_is_being_deleted_and_may_ask_for_readiness() -> None:
    world = evidence(pod("a"), pod("b", ready=False), being_deleted(pod("c")), pod("d", app="other"))
    assert condition(count={"kind": "pod", "labels": {"app": "web"}, "equals": 2}).holds(world)
    assert condition(count={"kind": "pods", "labels": {"app": "web"}, "ready": True, "equals": 1}).holds(world)
    assert condition(count={"kind": "po", "at-least": 3, "at-most": 3}).holds(world)
    assert not condition(count={"kind": "pod", "namespace": "shop", "at-least": 1}).holds(world)


def test_endpoints_take_a_missing_ready_for_true() -> None:
    world = evidence(service(), endpoint_slice(True, None, False))
    assert condition(endpoints={"service": "web", "ready": 2, "not-ready": 1, "total": ">=3"}).holds(world)
    assert not condition(endpoints={"service": "web", "ready": 3}).holds(world)
    assert condition(endpoints={"service": "web", "ready": 0}).holds(evidence(service()))


def test_endpoints_of_no_service_never_hold() -> None:
    assert not condition(endpoints={"service": "web", "ready": 0}).holds(evidence())


def test_selects_counts_pods_or_names_their_labels() -> None:
    world = evidence(service(), pod("a"), pod("b", ready=False), pod("c", app="other"))
    assert condition(selects={"service": "web", "pods": 2}).holds(world)
    assert condition(selects={"service": "web", "pods": {"app": "web"}}).holds(world)
    wide = evidence(service(selector={"tier": "x"}), pod("a"))
    assert not condition(selects={"service": "web", "pods": {"app": "web"}}).holds(wide)


IN_POD = Client("default", "a", "main", "10.244.0.1", (("app", "web"),))


def trace(**data: Any) -> Trace:
    plain: dict[str, Any] = {"client": IN_POD, "target": "http://web/", "host": "web", "port": 80}
    return Trace(1, 0.0, **{**plain, **data})


@pytest.mark.parametrize(
    ("asked", "made", "holds"),
    [
        ({"url": "http://web", "outcome": "ok"}, trace(), True),
        ({"url": "http://web:80/"}, trace(target="WEB"), True),
        ({"url": "http://web/x"}, trace(), False),
        ({"url": ["http://other", "web"]}, trace(), True),
        ({"host": "web", "outcome": ["refused", "timeout"]}, trace(outcome="timeout"), True),
        ({"host": "web", "outcome": "ok"}, trace(outcome="refused"), False),
        ({"from": {"app": "web"}}, trace(), True),
        ({"from": {"app": "other"}}, trace(), False),
        ({"from": {"pod": "a", "namespace": "default"}}, trace(), True),
        ({"from": "host"}, trace(client=Client()), True),
        ({"from": "host"}, trace(), False),
        ({"from": {"app": "web"}}, trace(client=Client()), False),
        ({"by-address": True}, trace(host="10.254.0.7"), True),
        ({"by-address": True}, trace(), False),
        ({"service": "web"}, trace(service=ServiceHop("default", "web", "10.254.0.7", 80)), True),
        ({"service": "shop/web"}, trace(service=ServiceHop("default", "web", "10.254.0.7", 80)), False),
        ({"status": 404, "outcome": "http-error"}, trace(outcome="http-error", status=404), True),
        ({"backend": "a"}, trace(backend=Backend("10.244.0.1", 80, "a")), True),
        ({"backend": {"app": "web"}}, trace(backend=Backend("10.244.0.1", 80, "a")), True),
        ({"backend": {"app": "x"}}, trace(backend=Backend("10.244.0.1", 80, "a")), False),
        ({"host": "web"}, trace(protocol="UDP", port=53), False),
        ({"url": "http://web", "outcome": "timeout"}, trace(protocol="ICMP", outcome="timeout"), False),
        ({"ready": True}, trace(backend=Backend("10.244.0.1", 80, "a")), True),
        ({"ready": False}, trace(backend=Backend("10.244.0.1", 80, "a")), False),
        ({"ready": False}, trace(backend=Backend("10.244.0.2", 80, "no")), True),
        ({"ready": True}, trace(backend=Backend("10.244.0.2", 80, "no")), False),
        ({"ready": False}, trace(backend=Backend("10.244.0.9", 80, "gone")), False),
        ({"ready": False}, trace(), False),
        ({"sticky": False}, trace(), True),
        ({"sticky": True}, trace(service=ServiceHop("default", "web", "10.254.0.7", 80, sticky=True)), True),
        ({"sticky": True}, trace(), False),
    ],
)
def test_request(asked: dict[str, Any], made: Trace, holds: bool) -> None:
    there = (pod("a"), pod("no", ready=False))
    assert condition(request=asked).holds(evidence(*there, traces=(made,))) is holds


def test_request_counts_and_looks_at_who_answered() -> None:
    made = [trace(backend=Backend(f"10.244.0.{number % 2}", 80)) for number in range(5)]
    assert condition(request={"url": "http://web", "count": 5, "backends": 2}).holds(evidence(traces=made))
    assert not condition(request={"url": "http://web", "count": 6}).holds(evidence(traces=made))
    assert not condition(request={"url": "http://web", "backends": 3}).holds(evidence(traces=made))


def test_the_image_of_a_client_counts_even_after_its_pod_is_gone() -> None:
    world = evidence(pod("a", image="curlimages/curl:8.1"), traces=(trace(),))
    asked = condition(request={"from": {"image": "curlimages/curl"}})
    assert asked.holds(world)
    world.store.remove("Pod", "default", "a")
    assert asked.holds(world)
    assert not condition(request={"from": {"image": "ubuntu"}}).holds(world)


FOUND = Question("web.default.svc.cluster.local", "A", "NOERROR", ("10.254.0.7",))
LOST = Question("web.svc.cluster.local", "A", "NXDOMAIN")


@pytest.mark.parametrize(
    ("looked", "questions", "holds"),
    [
        ({"name": "web.default.svc.cluster.local", "to": "10.254.0.7"}, (FOUND,), True),
        ({"name": "web.default.svc.cluster.local.", "to": "service/web"}, (FOUND,), True),
        ({"asked": "web", "to": "10.254.0.8"}, (FOUND,), False),
        ({"asked": "wab"}, (FOUND,), False),
        ({"asked": "web", "to": "NXDOMAIN"}, (LOST,), True),
        ({"asked": "web", "to": "NXDOMAIN"}, (LOST, FOUND), False),
        ({"asked": "web", "type": "AAAA"}, (FOUND,), False),
    ],
)
def test_resolves(looked: dict[str, Any], questions: tuple[Question, ...], holds: bool) -> None:
    world = evidence(service(), traces=(trace(questions=questions),))
    assert condition(resolves=looked).holds(world) is holds


def test_resolves_may_ask_which_server_was_asked_and_how() -> None:
    bare = trace(questions=(FOUND,), protocol="UDP", port=53, address="10.254.0.10")
    on_the_way = trace(questions=(FOUND,), address="10.254.0.7")
    for looked, holds in (
        ({"server": "10.254.0.10"}, True),
        ({"server": "10.254.0.53"}, False),
        ({"over": "UDP"}, True),
        ({"over": "TCP"}, False),
    ):
        asked = condition(resolves={"asked": "web", **looked})
        assert asked.holds(evidence(traces=(bare,))) is holds
        assert not asked.holds(evidence(traces=(on_the_way,)))


def played(command: str, output: str = "", code: int = 0, where: str = "host") -> Played:
    return Played(command, output, code, (Call(tuple(command.split()), code),), where)


@pytest.mark.parametrize(
    ("ran", "line", "holds"),
    [
        ({"verb": "get", "resource": "services"}, played("k get svc"), True),
        ({"verb": "get", "resource": "services"}, played("kubectl get pods"), False),
        ({"verb": "get", "resource": "services"}, played("kubectl get svc nope", code=1), False),
        ({"verb": "get", "exit_code": "any"}, played("kubectl get svc nope", code=1), True),
        ({"verb": "get", "exit_code": 1}, played("kubectl get svc nope", code=1), True),
        (
            {"verb": "get", "flags": {"output": "wide", "show-labels": True}},
            played("kubectl get po -owide --show-labels"),
            True,
        ),
        ({"verb": "get", "flags": {"-o": "wide"}}, played("kubectl get po -o yaml"), False),
        ({"verb": "describe", "name": "web"}, played("kubectl describe svc/web"), True),
        ({"verb": "get", "namespace": "shop"}, played("kubectl get svc -n shop"), True),
        ({"verb": "apply", "output": "already allocated"}, played("kubectl apply -f x", "already allocated", 1), True),
        ({"verb": "apply", "output": "already allocated"}, played("kubectl apply -f x", "created"), False),
        ({"command": "^curl "}, played("curl http://web", code=6), True),
        ({"command": "^curl ", "exit_code": 0}, played("curl http://web", code=6), False),
        ({"command": "ls", "in": {"app": "web"}}, played("ls", where="default/a/main"), True),
        ({"command": "ls", "in": "host"}, played("ls", where="default/a/main"), False),
    ],
)
def test_ran(ran: dict[str, Any], line: Played, holds: bool) -> None:
    assert condition(ran=ran).holds(evidence(pod("a"), played=(line,))) is holds


def test_inside() -> None:
    there = evidence(pod("a", image="ubuntu"), where="default/a/main")
    assert condition(inside={"image": "ubuntu"}).holds(there)
    assert condition(inside="a").holds(there)
    assert not condition(inside="host").holds(there)
    assert condition(inside="host").holds(evidence())


def test_installed_asks_every_pod_meant() -> None:
    asked = condition(installed={"command": "curl", "in": {"app": "web"}})
    world = evidence(
        pod("a"), pod("b"), pod("c", app="x"), installed=lambda _ns, name, command: (name, command) == ("b", "curl")
    )
    assert asked.holds(world)
    assert not condition(installed={"command": "curl", "in": {"app": "x"}}).holds(world)


def test_files_output_and_answers() -> None:
    world = evidence(
        played=(played("cat x", "a line\n"),),
        answers={"guess": False},
        read_file={"x.yaml": "type: NodePort\n"}.get,
    )
    assert condition(file={"path": "x.yaml", "contains": "NodePort"}).holds(world)
    assert condition(file={"path": "x.yaml", "matches": "^type:"}).holds(world)
    assert not condition(file={"path": "y.yaml"}).holds(world)
    assert condition(output={"contains": "a line"}).holds(world)
    assert not condition(output={"matches": "^b"}).holds(world)
    assert condition(answered="guess").holds(world)
    assert not condition(answered="other").holds(world)


def test_named_conditions_come_from_installed_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def has_pods(seen: Evidence, least: int) -> bool:
        return seen.store.count("Pod") >= least

    monkeypatch.setattr(doing, "named_condition", {"has-pods": has_pods}.__getitem__)
    asked = condition(named="has-pods", with_={"least": 1})
    assert asked.holds(evidence(pod("a")))
    assert not asked.holds(evidence())
    with pytest.raises(ValidationError, match="cannot be called with these arguments"):
        condition(named="has-pods", with_={"most": 1})


def test_the_tree_shows_one_line_for_each_thing_asked() -> None:
    tree = condition(
        all=[
            {"exists": "service/web", "else": "No Service."},
            {
                "all": [
                    {"exists": "pod/a", "else": "No a."},
                    {"exists": "pod/b", "else": "No b.", "title": "Pod b, too"},
                ]
            },
            {"any": [{"exists": "pod/x", "else": "No x."}, {"exists": "pod/y", "else": "No y."}]},
            {"not": {"exists": "pod/z"}, "else": "There is a z."},
        ]
    )
    lines = look(tree, evidence(service(), pod("a"), pod("z")))
    assert [(line.text, line.met, line.missing) for line in lines] == [
        ("Service web exists", True, ""),
        ("Pod a exists", True, ""),
        ("Pod b, too", False, "No b."),
        ("Pod x exists or Pod y exists", False, "No x."),
        ("not: Pod z exists", False, "There is a z."),
    ]


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("a.b", [1]),
        ("a", [{"b": 1}]),
        ("list[0].n", ["x"]),
        ("list[-1].n", ["y"]),
        ("list[*].n", ["x", "y"]),
        ("list[n=y].v", [2]),
        ("list[5]", []),
        ('labels["a.b/c"]', ["d"]),
        ("nope.nope", []),
    ],
)
def test_paths(path: str, values: list[Any]) -> None:
    obj = {"a": {"b": 1}, "list": [{"n": "x", "v": 1}, {"n": "y", "v": 2}], "labels": {"a.b/c": "d"}}
    assert values_at(obj, path) == values


@pytest.mark.parametrize("path", ["", "a..b", "a[", "[?(@.x)]"])
def test_bad_paths_are_refused(path: str) -> None:
    with pytest.raises(BadPathError):
        values_at({}, path)
