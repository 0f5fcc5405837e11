"""The lesson: reading, cluster and traffic above, the shell below."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual.worker import Worker, WorkerState

from tutor.course.sandbox import SANDBOX
from tutor.ui.jobs import Jobs
from tutor.ui.literal import literal
from tutor.ui.messages import (
    ActionClicked,
    CommandEntered,
    CommandPicked,
    EndPressed,
    GlyphsChanged,
    InterruptPressed,
    LessonPicked,
    OptionPicked,
)
from tutor.ui.player import Player
from tutor.ui.prose import prose
from tutor.ui.screens.lesson_keys import KEYS, usable
from tutor.ui.theme import UNICODE, Glyphs
from tutor.ui.widgets.cluster_side import ClusterSide
from tutor.ui.widgets.lesson_header import LessonHeader
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.shell import Shell
from tutor.ui.widgets.tabs import TabRow
from tutor.ui.widgets.traffic import TrafficDiagram

if TYPE_CHECKING:
    from tutor.course.catalog import LessonEntry
    from tutor.course.session import Session
    from tutor.course.view import StepView

Opener: TypeAlias = Callable[[], Awaitable["Session"]]

TICK: Final = 0.1
"""Seconds between two moves of the cluster's clock."""
SHOWING: Final = 0.9
"""Seconds a command that is played for the learner stands at the prompt before it runs."""
HOME: Final = "home"
"""What is picked in place of a lesson's id to go back to the lessons."""
VIEWS: Final = {"lesson": "Lesson", "cluster": "Cluster", "traffic": "Traffic"}


class LessonScreen(Screen[None]):
    """Plays one session.

    Args:
        lesson: id of the lesson, or of the sandbox.
        opener: makes the session; called after the first frame.
        following: the lesson that comes next; None if there is none.
        glyphs: the symbols to draw with.
    """

    CSS_PATH = "lesson.tcss"
    AUTO_FOCUS = "#prompt"
    HORIZONTAL_BREAKPOINTS = [(0, "-thin"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012  # as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-short"), (38, "-tall")]  # noqa: RUF012  # as Textual declares it
    HELP = LessonPane.HELP
    BINDINGS = KEYS

    shell = getters.query_one(Shell)
    lesson = getters.query_one("#lesson", LessonPane)
    side = getters.query_one(ClusterSide)
    _header = getters.query_one(LessonHeader)
    _panes = getters.query_one("#panes", TabRow)
    _loading = getters.query_one("#loading", Static)

    shown: var[str] = var("lesson")
    """The pane in view where there is room for one only."""

    def __init__(
        self, lesson: str, opener: Opener, following: LessonEntry | None = None, glyphs: Glyphs = UNICODE
    ) -> None:
        super().__init__(classes="-loading -view-lesson")
        self.lesson_id = lesson
        self.following = following
        self.glyphs = glyphs
        self.player: Player | None = None
        self._opener = opener
        self._jobs = Jobs(self)
        self._cut = asyncio.Event()
        self._usable: tuple[bool, ...] = ()

    def compose(self) -> ComposeResult:
        """Header, panes, shell, keys."""
        views = {key: name for key, name in VIEWS.items() if key != "lesson" or self.lesson_id != SANDBOX}
        yield LessonHeader(id="header")
        yield TabRow(views, next(iter(views)), id="panes")
        with Horizontal(id="work"):
            yield LessonPane(self.glyphs, id="lesson")
            yield ClusterSide(self.glyphs, id="side")
        yield Static(literal("Setting the cluster up …"), id="loading")
        yield Shell(id="shell")
        yield Static(
            literal("tutor needs more room:\nmake the window 60 × 16 or larger.\nctrl+q quits."), id="too-small"
        )
        yield Footer()

    def on_mount(self) -> None:
        """Open the session once the first frame stands."""
        for selector, title in {
            "#lesson": "Lesson",
            "#cluster": "Cluster",
            "#traffic": "Traffic",
            "#shell": "Shell",
        }.items():
            self.query_one(selector).border_title = literal(title)
        if self.lesson_id == SANDBOX:
            self.add_class("-sandbox")
            self.shown = "cluster"
        self.call_after_refresh(self.run_worker, self._open, group="open", exit_on_error=False)

    async def _open(self) -> None:
        session = await self._opener()
        following = self.following.title if self.following else ""
        self.player = Player(session, self, following, free=self.lesson_id == SANDBOX)
        session.terminal.on_exit = lambda _code: self.leave(onward=False)
        session.terminal.editor = self._edit
        self.remove_class("-loading")
        self.add_class("-ready")
        self.shell.serve(session.terminal)
        self.side.watch_over(session.cluster)
        self.show(session.view)
        self.shell.prompt.focus()
        self.set_interval(TICK, self._tick)

    async def on_unmount(self) -> None:
        """Let go of the cluster."""
        if self.player is not None:
            self.player.session.terminal.on_exit = self.player.session.terminal.editor = None
            await self.player.session.close()

    @on(Worker.StateChanged)
    def _own_fault(self, event: Worker.StateChanged) -> None:
        """A fault in tutor itself is said, and the learner may go on."""
        if event.state is not WorkerState.ERROR:
            return
        from tutor.course.session import LessonError

        error = event.worker.error
        self.log.error(error)
        kind = "" if isinstance(error, LessonError) else f"A fault of tutor's own: {type(error).__name__}: "
        said = f"{kind}{error}"
        if self.player is None:
            self._loading.update(literal(f"This lesson cannot be played.\n{said}\nF10 leads back to the lessons."))
        else:
            self.say(said, "gloss")
            self.shell.show_state()

    # What the learner does

    @on(CommandEntered)
    def _enter(self, event: CommandEntered) -> None:
        if self.player is None:
            return
        player, terminal = self.player, self.player.session.terminal
        if terminal.reading:
            self.shell.echo(event.text, to_program=True)
            terminal.feed(event.text)
        else:
            self._jobs.add(lambda: player.enter(event.text))

    @on(InterruptPressed)
    async def _interrupt(self) -> None:
        if self.player is None:
            return
        terminal = self.player.session.terminal
        if not terminal.busy:
            self.shell.echo(f"{self.shell.prompt.value}^C")
        self.shell.prompt.put("")
        await self._stop()

    async def _stop(self) -> None:
        """End what runs, and what is being played for the learner."""
        self._jobs.drop()
        self._cut.set()
        if self.player is not None:
            self.player.session.cut_short()
            await self.player.session.terminal.interrupt()

    @on(EndPressed)
    def _end(self) -> None:
        if self.player is not None:
            self.player.session.terminal.end_of_file()

    @on(OptionPicked)
    def _pick(self, event: OptionPicked) -> None:
        if self.player is not None:
            player = self.player
            self._jobs.add(lambda: player.pick(event.index))

    @on(CommandPicked)
    def _type(self, event: CommandPicked) -> None:
        self.shell.prompt.put(event.text)
        self.action_to_shell()

    @on(ActionClicked)
    async def _click_action(self, event: ActionClicked) -> None:
        await self.action_do(event.action)

    @on(TabRow.Chosen, "#panes")
    def _choose_pane(self, event: TabRow.Chosen) -> None:
        self.shown = event.key

    def on_key(self, event: events.Key) -> None:
        """Whatever is typed elsewhere than at the prompt, and means nothing there, goes to the prompt."""
        prompt = self.shell.prompt
        if prompt.has_focus or event.key in self.active_bindings:
            return
        if event.is_printable and event.character:
            event.stop()
            prompt.focus()
            prompt.insert_text_at_cursor(event.character)
        elif event.key == "enter":
            event.stop()
            prompt.focus()
            if not prompt.value:
                self.post_message(CommandEntered(""))

    def on_resize(self, event: events.Resize) -> None:
        """Fit the keys into the footer."""
        self.query_one(Footer).compact = event.size.width < 100

    @property
    def at_rest(self) -> bool:
        """Whether nothing that the learner asked for is under way."""
        return self._jobs.idle

    def _tick(self) -> None:
        if self.player is None:
            return
        if self.player.session.tick(TICK):
            self._show_step(self.player.view)
        self.side.look()

    # The face of the player

    def begin(self) -> None:
        """A command begins: marks of the one before go."""
        self.side.begin()

    def echo(self, line: str) -> None:
        """Show a line as typed."""
        self.shell.echo(line)

    def say(self, text: str, role: str) -> None:
        """Show a remark."""
        sign = {"success": self.glyphs.done, "gloss": self.glyphs.right, "notice": self.glyphs.bullet}[role]
        words = "\n".join(prose(line).plain for line in text.splitlines())
        self.shell.say(f"{sign} {words}", role)

    async def type_slowly(self, line: str) -> None:
        """Let a line stand at the prompt before it runs."""
        self.begin()
        self.shell.prompt.put(line)
        self._cut.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._cut.wait(), 0 if self.app.animation_level == "none" else SHOWING)
            return
        self.shell.prompt.put("")
        self.shell.echo(line)

    def show(self, view: StepView) -> None:
        """Show the step and the cluster as they are now."""
        self._show_step(view)
        self.side.look(force=True)

    def leave(self, *, onward: bool) -> None:
        """Go back to the lessons, or on to the next."""
        self.post_message(LessonPicked(self.following.id if onward and self.following else HOME))

    def show_help(self) -> None:
        """Show help."""
        self.call_later(self.app.run_action, "help")

    def _show_step(self, view: StepView) -> None:
        if self.player is not None:
            self.lesson.ran, self.lesson.marked = self.player.ran, self.player.marked
        self.lesson.view = view
        self._header.show(view, self.glyphs, steps=self.lesson_id != SANDBOX)
        open_question = view.options and not view.done
        self.shell.prompt.choices = len(view.options) if open_question else 0
        usable = bool(view.commands), view.can_undo, view.can_redo, view.can_show
        if usable != self._usable:
            self._usable = usable
            self.refresh_bindings()

    async def _edit(self, name: str, text: str) -> str | None:
        from tutor.ui.screens.editor import EditorScreen

        edited: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.call_later(self.app.push_screen, EditorScreen(name, text), edited.set_result)
        return await edited

    @on(GlyphsChanged)
    def _draw_again(self) -> None:
        if self.player is not None:
            self.show(self.player.view)
            self.lesson.mutate_reactive(LessonPane.view)
            self.side.traffic.mutate_reactive(TrafficDiagram.scene)

    def watch_shown(self, old: str, new: str) -> None:
        """Show the pane where there is room for one only."""
        self.remove_class(f"-view-{old}")
        self.add_class(f"-view-{new}")
        if self.is_mounted:
            self._panes.chosen = new

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has no use now; in the sandbox hide what belongs to lessons."""
        view = self.player.view if self.player else None
        return usable(action, parameters, view, sandbox=self.lesson_id == SANDBOX)

    async def action_do(self, action: str) -> None:
        """Do what steers the lesson; a command that runs is interrupted first."""
        if self.player is None:
            return
        player = self.player
        if action != "hint" and (player.session.terminal.busy or player.session.playing):
            await self._stop()
        self._jobs.add(lambda: player.act(action))

    def action_type_command(self) -> None:
        """Type the step's next command into the shell."""
        self.post_message(CommandPicked(self.lesson.next_command))

    def action_copy_command(self) -> None:
        """Copy the step's next command."""
        self.app.copy_to_clipboard(self.lesson.next_command)
        self.notify(f"Copied: {self.lesson.next_command}", markup=False)

    def action_next_view(self) -> None:
        """Show the next pane, and go there where it takes keys."""
        self.action_view(self._panes.next_key())

    def action_view(self, view: str) -> None:
        """Show a pane, and go there where it takes keys."""
        self.shown = view
        target = {"cluster": self.side.pane.others, "traffic": self.side.traffic}.get(view, self.lesson.reading)
        self.call_after_refresh(target.focus)

    def action_read(self, direction: int) -> None:
        """Scroll the lesson by half its height."""
        reading = self.lesson.reading
        reading.scroll_relative(y=direction * max(reading.size.height // 2, 1), animate=False)

    def action_to_shell(self) -> None:
        """Go to the prompt."""
        self.shell.prompt.action_cancel()
        self.shell.prompt.focus()

    def action_home(self) -> None:
        """Back to the lessons."""
        self.leave(onward=False)
