"""Texts fit the lesson's pane.

Prose is wrapped by the app, so its lines may be as long as they like. What is shown as written must fit: code blocks,
drawings, tables, and words that cannot be broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.author.markdown import cells, take_apart
from tutor.author.texts import texts_of
from tutor.course.loader import Loaded
from tutor.course.problems import Problem
from tutor.course.schema import Lesson

COLUMNS: Final = 60
"""Cells there are for a text in the app."""


def bad_layout(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Lines and words that are wider than the pane."""
    for text in texts_of(lesson):
        parts = take_apart(text.text)
        for line, width in parts.lines:
            if width > COLUMNS:
                message = f"the line {_short(line)} takes {width} columns; {COLUMNS} fit"
                yield loaded.problem(text.path, message, "break it, or say it in prose", "width", line.strip())
        for word in parts.words:
            if cells(word) > COLUMNS:
                message = f"the word {_short(word)} takes {cells(word)} columns; {COLUMNS} fit"
                yield loaded.problem(text.path, message, "shorten it", "width", word)


def _short(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= 30 else f"{text[:29]}…")
