"""A review: the questions that are due, made into a lesson of their own."""

from __future__ import annotations

from typing import Final

from tutor.course.catalog import Catalog
from tutor.course.drawing import title_of
from tutor.course.journey import LessonError
from tutor.course.opening import open_lesson
from tutor.course.progress import Progress
from tutor.course.review import REVIEW, Question, due, note
from tutor.course.schema import Hint, Lesson, Predict, Quiz, Step
from tutor.course.seeds import USUAL
from tutor.course.session import Session
from tutor.engine.dice import Dice

AT_ONCE: Final = 8
"""No review has more questions."""


def _asked_again(question: Question, progress: Progress, step_id: str) -> Quiz | None:
    """The question as a step of a review, its options in another order; None if the lesson lacks it now."""
    try:
        lesson = open_lesson(question.lesson, progress.lesson(question.lesson.id).seed or USUAL)
    except LessonError:
        return None
    place = lesson.step_index(question.step_id)
    step = lesson.steps[place] if place is not None else None
    if place is None or not isinstance(step, Quiz | Predict):
        return None
    dice = Dice(progress.today().toordinal() + place)
    options = sorted(step.options, key=lambda _: dice.bits())
    source = f"The lesson *{lesson.title}* tells it, up to step {place + 1}: {title_of(step)}."
    return Quiz(
        kind="quiz",
        id=step_id,
        title=lesson.title,
        body=step.body,
        question=step.question,
        options=options,
        explain=step.explain,
        hints=[Hint(text=source)],
    )


async def open_review(catalog: Catalog, progress: Progress, *, live: bool = False) -> Session:
    """Begin a review of what is due.

    Args:
        catalog: the lessons.
        progress: what the learner has done; when each question is asked again is noted there.
        live: as for `Session.open`.

    Raises:
        LessonError: nothing is due; the message says when something will be.
    """
    waiting = due(catalog, progress)
    asked: dict[str, Question] = {}
    steps: list[Step] = []
    for question in waiting.now:
        step = _asked_again(question, progress, f"question-{len(steps) + 1}")
        if step is not None and len(steps) < AT_ONCE:
            steps.append(step)
            asked[step.id] = question
    if not steps:
        raise LessonError(waiting.in_words())
    lesson = Lesson(format=1, id=REVIEW, title="Review", minutes=max(1, len(steps) // 2), steps=steps)
    session = await Session.open(lesson, progress=Progress(), live=live)
    session.sources = {step_id: (question.lesson.id, question.step_id) for step_id, question in asked.items()}
    session.translated = any(question.lesson.is_translated for question in asked.values())
    session.on_first_answer = lambda step, right: note(progress, asked[step.id], right=right)
    return session
