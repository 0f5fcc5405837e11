"""Proves a lesson: each step is not done at first, fails as foreseen, passes by its solution, and can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace

from tutor.course.catalog import read_glossary
from tutor.course.loader import Loaded, load_lesson
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem, did_you_mean
from tutor.course.schema import Choice, Lesson, Observe, Predict, Quiz, Read, Step, Task
from tutor.course.session import LessonError, Session
from tutor.course.variables import VARIABLES, Scalar, covering_seeds
from tutor.course.view import Outcome
from tutor.shell.scanner import Verdict, scan


async def prove_variants(loaded: Loaded) -> AsyncIterator[Problem]:
    """Everything that is wrong with a lesson, whatever its variables stand for: each value of each is tried.

    A problem that several variants have is told once, with the values it was found with.
    """
    found: set[tuple[int, int, str]] = set()
    for variant in variants(loaded):
        problems = [*variant.problems]
        if variant.lesson is not None:
            problems += [problem async for problem in prove_lesson(variant, variant.lesson)]
        for problem in problems:
            where = problem.line, problem.column, problem.code
            if where not in found:
                found.add(where)
                yield replace(problem, message=f"{problem.message}{_with_values(variant)}")


def variants(loaded: Loaded) -> Iterator[Loaded]:
    """A lesson with different values for its variables: each value of each stands in one of them at least."""
    if loaded.lesson is None:
        yield loaded
        return
    # The variables themselves are the same in every variant, so their declaration in the first will do.
    declared = loaded.lesson.model_dump(include={VARIABLES})[VARIABLES]
    for seed in covering_seeds(declared):
        yield loaded if seed == loaded.seed else load_lesson(loaded.path, seed)


def _with_values(variant: Loaded) -> str:
    """The values that differ from learner to learner, said after a problem."""
    lesson = variant.lesson
    chosen = [name for name in variant.values if lesson is None or isinstance(lesson.vars[name], Choice)]
    values = ", ".join(f"{name}={_shown(variant.values[name])}" for name in chosen)
    return f" — with {values} (seed {variant.seed})" if values else ""


def _shown(value: Scalar | Mapping[str, Scalar]) -> str:
    return "/".join(map(str, value.values())) if isinstance(value, Mapping) else str(value)


async def prove_lesson(loaded: Loaded, lesson: Lesson) -> AsyncIterator[Problem]:
    """Everything that is wrong with a lesson: what can be seen at once, then what shows when it is played."""
    for problem in (*unknown_terms(loaded, lesson), *unfinished_commands(loaded, lesson)):
        yield problem
    async for problem in _play(loaded, lesson):
        yield problem


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


async def _play(loaded: Loaded, lesson: Lesson) -> AsyncIterator[Problem]:
    try:
        session = await Session.open(lesson, step=lesson.steps[0].id, seed=loaded.seed)
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
