"""`tutor check` finds what a lesson promises and does not keep."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.author.check import check, run_check
from tutor.paths import lessons_dir

LESSON = HEAD + DEPLOYMENT + STEPS


async def codes(folder: Path, text: str) -> list[tuple[str, int]]:
    """Code and line of each problem found."""
    report = await check([written(folder, text)])
    return [(problem.code, problem.line) for problem in report.problems]


def line_of(text: str, fragment: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if fragment in line)


async def test_the_lessons_that_ship_are_proved() -> None:
    report = await check([lessons_dir()])
    assert [str(problem) for problem in report.problems] == []
    assert report.lessons >= 4


async def test_a_good_lesson_is_proved(tmp_path: Path) -> None:
    assert await codes(tmp_path, LESSON) == []


@pytest.mark.parametrize(
    ("right", "wrong", "code", "at"),
    [
        ("exists: service/web,", "exists: deployment/web,", "wrong", "expect:"),
        (
            "    solve: [kubectl expose deployment web --port=80]",
            "    solve: [kubectl get pods]",
            "solve",
            "    solve:",
        ),
        ("clusterip web --tcp=80]]", "clusterip wab --tcp=80]]", "solve", "alternatives:"),
        ("--name=wbe]", "--name=web]", "wrong", "{do:"),
        ("expect: There is no Service web yet.", "expect: It has no three ready endpoints.", "wrong", "expect:"),
        ("path: spec.clusterIP", "path: spec.externalName", "answer", "answer:"),
        ("then: [kubectl", 'then: ["echo \'a", kubectl', "command", "then:"),
        (
            "object: deployment/web, path: spec.replicas",
            "object: deployment/wub, path: spec.replicas",
            "reveal",
            "reveal:",
        ),
        ("{command: kubectl expose deployment web --port=80}", '{command: "echo \'a"}', "command", "echo 'a"),
        ("minutes: 5\n", "minutes: 5\nterms: [pod]\n", "term", "terms:"),
        ("cluster: {apply", "cluster: {run: [kubectl get nope], apply", "setup", "cluster:"),
    ],
)
async def test_a_promise_not_kept_is_found_at_its_line(
    tmp_path: Path, right: str, wrong: str, code: str, at: str
) -> None:
    assert right in LESSON
    text = LESSON.replace(right, wrong, 1)
    found = await codes(tmp_path, text)
    assert (code, line_of(text, at)) in found


async def test_a_step_done_at_entry_is_found(tmp_path: Path) -> None:
    steps = """\
steps:
  - id: a
    kind: task
    until: {exists: deployment/web, else: None.}
    solve: [kubectl get deployments]
"""
    assert await codes(tmp_path, HEAD + DEPLOYMENT + steps) == [("entry", line_of(HEAD + DEPLOYMENT + steps, "until:"))]


async def test_a_step_that_undo_does_not_take_back_is_found(tmp_path: Path) -> None:
    """What was only looked at stays seen; a step that changes something should ask for the change."""
    steps = """\
steps:
  - id: a
    kind: task
    until: {ran: {verb: get}, else: Look.}
    solve: [kubectl get pods, kubectl scale deployment web --replicas=1]
"""
    assert await codes(tmp_path, HEAD + DEPLOYMENT + steps) == [("undo", line_of(HEAD + DEPLOYMENT + steps, "until:"))]


def test_the_summary_and_the_exit_status(tmp_path: Path) -> None:
    out = io.StringIO()
    assert run_check([written(tmp_path, LESSON)], out) == 0
    assert out.getvalue() == "1 lesson, 5 steps: all proved\n"
    out = io.StringIO()
    assert run_check([written(tmp_path, "a: [", "b.yaml"), tmp_path / "none.yaml"], out) == 1
    first, second, summary = out.getvalue().splitlines()
    assert first.startswith(f"{tmp_path}/b.yaml:2:1: not valid YAML")
    assert second == f"{tmp_path}/none.yaml: cannot be read: No such file or directory [unreadable]"
    assert summary == "2 lessons, 0 steps: 2 problems"
