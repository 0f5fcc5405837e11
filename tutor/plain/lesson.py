"""A lesson line by line: what is asked, what is still missing, and a shell to do it in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from tutor.course.glossary import read_glossary
from tutor.course.opening import open_lesson
from tutor.course.progress import Progress
from tutor.course.review import due
from tutor.course.reviewing import open_review
from tutor.course.seeds import lesson_seed
from tutor.course.session import LessonError, Session
from tutor.course.stage import CONTINUES
from tutor.plain.lines import Lines, say
from tutor.plain.sentences import Sentences
from tutor.plain.telling import Teller
from tutor.plain.wording import plain_line, without_signs

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog, LessonEntry
    from tutor.course.view import Outcome, StepView

OWN_WORDS = (
    "check",
    "hint",
    "show",
    "undo",
    "redo",
    "reset",
    "skip",
    "next",
    "back",
    "task",
    "do",
    "tables",
    "api",
    "exit",
)
HELP = f"""\
Type commands, or one of these words: {", ".join(OWN_WORDS)}.
task says the step again. do 1 runs its first command.
tables sentences has tables said as sentences from then on, tables rows as rows.
api lets the real kubectl, in another terminal, work in the same cluster. api off ends that.
"""


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
    seed = lesson_seed(entry, progress, seed)
    try:
        lesson = open_lesson(entry, seed)
    except LessonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # Other programs that look into a cluster tell ages by the clock of the computer they run on.
    now = datetime.now(UTC) if sys.stdin.isatty() else None
    live, glossary = sys.stdin.isatty(), read_glossary(entry.path.parent, entry.language).texts
    return converse(
        partial(Session.open, lesson, step=step, progress=progress, live=live, seed=seed, glossary=glossary, now=now),
        sentences=sentences,
    )


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
    return converse(partial(open_review, catalog, progress, live=sys.stdin.isatty()), sentences=sentences)


def _progress() -> Progress:
    progress = Progress.load()
    if progress.notice:
        sys.stderr.write(f"tutor: {progress.notice}\n")
    return progress


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
        self._teller = Teller(session)

    def run(self) -> None:
        say(HELP)
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
        word = line.strip()
        at_prompt = session.terminal.prompt != CONTINUES
        if at_prompt and word == "task":
            self._teller.show_step()
        elif at_prompt and word == "ladder" and view.ladder:
            self._say_ladder()
        elif at_prompt and word.partition(" ")[0] == "tables":
            self._choose_tables(word.partition(" ")[2].strip())
        elif at_prompt and word.partition(" ")[0] == "do":
            self._do(word.partition(" ")[2].strip())
        elif at_prompt and self._answers(view, word):
            self._report(self._lines.run(self._answer(view, word)))
            self._say_source()
        elif at_prompt and word in {"", "next"} and view.is_last and (view.done or view.kind == "read"):
            self._report(self._lines.run(session.next()))
            say(f"That was the last step of {view.lesson_title}.")
            return False
        elif at_prompt and not word:
            if view.done or view.kind == "read":
                self._report(self._lines.run(session.next()))
        else:
            self._report(self._lines.run(session.submit(line)))
        return True

    def _say_ladder(self) -> None:
        """Say what has been looked at so far, from the first rung to the last."""
        for rung in self._session.view.ladder:
            say(f"{rung.question} {plain_line(rung.told) if rung.told else 'Not looked at.'}")

    def _choose_tables(self, how: str) -> None:
        if how in {"sentences", "rows"}:
            self._lines.sentences = Sentences() if how == "sentences" else None
            say(f"Tables are said as {how} from now on.")
        else:
            say("Say tables sentences, or tables rows.")

    def _do(self, number: str) -> None:
        """Run one of the step's commands: the one of that number, or the only one."""
        commands = self._session.view.commands
        place = int(number or 1) - 1 if number.isdecimal() or (not number and len(commands) == 1) else -1
        if 0 <= place < len(commands):
            say(f"{self._session.terminal.prompt}{commands[place]}")
            self._report(self._lines.run(self._session.submit(commands[place])))
        elif commands:
            say(f"Say do and a number from 1 to {len(commands)}.")
        else:
            say("This step offers no commands: find one that does what is asked.")

    @staticmethod
    def _answers(view: StepView, word: str) -> bool:
        """Whether the word is an answer to the step's question: a number, or for observe the text asked for."""
        if view.done or not word:
            return False
        if view.options:
            return all(part.isdigit() and 1 <= int(part) <= len(view.options) for part in word.split(","))
        return view.kind == "observe" and " " not in word and word not in OWN_WORDS

    async def _answer(self, view: StepView, word: str) -> Outcome:
        if view.options:
            return await self._session.answer(*(int(part) - 1 for part in word.split(",")))
        return await self._session.answer(text=word)

    def _say_source(self) -> None:
        """In a review, after a wrong answer: where to look at it again."""
        view = self._session.view
        source = self._session.sources.get(view.id)
        if source is not None and not view.done:
            say(f"Look at it again: tutor start {source[0]} --step {source[1]}")

    def _report(self, outcome: Outcome) -> None:
        if outcome.gloss:
            say(f"Why: {plain_line(outcome.gloss)}")
        if outcome.notice:
            say(without_signs("\n".join(map(plain_line, outcome.notice.splitlines()))))
