"""A lesson file with a mistake is reported with its line and a mend; it never raises, and other files still load."""

from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.course.formats import format_fault
from tutor.course.loader import load_lesson
from tutor.paths import lessons_dir


def only_line(text: str, fragment: str) -> int:
    lines = [number for number, line in enumerate(text.splitlines(), 1) if fragment in line]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize("path", sorted(lessons_dir().glob("[!ig]*.yaml")), ids=lambda path: path.stem)
def test_the_lessons_that_ship_load(path: Path) -> None:
    loaded = load_lesson(path)
    assert loaded.problems == ()
    assert loaded.lesson is not None


BREAKS = [
    ("minutes: 3", "minutes: five", "a whole number is wanted, not 'five'", "write one, without quotes"),
    ("minutes: 3", "minutes: 0", "at least 1 is wanted, not 0", "write 1 or more"),
    ("minutes: 3", "minutes: 2.50", "a whole number is wanted, not 2.50", None),
    (
        "id: trial",
        "id: My_Trial",
        "lower-case letters, digits and dashes are wanted, not 'My_Trial'",
        "such as my-trial",
    ),
    ("title: A trial", "title: 5", "a text is wanted, not 5", "put it in quotes"),
    ("title: A trial", "title: yes", "a text is wanted, not yes", "put it in quotes"),
    ("title: A trial", "title: ''", "the text is empty", "write one"),
    ("minutes: 3", "minuts: 5", "unknown key 'minuts'", "did you mean 'minutes'?"),
    ("    solve: [kubectl expose", "    slove: [kubectl expose", "unknown key 'slove'", "did you mean 'solve'?"),
    ("kind: quiz", "kind: quizz", "no such kind of step: 'quizz'", "did you mean 'quiz'?"),
    ("{exists: service/web,", "{exist: service/web,", "unknown condition 'exist'", "did you mean 'exists'?"),
    (
        "{exists: service/web,",
        "{exists: servce/web,",
        "there is no kind 'servce' in the simulated cluster",
        "did you mean 'service'?",
    ),
    ("{exists: service/web,", "{exists: web,", "'web' will not do", "write it kind/name, or namespace/kind/name"),
    ("{exists: service/web,", "{count: {kind: pod},", "it does not say how many", "write equals, at-least or at-most"),
    (
        "{exists: service/web,",
        "{request: {outcome: refusd},",
        "'refusd' will not do",
        "did you mean 'refused'?",
    ),
    (
        "{exists: service/web,",
        "{selects: {service: web, pods: all},",
        "'all' will not do",
        'write a whole number, or a comparison such as ">=2"',
    ),
    (
        "{exists: service/web, else: There",
        "{exists: service/web, else: no, title: There",
        "a text is wanted, not no",
        None,
    ),
    (
        "solve: [kubectl expose deployment web --port=80]",
        "solve: kubectl expose deployment web",
        "a list is wanted, not 'kubectl expose deployment web'",
        "write - before it",
    ),
    (
        "- {text: kubectl expose makes a Service.}",
        "- kubectl expose makes a Service.",
        "a mapping is wanted, not 'kubectl expose makes a Service.'",
        "write keys with their values: text, command, when",
    ),
    (
        "answer: {object: service/web, path: spec.clusterIP}",
        "answer: 5",
        "a text or a mapping is wanted, not 5",
        "put it in quotes",
    ),
    (
        "- {text: Curl, why: It is a program.}",
        "- {text: Curl, why: It is a program, really.}",
        "a comma ends an entry between braces, and has cut off 'really.'",
        "put the text in quotes",
    ),
    ("kind: quiz", "kind: quiz\n    then: []", "unknown key 'then'", "steps of the kind predict have it"),
    ("{service: web, ready: 3}", "{service: web, redy: 3}", "unknown key 'redy'", "did you mean 'ready'?"),
    (
        "{exists: service/web, else: There is no Service web yet.}",
        "{exists: service/web}",
        "the condition has no else",
        "say what is missing while it does not hold",
    ),
    ("id: recap", "id: intro", "the step id 'intro' is given twice", "give this one another id"),
    ("then: [kubectl", "then: [7, kubectl", "a text is wanted, not 7", "put it in quotes"),
    ("{text: One, why: No.}", "{text: One}", "the key 'why' is missing", "add why:"),
    (
        "- {text: Two, right: true, why: Yes.}",
        "- {text: Three, right: true, why: No.}\n      - {text: Two, right: true, why: Yes.}",
        "2 options are right",
        None,
    ),
    (
        "path: spec.clusterIP}",
        "path: 'spec..clusterIP'}",
        "cannot read '..clusterIP' in the path 'spec..clusterIP'",
        "write it as in spec.ports[0].port or metadata.labels.app",
    ),
    (
        "web.yaml: |",
        "web.yaml: {from: nope.yaml}\n  more.yaml: |",
        "the file 'nope.yaml' cannot be read: No such file",
        None,
    ),
    (
        "cluster: {apply: [web.yaml]",
        "cluster: {apply: [wbe.yaml]",
        "there is no file 'wbe.yaml'",
        "did you mean 'web.yaml'?",
    ),
    ("format: 1", "format: 2", "format 2 is newer than this program, which reads 1", "update tutor"),
    ("format: 1", "format: 0", "there never was a format 0", "write format: 1"),
    ("format: 1", "format: true", "format True is not a number", "write format: 1"),
    ("format: 1", "format: one", "format 'one' is not a number", "write format: 1"),
]


@pytest.mark.parametrize(("right", "wrong", "message", "mend"), BREAKS, ids=[each[1][:30] for each in BREAKS])
def test_a_mistake_has_its_line_and_a_mend(
    tmp_path: Path, right: str, wrong: str, message: str, mend: str | None
) -> None:
    text = HEAD + DEPLOYMENT + STEPS
    broken = text.replace(right, wrong, 1)
    loaded = load_lesson(written(tmp_path, broken))
    assert loaded.lesson is None
    found = {problem.message: problem for problem in loaded.problems}
    assert message in found
    problem = found[message]
    lines = [number for number, line in enumerate(broken.splitlines(), 1) if wrong.split("\n")[0] in line]
    assert problem.line in {lines[-1], lines[-1] + wrong.count("\n")}
    if mend is not None:
        assert problem.mend == mend


def test_what_is_missing_is_said_where_it_should_stand(tmp_path: Path) -> None:
    text = (HEAD + DEPLOYMENT + STEPS).replace("format: 1\n", "").replace("      - {text: One, why: No.}\n", "")
    found = [(each.place, each.message, each.mend) for each in load_lesson(written(tmp_path, text)).problems]
    assert found == [
        ("", "the key 'format' is missing", "add format: 1"),
        ("steps › guess › options", "at least 2 entries are wanted, not 1", "add to it"),
    ]


def test_one_mistake_is_one_finding(tmp_path: Path) -> None:
    """Whatever could have been written in several ways is wrong in each of them."""
    text = (HEAD + DEPLOYMENT + STEPS).replace("{exists: service/web,", "{request: {outcome: [ok, fine], url: 5},")
    found = [(each.place, each.message) for each in load_lesson(written(tmp_path, text)).problems]
    assert found == [
        ("steps › expose › until › all 1 › request › outcome 2", "'fine' will not do"),
        ("steps › expose › until › all 1 › request › url", "a text is wanted, not 5"),
    ]


def test_expect_must_be_the_else_of_a_condition(tmp_path: Path) -> None:
    text = (HEAD + DEPLOYMENT + STEPS).replace(
        "expect: There is no Service web yet.", "expect: There is no Service wab yet."
    )
    (problem,) = load_lesson(written(tmp_path, text)).problems
    assert problem.mend == "did you mean 'There is no Service web yet.'?"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "not UTF-8 text (byte 0)"),
        (b"", "is not a lesson: a mapping with format, id, title … is wanted"),
        (b"- a\n", "is not a lesson: a mapping with format, id, title … is wanted"),
        (b"a: [\n", "not valid YAML: the [ that begins here is not closed"),
    ],
)
def test_what_is_no_lesson_at_all(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    (problem,) = load_lesson(path).problems
    assert problem.message == message


def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    (missing,) = load_lesson(tmp_path / "missing.yaml").problems
    (folder,) = load_lesson(tmp_path).problems
    assert (missing.message, folder.message) == (
        "cannot be read: No such file or directory",
        "cannot be read: Is a directory",
    )


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/hostname"])
def test_files_outside_the_lesson_are_not_read(tmp_path: Path, name: str) -> None:
    """A lesson is data from anybody: it reaches its own folder and the assets only."""
    (tmp_path / "secret.yaml").write_text("x", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    text = HEAD + f"files: {{x: {{from: {name}}}}}\nsteps: [{{id: a, kind: read, body: b}}]\n"
    (problem,) = load_lesson(written(inner, text)).problems
    assert problem.code == "missing-file"


def test_a_problem_is_one_line_that_editors_can_follow(tmp_path: Path) -> None:
    path = written(tmp_path, (HEAD + DEPLOYMENT + STEPS).replace("kind: quiz", "kind: quizz"))
    (problem,) = load_lesson(path).problems
    line = only_line(path.read_text(encoding="utf-8"), "kind: quizz")
    expected = (
        f"{path}:{line}:5: steps › recap › kind: no such kind of step: 'quizz' (did you mean 'quiz'?) [step-kind]"
    )
    assert str(problem) == expected


def test_an_older_format_says_what_to_change() -> None:
    migrations = {1: "rename cluster to world", 2: "give each step a kind"}
    message, mend = format_fault(1, 3, migrations)
    assert message == "format 1 is older than this program, which reads 3"
    assert mend == "rename cluster to world; then give each step a kind; write format: 3"
    assert format_fault(2, 3, migrations)[1] == "give each step a kind; write format: 3"
    assert format_fault(3, 3, migrations) == ("", "")


def test_a_drawing_stands_in_the_body(tmp_path: Path) -> None:
    (tmp_path / "house.txt").write_text("/\\\n[]\n", encoding="utf-8")
    text = LESSON_WITH_DRAWING.replace("NAME", "house.txt")
    path = tmp_path / "drawn.yaml"
    path.write_text(text, encoding="utf-8")
    lesson = load_lesson(path).lesson
    assert lesson is not None
    assert lesson.steps[0].body == "Look:\n\n```drawing a house\n/\\\n[]\n```\n\nNice.\n"
    assert lesson.steps[0].explain == "```drawing a house\n/\\\n[]\n```"


def test_a_missing_drawing_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "drawn.yaml"
    path.write_text(LESSON_WITH_DRAWING.replace("NAME", "nowhere.txt"), encoding="utf-8")
    loaded = load_lesson(path)
    assert loaded.lesson is None
    assert [problem.code for problem in loaded.problems] == ["missing-file", "missing-file"]
    assert "nowhere.txt" in str(loaded.problems[0])


LESSON_WITH_DRAWING = """\
format: 1
id: drawn
title: Drawn
minutes: 1
steps:
  - id: look
    kind: read
    body: |
      Look:

      ![a house](NAME)

      Nice.
    explain: "![a house](NAME)"
"""
