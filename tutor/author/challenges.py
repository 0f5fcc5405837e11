"""Proves challenges: each fault alone in each of its variants, and a sample of those that faults make together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tutor.author.check import FileReport
from tutor.author.proof import Proof, Told, untold
from tutor.author.rules.commands import broken_commands
from tutor.author.rules.layout import bad_layout
from tutor.course.challenges import Challenge, assemble, make_challenge
from tutor.course.faults import STORIES, BrokenFileError, FaultFile, Library, read_library
from tutor.course.loader import Loaded
from tutor.course.marked_yaml import Marked
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem
from tutor.course.session import LessonError, Session
from tutor.course.variables import covering_seeds
from tutor.course.visit import REFUSED

SAMPLE: Final = range(1, 5)
"""Seeds by which combined challenges are proved, at each level that combines."""
COMBINED: Final = (2, 3)
_STEP: Final[DataPath] = ("steps", 0)


async def check_challenges(path: Path) -> FileReport:
    """Prove a fault alone; or with the file of the stories, what faults make together.

    Args:
        path: a fault file, or the stories.
    """
    try:
        library = read_library(path.parent)
        challenges = list(_together(library) if path.name == STORIES else _alone(library, path))
    except BrokenFileError as error:
        return FileReport(path, problems=tuple(each for each in error.problems if each.file == path))
    problems: list[Problem] = []
    told: set[Told] = set()
    for challenge, loaded in challenges:
        problems += untold([problem async for problem in _prove(challenge, loaded)], told)
    return FileReport(path, steps=len(challenges), problems=tuple(problems))


def _alone(library: Library, path: Path) -> Iterator[tuple[Challenge, Loaded]]:
    """A fault in variants that show all that differs in it, each in another story."""
    file = next(fault for fault in library.faults if fault.path == path)
    # Read once as it stands: what is malformed is found before its variables are.
    challenge = assemble(library, {file: 1}, (0, 1), file.level, 1)
    declared = challenge.faults[0].model_dump(include={"vars"})["vars"]
    for place, seed in enumerate(covering_seeds(declared)):
        challenge = assemble(library, {file: seed}, (place, place), file.level, seed)
        yield challenge, Loaded(path, challenge.lesson, marks=_marks(file, challenge), seed=seed)


def _together(library: Library) -> Iterator[tuple[Challenge, Loaded]]:
    for level in COMBINED:
        for seed in SAMPLE:
            challenge = make_challenge(level, seed, library)
            yield challenge, Loaded(library.folder / STORIES, challenge.lesson, marks=library.stories, seed=seed)


def _marks(file: FaultFile, challenge: Challenge) -> Marked:
    """Where in the fault's file the parts of its challenge come from."""
    fault, marks = challenge.faults[0], file.marks
    origins: dict[DataPath, DataPath] = {_STEP: (), (*_STEP, "solve"): ("solve",), ("cluster",): ("breaks",)}
    origins |= {(*_STEP, "alternatives", place): ("alternatives", place) for place in range(len(fault.alternatives))}
    origins |= {(*_STEP, "hints", place): ("hints", place) for place in range(len(fault.hints))}
    origins |= {(*_STEP, "refused", place): ("superficial", place) for place in range(len(fault.superficial))}
    origins |= {(*_STEP, "body"): ("note",), (*_STEP, "explain"): ("remark",)}
    origins |= {(*_STEP, "wrong", place): ("superficial", place) for place in range(len(fault.superficial))}
    return replace(marks, values={to: marks.place_of(origin) for to, origin in origins.items()}, keys={}, spans={})


async def _prove(challenge: Challenge, loaded: Loaded) -> AsyncIterator[Problem]:
    names = ", ".join(fault.fault for fault in challenge.faults)
    about = f" — {names}, {challenge.story.id} (level and seed: {challenge.lesson.title})"
    try:
        session = await Session.open(challenge.lesson, step=challenge.lesson.steps[0].id, seed=loaded.seed)
    except LessonError as error:
        yield loaded.problem(("cluster",), f"{error}{about}", "", "setup")
        return
    try:
        problems = [*bad_layout(loaded, challenge.lesson), *broken_commands(loaded, challenge.lesson)]
        problems += [problem async for problem in _symptom(session, challenge, loaded)]
        await session.reset()
        proof = Proof(session, loaded, _STEP)
        await proof.run(challenge.lesson.steps[0])
        problems += proof.problems
        problems += _left(session, challenge, loaded)
        for problem in problems:
            yield replace(problem, message=f"{problem.message}{about}")
    finally:
        await session.close()


async def _symptom(session: Session, challenge: Challenge, loaded: Loaded) -> AsyncIterator[Problem]:
    """What is wrong with how the fault shows before anything is done about it."""
    for fault in challenge.faults:
        if not session.holds(fault.present):
            yield loaded.problem((*_STEP, "present"), f"{fault.fault} is not present at the beginning", "", "symptom")
    read = {each.missing for each in session.view.conditions if each.text == REFUSED}
    superficial = [each for fault in challenge.faults for each in fault.superficial]
    for place, each in enumerate(superficial):
        if each.because.strip() in read:
            message = f"nothing is done yet, and the learner reads {each.because.strip()!r}"
            yield loaded.problem((*_STEP, "wrong", place), message, "see its when", "symptom")
    outcome = await session.submit(challenge.call)
    failed = [trace.outcome for trace in outcome.traces if trace.outcome != "ok"]
    shown = failed[0] if failed else "ok"
    if outcome.view.done:
        yield loaded.problem(_STEP, "the call is answered, so nothing shows that anything is wrong", "", "symptom")
    if len(challenge.faults) == 1 and shown != challenge.faults[0].symptom:
        message = f"the client's call ends with {shown!r}, not with {challenge.faults[0].symptom!r}"
        yield loaded.problem(_STEP, message, f"write symptom: {shown}", "symptom")


def _left(session: Session, challenge: Challenge, loaded: Loaded) -> Iterator[Problem]:
    """Faults that are still said to be there after the solution."""
    for fault in challenge.faults:
        if session.holds(fault.present):
            yield loaded.problem(_STEP, f"{fault.fault} is still present after solve", "see its present", "symptom")
