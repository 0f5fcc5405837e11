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
    hints: [{command: kubectl get deployments}]
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
    hints: [{command: kubectl get pods}]
    solve: [kubectl get pods, kubectl scale deployment web --replicas=1]
"""
    assert codes(tmp_path, HEAD + DEPLOYMENT + steps) == [("undo", line_of(HEAD + DEPLOYMENT + steps, "until:"))]


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
    assert [(problem.code, problem.line) for problem in report.problems] == [
        ("index", 2),
        ("missing-key", 1),  # format; and what a broken index leaves out is not known
        ("glossary", 1),
    ]
    assert (report.lessons, report.others) == (0, 2)


def test_an_index_names_each_lesson_once_and_all(tmp_path: Path) -> None:
    written(tmp_path, LESSON)
    written(tmp_path, LESSON.replace("id: trial", "id: other"), "other.yaml")
    groups = "groups:\n  - title: More\n    lessons:\n      - trial.yaml\n"
    written(tmp_path, f"format: 1\nlessons: [trial.yaml]\n{groups}", "index.yaml")
    (problem,) = check([tmp_path]).problems
    assert (problem.line, problem.message) == (6, "trial.yaml is named twice")


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("Pod: Type `kubectl gte pods`.\n", "command", (1, 12), 'unknown command "gte"'),
        ("Pod: A <name> of yours.\n", "html", (1, 8), "<name> looks like HTML"),
        (f"Pod: {'w' * 61}\n", "width", (1, 6), "takes 61 columns"),
        ("Pod: The Pod of ((app)).\n", "variable", (1, 17), "((app)) is shown as it is written"),
        ("Pod: '[docs](http://a.example)'\n", "link", (1, 14), "is not safe"),
        ("format: 1\nPod: A.\n", "glossary", (1, 1), "a glossary has no format"),
        ("format: 1\nterms: {Pod: A.}\n", "glossary", (2, 1), "stand at its top"),
    ],
)
def test_the_texts_of_a_glossary_are_texts(
    tmp_path: Path, text: str, code: str, place: tuple[int, int], words: str
) -> None:
    (problem,) = check([written(tmp_path, text, "glossary.yaml")]).problems
    assert (problem.code, (problem.line, problem.column)) == (code, place)
    assert words in problem.message


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("kubectl exprose deployment web --port=80", 'unknown command "exprose"'),
        ("kubectl expose deployment wbe --port=80", '"wbe" not found'),
        ("kubectl expose deployment web", ""),  # kubectl refuses that, and somebody may well type it
        ("kubectl get services", ""),
    ],
)
def test_a_mistake_that_is_a_slip_of_the_authors_is_found(tmp_path: Path, command: str, said: str) -> None:
    """It changes nothing and asks nothing, so that the sentence is the one that stood there at entry."""
    text = LESSON.replace("kubectl expose deployment web --port=80 --name=wbe", command)
    text = text.replace("      - {when: {exists: service/wbe}, text: The name is misspelt.}\n", "")
    report = check([written(tmp_path, text)])
    assert [(each.code, each.place) for each in report.problems] == (
        [("wrong", "steps › expose › wrong 1 › do 1")] if said else []
    )
    assert all(said in each.message for each in report.problems)


def test_where_what_is_typed_counts_a_name_that_nothing_has_may_be_the_mistake(tmp_path: Path) -> None:
    steps = """\
steps:
  - id: a
    kind: task
    body: Describe web.
    until: {ran: {verb: describe, name: web}, else: Describe it.}
    hints: [{command: kubectl describe deployment web}]
    solve: [kubectl describe deployment web]
    wrong: [{do: [kubectl describe deployment wob], expect: Describe it.}]
"""
    assert codes(tmp_path, HEAD + DEPLOYMENT + steps) == []


LADDER = """\
steps:
  - id: mend
    kind: challenge
    body: Let web stand behind the Service web.
    setup: [kubectl expose deployment web --port=80, kubectl set selector service web app=wbe]
    until: {endpoints: {service: web, ready: 2}, else: Nobody is.}
    ladder: {service: web, from: {app: web}, first: [endpoints]}
    hints: [{command: kubectl set selector service web app=web}]
    solve: [kubectl set selector service web app=web]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("", "", ""),
        ("{service: web, from", "{service: wob, from", "service"),
        ("from: {app: web}", "from: {app: nobody}", "from"),
        ("from: {app: web}", "from: host", ""),
    ],
)
def test_a_ladder_stands_between_a_client_and_a_service(tmp_path: Path, right: str, wrong: str, place: str) -> None:
    report = check([written(tmp_path, HEAD + DEPLOYMENT + LADDER.replace(right, wrong))])
    found = [(each.code, each.place) for each in report.problems]
    assert found == ([("ladder", f"steps › mend › ladder › {place}")] if place else [])


@pytest.mark.parametrize(
    ("right", "wrong", "at"),
    [
        ("setup: [kubectl expose", "setup: [kubectl get nope,kubectl expose", "steps › mend › setup 1"),
        ("apply: [web.yaml]", "apply: [web.yaml], run: [kubectl get pods, kubectl delete svc x]", "cluster › run 2"),
        ("    apiVersion: apps/v1", "    apiVersion: apps/v9", "cluster › apply 1"),
    ],
)
def test_a_command_that_sets_up_and_fails_is_pointed_at(tmp_path: Path, right: str, wrong: str, at: str) -> None:
    report = check([written(tmp_path, (HEAD + DEPLOYMENT + LADDER).replace(right, wrong))])
    assert [each.place for each in report.problems if each.code == "setup"] == [at]


def test_what_does_not_depend_on_the_variables_does_not_speak_of_them(tmp_path: Path) -> None:
    text = LESSON.replace("minutes: 3\n", "minutes: 30\nvars: {n: {choose: [2, 3]}}\n")
    text = text.replace("    body: Hello.", "    body: Hello ((n)).").replace(
        "{service: web, ready: 3}", "{service: web, ready: ((n))}"
    )
    said = {each.code: each.message for each in check([written(tmp_path, text)]).problems}
    assert "with n=" not in said["minutes"]
    assert "— with n=2" in said["solve"]


def test_of_a_condition_that_nothing_meets_only_the_solution_speaks(tmp_path: Path) -> None:
    text = LESSON.replace("{endpoints: {service: web, ready: 3}, else", "{endpoints: {service: web, ready: 9}, else")
    assert [code for code, _ in codes(tmp_path, text)] == ["solve"]
