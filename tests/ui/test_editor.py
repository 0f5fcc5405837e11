"""The editor, as hands are used to it from vi and nano."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.ui.conftest import until
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.ui.app import TutorApp
from tutor.ui.screens.editor import EditorScreen

OPEN = "still open"


class Edited:
    """What came of an editor."""

    def __init__(self, app: App[None], pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.text: str | None = OPEN

    def take(self, text: str | None) -> None:
        self.text = text

    @property
    def said(self) -> str:
        return str(self.app.screen.query_one("#editor-said").render())

    async def type(self, keys: str) -> str | None:
        """Press keys; what came of it, or that nothing did yet."""
        await self.pilot.press(*keys.split())
        await self.pilot.pause()
        return self.text


@asynccontextmanager
async def editing(text: str = "a: 1\n", size: tuple[int, int] = (80, 24)) -> AsyncIterator[Edited]:
    app = TutorApp(Library(), Progress())
    async with app.run_test(size=size) as pilot:
        edited = Edited(app, pilot)
        await app.push_screen(EditorScreen("a.yaml", text), edited.take)
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        yield edited


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("x f2", "xa: 1\n"),
        ("x ctrl+o", "xa: 1\n"),
        ("escape", None),
        ("x escape", OPEN),
        ("x escape escape", None),
        ("x escape y escape", OPEN),
        # vi, its commands typed where the editor opens, or on a line of their own
        (": w q enter", "a: 1\n"),
        ("x enter : x enter", "x\na: 1\n"),
        ("x enter : w q exclamation_mark enter", "x\na: 1\n"),
        (": q enter", None),
        ("x enter : q enter", OPEN),
        ("x enter : q enter : q enter", None),
        ("x enter : q exclamation_mark enter", None),
        ("x enter : w enter", OPEN),
        ("x enter : w enter : q enter", "x\na: 1\n"),
        ("x enter : w enter y : q exclamation_mark enter", OPEN),  # no line of its own
        ("x enter : w enter y enter : q exclamation_mark enter", "x\na: 1\n"),
        (": w r enter f2", ":wr\na: 1\n"),
        # nano
        ("x ctrl+s", OPEN),
        ("x ctrl+s ctrl+x", "xa: 1\n"),
        ("ctrl+x", None),
        ("x ctrl+x", OPEN),
        ("x ctrl+x ctrl+x", None),
        ("shift+right ctrl+x f2", ": 1\n"),
    ],
)
async def test_the_editor_takes_what_hands_are_used_to(keys: str, text: str | None) -> None:
    async with editing() as edited:
        assert await edited.type(keys.replace(":", "colon")) == text


async def test_what_the_editor_says_fits_a_small_screen() -> None:
    async with editing() as edited:
        await edited.type("x escape")
        said = edited.app.screen.query_one("#editor-said")
        assert edited.said == "Not saved: once more leaves."
        assert said.size.width >= len(edited.said)
        await edited.type("ctrl+s")
        assert edited.said == "Saved. Esc closes."
        await edited.type("y")
        assert edited.said == ""


async def test_a_command_of_vi_leaves_the_rest_of_its_line_and_can_be_undone() -> None:
    async with editing("a: 1\nb: 2\n") as edited:
        area = edited.app.screen.query_one(TextArea)
        area.move_cursor((1, 0))
        await edited.type("colon w enter")
        assert area.text == "a: 1\nb: 2\n"
        assert area.cursor_location == (1, 0)
