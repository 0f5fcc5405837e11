"""`tutor check` finds what a lesson promises and does not keep."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.author.check import Report, check
from tutor.author.rules import broken_text_rules
from tutor.course.catalog import lesson_paths
from tutor.course.lesson_index import CHALLENGES
from tutor.course.loader import load_lesson
from tutor.paths import lessons_dir

LESSON = HEAD + DEPLOYMENT + STEPS


def codes(folder: Path, text: str) -> list[tuple[str, int]]:
    """Code and line of each problem found."""
    report = check([written(folder, text)])
    return [(problem.code, problem.line) for problem in report.problems]


def line_of(text: str, fragment: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if fragment in line)


def test_a_lesson_that_ships_is_proved() -> None:
    """One of them; all are played by `tutor check lessons`, which CI runs."""
    assert check([lessons_dir() / "create.yaml"]).problems == ()


def test_the_texts_of_all_lessons_that_ship_hold_to_the_rules() -> None:
    paths, problems = lesson_paths(lessons_dir())
    for loaded in map(load_lesson, paths):
        assert loaded.lesson is not None, loaded.problems
        problems += broken_text_rules(loaded, loaded.lesson)
    assert [str(problem) for problem in problems] == []
    assert len(paths) >= 4


def test_a_good_lesson_is_proved(tmp_path: Path) -> None:
    assert codes(tmp_path, LESSON) == []


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
        ("minutes: 3\n", "minutes: 3\nterms: [pod]\n", "term", "terms:"),
        ("cluster: {apply", "cluster: {run: [kubectl get nope], apply", "setup", "cluster:"),
    ],
)
def test_a_promise_not_kept_is_found_at_its_line(tmp_path: Path, right: str, wrong: str, code: str, at: str) -> None:
    assert right in LESSON
    text = LESSON.replace(right, wrong, 1)
    found = codes(tmp_path, text)
    assert (code, line_of(text, at)) in found


def test_a_step_done_at_entry_is_found(tmp_path: Path) -> None:
    steps = """\
steps:
  - id: a
    kind: task
    until: {exists: deployment/web, else: None.}
    solve: [kubectl get deployments]
"""
    assert codes(tmp_path, HEAD + DEPLOYMENT + steps) == [("entry", line_of(HEAD + DEPLOYMENT + steps, "until:"))]


def test_a_step_that_undo_does_not_take_back_is_found(tmp_path: Path) -> None:
    """What was only looked at stays seen; a step that changes something should ask for the change."""
    steps = """\
steps:
  - id: a
    kind: task
    until: {ran: {verb: get}, else: Look.}
    solve: [kubectl get pods, kubectl scale deployment web --replicas=1]
"""
    assert codes(tmp_path, HEAD + DEPLOYMENT + steps) == [("undo", line_of(HEAD + DEPLOYMENT + steps, "until:"))]


def test_hints_must_lead_through_the_step(tmp_path: Path) -> None:
    text = LESSON.replace("{command: kubectl expose deployment web --port=80}", "{command: kubectl get deployments}")
    assert codes(tmp_path, text) == [("hint", line_of(text, "kubectl get deployments}"))]
    offered = text.replace("title: Expose it", "title: Expose it\n    commands: [kubectl expose deploy/web --port=80]")
    assert codes(tmp_path, offered) == []


def test_what_the_simulation_cannot_do_is_found_when_a_solution_runs_into_it(tmp_path: Path) -> None:
    text = LESSON.replace(
        "solve: [kubectl expose deployment web --port=80]",
        "solve: [kubectl expose deployment web --port=80, \"sh -c 'kubectl $0 secret generic x' create\"]",
    )
    assert codes(tmp_path, text) == [("fault", line_of(text, "solve: [kubectl expose"))]


def test_of_two_lessons_with_one_id_the_second_is_a_problem(tmp_path: Path) -> None:
    first, second = written(tmp_path, LESSON), written(tmp_path, LESSON, "second.yaml")
    report = check([first, second])
    assert [(problem.file, problem.line, problem.code) for problem in report.problems] == [(second, 2, "duplicate-id")]


def test_a_folder_is_checked_with_its_index_and_glossary(tmp_path: Path) -> None:
    written(tmp_path, LESSON)
    written(tmp_path, "format: 1\nlessons: []\n", "index.yaml")
    written(tmp_path, "Pod:\nService: A name.\n", "glossary.yaml")
    report = check([tmp_path])
    assert [(problem.file.name, problem.line, problem.code) for problem in report.problems] == [
        ("trial.yaml", 0, "unlisted"),
        ("glossary.yaml", 1, "glossary"),
    ]


def test_several_processes_find_the_same_in_the_same_order(tmp_path: Path) -> None:
    paths = [
        written(
            tmp_path, LESSON.replace("id: trial", f"id: trial-{number}") + "nope: 1\n" * (number % 2), f"{number}.yaml"
        )
        for number in range(4)
    ]
    told: list[tuple[int, int]] = []
    apart = check(paths, jobs=2, watcher=lambda done, count, path: told.append((done, count)))
    assert apart == check(paths)
    assert told == [(number, 4) for number in range(5)]
    assert isinstance(apart, Report)
    assert apart.lessons == 4


def test_texts_of_challenges_are_judged_too_and_told_once_for_all_variants(tmp_path: Path) -> None:
    folder = tmp_path / CHALLENGES
    folder.mkdir()
    for name in ("stories.yaml", "selector.yaml"):
        shutil.copy(lessons_dir() / CHALLENGES / name, folder / name)
    fault = folder / "selector.yaml"
    text = fault.read_text(encoding="utf-8").replace("remark: |\n", "remark: |\n  See `kubectl gte svc`.\n")
    fault.write_text(text, encoding="utf-8")
    (problem,) = check([fault]).problems
    assert (problem.code, problem.line) == ("command", line_of(text, "remark:"))


def test_an_index_and_a_glossary_are_checked_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "index.yaml").write_text("lessons: [a.yaml]\nodd: 1\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("steps: []\n", encoding="utf-8")
    (tmp_path / "glossary.yaml").write_text("Word: ''\n", encoding="utf-8")
    report = check([tmp_path / "index.yaml", tmp_path / "glossary.yaml"])
    assert [problem.code for problem in report.problems] == ["index", "unlisted", "glossary"]
    assert report.lessons == 0
