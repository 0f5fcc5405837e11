"""The list of lessons, read quickly and without falling over a broken file."""

import subprocess
import sys
from pathlib import Path

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.course.catalog import read_catalog, read_glossary

LESSON = HEAD + "summary: Try.\nobjectives: [See]\n" + DEPLOYMENT + STEPS


def test_the_lessons_come_in_the_order_of_the_index(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    written(tmp_path, LESSON.replace("id: trial", "id: other"), "b.yaml")
    written(tmp_path, "format: 1\nlessons: [b.yaml, a.yaml]\n", "index.yaml")
    catalog = read_catalog(tmp_path)
    assert [entry.id for entry in catalog.lessons] == ["other", "trial"]
    assert catalog.problems == ()
    entry = catalog.lessons[1]
    assert (entry.title, entry.summary, entry.minutes, entry.objectives) == ("A trial", "Try.", 5, ("See",))
    assert entry.step_ids == ("intro", "guess", "expose", "address", "recap")
    assert catalog.after("other") is entry
    assert catalog.after("trial") is None


def test_a_broken_lesson_is_a_problem_and_the_others_are_listed(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    written(tmp_path, "id: [\n", "b.yaml")
    written(tmp_path, LESSON, "c.yaml")
    written(tmp_path, "format: 1\nlessons: [a.yaml, b.yaml, c.yaml, d.yaml]\n", "index.yaml")
    catalog = read_catalog(tmp_path)
    assert [entry.id for entry in catalog.lessons] == ["trial"]
    assert [problem.code for problem in catalog.problems] == ["yaml", "duplicate-id", "unreadable"]


def test_without_an_index_every_file_is_a_lesson(tmp_path: Path) -> None:
    written(tmp_path, LESSON, "a.yaml")
    assert [entry.id for entry in read_catalog(tmp_path).lessons] == ["trial"]


def test_a_broken_index_is_a_problem(tmp_path: Path) -> None:
    written(tmp_path, "lessons: 5\n", "index.yaml")
    (problem,) = read_catalog(tmp_path).problems
    assert problem.mend == "write lessons: [first.yaml]"


def test_a_glossary_explains_terms(tmp_path: Path) -> None:
    written(tmp_path, "endpoint: |\n  An address.\n", "glossary.yaml")
    assert read_glossary(tmp_path) == {"endpoint": "An address."}
    assert read_glossary(tmp_path / "none") == {}


def test_listing_loads_no_validators_and_no_shell() -> None:
    """`tutor list` must not wait for pydantic or the shell."""
    code = (
        "import sys; from tutor.course import catalog, progress; catalog.read_catalog();"
        "sys.exit(any(name in sys.modules for name in ('pydantic', 'bashkit', 'tutor.engine')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # our own interpreter
