"""The lesson: plays a session on its screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from textual import on
from textual.worker import Worker, WorkerState

from tutor.course.sandbox import SANDBOX
from tutor.ui.glossary import terms_page
from tutor.ui.jobs import Jobs
from tutor.ui.literal import literal
from tutor.ui.messages import (
    ActionClicked,
    CommandEntered,
    CommandPicked,
    EndPressed,
    GlyphsChanged,
    InterruptPressed,
    KeysChanged,
    LessonPicked,
    OptionPicked,
)
from tutor.ui.player import Player
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.lesson_keys import KEYS, usable
from tutor.ui.screens.lesson_layout import LessonLayout
from tutor.ui.screens.steps import StepsScreen
from tutor.ui.theme import UNICODE, Glyphs
from tutor.ui.widgets.lesson_pane import LessonPane
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
KEYSTROKE: Final = 0.03
"""Seconds between two signs of a command that is typed out in front of a room."""
SAID: Final = "[said]"
"""Stands for what was said of a lesson that cannot be played."""
HOME: Final = "home"
"""What is picked in place of a lesson's id to go back to the lessons."""


class LessonScreen(LessonLayout):
    """Plays one session.

    Args:
        lesson: id of the lesson, or of the sandbox.
        opener: makes the session; called after the first frame.
        following: the lesson that comes next; None if there is none.
        glyphs: the symbols to draw with.
    """

    BINDINGS = KEYS
    REFUSED: ClassVar[str] = f"This lesson cannot be played.\n{SAID}\n{{lesson.home}} leads back to the lessons."

    def __init__(
        self,
        lesson: str,
        opener: Opener,
        following: LessonEntry | None = None,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        super().__init__(glyphs, sandbox=lesson == SANDBOX)
        self.lesson_id = lesson
        self.following = following
        self.player: Player | None = None
        self._opener = opener
        self._jobs = Jobs(self)
        self._cut = asyncio.Event()
        self._usable: tuple[bool, ...] = ()

    def on_mount(self) -> None:
        """Open the session once the first frame stands."""
        self.side.traffic.speed = self.app.preferences.settings.speed
        self.call_after_refresh(self.run_worker, self._open, group="open", exit_on_error=False)
        self.set_interval(TICK, self._tick)

    async def _open(self) -> None:
        self._serve(await self._opener())
        self.shell.prompt.focus()

    async def replace(self, session: Session) -> None:
        """Play another session from now on; the one before, in which nothing runs, is closed."""
        old = self.player
        if old is not None:
            await self._let_go(old.session)
        self.side.traffic.forget()
        self.lesson.view = None  # the same step may read otherwise now
        self._serve(session)
        if old is None:
            self.shell.prompt.focus()

    async def _let_go(self, session: Session) -> None:
        terminal = session.terminal
        terminal.on_exit = terminal.editor = terminal.on_output = terminal.on_state = None
        await session.close()

    def _serve(self, session: Session) -> None:
        following = self.following.title if self.following else ""
        self.player = Player(session, self, following, free=self.sandbox)
        session.terminal.on_exit = lambda _code: self.leave(onward=False)
        session.terminal.editor = self._edit
        self.remove_class("-loading")
        self.add_class("-ready")
        self.lesson.translated = session.translated
        self.shell.serve(session.terminal)
        self.side.watch_over(session.cluster)
        self.show(session.view)

    async def on_unmount(self) -> None:
        """Let go of the cluster."""
        if self.player is not None:
            await self._let_go(self.player.session)

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
            self._loading.update(literal(self.app.preferences.keys.fill(self.REFUSED).replace(SAID, said)))
        else:
            self.say(said, "gloss")
            self.shell.show_state()

    # What the learner does

    @on(CommandEntered)
    def _enter(self, event: CommandEntered) -> None:
        if self.player is None:
            return
        terminal = self.player.session.terminal
        if terminal.reading:
            self.shell.echo(event.text, to_program=True)
            terminal.feed(event.text)
        else:
            self._ask(lambda player: self._run(player, event.text))

    async def _run(self, player: Player, line: str) -> None:
        try:
            await player.enter(line)
        finally:
            self.shell.prompt.hold.end()

    def _ask(self, deed: Callable[[Player], Awaitable[None]]) -> None:
        """Do this with the player, whichever plays by then, after what is under way."""

        async def job() -> None:
            if self.player is not None:
                await deed(self.player)

        self._jobs.add(job)

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
        self._ask(lambda player: player.pick(event.index))

    @on(ActionClicked)
    async def _click_action(self, event: ActionClicked) -> None:
        await self.run_action(event.action if event.action in {"steps", "terms"} else f"do('{event.action}')")

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

    async def type_slowly(self, line: str) -> None:
        """Let a line stand at the prompt before it runs."""
        self.begin()
        self._cut.clear()
        if self.app.has_class("-projector") and self.app.animation_level != "none":
            await self._type_out(line)
        self.shell.prompt.put(line)
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self.app.animation_level == "none" else SHOWING):
                await self._cut.wait()
            return
        self.shell.prompt.put("")
        self.shell.echo(line)

    async def _type_out(self, line: str) -> None:
        """Let a line grow sign by sign, so that a room can follow."""
        for end in range(1, len(line)):
            if self._cut.is_set():
                break
            self.shell.prompt.put(line[:end])
            await asyncio.sleep(KEYSTROKE)

    def show(self, view: StepView) -> None:
        """Show the step and the cluster as they are now."""
        self._show_step(view)
        self.side.look(force=True)

    def leave(self, *, onward: bool) -> None:
        """Go back to the lessons, or on to the next."""
        self.post_message(LessonPicked(self.following.id if onward and self.following else HOME))

    def show_page(self, page: str) -> None:
        """Show help, the steps or the terms of the lesson over the screen."""
        self.call_later(self.app.run_action, "help" if page == "help" else f"screen.{page}")

    def _show_step(self, view: StepView) -> None:
        if self.player is not None:
            self.lesson.ran, self.lesson.marked = self.player.ran, self.player.marked
        before = self.lesson.view
        if before is not None and (before.id != view.id or (before.ladder and view.done and not before.done)):
            self.bring_to_front()
        self.lesson.view = view
        self.ladder.rungs = view.ladder
        self.set_puzzle(() if view.done else view.ladder)
        self._header.show(view, self.glyphs, steps=not self.sandbox)
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
    @on(KeysChanged)
    def _draw_again(self) -> None:
        self._name_keys()
        if self.player is not None:
            self.show(self.player.view)
            self.lesson.mutate_reactive(LessonPane.view)
            self.side.traffic.mutate_reactive(TrafficDiagram.scene)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has no use now; in the sandbox hide what belongs to lessons."""
        view = self.player.view if self.player else None
        return usable(action, parameters, view, sandbox=self.sandbox)

    def action_steps(self) -> None:
        """List the steps, to go to one."""
        if self.player is None:
            return
        player = self.player

        def go(place: int | None) -> None:
            if place is not None:
                self._ask(lambda player: player.go_to(place))

        self.app.push_screen(StepsScreen(player.session.view, player.titles, self.glyphs), go)

    def action_source(self) -> None:
        """Go to the lesson that a review's question is from."""
        source = self.player.session.sources.get(self.player.session.view.id) if self.player else None
        if source is not None:
            self.post_message(LessonPicked(source[0], step=source[1]))

    def action_terms(self) -> None:
        """Explain the lesson's words."""
        if self.player is not None:
            self.app.push_screen(HelpScreen(terms_page(self.player.session.view.terms)))

    def action_explain(self, term: str) -> None:
        """Show what a word of the lesson means, or put that away again."""
        self.lesson.explain(term)

    async def action_do(self, action: str) -> None:
        """Do what steers the lesson; a command that runs is interrupted first."""
        if self.player is None:
            return
        player = self.player
        if action == "api":  # beside whatever runs
            self.run_worker(player.act(action), group="api", exit_on_error=False)
            return
        if action != "hint" and (player.session.terminal.busy or player.session.playing):
            await self._stop()
        self._ask(lambda player: player.act(action))

    def action_type_command(self) -> None:
        """Type the step's next command into the shell."""
        self.post_message(CommandPicked(self.lesson.next_command))

    def action_copy_command(self) -> None:
        """Copy the step's next command."""
        self.app.copy_to_clipboard(self.lesson.next_command)
        self.notify(f"Copied: {self.lesson.next_command}", markup=False)

    def action_home(self) -> None:
        """Back to the lessons."""
        self.leave(onward=False)
