"""Makes the record a front end shows from the state of a journey."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.course.journey import Journey
from tutor.course.ladder import debrief, rungs
from tutor.course.progress import Progress
from tutor.course.schema import Lesson, Observe, Predict, Quiz, Step, Task
from tutor.course.view import StepStatus, StepView
from tutor.course.visit import Visit


def draw(journey: Journey, progress: Progress, terms: tuple[tuple[str, str], ...]) -> StepView:
    """The step the learner is at, as it stands now.

    Args:
        journey: where the learner is; its conditions are not judged again.
        progress: what was done in earlier sessions.
        terms: the lesson's glossary terms, each with its explanation.
    """
    visit, evidence, lesson = journey.visit, journey.evidence(), journey.lesson
    step = visit.step
    statuses = statuses_of(journey, progress)
    ladder = step.ladder if isinstance(step, Task) else None
    return StepView(
        lesson_id=lesson.id,
        lesson_title=lesson.title,
        id=step.id,
        index=journey.index,
        count=len(lesson.steps),
        kind=step.kind,
        title=title_of(step),
        body=step.body,
        commands=tuple(step.commands),
        question=_question(step),
        options=visit.options(),
        multiple=isinstance(step, Quiz) and sum(option.right for option in step.options) > 1,
        given=visit.given,
        remark=visit.remark,
        observed=visit.observed,
        conditions=visit.conditions,
        ladder=rungs(visit.trail) if ladder else (),
        done=visit.done,
        explain=_explanation(visit) if visit.done else "",
        hints=visit.shown_hints(evidence),
        more_hints=visit.next_hint(evidence) is not None,
        can_show=bool(step.solve) or isinstance(step, Predict | Quiz | Observe),
        can_undo=journey.can_undo,
        can_redo=journey.can_redo,
        can_reset=journey.stage.simulation.revocable,
        optional=step.optional,
        steps=statuses,
        lesson_done=is_finished(lesson, statuses),
        terms=terms,
    )


def _explanation(visit: Visit) -> str:
    """Why it worked; after a challenge also what the learner looked at on the way."""
    step = visit.step
    if isinstance(step, Task) and step.ladder is not None and not visit.brought_about and visit.trail:
        return "\n\n".join(filter(None, (step.explain.strip(), debrief(step.ladder, visit.trail))))
    return step.explain


def title_of(step: Step) -> str:
    """A step's heading; made from its id if it has none."""
    return step.title or step.id.replace("-", " ").capitalize()


def _question(step: Step) -> str:
    if isinstance(step, Predict | Quiz):
        return step.question
    return step.ask if isinstance(step, Observe) else ""


def statuses_of(journey: Journey, progress: Progress) -> tuple[StepStatus, ...]:
    """Which steps of the lesson are done or skipped, in this session or an earlier one."""
    lesson = journey.lesson
    known = progress.lesson(lesson.id)
    done = {*known.done, *(visit.step.id for visit in journey.visits if visit.done and not visit.brought_about)}
    return tuple("done" if step.id in done else "skipped" if step.id in known.skipped else "" for step in lesson.steps)


def is_finished(lesson: Lesson, statuses: Sequence[StepStatus]) -> bool:
    """Whether every step that is not optional is done or skipped."""
    return all(status or step.optional for status, step in zip(statuses, lesson.steps, strict=True))
