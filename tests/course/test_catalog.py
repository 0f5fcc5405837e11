"""The list of lessons, read quickly and without falling over a broken file."""

import subprocess
import sys
from pathlib import Path

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.course.catalog import read_catalog
from tutor.course.glossary import read_glossary
from tutor.course.packs import Library

LESSON = HEAD + "summary: Try.\nobjectives: [See]\n" + DEPLOYMENT + STEPS


def test_the_lessons_come_in_the_order_of_the_index(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    written(tmp_path, LESSON.replace("id: trial", "id: other"), "b.yaml")
    written(tmp_path, "format: 1\nlessons: [b.yaml, a.yaml]\n", "index.yaml")
    catalog = read_catalog(Library(tmp_path))
    assert [entry.id for entry in catalog.lessons] == ["other", "trial"]
    assert catalog.problems == ()
    entry = catalog.lessons[1]
    assert (entry.title, entry.summary, entry.minutes, entry.objectives) == ("A trial", "Try.", 3, ("See",))
    assert entry.step_ids == ("intro", "guess", "expose", "address", "recap")
    assert catalog.after("other") is entry
    assert catalog.after("trial") is None


def test_a_broken_lesson_is_a_problem_and_the_others_are_listed(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    written(tmp_path, "id: [\n", "b.yaml")
    written(tmp_path, LESSON, "c.yaml")
    written(tmp_path, "format: 1\nlessons: [a.yaml, b.yaml, c.yaml, d.yaml]\n", "index.yaml")
    catalog = read_catalog(Library(tmp_path))
    assert [entry.id for entry in catalog.lessons] == ["trial"]
    assert [(problem.code, problem.line) for problem in catalog.problems] == [
        ("yaml", 1),
        ("duplicate-id", 2),
        ("unreadable", 0),
    ]


def test_a_lesson_that_is_named_twice_is_listed_once(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    written(tmp_path, "format: 1\nlessons:\n  - a.yaml\n  - a.yaml\n", "index.yaml")
    catalog = read_catalog(Library(tmp_path))
    assert [entry.id for entry in catalog.lessons] == ["trial"]
    assert [(each.line, each.message) for each in catalog.problems] == [(4, "a.yaml is named twice")]


def test_without_an_index_every_file_is_a_lesson(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    assert [entry.id for entry in read_catalog(Library(tmp_path)).lessons] == ["trial"]


def test_a_broken_index_is_a_problem(tmp_path: Path) -> None:
    written(tmp_path, "lessons: 5\n", "index.yaml")
    (problem,) = read_catalog(Library(tmp_path)).problems
    assert problem.mend == "write lessons: [first.yaml]"


def test_lessons_may_stand_in_groups(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        written(tmp_path, LESSON.replace("id: trial", f"id: {name}"), f"{name}.yaml")
    basics = "  - title: Basics\n    summary: Short.\n    lessons: [a.yaml, b.yaml]\n"
    groups = f"groups:\n{basics}  - {{title: More, lessons: []}}\n"
    written(tmp_path, f"format: 1\nlessons: [c.yaml]\n{groups}", "index.yaml")
    catalog = read_catalog(Library(tmp_path))
    assert [(group.title, group.summary, len(group.lessons)) for group in catalog.groups] == [
        ("", "", 1),
        ("Basics", "Short.", 2),
    ]
    assert [entry.id for entry in catalog.lessons] == ["c", "a", "b"]
    assert catalog.after("c") is catalog.find("a")


def test_mistakes_in_groups_are_pointed_at(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    index = "groups:\n  - lessons: [a.yaml]\n  - titel: More\n    title: More\n    lessons: a.yaml\n"
    written(tmp_path, index, "index.yaml")
    catalog = read_catalog(Library(tmp_path))
    assert [entry.id for entry in catalog.lessons] == ["trial"]
    assert [(problem.line, problem.message) for problem in catalog.problems] == [
        (2, "a group without a title"),
        (3, "unknown key 'titel'"),
        (5, "no list of lesson files"),
    ]


def test_a_glossary_explains_terms(tmp_path: Path) -> None:
    written(tmp_path, "endpoint: |\n  An address.\n", "glossary.yaml")
    glossary = read_glossary(tmp_path)
    assert glossary.texts["endpoint"] == "An address."
    assert glossary.texts["Service"].startswith("A steady name"), "the program's own words are explained everywhere"
    assert read_glossary(tmp_path / "none", own=tmp_path).texts == {"endpoint": "An address."}


def test_listing_loads_no_validators_and_no_shell() -> None:
    """`tutor list` must not wait for pydantic or the shell."""
    code = (
        "import sys; from tutor.course import catalog, progress; catalog.read_catalog();"
        "sys.exit(any(name in sys.modules for name in ('pydantic', 'bashkit', 'tutor.engine')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # our own interpreter


def test_an_index_of_another_format_is_not_read(tmp_path: Path) -> None:
    written(tmp_path, "format: 2\nlessons: [a.yaml]\n", "index.yaml")
    (problem,) = read_catalog(Library(tmp_path)).problems
    assert (problem.line, problem.code, problem.mend) == (1, "format", "update tutor")
