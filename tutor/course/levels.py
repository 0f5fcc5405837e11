"""The levels of challenges, and what lists show of them: enough to choose from, without making any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tutor.paths import lessons_dir

if TYPE_CHECKING:
    from tutor.course.catalog import LessonEntry

LEVELS: Final = {
    1: "One plain fault, close to what it shows.",
    2: "One subtle fault, or two plain ones.",
    3: "Several faults, in different layers.",
}
ABOUT: Final = "Something does not answer. Find out why, and mend it so that it stays mended."
PREFIX: Final = "challenge-"
"""Begins the id of the lesson that a challenge is; its level follows."""


def challenge_id(level: int) -> str:
    """The lesson id of challenges of a level: progress is kept by it."""
    return f"{PREFIX}{level}"


def level_of(lesson_id: str) -> int | None:
    """The level of the challenges of that lesson id; None for any other lesson."""
    return next((level for level in LEVELS if challenge_id(level) == lesson_id), None)


def minutes_of(level: int) -> int:
    """How long a challenge takes."""
    return 3 + 4 * level


def challenge_entry(level: int) -> LessonEntry:
    """What a list shows of the challenges of a level."""
    # Home names the levels in its first frame, before it reads any file.
    from tutor.course.catalog import LessonEntry
    from tutor.course.lesson_index import CHALLENGES

    return LessonEntry(
        challenge_id(level),
        lessons_dir() / CHALLENGES,
        f"Challenge, level {level}",
        f"{ABOUT} {LEVELS[level]} Each time another.",
        minutes=minutes_of(level),
        step_ids=("repair",),
        varied=True,
    )
