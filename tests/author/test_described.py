"""Titles made from a condition say all that tells it from another."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.course.schema import Task

FIELD = {"object": "service/web", "path": "spec.type"}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"field": FIELD}, "spec.type of Service web is set"),
        ({"field": FIELD | {"matches": "^C"}}, "spec.type of Service web matches ^C"),
        ({"field": FIELD | {"at-least": 2, "at-most": 4}}, "spec.type of Service web is at least 2 and at most 4"),
        ({"count": {"kind": "pod", "namespace": "shop", "equals": 2}}, "2 pods in namespace shop"),
        ({"count": {"kind": "node", "namespace": "shop", "equals": 2}}, "2 nodes"),
        ({"endpoints": {"service": "web"}}, "web has endpoints"),
        ({"request": {"url": "http://web", "port": 80}}, "http://web on port 80 called"),
        ({"request": {"service": "web", "status": 404}}, "Service web called: status 404"),
        (
            {"request": {"host": "web", "service": "shop/web", "by-address": False}},
            "web, which is Service shop/web, called by its name",
        ),
        (
            {"request": {"url": "a", "ready": True, "backend": {"app": "web"}, "not-backend": {"v": "2"}}},
            "a called, answered by a ready Pod with app=web without v=2",
        ),
        (
            {"request": {"url": "a", "sticky": True}},
            "a called, chosen by session affinity",
        ),
        ({"request": {"url": "a", "backend": "web-1", "outcome": "ok"}}, "a called, answered by web-1: ok"),
        ({"resolves": {"name": "web", "type": "SRV"}}, "web looked up (SRV)"),
        ({"ran": {"verb": "get", "resource": "pods", "namespace": "shop"}}, "kubectl get pods -n shop was run"),
        (
            {"ran": {"command": "curl", "output": "ok", "exit_code": 7}},
            "a command with curl was run and showed ok and ended with 7",
        ),
        ({"ran": {"command": "curl", "in": {"app": "web"}}}, "a command with curl was run in a Pod with app=web"),
        ({"file": {"path": "a", "contains": "b", "matches": "c"}}, "a contains b and matches c"),
    ],
)  # fmt: skip
def test_a_title_tells_a_condition_from_others(condition: dict[str, Any], said: str) -> None:
    task = Task.model_validate({"id": "x", "kind": "task", "solve": ["true"], "until": condition})
    assert task.until.text == said
