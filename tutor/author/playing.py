"""A lesson played from its own solutions: what was typed, at which prompt, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.course.schema import Lesson, Observe, Predict, Quiz, Read, Step, Task
from tutor.course.session import LessonError, Session
from tutor.course.view import StepView


@dataclass(frozen=True)
class PlayedLine:
    """One line that was typed.

    Args:
        prompt: the prompt it was typed at.
        line: the line.
        output: what the terminal showed for it.
    """

    prompt: str
    line: str
    output: str


@dataclass(frozen=True)
class PlayedStep:
    """One step, as it was entered and as it was left.

    Args:
        step: its texts.
        entered: what the learner sees on entering it.
        lines: what was typed to accomplish it.
        observed: for a prediction, what the cluster then showed; for an observation, the right answer.
    """

    step: Step
    entered: StepView
    lines: tuple[PlayedLine, ...] = ()
    observed: str = ""


@dataclass(frozen=True)
class PlayedLesson:
    """A whole lesson, played."""

    lesson: Lesson
    steps: tuple[PlayedStep, ...]


async def play(lesson: Lesson, seed: int = 1) -> PlayedLesson:
    """Play every step of a lesson by its solution.

    Args:
        lesson: the lesson.
        seed: decides every generated name, address and choice.

    Raises:
        LessonError: its cluster, or that of a step, cannot be set up; or a solution is none.
    """
    session = await Session.open(lesson, step=lesson.steps[0].id, seed=seed)
    try:
        steps = []
        for _ in lesson.steps:
            steps.append(await _play_step(session))
            await session.skip()
        return PlayedLesson(lesson, tuple(steps))
    finally:
        await session.close()


async def _play_step(session: Session) -> PlayedStep:
    step, played = session.step, PlayedStep(session.step, session.view)
    if isinstance(step, Read):
        return played
    if isinstance(step, Predict | Quiz):
        return await _answer(session, step, played)
    lines = step.solve or (step.commands if isinstance(step, Observe) else [])
    played = replace(played, lines=tuple([await _type(session, line) for line in lines]))
    if isinstance(step, Task):
        if not session.view.done:
            missing = next((line.missing for line in session.view.conditions if not line.met), "")
            raise LessonError(f"the solution of step {step.id} does not accomplish it: {missing}")
        return played
    answers = session.right_texts()
    if not answers:
        raise LessonError(f"step {step.id} has no right answer in the cluster")
    await session.answer(text=answers[0])
    return replace(played, observed=answers[0])


async def _type(session: Session, line: str) -> PlayedLine:
    prompt = session.terminal.prompt
    outcome = await session.submit(line)
    return PlayedLine(prompt, line, outcome.output)


async def _answer(session: Session, step: Predict | Quiz, played: PlayedStep) -> PlayedStep:
    """Answer rightly; the lines that a prediction then plays are taken down as they come."""
    shown: list[PlayedLine] = []
    pieces: list[str] = []

    def finish() -> None:
        if shown:
            shown[-1] = replace(shown[-1], output="".join(pieces))
        pieces.clear()

    async def before(line: str) -> None:
        finish()
        shown.append(PlayedLine(session.terminal.prompt, line, ""))

    session.terminal.on_output = pieces.append
    try:
        await session.answer(*(place for place, option in enumerate(step.options) if option.right), before=before)
    finally:
        session.terminal.on_output = None
    finish()
    return replace(played, lines=tuple(shown), observed=session.view.observed)
