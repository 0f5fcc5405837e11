"""By which seed a learner plays a lesson: the same one each time it is gone on with."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tutor.course.catalog import LessonEntry
    from tutor.course.progress import Progress

LARGEST: Final = 9999
"""Seeds that are drawn are short enough to be said aloud: a class may agree on one."""
USUAL: Final = 1
"""The seed of a lesson that is the same for everybody."""


def draw_seed() -> int:
    """A seed nobody asked for."""
    return random.SystemRandom().randint(1, LARGEST)


def lesson_seed(
    entry: LessonEntry, progress: Progress, wanted: int | None = None, draw: Callable[[], int] = draw_seed
) -> int:
    """The seed to play a lesson by; what is to be the same next time is kept with the progress.

    Args:
        entry: the lesson.
        progress: what the learner has done.
        wanted: the seed the learner asked for; None for the one the lesson was begun with. One that was finished, or
            never begun, is played by a new one if anything in it differs from learner to learner.
        draw: gives a new seed.
    """
    known = progress.lesson(entry.id)
    kept = None if known.completed else known.seed
    seed = wanted if wanted is not None else kept
    if seed is None:
        seed = draw() if entry.varied else USUAL
    if seed != known.seed and (entry.varied or wanted is not None):
        progress.keep_seed(entry.id, seed)
    return seed
