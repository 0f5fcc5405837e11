"""Questions can be answered rightly, and say so if more than one answer is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tutor.course.loader import Loaded
from tutor.course.problems import Problem
from tutor.course.schema import Lesson, Predict, Quiz

_SEVERAL: Final = re.compile(
    r"\b(all|any|both|each|every|several|two|three|four|five|[2-9]|which (?:\S+ ){0,3}(?:are|do|have|were|can)"
    r"|which of (?:these|those|them|the following|the \w+s)(?! (?:is|was|has|does)\b)(?! \w+(?<!s)s\b))\b",
    re.IGNORECASE,
)
"""Words that tell an English reader to look for more than one answer: several are, one decides."""


def unclear_questions(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Questions where everything is right, or where several answers are wanted and the question does not say so."""
    for place, step in enumerate(lesson.steps):
        if not isinstance(step, Predict | Quiz):
            continue
        right = sum(option.right for option in step.options)
        if right == len(step.options):
            mend = "add a wrong one that somebody might believe"
            yield loaded.problem(("steps", place, "options"), "every option is right", mend, "options")
        elif right > 1 and not loaded.overlay and not _SEVERAL.search(step.question):
            message = f"{right} options are right, and the question does not say that there are several"
            mend = "ask “Which two …”, or end with “(several)”"
            yield loaded.problem(("steps", place, "question"), message, mend, "several")
