"""Texts fit the lesson's pane.

Prose is wrapped by the app, so its lines may be as long as they like. What is shown as written must fit: code blocks,
drawings, tables, and words that cannot be broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.author.markdown import cells, take_apart
from tutor.author.texts import Text, texts_of
from tutor.course.loader import Loaded
from tutor.course.problems import Problem
from tutor.course.schema import Lesson

COLUMNS: Final = 60
"""Cells there are for a text in the app."""


def bad_layout(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Lines and words that are wider than the pane."""
    for text in texts_of(lesson):
        yield from wide_parts(loaded, text)


def wide_parts(loaded: Loaded, text: Text) -> Iterator[Problem]:
    """Lines, tables and words of a text that are wider than the pane."""
    parts = take_apart(text.text)
    for what, mend, lines in (
        ("line", "break it, or say it in prose", parts.lines),
        ("table that begins with", "shorten its cells, or say it in prose", parts.tables),
    ):
        for line, width in lines:
            if width > COLUMNS:
                message = f"the {what} {_short(line)} takes {width} columns; {COLUMNS} fit"
                yield loaded.problem(text.path, message, mend, "width", line.strip())
    for word in parts.words:
        if cells(word) > COLUMNS:
            message = f"the word {_short(word)} takes {cells(word)} columns; {COLUMNS} fit"
            yield loaded.problem(text.path, message, "shorten it", "width", word)


def _short(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= 30 else f"{text[:29]}…")
