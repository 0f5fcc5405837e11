"""What must hold of a lesson's texts and commands; all of it can be seen without playing the lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from tutor.author.rules.commands import broken_commands
from tutor.author.rules.layout import bad_layout
from tutor.author.rules.minutes import implausible_minutes
from tutor.author.rules.names import unnamed
from tutor.author.rules.questions import unclear_questions
from tutor.author.rules.references import bad_references
from tutor.course.loader import Loaded
from tutor.course.problems import Problem
from tutor.course.schema import Lesson

Rule: TypeAlias = Callable[[Loaded, Lesson], Iterator[Problem]]

RULES: Final[tuple[Rule, ...]] = (
    bad_references,
    broken_commands,
    bad_layout,
    unnamed,
    unclear_questions,
    implausible_minutes,
)


def broken_text_rules(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Everything that can be seen to be wrong with a lesson whose shape is right."""
    for rule in RULES:
        yield from rule(loaded, lesson)
