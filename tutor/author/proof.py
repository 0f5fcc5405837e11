"""Proves a lesson: each step is not done at first, fails as foreseen, passes by its solution, and can be taken back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from tutor.author.commandline import faults_of
from tutor.author.offers import Offers, slip_of
from tutor.author.rules import broken_text_rules
from tutor.course.conditions.base import Leaf, split_name
from tutor.course.conditions.doing import Named, OutputHas, Ran
from tutor.course.conditions.evidence import HOST, Played
from tutor.course.conditions.tree import shown, walk
from tutor.course.loader import Loaded, load_lesson
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem, did_you_mean
from tutor.course.schema import Choice, Ladder, Lesson, Observe, Predict, Quiz, Read, Step, Task, Wrong
from tutor.course.session import LessonError, Session
from tutor.course.variables import VARIABLES, Scalar, covering_seeds
from tutor.course.view import Outcome
from tutor.engine.objects import name_of


async def prove_variants(loaded: Loaded) -> AsyncIterator[Problem]:
    """Everything that is wrong with a lesson, whatever its variables stand for: each value of each is tried.

    A problem that several variants have is told once; one that not all have, with the values it was found with.
    """
    found: list[tuple[Loaded, list[Problem]]] = []
    for variant in variants(loaded):
        problems = [*variant.problems]
        if variant.lesson is not None:
            problems += [problem async for problem in prove_lesson(variant, variant.lesson)]
        found.append((variant, problems))
    told: set[Told] = set()
    for variant, problems in found:
        for problem in untold(problems, told):
            everywhere = all(any(_is_told(problem, other) for other in others) for _, others in found)
            yield problem if everywhere else replace(problem, message=f"{problem.message}{_with_values(variant)}")


def _is_told(problem: Problem, other: Problem) -> bool:
    """Whether two variants have the very same problem; what would mend it may differ."""
    return replace(problem, mend="") == replace(other, mend="")


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
        yield _setup_problem(loaded, lesson, 0, str(error))
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
                yield _setup_problem(loaded, lesson, place + 1, str(error))
                return
    finally:
        await session.close()


def _setup_problem(loaded: Loaded, lesson: Lesson, place: int, said: str) -> Problem:
    """A cluster, or that of a step, that could not be set up; at the command that failed.

    Args:
        loaded: the lesson's file.
        lesson: the lesson.
        place: the place of the step that was to be entered.
        said: what the session says, which has the command in it.
    """
    step, cluster = lesson.steps[place], lesson.cluster
    if said.startswith(f"setting up step {step.id}: "):
        where: DataPath = ("steps", place)
        commands: dict[DataPath, str] = {(*where, "setup", n): line for n, line in enumerate(step.setup)}
    else:
        where = ("cluster",)
        commands = {(*where, "apply", n): f"kubectl apply -f {name}" for n, name in enumerate(cluster.apply)}
        commands |= {(*where, "run", n): line for n, line in enumerate(cluster.run)}
    failed = next((path for path, line in commands.items() if f": {line}: " in said), where)
    return loaded.problem(failed, said, "", "setup")


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


def _is_same(text: str, other: str) -> bool:
    return " ".join(text.split()) == " ".join(other.split())


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
        else:
            await self._offers(step).prove()
        if isinstance(step, Predict | Quiz):
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
        offers = self._offers(step)
        await offers.prove()
        for number, wrong in enumerate(step.wrong):
            await self._prove_wrong(number, wrong)
            await offers.prove_hints_given_here()
            await self._reset(("wrong", number))
        offers.finish()
        for number, alternative in enumerate(step.alternatives):
            outcomes = await self._play(alternative, ("alternatives", number))
            self._judge_solution(("alternatives", number), outcomes)
            await self._reset(("alternatives", number))
        outcomes = await self._play(step.solve, ("solve",))
        self._drop_what_follows(self._judge_solution(("solve",), outcomes))
        if step.ladder is not None:
            self._prove_ladder(step.ladder)
        if session.view.done and session.view.can_undo:
            await self._prove_undo()
            await self._reset(("solve",))
            await self._play(step.solve)

    def _offers(self, step: Step) -> Offers:
        return Offers(self.session, step, self._play_offered, self._report, self._reset)

    async def _play_offered(self, line: str, where: DataPath) -> Played | None:
        before = len(self.session.evidence.played)
        self._note_fault(where, await self.session.submit(line))
        return next(iter(self.session.evidence.played[before:]), None)

    async def _play(self, lines: Sequence[str], where: DataPath | None = None) -> list[Outcome]:
        """Play lines; with `where` they stand, what the simulation cannot do in them is reported."""
        outcomes = []
        for number, line in enumerate(lines):
            outcomes.append(await self.session.submit(line))
            if where is not None:
                self._note_fault((*where, number), outcomes[-1])
        return outcomes

    def _note_fault(self, where: DataPath, outcome: Outcome) -> None:
        fault = _FAULT.search(outcome.output)
        if fault:
            self._report(where, f"{outcome.command}: {fault[0].strip()}", "tutor shell shows what runs", "fault")

    def _missing(self) -> str:
        return next((line.missing for line in self.session.view.conditions if not line.met), "")

    async def _prove_wrong(self, number: int, wrong: Wrong) -> None:
        """Play a mistake: the step must not pass, the sentence foreseen come first, and the mistake be one."""
        where: DataPath = ("wrong", number)
        at_entry, first = self._missing(), len(self.session.evidence.played)
        outcomes = await self._play(wrong.do)
        if self.session.view.done:
            self._report(where, "the step passes although this is wrong", "make its conditions stricter", "wrong")
            return
        missing = self._missing()
        if not _is_same(missing, wrong.expect):
            self._report(
                (*where, "expect"), f"the learner reads {missing!r} first", "expect that, or reorder until", "wrong"
            )
        elif _is_same(missing, at_entry) and not any(each.changes or each.traces for each in outcomes):
            self._report_slips(where, self.session.evidence.played[first:])

    def _report_slips(self, where: DataPath, played: Sequence[Played]) -> None:
        """Report the lines of a mistake without effect that are slips of the author's: they prove nothing.

        Where the sentence is about what was typed, a name that nothing has may be the very mistake.
        """
        about_typing = self._sentence_is_about_typing()
        for number, each in enumerate(played):
            faults = (message for message, _ in faults_of(each.command)) if each.exit_code else iter(())
            said = next(faults, "") or ("" if about_typing else slip_of(each))
            if said:
                message = f"it fails and changes nothing, so it proves nothing: {said}"
                self._report((*where, "do", number), message, "write what somebody might type", "wrong")

    def _sentence_is_about_typing(self) -> bool:
        step = self.session.step
        unmet = (line for line in shown(step.until) if not self.session.holds(line)) if isinstance(step, Task) else ()
        first = next(iter(unmet), None)
        return first is not None and any(isinstance(each, Ran | OutputHas) for _, each in walk(first))

    def _judge_solution(self, where: DataPath, outcomes: Sequence[Outcome]) -> str:
        """Report a solution that is none; what is then missing, empty if it is one."""
        if self.session.view.done:
            return ""
        missing = self._missing()
        message = f"the step is not done by it: {missing}"
        failed = next((each for each in outcomes if each.exit_code), None)
        if failed is not None:
            last = failed.output.strip().splitlines()[-1:] or ["no output"]
            message += f" ({failed.command} ended with {failed.exit_code}: {last[0]})"
        self._report(where, message, "", "solve")
        return missing or "something"

    def _drop_what_follows(self, missing: str) -> None:
        """Where not even the solution does, the same of alternatives and hints is no mistake of its own."""
        if missing:
            same = f"the step is not done by it: {missing}"
            *others, last = self.problems
            self.problems = [each for each in others if each.message != same and each.code != "hint"] + [last]

    def _prove_ladder(self, ladder: Ladder) -> None:
        """See that there is a Service and a client as the ladder names them, once the step is solved."""
        store, evidence = self.session.cluster.store, self.session.evidence
        namespace, name = split_name(ladder.service)
        if store.get("Service", namespace, name) is None:
            known = (f"{namespace}/{name_of(each)}".removeprefix("default/") for each in store.list("Service"))
            message = f"there is no Service {ladder.service!r}, not even after solve"
            self._report(("ladder", "service"), message, did_you_mean(ladder.service, known), "ladder")
        client = ladder.client
        there = client.pod == HOST or any(map(client.is_pod, (*store.list("Pod"), *evidence.before.list("Pod"))))
        if not there and not any(client.is_client(trace.client, store) for trace in evidence.traces):
            message = f"nobody is {client.described()}, neither at entry nor after solve"
            self._report(("ladder", "from"), message, "write who calls: the name or labels of a Pod, or host", "ladder")

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
