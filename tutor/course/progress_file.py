"""What the progress file holds: versioned JSON, keyed by stable ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from tutor.course.datafile import NewerFileError

VERSION: Final = 1


@dataclass(frozen=True)
class LessonProgress:
    """How far one lesson has got.

    Args:
        step: id of the step the learner was at; empty if the lesson was never opened.
        done: ids of the steps accomplished, in the lesson's order of doing.
        skipped: ids of the steps skipped.
        completed: whether the lesson was once finished.
        seed: what decided the learner's own choices in it; None where there are none.
        finished: the day it was first finished; None if that is not known.
    """

    step: str = ""
    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    completed: bool = False
    seed: int | None = None
    finished: date | None = None


@dataclass(frozen=True)
class Recall:
    """When a question is to be asked again.

    Args:
        due: the first day on which it is.
        days: how long before that it was asked.
    """

    due: date
    days: int

    @property
    def asked(self) -> date:
        """The day on which it was asked last."""
        return self.due - timedelta(days=self.days)


def written(lessons: Mapping[str, LessonProgress], recalls: Mapping[str, Recall]) -> dict[str, Any]:
    """What stands in the file."""
    data: dict[str, Any] = {
        "version": VERSION,
        "lessons": {
            lesson_id: {
                "step": each.step,
                "done": list(each.done),
                "skipped": list(each.skipped),
                "completed": each.completed,
                **({} if each.seed is None else {"seed": each.seed}),
                **({} if each.finished is None else {"finished": each.finished.isoformat()}),
            }
            for lesson_id, each in lessons.items()
        },
    }
    if recalls:
        data["recalls"] = {
            question: {"due": each.due.isoformat(), "days": each.days} for question, each in recalls.items()
        }
    return data


def read(data: Any) -> tuple[dict[str, LessonProgress], dict[str, Recall]]:
    """The progress and the recalls of a file.

    Raises:
        NewerFileError: it was written by a version of the program that knows more than this one.
        ValueError, TypeError, KeyError, AttributeError: it is not as it should be.
    """
    if data["version"] > VERSION:
        raise NewerFileError
    lessons = {_text(lesson_id): _read_lesson(each) for lesson_id, each in data["lessons"].items()}
    # Files of before there were reviews have none.
    recalls = data.get("recalls", {}).items()
    return lessons, {
        _text(question): Recall(date.fromisoformat(each["due"]), _number(each["days"])) for question, each in recalls
    }


def _read_lesson(data: Any) -> LessonProgress:
    if not isinstance(data["completed"], bool):
        raise TypeError("completed is no boolean")
    return LessonProgress(
        _text(data["step"]),
        tuple(map(_text, data["done"])),
        tuple(map(_text, data["skipped"])),
        data["completed"],
        _number(data["seed"]) if "seed" in data else None,
        date.fromisoformat(data["finished"]) if "finished" in data else None,
    )


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
