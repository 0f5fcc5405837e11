"""A file that is being written, with all that goes into it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tutor.course.draft import read_draft
from tutor.course.lesson_index import CHALLENGES
from tutor.paths import lessons_dir

LESSON = """\
format: 1
id: made
title: Made
minutes: 1
cluster: {apply: [world.yaml]}
files: {mine.txt: {from: texts/mine.txt}}
steps:
  - id: read
    kind: read
    body: |
      Look.

      ![A line](drawing.txt)
"""


@pytest.fixture
def challenges(tmp_path: Path) -> Path:
    """A folder of challenges of its own."""
    return Path(shutil.copytree(lessons_dir() / CHALLENGES, tmp_path / "mine"))


def test_every_file_that_goes_in_is_known_even_while_it_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "made.yaml"
    path.write_text(LESSON, encoding="utf-8")
    (tmp_path / "translations" / "de").mkdir(parents=True)
    draft = read_draft(path)
    assert draft.lesson is None
    assert {problem.code for problem in draft.problems} == {"missing-file"}
    names = (
        "made.yaml", "world.yaml", "texts/mine.txt", "drawing.txt", "glossary.yaml", "index.yaml",
        "translations/de/made.yaml", "translations/de/glossary.yaml",
    )  # fmt: skip
    assert {tmp_path / name for name in names} <= set(draft.sources)


@pytest.mark.parametrize("text", ["steps: [", "[]", "files: 3\ncluster: []\nsteps: {a: b}\n", "steps: [{body: 3}]\n"])
def test_what_is_malformed_is_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "made.yaml"
    path.write_text(text, encoding="utf-8")
    draft = read_draft(path)
    assert draft.lesson is None
    assert draft.problems
    assert path in draft.sources


def test_a_fault_and_the_stories_are_challenges_by_seed(challenges: Path) -> None:
    fault = read_draft(challenges / "selector.yaml", 2)
    assert fault.lesson is not None
    assert fault.lesson.steps[0].kind == "challenge"
    assert "selector" in fault.lesson.steps[0].explain.lower()
    assert challenges / "stories.yaml" in fault.sources
    stories = [read_draft(challenges / "stories.yaml", seed).lesson for seed in (1, 2)]
    assert len({story.steps[0].title for story in stories if story}) == 2


def test_a_broken_fault_is_reported(challenges: Path) -> None:
    path = challenges / "selector.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("rung:", "rnug:"), encoding="utf-8")
    draft = read_draft(path)
    assert draft.lesson is None
    assert any("rnug" in problem.message for problem in draft.problems)
