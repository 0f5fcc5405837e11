"""Every text and every command of a lesson, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.course.conditions.tree import walk
from tutor.course.marked_yaml import Path
from tutor.course.schema import Lesson, Observe, Predict, Quiz, Step, Task


@dataclass(frozen=True)
class Text:
    """A text the learner reads.

    Args:
        path: where it stands.
        text: Markdown.
        asked_for: whether it is seen only on demand or afterwards: hints, explanations, what is said of an answer or
            of a repair.
    """

    path: Path
    text: str
    asked_for: bool = False


def texts_of(lesson: Lesson) -> Iterator[Text]:
    """All texts of a lesson that are not empty."""
    yield Text(("title",), lesson.title)
    if lesson.summary:
        yield Text(("summary",), lesson.summary)
    for place, objective in enumerate(lesson.objectives):
        yield Text(("objectives", place), objective)
    for place, step in enumerate(lesson.steps):
        yield from texts_of_step(step, ("steps", place))


def texts_of_step(step: Step, path: Path) -> Iterator[Text]:
    """All texts of a step that are not empty."""
    return (text for text in _texts_of_step(step, path) if text.text)


def _texts_of_step(step: Step, path: Path) -> Iterator[Text]:
    yield Text((*path, "title"), step.title)
    yield Text((*path, "body"), step.body)
    if isinstance(step, Predict | Quiz):
        yield Text((*path, "question"), step.question)
        for number, option in enumerate(step.options):
            yield Text((*path, "options", number, "text"), option.text)
            yield Text((*path, "options", number, "why"), option.why, asked_for=True)
    if isinstance(step, Observe):
        yield Text((*path, "ask"), step.ask)
    if isinstance(step, Task):
        for place, condition in walk(step.until, (*path, "until")):
            yield Text((*place, "title"), condition.title)
            yield Text((*place, "else"), condition.missing)
        for number, refusal in enumerate(step.refused):
            yield Text((*path, "refused", number, "because"), refusal.because, asked_for=True)
        if step.rehearsal is not None:
            for place, condition in walk(step.rehearsal.until, (*path, "rehearsal", "until")):
                yield Text((*place, "else"), condition.missing, asked_for=True)
    for number, hint in enumerate(step.hints):
        yield Text((*path, "hints", number, "text"), hint.text, asked_for=True)
    yield Text((*path, "explain"), step.explain, asked_for=True)


@dataclass(frozen=True)
class Command:
    """A command of a lesson.

    Args:
        path: where it stands.
        line: the line as it is typed.
        wrong: whether it is there to go wrong.
    """

    path: Path
    line: str
    wrong: bool = False


def commands_of(lesson: Lesson) -> Iterator[Command]:
    """All commands of a lesson: those of its set-up, and every step's."""
    yield from _listed(("cluster", "run"), lesson.cluster.run)
    for place, step in enumerate(lesson.steps):
        yield from commands_of_step(step, ("steps", place))


def commands_of_step(step: Step, path: Path) -> Iterator[Command]:
    """All commands of a step."""
    yield from _listed((*path, "setup"), step.setup)
    yield from _listed((*path, "commands"), step.commands)
    for number, hint in enumerate(step.hints):
        if hint.command:
            yield Command((*path, "hints", number, "command"), hint.command)
    yield from _listed((*path, "solve"), step.solve)
    if isinstance(step, Predict):
        yield from _listed((*path, "then"), step.then)
    if isinstance(step, Task):
        for number, lines in enumerate(step.alternatives):
            yield from _listed((*path, "alternatives", number), lines)
        for number, wrong in enumerate(step.wrong):
            yield from _listed((*path, "wrong", number, "do"), wrong.do, wrong=True)
        if step.rehearsal is not None:
            yield from _listed((*path, "rehearsal", "do"), step.rehearsal.do)


def _listed(path: Path, lines: Sequence[str], *, wrong: bool = False) -> Iterator[Command]:
    return (Command((*path, number), line, wrong) for number, line in enumerate(lines))
