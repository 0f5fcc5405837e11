"""Requests read off the commands that made them."""

from __future__ import annotations

import pytest

from tutor.engine.store import Store
from tutor.realcluster.observed import traces_of, traces_of_line

NAMESPACE = "tutor-1"
EXEC = ("kubectl", "exec", "client", "--")


@pytest.fixture
def store() -> Store:
    store = Store()
    labels = {"app": "client"}
    pod = {
        "metadata": {"name": "client", "namespace": "default", "labels": labels},
        "spec": {"containers": [{"name": "c"}]},
    }
    store.put({"kind": "Pod", "apiVersion": "v1", **pod, "status": {"podIP": "10.0.0.9"}})
    service = {"metadata": {"name": "web", "namespace": "default"}, "spec": {"clusterIP": "10.96.0.7"}}
    store.put({"kind": "Service", "apiVersion": "v1", **service})
    return store


@pytest.mark.parametrize(
    ("words", "code", "output", "seen"),
    [
        (("curl", "http://web"), 0, "", [("http://web", "ok", "web")]),
        (("curl", "-sS", "-m", "3", "web:8080/x"), 28, "", [("web:8080/x", "timeout", "web")]),
        (("curl", "http://nobody"), 6, "", [("http://nobody", "nxdomain", None)]),
        (("curl", "10.96.0.7"), 7, "", [("10.96.0.7", "refused", "web")]),
        (("curl", "web.tutor-1.svc.cluster.local"), 0, "", [("web.tutor-1.svc.cluster.local", "ok", "web")]),
        (("curl", "web.shop"), 6, "", [("web.shop", "nxdomain", None)]),
        (("wget", "-qO-", "http://web"), 0, "", [("http://web", "ok", "web")]),
        (("wget", "-qO-", "http://x"), 1, "wget: bad address 'x'", [("http://x", "nxdomain", None)]),
        (("sh", "-c", "apt-get update && curl http://web"), 0, "", [("http://web", "ok", "web")]),
        (("sh", "-c", "for i in 1 2; do curl web; done"), 0, "", []),
        (("curl", "http://web"), 127, "", []),
        (("ls",), 0, "", []),
    ],
)
def test_requests(store: Store, words: tuple[str, ...], code: int, output: str, seen: list[object]) -> None:
    found = traces_of((*EXEC, *words), code, output, store, NAMESPACE, 5, 1.0)
    assert [(each.target, each.outcome, each.service and each.service.name) for each in found] == seen
    assert all(each.client.pod == "client" and each.client.labels == (("app", "client"),) for each in found)


def test_look_ups_speak_of_the_namespace_as_lessons_do(store: Store) -> None:
    output = (
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tweb.tutor-1.svc.cluster.local\nAddress: 10.96.0.7\n"
    )
    (trace,) = traces_of((*EXEC, "nslookup", "web"), 0, output, store, NAMESPACE, 1, 0.0)
    (question,) = trace.questions
    assert (question.name, question.answers) == ("web.default.svc.cluster.local", ("10.96.0.7",))


@pytest.mark.parametrize(
    ("line", "output", "outcome"),
    [
        ("curl http://web", "<html>", "ok"),
        ("curl http://web", "curl: (7) Failed to connect to web port 80", "refused"),
        ("wget -qO- http://web", "wget: download timed out", "timeout"),
    ],
)
def test_lines_typed_into_a_pod(store: Store, line: str, output: str, outcome: str) -> None:
    (trace,) = traces_of_line(("kubectl", "exec", "-it", "client", "--", "sh"), line, output, store, NAMESPACE, 1, 0.0)
    assert (trace.outcome, trace.client.pod) == (outcome, "client")


def test_nothing_is_seen_of_programs_of_this_computer(store: Store) -> None:
    assert traces_of(("curl", "http://web"), 0, "", store, NAMESPACE, 1, 0.0) == []
    assert traces_of(("kubectl", "get", "pods"), 0, "", store, NAMESPACE, 1, 0.0) == []
