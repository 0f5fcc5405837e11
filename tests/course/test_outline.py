"""The outline of a lesson file is what reading all of it gives."""

from __future__ import annotations

import pytest

from tutor.course.marked_yaml import read_marked
from tutor.course.outline import read_outline
from tutor.paths import lessons_dir


@pytest.mark.parametrize("path", sorted(lessons_dir().glob("*.yaml")), ids=lambda path: path.name)
def test_it_agrees_with_the_whole(path) -> None:
    text = path.read_text(encoding="utf-8")
    whole, outline = read_marked(text).data, read_outline(text)
    if "steps" not in whole:
        assert outline is None
        return
    assert outline is not None
    wanted = [{key: step[key] for key in ("id", "kind", "recall") if key in step} for step in whole["steps"]]
    assert outline == {**whole, "steps": wanted}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id: a",
        "id: a\nsteps: [{id: one}]\n",
        "id: a\nsteps:\n  - kind: read\n    id: one\n",
        "id: a\nsteps:\n  - id: one\nvars: {x: {choose: [1]}}\n",
        "id: [\nsteps:\n  - id: one\n",
        "- id: a\nsteps:\n  - id: one\n",
    ],
)
def test_what_is_laid_out_otherwise_is_left_to_the_reader_of_the_whole(text: str) -> None:
    assert read_outline(text) is None
