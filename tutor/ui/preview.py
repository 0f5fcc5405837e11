"""The app on one lesson that is being written: it follows the file, and shows what a check finds in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.types import CSSPathType
from textual.widgets import Static

from tutor.course.catalog import LessonEntry
from tutor.course.draft import Draft
from tutor.course.problems import Problem
from tutor.course.progress import Progress
from tutor.course.reloading import Resumption, WatchedFiles, carry_marks, reopen, resume
from tutor.course.session import LessonError, Session
from tutor.course.stage import CONTINUES
from tutor.ui.app import TutorApp
from tutor.ui.literal import literal
from tutor.ui.opening import wall_clock
from tutor.ui.screens.lesson import SAID, LessonScreen
from tutor.ui.settings import SettingsFile
from tutor.ui.theme import UNICODE, Glyphs
from tutor.ui.widgets.shell import Shell

LOOK: Final = 0.5
"""Seconds between two looks at the files."""
CHECKING: Final = "Checking …"
BROKEN: Final = "As the file is now it cannot be played: the lesson goes on as it was."
WAITING: Final = "Saved. It is read again once the command has ended; {prompt.interrupt} ends it."
AGAIN: Final = "the first step again"
READ_AGAIN: Final = "The lesson was read again."
AFRESH: Final = "The step begins otherwise now, so nothing was typed again; {prompt.up} brings the lines back."
GONE: Final = "The step that was here is gone; this one is in its place."
LEFT_OUT: Final = "Left out, since it came to no end: {line}"


@dataclass(frozen=True)
class Findings:
    """What a check found.

    Args:
        summary: such as `1 lesson, 4 steps: all proved`.
        problems: what is wrong.
    """

    summary: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Manuscript:
    """A lesson that is being written.

    Args:
        path: its file.
        read: reads it as it stands; in a thread of its own.
        prove: says what a check finds in it; cancelled when the file changes meanwhile.
        seed: decides every generated name, address and choice.
    """

    path: Path
    read: Callable[[], Draft]
    prove: Callable[[], Awaitable[Findings]]
    seed: int = 1


class PreviewScreen(LessonScreen):
    """Plays a lesson that is being written, again after each change of it.

    A change that breaks it is told, and nothing else happens. Any other is taken up as soon as nothing runs.

    Args:
        manuscript: the lesson.
        glyphs: the symbols to draw with.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = ["screens/lesson.tcss", "preview.tcss"]
    REFUSED = f"This file cannot be played as it is.\n{SAID}\nIt is read again at each save. {{app.quit}} quits."
    _found = getters.query_one("#found", Static)

    def __init__(self, manuscript: Manuscript, glyphs: Glyphs = UNICODE) -> None:
        again = LessonEntry(manuscript.path.stem, manuscript.path, AGAIN)
        super().__init__(again.id, self._first, again, glyphs)
        self._manuscript = manuscript
        self._progress = Progress()
        self._files = WatchedFiles([manuscript.path])
        self._opened = False
        self._played: Draft | None = None
        self._newer: Draft | None = None
        self._status = ""
        self._faults: tuple[Problem, ...] = ()
        self._findings: Findings | None = None

    def compose(self) -> ComposeResult:
        """The lesson's panes, and the findings above the shell."""
        for widget in super().compose():
            if isinstance(widget, Shell):
                with VerticalScroll(id="findings"):
                    yield Static(literal(CHECKING), id="found")
            yield widget

    def on_mount(self) -> None:
        """Look at the files from now on."""
        self.query_one("#findings").border_title = literal("Findings")
        self.set_interval(LOOK, self._look)

    # What is found

    def _begin_check(self) -> None:
        self._findings = None
        self.run_worker(self._check(), group="check", exclusive=True, exit_on_error=False)

    async def _check(self) -> None:
        """Show what is found; a check that a later one overtakes is ended."""
        try:
            self._findings = await self._manuscript.prove()
        except (OSError, RuntimeError) as error:
            self._findings = Findings(f"The check did not come to its end: {error}")
        self._show_findings()

    def _show_findings(self) -> None:
        """Show how it stands with the file, and what was found in it."""
        found = self._findings or Findings(CHECKING)
        problems = dict.fromkeys((*self._faults, *found.problems))
        lines = (self._status, found.summary, *(self._line(each) for each in problems))
        self._found.update(literal("\n".join(filter(None, lines))))

    def _line(self, problem: Problem) -> str:
        place = f"{problem.line}:{problem.column}" if problem.line else ""
        return (
            f"{':'.join(filter(None, (self._file_name(problem.file), place)))}  {problem.said} [{problem.code}]".strip()
        )

    def _file_name(self, file: Path) -> str:
        """What another file than the lesson's is called here."""
        path = self._manuscript.path
        if file == path:
            return ""
        return file.name if file.parent == path.parent else f"{file.parent.name}/{file.name}"

    # Following the file

    def _look(self) -> None:
        if self._opened and self._files.changed():
            self.run_worker(self._follow(), group="follow", exclusive=True, exit_on_error=False)
        self._take_up()

    async def _follow(self) -> None:
        """Read what has changed, and see whether it can be played."""
        self._status, self._newer, self._faults = "", None, ()
        self._begin_check()
        draft = await self._read()
        if draft.lesson is None:
            self._status, self._faults = BROKEN if self.player else "", draft.problems
        elif self._played is None or self._played.differs_from(draft):
            self._newer = draft
            self._take_up()
        self._show_findings()

    async def _read(self) -> Draft:
        try:
            draft = await asyncio.to_thread(self._manuscript.read)
        except Exception as error:  # whatever is in a file, the preview goes on
            draft = Draft(None, (self._fault(error),))
        # What a broken file names is not all known: what it named before may be what mends it.
        before = () if draft.lesson else self._files.paths
        self._files.watch((self._manuscript.path, *draft.sources, *before))
        return draft

    def _fault(self, error: Exception) -> Problem:
        code, said = "setup", str(error)
        if not isinstance(error, LessonError):
            self.log.error(error)
            code, said = "fault", f"a fault of tutor's own: {type(error).__name__}: {error}"
        return Problem(self._manuscript.path, 0, 0, said, code=code)

    # Playing it again

    @property
    def _busy(self) -> bool:
        """Whether something is under way that is not to be cut."""
        if not self.at_rest or not self.is_current:
            return True
        terminal = self.player.session.terminal if self.player else None
        return terminal is not None and (terminal.busy or terminal.prompt == CONTINUES)

    def _take_up(self) -> None:
        """Play what has changed as soon as nothing runs."""
        if self._newer is None:
            return
        status = self.app.preferences.keys.fill(WAITING) if self._busy else ""
        if not status:
            draft, self._newer = self._newer, None
            self._jobs.add(lambda: self._reload(draft))
        if status != self._status:
            self._status = status
            self._show_findings()

    async def _first(self) -> Session:
        try:
            draft = await self._read()
            if draft.lesson is None:
                raise LessonError("\n".join(map(self._line, draft.problems)))
            self._played = draft
            return (await self._open_at(draft, None))[0]
        finally:
            self._opened = True
            self._begin_check()

    async def _reload(self, draft: Draft) -> None:
        at = self._place_in(draft)
        if self._played is not None and self._played.lesson is not None and draft.lesson is not None:
            carry_marks(self._progress, self._played.lesson, draft.lesson)
        try:
            session, left_out = await self._open_at(draft, at)
        except Exception as error:  # the lesson as it was can still be played
            self._status, self._faults = BROKEN if self.player else "", (self._fault(error),)
            self._show_findings()
            return
        old, self._played = self.player, draft
        served = old is not None and bool(old.session.outside.lines)
        await self.replace(session)
        player = self.player
        if player is None or old is None or at is None:
            return
        session.terminal.history[:] = old.session.terminal.history
        if old.session.step.id == session.step.id and not at.afresh:
            player.ran, player.marked, player.finished = old.ran, old.marked, old.finished and player.view.done
            self.show(player.view)
        self.say("\n".join(self._told(at, left_out)), "notice")
        if served:
            await player.act("api")

    def _told(self, at: Resumption, left_out: tuple[str, ...]) -> Iterator[str]:
        yield READ_AGAIN
        if at.gone:
            yield GONE
        if at.afresh:
            yield self.app.preferences.keys.fill(AFRESH)
        yield from (LEFT_OUT.format(line=line) for line in left_out)

    def _place_in(self, draft: Draft) -> Resumption | None:
        if self.player is None or draft.lesson is None:
            return None
        session = self.player.session
        return resume(session.lesson, draft.lesson, session.ways, session.step.id, session.reached.id)

    async def _open_at(self, draft: Draft, at: Resumption | None) -> tuple[Session, tuple[str, ...]]:
        lesson = draft.lesson
        assert lesson is not None  # noqa: S101  # the callers have looked
        first = lesson.steps[0].id
        session, left_out = await reopen(
            lesson,
            at or Resumption(first, first),
            progress=self._progress,
            seed=self._manuscript.seed,
            glossary=draft.glossary,
            now=wall_clock(),
        )
        session.translated = draft.translated
        return session, left_out

    def leave(self, *, onward: bool) -> None:
        """There is nothing but this lesson: its end leads to its beginning."""
        if onward:
            self._ask(lambda player: player.go_to(0))
        else:
            self.app.exit()


class PreviewApp(TutorApp):
    """The app on one lesson that is being written; progress is not kept.

    Args:
        manuscript: the lesson.
        settings: what the author likes; None for the file in the data folder.
    """

    def __init__(self, manuscript: Manuscript, settings: SettingsFile | None = None) -> None:
        super().__init__(progress=Progress(), settings=settings or SettingsFile.load())
        self._manuscript = manuscript

    def _begin(self) -> None:
        self.push_screen(PreviewScreen(self._manuscript, self.glyphs))
