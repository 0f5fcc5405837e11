"""Proves a lesson: each step is not done at first, fails as foreseen, passes by its solution, and can be taken back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from tutor.author.rules import broken_text_rules
from tutor.course.conditions.base import Leaf
from tutor.course.conditions.doing import Named
from tutor.course.conditions.tree import walk
from tutor.course.loader import Loaded, load_lesson
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem
from tutor.course.schema import Choice, Lesson, Observe, Predict, Quiz, Read, Step, Task
from tutor.course.session import LessonError, Session
from tutor.course.variables import VARIABLES, Scalar, covering_seeds
from tutor.course.view import Outcome


async def prove_variants(loaded: Loaded) -> AsyncIterator[Problem]:
    """Everything that is wrong with a lesson, whatever its variables stand for: each value of each is tried.

    A problem that several variants have is told once, with the values it was found with.
    """
    told: set[Told] = set()
    for variant in variants(loaded):
        problems = [*variant.problems]
        if variant.lesson is not None:
            problems += [problem async for problem in prove_lesson(variant, variant.lesson)]
        for problem in untold(problems, told):
            yield replace(problem, message=f"{problem.message}{_with_values(variant)}")


Told: TypeAlias = tuple[int, int, str]
"""Line, column and code of a problem."""


def untold(problems: Sequence[Problem], told: set[Told]) -> list[Problem]:
    """The problems of a variant that no earlier one had; those it has are then told.

    Args:
        problems: all of this variant.
        told: those of the variants before, added to.
    """
    new = [problem for problem in problems if (problem.line, problem.column, problem.code) not in told]
    told |= {(problem.line, problem.column, problem.code) for problem in problems}
    return new


def variants(loaded: Loaded) -> Iterator[Loaded]:
    """A lesson with different values for its variables: each value of each stands in one of them at least."""
    if loaded.lesson is None:
        yield loaded
        return
    # The variables themselves are the same in every variant, so their declaration in the first will do.
    declared = loaded.lesson.model_dump(include={VARIABLES})[VARIABLES]
    for seed in covering_seeds(declared):
        yield loaded if seed == loaded.seed else load_lesson(loaded.path, seed, loaded.language)


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
    for problem in broken_text_rules(loaded, lesson):
        yield problem
    async for problem in _play(loaded, lesson):
        yield problem


async def _play(loaded: Loaded, lesson: Lesson) -> AsyncIterator[Problem]:
    try:
        session = await Session.open(lesson, step=lesson.steps[0].id, seed=loaded.seed)
    except LessonError as error:
        yield loaded.problem(("cluster",), str(error), "", "setup")
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
                yield loaded.problem(("steps", place + 1), str(error), "", "setup")
                return
    finally:
        await session.close()


def _uses(step: Step, name: str) -> Iterator[DataPath]:
    """Where a step uses a condition of a package."""
    trees: list[tuple[DataPath, Leaf]] = [
        (("hints", number, "when"), hint.when) for number, hint in enumerate(step.hints) if hint.when is not None
    ]
    if isinstance(step, Task):
        trees = [(("until",), step.until), *trees]
        trees += [(("refused", number, "when"), each.when) for number, each in enumerate(step.refused)]
    for path, tree in trees:
        yield from (place for place, each in walk(tree, path) if isinstance(each, Named) and each.named == name)


_FAULT: Final = re.compile(r"^.*(?:internal fault: |(?:is|are) not simulated).*$", re.MULTILINE)
"""What the simulation says where it comes to its end."""


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

    def _report(self, where: DataPath, message: str, mend: str, code: str) -> None:
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
            return
        for name, said in self.session.broken.items():
            mend = "see what its function does with this evidence"
            self._report(next(_uses(step, name), ()), said.rstrip("."), mend, "named")

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
            outcomes = await self._play(alternative, ("alternatives", number))
            self._judge_solution(("alternatives", number), outcomes)
            await self._reset(("alternatives", number))
        await self._prove_hints(step)
        outcomes = await self._play(step.solve, ("solve",))
        self._judge_solution(("solve",), outcomes)
        if session.view.done and session.view.can_undo:
            await self._prove_undo()
            await self._reset(("solve",))
            await self._play(step.solve)

    async def _prove_hints(self, step: Task) -> None:
        """See that a learner gets through who does what the hints say, or else types what the step offers."""
        rungs = [number for number, hint in enumerate(step.hints) if hint.when is None and hint.command]
        if not rungs:
            return
        hinted = [step.hints[number].command for number in rungs]
        ways = (hinted[-1:], hinted, step.commands)
        if any(lines == step.solve or lines in step.alternatives for lines in ways):
            return
        where = ("hints", rungs[-1], "command")
        for lines in ways:
            await self._play(lines)
            done = self.session.view.done
            await self._reset(where)
            if done:
                return
        self._report(
            where,
            "neither this last hint, nor all hints in order, nor the step's commands accomplish it",
            "make the last hint the command that does, or offer the others under commands",
            "hint",
        )

    async def _play(self, lines: Sequence[str], where: DataPath | None = None) -> list[Outcome]:
        """Play lines; with `where` they stand, what the simulation cannot do in them is reported."""
        outcomes = []
        for number, line in enumerate(lines):
            outcomes.append(await self.session.submit(line))
            fault = _FAULT.search(outcomes[-1].output) if where is not None else None
            if fault and where is not None:
                self._report((*where, number), f"{line}: {fault[0].strip()}", "tutor shell shows what runs", "fault")
        return outcomes

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
        self._report(where, message, "", "solve")

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
            self._report(where, "after it, reset does not lead back to how the step began", "", "reset")
        elif session.view.done:
            self._report(where, "after it and reset, the step is done at once", "", "reset")

    async def _prove_question(self, step: Predict | Quiz) -> None:
        right = [place for place, option in enumerate(step.options) if option.right]
        if isinstance(step, Quiz):
            for place in (place for place in range(len(step.options)) if [place] != right):
                await self.session.answer(place)
                if self.session.view.done:
                    self._report(("options", place), "the question is answered by this option alone", "", "options")
                    return
        outcome = await self.session.answer(*right)
        if isinstance(step, Predict) and step.reveal is not None and not outcome.view.observed:
            self._report(
                ("reveal",), "there is nothing to show beside the prediction", "see its object and path", "reveal"
            )

    async def _prove_observe(self, step: Observe) -> None:
        await self._play(step.solve, ("solve",))
        await self.session.answer(text="\N{REPLACEMENT CHARACTER}")
        if self.session.view.done:
            self._report(("answer",), "any answer is right", "", "answer")
        texts = self.session.right_texts()
        if not texts:
            self._report(("answer",), "there is no right answer in the cluster", "see its object and path", "answer")
            return
        await self.session.answer(text=texts[0])
