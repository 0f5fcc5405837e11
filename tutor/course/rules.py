"""What must hold of a lesson beyond its shape: names that refer to each other, right answers, an `else` for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tutor.course.conditions.base import Leaf
from tutor.course.conditions.doing import Answered
from tutor.course.conditions.tree import walk, without_else
from tutor.course.marked_yaml import Path
from tutor.course.problems import did_you_mean
from tutor.course.schema import Lesson, Predict, Quiz, Step, Task

Broken: TypeAlias = tuple[Path, str, str, str]
"""Where, what is wrong, how to mend it, and a code."""


def broken_rules(lesson: Lesson) -> Iterator[Broken]:
    """Everything wrong with a lesson whose shape is right."""
    seen: set[str] = set()
    for place, step in enumerate(lesson.steps):
        path: Path = ("steps", place)
        if step.id in seen:
            yield (*path, "id"), f"the step id {step.id!r} is given twice", "give this one another id", "duplicate-id"
        seen.add(step.id)
        yield from _of_step(step, path, lesson)


def _of_step(step: Step, path: Path, lesson: Lesson) -> Iterator[Broken]:
    if isinstance(step, Task):
        yield from _of_task(step, path, lesson)
    if isinstance(step, Predict | Quiz):
        right = sum(option.right for option in step.options)
        if right == 0:
            yield (*path, "options"), "no option is right", "add right: true to the right one", "options"
        if right > 1 and isinstance(step, Predict):
            second = [number for number, option in enumerate(step.options) if option.right][1]
            yield (*path, "options", second), f"{right} options are right", "a prediction has exactly one", "options"
        texts = [option.text for option in step.options]
        for number, text in enumerate(texts):
            if text in texts[:number]:
                yield (*path, "options", number), f"the option {text!r} is given twice", "", "options"
    for number, hint in enumerate(step.hints):
        if hint.when is not None:
            yield from _unknown_answers(hint.when, (*path, "hints", number, "when"), lesson)
    rungs = [hint for hint in step.hints if hint.when is None]
    if rungs and step.solve and not rungs[-1].command:
        mend = "end the hints with - command: …"
        yield (*path, "hints"), "the last hint is no command", mend, "hints"


def _of_task(step: Task, path: Path, lesson: Lesson) -> Iterator[Broken]:
    for place in without_else(step.until):
        yield (
            (*path, "until", *place),
            "the condition has no else",
            "say what is missing while it does not hold",
            "else",
        )
    reasons = (refusal.because for refusal in step.refused)
    texts = {" ".join(text.split()) for text in (*_messages(step.until), *reasons)}
    for number, wrong in enumerate(step.wrong):
        if " ".join(wrong.expect.split()) not in texts:
            where = (*path, "wrong", number, "expect")
            yield where, f"no condition of this step says {wrong.expect!r}", did_you_mean(wrong.expect, texts), "expect"
    yield from _unknown_answers(step.until, (*path, "until"), lesson)
    for number, refusal in enumerate(step.refused):
        yield from _unknown_answers(refusal.when, (*path, "refused", number, "when"), lesson)


def _messages(condition: Leaf) -> Iterator[str]:
    return (inner.missing for _, inner in walk(condition) if inner.missing)


def _unknown_answers(condition: Leaf, path: Path, lesson: Lesson) -> Iterator[Broken]:
    for place, inner in walk(condition, path):
        if isinstance(inner, Answered) and lesson.step_index(inner.answered) is None:
            mend = did_you_mean(inner.answered, [step.id for step in lesson.steps])
            yield place, f"there is no step {inner.answered!r}", mend, "unknown-step"
