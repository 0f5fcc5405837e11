"""What differs from learner to learner is put into the parsed lesson, typed and never torn apart by quoting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.course.lessons import HEAD, written
from tutor.author.check import check
from tutor.author.proof import variants
from tutor.course.catalog import LessonEntry
from tutor.course.loader import load_lesson
from tutor.course.marked_yaml import read_marked
from tutor.course.progress import Progress
from tutor.course.seeds import USUAL, lesson_seed
from tutor.course.variables import covering_seeds, substitute

LESSON = (
    HEAD
    + """\
vars:
  app: {choose: [web, cart, shop]}
  port: {choose: [8080, 9090]}
  typo: {choose: [{label: nginx, slip: ngnix}, {label: cart, slip: crat}]}
  url: http://((app)):((port))
files:
  ((app)).yaml: |
    apiVersion: v1
    kind: Service
    metadata: {name: ((app))}
    spec: {selector: {app: ((typo.label))}, ports: [{port: ((port))}]}
steps:
  - id: make
    kind: task
    title: Make ((app))
    body: "Apply it. \\\\((app)) is no variable, and $((port)) is the shell's."
    until:
      all:
        - {exists: service/((app)), else: There is no Service ((app)) yet.}
        - field: {object: service/((app)), path: "spec.ports[0].port", equals: ((port))}
          else: Its port is not ((port)).
    hints: [{command: kubectl apply -f ((app)).yaml}]
    solve: [kubectl apply -f ((app)).yaml]
    wrong:
      - {do: ["kubectl create service clusterip ((app)) --tcp=1"], expect: Its port is not ((port)).}
"""
)


def replaced(text: str, seed: int = 1) -> dict[str, Any]:
    found = substitute(read_marked(text), seed)
    assert found.unknown == ()
    data = found.marks.data
    assert isinstance(data, dict)
    return data


def test_a_text_that_is_only_a_variable_takes_its_type() -> None:
    data = replaced("vars: {n: 8080, t: true, s: '8080'}\na: ((n))\nb: p((n))\nc: ((t))\nd: is ((t))\ne: ((s))")
    assert [data[key] for key in "abcde"] == [8080, "p8080", True, "is true", "8080"]


def test_quoting_cannot_break_and_the_shells_own_arithmetic_stays() -> None:
    text = "vars: {s: \"a'b: [{\"}\nlist: [((s)), 'x ((s))']\nshell: echo $((1)) $((s)) \\((s))"
    data = replaced(text)
    assert data["list"] == ["a'b: [{", "x a'b: [{"]
    assert data["shell"] == "echo $((1)) $((s)) ((s))"


def test_keys_are_replaced_and_keep_their_place() -> None:
    marks = substitute(read_marked("vars: {app: web}\nfiles:\n  ((app)).yaml: {from: nowhere}"), 1).marks
    assert marks.data["files"] == {"web.yaml": {"from": "nowhere"}}
    assert marks.place_of(("files", "web.yaml", "from")) == (3, 18)


@pytest.mark.parametrize(
    ("text", "message", "mend"),
    [
        ("a: ((prot))", "unknown variable 'prot'", "did you mean 'port'?; \\((prot)) stands for the characters"),
        ("a: x ((port.low)) y", "the variable 'port' has no fields", "write ((port))"),
        ("a: ((m.slap))", "the variable 'm' has no field 'slap'", "did you mean 'm.slip'?"),
        ("a: ((m))", "'m' has fields", "known here: m.label, m.slip"),
        ("title: On ((port))", "((port)) is not replaced in title, which is the same for every learner", None),
        ("steps: [{id: ((port))}]", "((port)) is not replaced in steps, which is the same for every learner", None),
        ("{((m.slip)): 1, i: 2}", "the key 'i' is given twice", "keep one of the two"),
    ],
)
def test_what_stands_for_nothing_is_reported(text: str, message: str, mend: str | None) -> None:
    head = "vars: {port: 80, m: {choose: [{label: l, slip: i}]}}\n"
    whole = head + text if text[0] != "{" else head + f"a: {text}"
    (unknown,) = substitute(read_marked(whole), 1).unknown
    assert unknown.message == message
    assert mend is None or unknown.mend == mend


def test_an_unknown_variable_has_its_place_in_the_file(tmp_path: Path) -> None:
    text = LESSON.replace("Make ((app))", "Make ((ap))")
    (problem,) = load_lesson(written(tmp_path, text)).problems
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "((ap))" in line)
    assert (problem.line, problem.place, problem.code) == (line, "steps › make › title", "variable")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("[web, cart, shop]", "[]", "at least 1 entry is wanted, not 0"),
        ("{choose: [8080, 9090]}", "{chose: [8080]}", "unknown key 'chose'"),
        (
            "{choose: [8080, 9090]}",
            "[8080, 9090]",
            "a text, a number, true or false is wanted (of several, one is chosen: {choose: [...]})",
        ),
        (", slip: crat", "", "the values differ in their fields: give each the same"),
    ],
)
def test_malformed_variables_are_reported(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in LESSON
    loaded = load_lesson(written(tmp_path, LESSON.replace(right, wrong)))
    messages = [problem.message for problem in loaded.problems]
    assert message in messages


def test_the_same_seed_gives_the_same_lesson_and_others_differ(tmp_path: Path) -> None:
    path = written(tmp_path, LESSON)
    assert load_lesson(path, 5).values == load_lesson(path, 5).values
    assert len({str(load_lesson(path, seed).values) for seed in range(20)}) > 6
    first = load_lesson(path, 5)
    assert first.values["url"] == f"http://{first.values['app']}:{first.values['port']}"


def test_every_value_of_every_choice_is_tried() -> None:
    declared = {"a": {"choose": list(range(7))}, "b": {"choose": ["x", "y"]}, "c": "fixed"}
    seeds = covering_seeds(declared)
    shown = [substitute(read_marked(f"vars: {declared!r}"), seed).values for seed in seeds]
    assert {values["a"] for values in shown} == set(range(7))
    assert {values["b"] for values in shown} == {"x", "y"}
    assert covering_seeds({}) == (1,)


def test_check_plays_every_variant_and_says_which_fails(tmp_path: Path) -> None:
    path = written(tmp_path, LESSON)
    assert len(list(variants(load_lesson(path)))) >= 3
    (unused,) = check([path]).problems
    assert (unused.code, unused.place) == ("unused-variable", "vars › url")
    # Wrong for one learner in three only.
    path.write_text(LESSON.replace("    solve: [", "    solve: [test ((app)) != cart && "), encoding="utf-8")
    (problem,) = (each for each in check([path]).problems if each != unused)
    assert problem.code == "solve"
    assert "with app=cart, port=" in problem.message


def entry(path: Path, *, varied: bool = True) -> LessonEntry:
    return LessonEntry("trial", path, "A trial", varied=varied)


def test_a_lesson_gone_on_with_is_the_same_one(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    draws = iter([42, 43])
    assert lesson_seed(entry(path), Progress.load(path), draw=lambda: next(draws)) == 42
    again = Progress.load(path)
    assert lesson_seed(entry(path), again, draw=lambda: next(draws)) == 42
    again.finish_lesson("trial")
    assert lesson_seed(entry(path), again, draw=lambda: next(draws)) == 43
    assert lesson_seed(entry(path), again, 7) == 7
    assert Progress.load(path).lesson("trial").seed == 7


def test_a_lesson_that_is_the_same_for_all_needs_no_seed(tmp_path: Path) -> None:
    progress = Progress()
    assert lesson_seed(entry(tmp_path, varied=False), progress) == USUAL
    assert progress.lesson("trial").seed is None
