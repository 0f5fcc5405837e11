"""The app on one lesson that is being written: it follows the file, and shows what a check finds in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, TypeAlias

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.types import CSSPathType
from textual.widgets import Static

from tutor.course.problems import Problem
from tutor.course.progress import Progress
from tutor.course.reloading import Resumption, WatchedFile, resume
from tutor.course.session import LessonError, Session
from tutor.ui.app import TutorApp
from tutor.ui.literal import literal
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.settings import SettingsFile
from tutor.ui.theme import UNICODE, Glyphs
from tutor.ui.widgets.shell import Shell

LOOK: Final = 0.5
"""Seconds between two looks at the file."""


@dataclass(frozen=True)
class Findings:
    """What a check found.

    Args:
        summary: such as `1 lesson, 4 steps: all proved`.
        problems: what is wrong.
    """

    summary: str
    problems: tuple[Problem, ...] = ()


Prover: TypeAlias = Callable[[Path], Findings]
"""Proves a lesson file; takes its time, and runs in a thread of its own."""


class PreviewScreen(LessonScreen):
    """Plays a lesson file, again after each change of it.

    Args:
        file: the file.
        prove: says what a check finds in it.
        glyphs: the symbols to draw with.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = ["screens/lesson.tcss", "preview.tcss"]
    _found = getters.query_one("#found", Static)

    def __init__(self, file: WatchedFile, prove: Prover, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(file.path.stem, self._first, glyphs=glyphs)
        self._file = file
        self._prove = prove
        self._progress = Progress()
        self._begun = False

    def compose(self) -> ComposeResult:
        """The lesson's panes, and the findings above the shell."""
        for widget in super().compose():
            if isinstance(widget, Shell):
                with VerticalScroll(id="findings"):
                    yield Static(literal("Checking …"), id="found")
            yield widget

    def on_mount(self) -> None:
        """Look at the file from now on."""
        self.query_one("#findings").border_title = literal("Findings")
        self.set_interval(LOOK, self._look)
        self.run_worker(self._check(), group="check", exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        if self._begun and self._file.changed():
            self.run_worker(self._check(), group="check", exclusive=True, exit_on_error=False)
            await self._stop()
            self._jobs.add(self._reload)

    async def _check(self) -> None:
        """Show what is found; a check that a later one overtakes is not shown."""
        self._found.update(literal("Checking …"))
        found = await asyncio.to_thread(self._prove, self._file.path)
        self._found.update(_said(found.summary, found.problems))

    async def _first(self) -> Session:
        try:
            return await self._session(None)
        finally:
            self._begun = True

    async def _reload(self) -> None:
        try:
            session = await self._session(self.player.session if self.player else None)
        except LessonError as error:
            if self.player is not None:
                self.say(f"The file has a problem; the lesson as it was stays.\n{error}", "gloss")
                return
            raise
        await self.replace(session)
        self.say("The lesson was read again.", "notice")

    async def _session(self, old: Session | None) -> Session:
        from tutor.course.glossary import read_glossary
        from tutor.course.loader import load_lesson

        loaded = load_lesson(self._file.path)
        if loaded.lesson is None:
            raise LessonError("\n".join(map(str, loaded.problems)))
        at = resume(old.lesson, loaded.lesson, old.step.id, old.typed) if old is not None else Resumption()
        glossary = read_glossary(self._file.path.parent).texts
        session = await Session.open(loaded.lesson, step=at.step, progress=self._progress, live=True, glossary=glossary)
        await session.retype(at.lines)
        return session

    def leave(self, *, onward: bool) -> None:
        """There is nothing but this lesson."""
        self.app.exit()


class PreviewApp(TutorApp):
    """The app on one lesson file; progress is not kept.

    Args:
        path: the file.
        prove: says what a check finds in it.
        settings: what the author likes; None for the file in the data folder.
    """

    def __init__(self, path: Path, prove: Prover, settings: SettingsFile | None = None) -> None:
        super().__init__(progress=Progress(), settings=settings or SettingsFile.load())
        self._path = path
        self._prove = prove

    def _begin(self) -> None:
        self.push_screen(PreviewScreen(WatchedFile(self._path), self._prove, self.glyphs))


def _said(summary: str, problems: Sequence[Problem]) -> Content:
    """The findings, a line each, and their summary."""
    lines = (
        f"{each.line}:{each.column}  {each.said} [{each.code}]" if each.line else f"{each.said} [{each.code}]"
        for each in problems
    )
    return literal("\n".join((summary, *lines)))
