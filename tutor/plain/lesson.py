"""A lesson line by line: what is asked, what is still missing, and a shell to do it in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from tutor.course.drawing import title_of
from tutor.course.glossary import read_glossary
from tutor.course.levels import level_of
from tutor.course.opening import open_lesson
from tutor.course.progress import Progress
from tutor.course.review import due
from tutor.course.reviewing import open_review
from tutor.course.sandbox import SANDBOX, sandbox_lesson
from tutor.course.seeds import USUAL, lesson_seed
from tutor.course.session import LessonError, Session
from tutor.course.stage import CONTINUES
from tutor.plain import words
from tutor.plain.lines import Lines, say
from tutor.plain.sentences import Sentences
from tutor.plain.tables import Tables
from tutor.plain.telling import Teller
from tutor.plain.wording import plain_line, without_signs

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog, LessonEntry
    from tutor.course.view import Outcome, StepView


def play_lesson(
    entry: LessonEntry, *, restart: bool = False, sentences: bool = False, seed: int | None = None, step: str = ""
) -> int:
    """Play a lesson until its end, `exit` or the end of input.

    Args:
        entry: the lesson.
        restart: begin at its first step, whatever was done before.
        sentences: say tables as sentences.
        seed: decides every generated name, address and choice; None for the one it was begun with.
        step: id of the step to go to; empty for where the learner was.

    Returns:
        0; 1 if the lesson cannot be played (the reason is printed).
    """
    progress = _progress()
    if restart:
        progress.restart(entry.id)
    begun = None if level_of(entry.id) is None else progress.challenge_seed(entry.id)
    seed = lesson_seed(entry, progress, begun if seed is None else seed)
    try:
        lesson = open_lesson(entry, seed)
    except LessonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # Other programs that look into a cluster tell ages by the clock of the computer they run on.
    now = datetime.now(UTC) if sys.stdin.isatty() else None
    live, glossary = sys.stdin.isatty(), read_glossary(entry.path.parent, entry.language).texts
    known = progress.notice
    status = converse(
        partial(Session.open, lesson, step=step, progress=progress, live=live, seed=seed, glossary=glossary, now=now),
        sentences=sentences,
    )
    _tell(progress, known)
    return status


def play_sandbox(*, sentences: bool = False, seed: int | None = None) -> int:
    """Free play until `exit` or the end of input.

    Args:
        sentences: say tables as sentences.
        seed: decides every generated name, address and chance; None for what is usual.

    Returns:
        0; 1 if it cannot be begun (the reason is printed).
    """
    live = sys.stdin.isatty()
    now = datetime.now(UTC) if live else None
    opener = partial(
        Session.open, sandbox_lesson(), progress=Progress(), live=live, seed=USUAL if seed is None else seed, now=now
    )
    return converse(opener, sentences=sentences)


def play_review(catalog: Catalog, *, sentences: bool = False) -> int:
    """Ask what is due until all is answered, `exit` or the end of input.

    Args:
        catalog: the lessons.
        sentences: say tables as sentences.

    Returns:
        0; 1 if it cannot be played (the reason is printed).
    """
    progress = _progress()
    waiting = due(catalog, progress)
    if not waiting.now:
        say(waiting.in_words())
        return 0
    known = progress.notice
    status = converse(partial(open_review, catalog, progress, live=sys.stdin.isatty()), sentences=sentences)
    _tell(progress, known)
    return status


def _progress() -> Progress:
    progress = Progress.load()
    _tell(progress)
    return progress


def _tell(progress: Progress, known: str = "") -> None:
    """Say what the learner should know about the file of the progress, unless it is known."""
    if progress.notice != known:
        sys.stderr.write(f"tutor: {progress.notice}\n")


def converse(opener: Callable[[], Coroutine[Any, Any, Session]], *, sentences: bool = False) -> int:
    """Play what is opened until its end, `exit` or the end of input.

    Args:
        opener: begins the lesson.
        sentences: say tables as sentences.

    Returns:
        0; 1 if the lesson cannot be begun (the reason is printed).
    """
    with asyncio.Runner() as runner:
        try:
            session = runner.run(opener())
        except LessonError as error:
            sys.stderr.write(f"tutor: {error}\n")
            return 1
        lines = Lines(runner, session.terminal, session.tick if session.simulation.live else None)
        lines.sentences = Sentences() if sentences else None
        lines.beside = lambda: session.outside.lines
        try:
            _Play(session, lines).run()
        finally:
            runner.run(session.close())
    return 0


class _Play:
    """The conversation of one lesson."""

    def __init__(self, session: Session, lines: Lines) -> None:
        self._session = session
        self._lines = lines
        self._free = session.lesson.id == SANDBOX
        self._teller = Teller(session, "" if self._free else "Enter goes on.")
        self._tables = Tables(lines, session.cluster)
        session.on_gloss = _explain

    def run(self) -> None:
        say(words.INTRODUCTION)
        self._teller.show_step()
        while self._lines.left is None:
            line = self._lines.read()
            if line is None:
                self._lines.end_of_file()
            elif not self._typed(line):
                break
            else:
                self._teller.show_news()

    def _typed(self, line: str) -> bool:
        """Do what a line says; False when the lesson is over."""
        session, view = self._session, self._session.view
        text = line.strip()
        word, _, rest = text.partition(" ")
        inside = not session.terminal.at_host and session.terminal.top.finds(word)
        if inside or session.terminal.prompt == CONTINUES:
            self._submit(line)
        elif words.leaves(text):
            return False
        elif text == "help":
            say(words.help_text(words.SANDBOX if self._free else words.PUZZLE if view.ladder else words.LESSON))
        elif self._tables.typed(text) or self._looked(word, rest.strip()):
            pass
        elif word == "do" and not rest.partition(" ")[2]:
            self._do(rest.strip())
        elif self._answers(view, text):
            self._report(self._lines.run(self._answer(view, text)))
            self._say_source()
        elif text in {"", "next"} and not self._free and view.is_last and (view.done or view.kind == "read"):
            self._lines.run(session.next())
            say(f"That was the last step of {view.lesson_title}. tutor list says what else there is.")
            return False
        elif not text:
            if not self._free and (view.done or view.kind == "read"):
                self._report(self._lines.run(session.next()))
        else:
            self._submit(line)
        return True

    def _submit(self, line: str) -> None:
        """Run a command, or do what a word of the lesson asks for."""
        self._tables.begin(line)
        self._report(self._lines.run(self._session.submit(line, self._type)))
        self._tables.end()

    def _looked(self, word: str, rest: str) -> bool:
        """Say what a word asks to be said about the lesson; False if it is no such word."""
        view = self._session.view
        if word == "task" and not rest:
            self._teller.show_step()
        elif word == "ladder" and not rest and view.ladder:
            for rung in view.ladder:
                say(f"{rung.question} {plain_line(rung.told) if rung.told else 'Not looked at.'}")
        elif word == "terms" and not rest and not self._free:
            for term, meaning in view.terms:
                say(f"{term}: {plain_line(meaning)}")
        elif word == "steps" and not rest and not self._free:
            for number, (step, status) in enumerate(zip(self._session.lesson.steps, view.steps, strict=True), 1):
                here = ", where you are" if number == view.index + 1 else ""
                say(f"{number}: {title_of(step)}{', ' if status else ''}{status}{here}.")
            say("step and a number goes there.")
        elif word == "step" and rest.isdecimal() and not self._free:
            if 1 <= int(rest) <= view.count:
                self._report(self._lines.run(self._session.goto(int(rest) - 1)))
            else:
                say(f"Say step and a number from 1 to {view.count}.")
        else:
            return False
        return True

    def _do(self, number: str) -> None:
        """Run one of the step's commands: the one of that number, or the only one."""
        commands = self._session.view.commands
        place = int(number or 1) - 1 if number.isdecimal() or (not number and len(commands) == 1) else -1
        if 0 <= place < len(commands):
            say(f"{self._session.terminal.prompt}{commands[place]}")
            self._submit(commands[place])
        elif commands:
            say(f"Say do and a number from 1 to {len(commands)}.")
        else:
            say("This step offers no commands: find one that does what is asked.")

    def _answers(self, view: StepView, text: str) -> bool:
        """Whether a line answers the step's question: by numbers, or for observe with what was seen."""
        if view.done or not text:
            return False
        if view.options:
            return all(part.isdecimal() and 1 <= int(part) <= len(view.options) for part in text.split(","))
        return self._session.is_answer(text)

    async def _answer(self, view: StepView, text: str) -> Outcome:
        if view.options:
            return await self._session.answer(*(int(part) - 1 for part in text.split(",")), before=self._type)
        return await self._session.answer(text=text.removeprefix("answer "))

    async def _type(self, line: str) -> None:
        """Say a line that is played for the learner."""
        say(f"{self._session.terminal.prompt}{line}")

    def _say_source(self) -> None:
        """In a review, after a wrong answer: where to look at it again."""
        view = self._session.view
        source = self._session.sources.get(view.id)
        if source is not None and not view.done:
            say(f"Look at it again: tutor start {source[0]} --step {source[1]}")

    def _report(self, outcome: Outcome) -> None:
        if outcome.gloss:
            _explain(outcome.gloss)
        if outcome.notice:
            say(without_signs("\n".join(map(plain_line, outcome.notice.splitlines()))))


def _explain(gloss: str) -> None:
    """Say what lies behind an error."""
    say(f"Why: {plain_line(gloss)}")
