"""What is said of a lesson before it is played on a real cluster."""

from __future__ import annotations

import pytest

from tutor.course.loader import load_lesson
from tutor.course.schema import Lesson, Observe, Task
from tutor.paths import lessons_dir
from tutor.realcluster.fit import fitted, obstacles, unfit


def lesson(name: str) -> Lesson:
    found = load_lesson(lessons_dir() / f"{name}.yaml", 1).lesson
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("before", {"install-curl": "shells of containers"}),
        ("create", {"ask": "address", "taken": "address"}),
        ("after", {"temporary": "address", "spread": "counts requests", "outside": "address"}),
    ],
)
def test_obstacles_are_named_step_by_step(name: str, steps: dict[str, str]) -> None:
    found = {obstacle.step: obstacle.why for obstacle in obstacles(lesson(name))}
    assert found.keys() == steps.keys()
    for step, word in steps.items():
        assert word in found[step]
    assert {step.id for step in fitted(lesson(name)).steps if step.optional} >= steps.keys()


def test_a_lesson_with_namespaces_of_its_own_cannot_be_played() -> None:
    assert "namespaces" in unfit(lesson("dns"))
    assert unfit(lesson("create")) == ""


def step(**data: object) -> Lesson:
    task = {"id": "s", "kind": "task", "solve": ["true"], "until": {"exists": "pod/x"}, **data}
    return Lesson.model_validate({"format": 1, "id": "l", "title": "L", "minutes": 1, "steps": [task]})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"solve": ["kubectl get pods -n kube-system"]}, "another namespace"),
        ({"solve": ["kubectl get svc -A"]}, "another namespace"),
        ({"solve": ["kubectl exec x -- grep -n a b"]}, ""),
        ({"solve": ["kubectl delete networkpolicy deny"]}, "NetworkPolicy"),
        ({"until": {"exists": "kube-system/pod/x"}}, "another namespace"),
        ({"until": {"not": {"exists": "shop/pod/x"}}}, "another namespace"),
        ({"until": {"inside": {"pod": "x"}}}, "shells of containers"),
        ({"until": {"exists": "node/node-1"}}, "node"),
        ({"solve": ["kubectl drain node-1"]}, "nodes"),
        ({"until": {"request": {"from": "host", "host": "web"}}}, "laptop"),
        ({"until": {"request": {"host": "web", "count": 3}}}, "counts requests"),
        ({}, ""),
    ],
)
def test_reasons(data: dict[str, object], why: str) -> None:
    found = obstacles(step(**data))
    assert bool(found) is bool(why)
    assert all(why in each.why for each in found)


def test_a_question_about_an_address_is_one_of_the_simulated_cluster() -> None:
    asked = {"kind": "observe", "id": "s", "ask": "Which Service has 10.254.0.10?", "answer": "kube-dns"}
    made = Lesson.model_validate({"format": 1, "id": "l", "title": "L", "minutes": 1, "steps": [asked]})
    assert isinstance(made.steps[0], Observe)
    assert [each.step for each in obstacles(made)] == ["s"]


def test_what_can_be_done_there_stays_as_it_is() -> None:
    made = step()
    assert fitted(made) == made
    assert isinstance(made.steps[0], Task)
