"""From what a list shows to the lesson that is played: the one in a file, or a challenge made by its seed."""

from __future__ import annotations

from tutor.course.catalog import LessonEntry
from tutor.course.challenges import make_challenge
from tutor.course.faults import BrokenFileError
from tutor.course.journey import LessonError
from tutor.course.levels import level_of
from tutor.course.loader import load_lesson
from tutor.course.schema import Lesson


def open_lesson(entry: LessonEntry, seed: int) -> Lesson:
    """The lesson of an entry, in the language it is to be read in, with its id among all packs.

    Args:
        entry: what a list shows of it.
        seed: decides what differs from learner to learner.

    Raises:
        LessonError: it cannot be used; the message says why, a problem a line.
    """
    level = level_of(entry.id)
    if level is not None:
        try:
            return make_challenge(level, seed).lesson
        except BrokenFileError as error:
            raise LessonError(str(error)) from error
    loaded = load_lesson(entry.path, seed, entry.language)
    if loaded.lesson is None:
        raise LessonError("\n".join(map(str, loaded.problems)))
    return loaded.lesson.model_copy(update={"id": entry.id})
