"""Proves lessons: every step is not done at first, fails as foreseen, passes by its solution, and can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tutor.course.catalog import lesson_paths, read_glossary
from tutor.course.loader import Loaded, load_lessons
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem, did_you_mean
from tutor.course.schema import Lesson, Observe, Predict, Quiz, Read, Step, Task
from tutor.course.session import LessonError, Session
from tutor.course.view import Outcome
from tutor.paths import lessons_dir
from tutor.shell.scanner import Verdict, scan


@dataclass(frozen=True)
class Report:
    """What came of a check.

    Args:
        lessons: how many lesson files were looked at.
        steps: how many steps were played.
        problems: what is wrong, in the order of the files.
    """

    lessons: int = 0
    steps: int = 0
    problems: tuple[Problem, ...] = ()


def run_check(paths: Sequence[Path], out: TextIO) -> int:
    """Prove lessons and print what is wrong, one line each, then a summary; the exit status.

    Args:
        paths: lesson files, or folders of them; none stands for the lessons that ship with the program.
        out: where to print.
    """
    report = asyncio.run(check(paths))
    for problem in report.problems:
        print(problem, file=out)
    proved = f"{_counted(report.lessons, 'lesson')}, {_counted(report.steps, 'step')}"
    if report.problems:
        print(f"{proved}: {_counted(len(report.problems), 'problem')}", file=out)
        return 1
    print(f"{proved}: all proved", file=out)
    return 0


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


async def check(paths: Sequence[Path]) -> Report:
    """Prove lessons.

    Args:
        paths: lesson files, or folders of them; none stands for the lessons that ship with the program.
    """
    files, problems = _files(paths or [lessons_dir()])
    steps = 0
    for loaded in load_lessons(files):
        problems += loaded.problems
        if loaded.lesson is None:
            continue
        problems += unknown_terms(loaded, loaded.lesson)
        problems += unfinished_commands(loaded, loaded.lesson)
        steps += len(loaded.lesson.steps)
        problems += [problem async for problem in _prove(loaded, loaded.lesson)]
    return Report(len(files), steps, tuple(problems))


def _files(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    files: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            found, wrong = lesson_paths(path)
            files += found
            problems += wrong
        else:
            files.append(path)
    return list(dict.fromkeys(files)), problems


# What can be seen without playing


def unknown_terms(loaded: Loaded, lesson: Lesson) -> list[Problem]:
    """Terms of a lesson that the glossary beside it does not explain."""
    known = read_glossary(loaded.path.parent) if lesson.terms else {}
    return [
        loaded.problem(("terms", place), f"the glossary has no {term!r}", did_you_mean(term, known), "term")
        for place, term in enumerate(lesson.terms)
        if term not in known
    ]


def unfinished_commands(loaded: Loaded, lesson: Lesson) -> list[Problem]:
    """Commands of a lesson that the shell would not take as they stand."""
    return [
        loaded.problem(path, f"the shell would wait for the rest of {command!r}", "close its quotes", "command")
        for place, step in enumerate(lesson.steps)
        for path, command in _commands(("steps", place), step)
        if scan(command).verdict is Verdict.INCOMPLETE
    ]


def _commands(path: DataPath, step: Step) -> Iterator[tuple[DataPath, str]]:
    """Every command of a step, and where it stands."""
    lists: list[tuple[DataPath, Sequence[str]]] = [
        (("commands",), step.commands),
        (("setup",), step.setup),
        (("solve",), step.solve),
    ]
    if isinstance(step, Predict):
        lists.append((("then",), step.then))
    if isinstance(step, Task):
        lists += [(("alternatives", number), each) for number, each in enumerate(step.alternatives)]
        lists += [(("wrong", number, "do"), each.do) for number, each in enumerate(step.wrong)]
    for where, commands in lists:
        for number, command in enumerate(commands):
            yield (*path, *where, number), command
    for number, hint in enumerate(step.hints):
        yield (*path, "hints", number, "command"), hint.command


# What shows when it is played


async def _prove(loaded: Loaded, lesson: Lesson) -> AsyncIterator[Problem]:
    try:
        session = await Session.open(lesson, step=lesson.steps[0].id)
    except LessonError as error:
        yield loaded.problem(("cluster",), str(error), code="setup")
        return
    try:
        for place, step in enumerate(lesson.steps):
            proof = Proof(session, loaded, ("steps", place))
            await proof.run(step)
            for problem in proof.problems:
                yield problem
            try:
                await session.goto(min(place + 1, len(lesson.steps) - 1))
            except LessonError as error:
                yield loaded.problem(("steps", place + 1), str(error), code="setup")
                return
    finally:
        await session.close()


class Proof:
    """Plays one step in all the ways its author foresaw, and collects what is not as it should be.

    Args:
        session: at the entry of the step.
        loaded: the lesson's file.
        path: the step's place in it.
    """

    def __init__(self, session: Session, loaded: Loaded, path: DataPath) -> None:
        self.session = session
        self.problems: list[Problem] = []
        self._loaded = loaded
        self._path = path

    def _report(self, where: DataPath, message: str, mend: str = "", code: str = "proof") -> None:
        self.problems.append(self._loaded.problem((*self._path, *where), message, mend, code))

    async def run(self, step: Step) -> None:
        """Prove the step; the session is left with the step done, as far as it can be."""
        if isinstance(step, Task):
            await self._prove_task(step)
        elif isinstance(step, Predict | Quiz):
            await self._prove_question(step)
        elif isinstance(step, Observe):
            await self._prove_observe(step)
        elif isinstance(step, Read):
            await self.session.next()

    async def _prove_task(self, step: Task) -> None:
        session = self.session
        if session.view.done:
            self._report(
                ("until",), "the step is done before anything is typed", "ask for something not yet there", "entry"
            )
            return
        for number, wrong in enumerate(step.wrong):
            await self._play(wrong.do)
            self._judge_wrong(("wrong", number), wrong.expect)
            await self._reset(("wrong", number))
        for number, alternative in enumerate(step.alternatives):
            outcomes = await self._play(alternative)
            self._judge_solution(("alternatives", number), outcomes)
            await self._reset(("alternatives", number))
        outcomes = await self._play(step.solve)
        self._judge_solution(("solve",), outcomes)
        if session.view.done and session.view.can_undo:
            await self._prove_undo()
            await self._reset(("solve",))
            await self._play(step.solve)

    async def _play(self, lines: Sequence[str]) -> list[Outcome]:
        return [await self.session.submit(line) for line in lines]

    def _missing(self) -> str:
        return next((line.missing for line in self.session.view.conditions if not line.met), "")

    def _judge_wrong(self, where: DataPath, expect: str) -> None:
        if self.session.view.done:
            self._report(where, "the step passes although this is wrong", "make its conditions stricter", "wrong")
            return
        missing = self._missing()
        if " ".join(missing.split()) != " ".join(expect.split()):
            self._report(
                (*where, "expect"), f"the learner reads {missing!r} first", "expect that, or reorder until", "wrong"
            )

    def _judge_solution(self, where: DataPath, outcomes: Sequence[Outcome]) -> None:
        if self.session.view.done:
            return
        message = f"the step is not done by it: {self._missing()}"
        failed = next((each for each in outcomes if each.exit_code), None)
        if failed is not None:
            last = failed.output.strip().splitlines()[-1:] or ["no output"]
            message += f" ({failed.command} ended with {failed.exit_code}: {last[0]})"
        self._report(where, message, code="solve")

    async def _prove_undo(self) -> None:
        while self.session.view.done and self.session.view.can_undo:
            await self.session.undo()
        if self.session.view.done:
            self._report(("until",), "undo of every command leaves the step done", "ask for its effect", "undo")

    async def _reset(self, where: DataPath) -> None:
        """Go back to the entry, and see that it is the entry."""
        session = self.session
        await session.reset()
        if not session.at_entry:
            self._report(where, "after it, reset does not lead back to how the step began", code="reset")
        elif session.view.done:
            self._report(where, "after it and reset, the step is done at once", code="reset")

    async def _prove_question(self, step: Predict | Quiz) -> None:
        right = [place for place, option in enumerate(step.options) if option.right]
        if isinstance(step, Quiz):
            for place in (place for place in range(len(step.options)) if [place] != right):
                await self.session.answer(place)
                if self.session.view.done:
                    self._report(("options", place), "the question is answered by this option alone", code="options")
                    return
        outcome = await self.session.answer(*right)
        if isinstance(step, Predict) and step.reveal is not None and not outcome.view.observed:
            self._report(
                ("reveal",), "there is nothing to show beside the prediction", "see its object and path", "reveal"
            )

    async def _prove_observe(self, step: Observe) -> None:
        await self._play(step.solve)
        await self.session.answer(text="\N{REPLACEMENT CHARACTER}")
        if self.session.view.done:
            self._report(("answer",), "any answer is right", code="answer")
        texts = self.session.right_texts()
        if not texts:
            self._report(("answer",), "there is no right answer in the cluster", "see its object and path", "answer")
            return
        await self.session.answer(text=texts[0])
