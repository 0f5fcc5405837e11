"""What a line, a key or a click means at this moment of a lesson. Knows the session, not the widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from tutor.course.drawing import title_of
from tutor.ui.step_text import accomplished, finish_view

if TYPE_CHECKING:
    from tutor.course.session import Session
    from tutor.course.view import Outcome, StepView

CONTINUES = "> "
PAGES: Final = frozenset({"help", "steps", "terms"})
"""Words that show a page over the screen."""


class Face(Protocol):
    """The screen, as far as a player needs one."""

    def begin(self) -> None:
        """A command begins: marks of the one before go."""
        ...

    def echo(self, line: str) -> None:
        """Show a line as typed."""
        ...

    def say(self, text: str, role: str) -> None:
        """Show a remark: `gloss`, `notice` or `success`."""
        ...

    async def type_slowly(self, line: str) -> None:
        """Show a line being typed for the learner."""
        ...

    def show(self, view: StepView) -> None:
        """Show the step and the cluster as they are now."""
        ...

    def leave(self, *, onward: bool) -> None:
        """Go back to the lessons, or (`onward`) to the next one."""
        ...

    def show_page(self, page: str) -> None:
        """Show a page over the screen: `help`, `steps` or `terms`."""
        ...


class Player:
    """Plays a session on a screen.

    Args:
        session: the session.
        face: the screen.
        following: title of the lesson that comes next; empty if none does.
        free: whether there is nothing to accomplish (the sandbox).
    """

    def __init__(self, session: Session, face: Face, following: str = "", *, free: bool = False) -> None:
        self.session = session
        self.marked: frozenset[int] = frozenset()
        self.ran: frozenset[str] = frozenset()
        self.finished = False
        self._face = face
        self._following = following
        self._free = free
        session.on_gloss = lambda text: face.say(text, "gloss")

    @property
    def view(self) -> StepView:
        """What to show: the step, or after the last one the end of the lesson."""
        view = self.session.view
        return finish_view(view, self.session.lesson.objectives, self._following) if self.finished else view

    @property
    def titles(self) -> list[str]:
        """The titles of all steps; of those that are optional, it is said."""
        return [
            f"{title_of(step)} (optional)" if step.optional else title_of(step) for step in self.session.lesson.steps
        ]

    @property
    def at_rest(self) -> bool:
        """Whether a shell's prompt waits for a new command, the laptop's or one inside a Pod."""
        terminal = self.session.terminal
        return not terminal.busy and terminal.prompt != CONTINUES

    def _is_word(self, text: str) -> bool:
        """Whether a line may be a word of the lesson: the prompt waits, and it is no command of a Pod's shell."""
        terminal = self.session.terminal
        return self.at_rest and (terminal.at_host or not terminal.top.finds(text))

    async def enter(self, line: str) -> None:
        """A line was typed."""
        text, view = line.strip(), self.session.view
        if self.at_rest and not text and not self._free and (self.marked or accomplished(view)):
            await (self.answer(*sorted(self.marked)) if self.marked else self.act("next"))
            return
        if self.at_rest and view.options and not view.done and text.isdecimal() and text.isascii():
            self._face.echo(line)
            await self.pick(int(text) - 1)
            return
        self._face.begin()
        self._face.echo(line)
        if self._is_word(text) and text in {"quit", "home"}:
            self._face.leave(onward=False)
        elif self._is_word(text) and text in PAGES and (text == "help" or not self._free):
            self._face.show_page(text)
        elif self.at_rest and self.session.is_answer(text):
            self._apply(await self.session.answer(text=text.removeprefix("answer ")))
        elif self._is_word(text) and text == "next" and self._at_end(view):
            await self.act("next")
        else:
            outcome = await self.session.submit(line, self._face.type_slowly)
            self.ran |= {text}
            await self._finish_action(view, outcome)

    async def pick(self, index: int) -> None:
        """An answer was chosen, or marked where several are right."""
        view = self.session.view
        if not 0 <= index < len(view.options) or (view.done and view.kind == "predict") or self.finished:
            return
        if view.multiple:
            self.marked ^= {index}
            self._face.show(self.view)
        else:
            await self.answer(index)

    async def answer(self, *choices: int) -> None:
        """Answer the question."""
        self.marked = frozenset()
        self._face.begin()
        self._apply(await self.session.answer(*choices, before=self._face.type_slowly))

    async def act(self, action: str) -> None:
        """Do what a key or a click asks for: `hint`, `show`, `undo`, `redo`, `reset`, `skip`, `next`, `back`, `api`."""
        session, view = self.session, self.session.view
        if action == "next" and (self.finished or self._at_end(view)):
            self._end_or_leave()
            return
        self._face.begin()
        match action:
            case "hint":
                outcome = session.hint()
            case "show":
                outcome = await session.show_me(self._face.type_slowly)
            case "undo":
                outcome = await session.undo()
            case "redo":
                outcome = await session.redo()
            case "reset":
                outcome = await session.reset()
            case "skip":
                outcome = await session.skip()
            case "back":
                self.finished = False
                outcome = await session.back()
            case "api":
                outcome = await (session.close_api() if session.outside.lines else session.open_api())
            case _:
                outcome = await session.next()
        await self._finish_action(view, outcome)

    async def go_to(self, place: int) -> None:
        """Go to a step, by its place from 0."""
        view = self.session.view
        self.finished = False
        self._face.begin()
        await self._finish_action(view, await self.session.goto(place))

    def _at_end(self, view: StepView) -> bool:
        return view.is_last and view.done and not self._free

    def _end_or_leave(self) -> None:
        if self.finished:
            self._face.leave(onward=True)
        else:
            self.finished = True
            self._face.show(self.view)

    async def _finish_action(self, before: StepView, outcome: Outcome) -> None:
        """Show what came of it; after passing over the last step the lesson is at its end."""
        if outcome.action == "lessons":
            self._face.leave(onward=False)
            return
        if outcome.view.id != before.id:
            self.marked, self.ran = frozenset(), frozenset()
        elif outcome.action in {"next", "skip"} and before.is_last and not self._free:
            if accomplished(outcome.view) or outcome.action == "skip":
                self.finished = True
        elif outcome.action in {"reset", "undo"}:
            self.finished = False
        self._apply(outcome)

    def _apply(self, outcome: Outcome) -> None:
        if outcome.gloss:
            self._face.say(outcome.gloss, "gloss")
        # Hints and answers stand in the lesson already.
        if (
            outcome.notice
            and outcome.action not in {"answer", "next"}
            and not (outcome.action == "skip" and self.finished)
        ) or (outcome.notice and outcome.action == "next" and not self.finished):
            self._face.say(outcome.notice, "notice")
        # A question is answered in the lesson, and stands there: no news for the shell.
        if outcome.newly_done and not self.view.options:
            self._face.say("Done. Enter goes on.", "success")
        self._face.show(self.view)
