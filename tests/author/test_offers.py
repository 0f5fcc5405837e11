"""Hints lead through a step, and neither they nor the commands it offers lead astray."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.author.check import check

LESSON = HEAD + DEPLOYMENT + STEPS
TITLE = "    title: Expose it\n"
LAST = "      - {command: kubectl expose deployment web --port=80}\n"
RIGHT = "kubectl expose deployment web --port=80"


def found(folder: Path, text: str) -> list[tuple[str, str]]:
    return [(each.code, each.place.rpartition("› expose › ")[2]) for each in check([written(folder, text)]).problems]


@pytest.mark.parametrize(
    ("hints", "code", "at"),
    [
        ([RIGHT], "", ""),
        (["kubectl expose deploy/web --port=80"], "", ""),
        (["kubectl get deployments", "kubectl expose deploy/web --port=80"], "", ""),
        (["kubectl scale deployment web --replicas=3", "kubectl expose deploy/web --port=80"], "", ""),
        (["kubectl get deployments"], "hint", "hints 3 › command"),
        (["kubectl get deployment wbe", RIGHT], "astray", "hints 3 › command"),
    ],
)
@pytest.mark.parametrize("offered", ["", f"    commands: [{RIGHT}]\n"])
def test_hints_lead_through_whatever_else_is_offered(
    tmp_path: Path, hints: list[str], code: str, at: str, offered: str
) -> None:
    """The last alone, or all in their order; a learner who asks for hints does not do what the step offers too."""
    listed = "".join(f"      - {{command: {hint}}}\n" for hint in hints)
    text = LESSON.replace(LAST, listed).replace(TITLE, TITLE + offered)
    assert found(tmp_path, text) == ([(code, at)] if code else [])


@pytest.mark.parametrize(
    ("commands", "at"),
    [
        ([RIGHT], []),
        (["kubectl get pods", "kubectl get services -o wide"], []),
        (["kubectl expose deploy/web --port=80"], []),
        (["kubectl get pods", "kubectl scale deployment web --replicas=4"], ["commands 2"]),
        (["kubectl create service clusterip web --tcp=81"], []),
        (["kubectl expose deployment web --port=80 --name=wbe"], []),  # the mistake that the step foresees
        (["kubectl get deployment wbe"], ["commands 1"]),
    ],
)
def test_commands_name_what_is_there_and_change_nothing_in_vain(
    tmp_path: Path, commands: list[str], at: list[str]
) -> None:
    text = LESSON.replace(TITLE, f"{TITLE}    commands: [{', '.join(commands)}]\n")
    assert found(tmp_path, text) == [("astray", place) for place in at]


def test_commands_of_a_question_name_what_is_there_too(tmp_path: Path) -> None:
    ask = "    ask: What is the address of web?\n"
    text = LESSON.replace(ask, f"{ask}    commands: [kubectl get service wub]\n")
    (problem,) = check([written(tmp_path, text)]).problems
    assert (problem.code, problem.place) == ("astray", "steps › address › commands 1")


@pytest.mark.parametrize(
    ("when", "command", "finding"),
    [
        ("exists: service/wbe", "kubectl delete service wbe", []),
        ("exists: service/wbe", "kubectl delete service wob", [("astray", "hints 2 › command")]),
        ("exists: deployment/web", "kubectl get deployment wob", [("astray", "hints 2 › command")]),
        ("exists: service/other", "kubectl delete service other", [("unproved", "hints 2")]),
    ],
)
def test_the_command_of_a_hint_for_a_mistake_is_tried_where_the_hint_is_given(
    tmp_path: Path, when: str, command: str, finding: list[tuple[str, str]]
) -> None:
    old = "{when: {exists: service/wbe}, text: The name is misspelt.}"
    assert old in LESSON
    assert found(tmp_path, LESSON.replace(old, f"{{when: {{{when}}}, command: {command}}}")) == finding


def test_a_failing_program_or_a_refusal_may_be_what_is_to_be_seen(tmp_path: Path) -> None:
    offered = "    commands: [kubectl exec deploy/web -- curl -sS http://nope, kubectl expose deployment web]\n"
    assert found(tmp_path, LESSON.replace(TITLE, TITLE + offered)) == []
