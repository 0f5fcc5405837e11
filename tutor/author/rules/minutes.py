"""How long a lesson takes, judged from what there is to read and to do."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from tutor.author.texts import texts_of_step
from tutor.course.loader import Loaded
from tutor.course.problems import Problem
from tutor.course.schema import Lesson, Step

WORDS_A_MINUTE: Final = 150
"""Instructions on a screen are read slower than a story."""
SECONDS: Final = {"read": 5, "task": 30, "challenge": 150, "predict": 20, "quiz": 25, "observe": 30}
"""What a step of each kind takes beyond reading it: looking, deciding, a mistake or two."""
SECONDS_A_COMMAND: Final = 20
"""To type a command or call it up, wait for its answer and read that."""
WHYS_READ: Final = 2
"""Under a question stand the reason of the right answer and that of the one chosen, not all of them."""
SLACK: Final = 2.0
"""How many times shorter or longer than the estimate is still plausible."""
FREE: Final = 3.0
"""So many minutes more or fewer are plausible in any case."""


def seconds_of(step: Step) -> float:
    """What a step takes a learner who meets it for the first time."""
    read = [text for text in texts_of_step(step, ()) if "hints" not in text.path]
    whys = [len(text.text.split()) for text in read if "why" in text.path]
    words = sum(len(text.text.split()) for text in read if "why" not in text.path)
    if whys:
        words += round(WHYS_READ * sum(whys) / len(whys))
    commands = max(len(step.commands), len(step.solve))
    return words / WORDS_A_MINUTE * 60 + SECONDS[step.kind] + SECONDS_A_COMMAND * commands


def minutes_of(lesson: Lesson) -> float:
    """What a lesson takes, its optional steps left out."""
    return sum(seconds_of(step) for step in lesson.steps if not step.optional) / 60


def implausible_minutes(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Minutes that are far from what the steps add up to."""
    estimate = minutes_of(lesson)
    least, most = min(estimate / SLACK, estimate - FREE), max(estimate * SLACK, estimate + FREE)
    if not least <= lesson.minutes <= most:
        about = math.ceil(estimate)
        message = f"{lesson.minutes} minutes are not plausible: reading and doing add up to about {about}"
        yield loaded.problem(("minutes",), message, f"write minutes: {about}, or play it with a watch", "minutes")
