"""When questions of finished lessons are asked again: after ever longer times.

Recalling after some time makes learning last, the more so the more the times grow: Roediger and Karpicke (2006),
"Test-enhanced learning"; Kang, Lindsey, Mozer and Pashler (2014), "Retrieval practice over the long term".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog, LessonEntry
    from tutor.course.progress import Progress

REVIEW: Final = "review"
"""The lesson id of a review. Nobody's progress is kept by it."""
DAYS: Final = (1, 3, 7, 16, 35, 80)
"""A question is asked again after so many days, each time it was answered rightly after the next number of them."""


@dataclass(frozen=True)
class Question:
    """A question that is asked again.

    Args:
        lesson: the lesson it is from.
        step_id: its step there.
        due: the first day on which it is to be asked.
    """

    lesson: LessonEntry
    step_id: str
    due: date


@dataclass(frozen=True)
class Due:
    """What there is to review.

    Args:
        now: the questions due, those that have waited longest first.
        later: the first day on which more will be; None if there is none.
        more: how many there will be on that day.
    """

    now: tuple[Question, ...] = ()
    later: date | None = None
    more: int = 0

    def in_words(self) -> str:
        """One line about it: how many are due, or when some will be."""
        if self.now:
            return f"{_counted(len(self.now))} due."
        if self.later is None:
            return "Nothing to review yet: questions come from the lessons you have finished."
        return f"Nothing is due. {_counted(self.more)} due on {self.later:%A}, {self.later.day} {self.later:%B}."


def _counted(number: int) -> str:
    return "1 question is" if number == 1 else f"{number} questions are"


def due(catalog: Catalog, progress: Progress) -> Due:
    """What there is to review today."""
    today = progress.today()
    questions = sorted(_questions(catalog.lessons, progress), key=lambda each: each.due)
    now = tuple(each for each in questions if each.due <= today)
    later = next((each.due for each in questions if each.due > today), None)
    return Due(now, later, sum(each.due == later for each in questions))


def _questions(lessons: Iterable[LessonEntry], progress: Progress) -> Iterator[Question]:
    """Every question of a finished lesson, with the day on which it is due."""
    for lesson in lessons:
        made = progress.lesson(lesson.id)
        if not made.completed:
            continue
        first = made.finished + timedelta(days=DAYS[0]) if made.finished else progress.today()
        for step_id in lesson.recalls:
            known = progress.recall(lesson.id, step_id)
            yield Question(lesson, step_id, known.due if known else first)


def note(progress: Progress, question: Question, *, right: bool) -> None:
    """Decide when a question that was answered just now is asked again; a wrong answer brings it back the next day."""
    known = progress.recall(question.lesson.id, question.step_id)
    before = known.days if known else 0
    longer = next((days for days in DAYS if days > before), DAYS[-1])
    # The first days had passed already when it was asked for the first time.
    days = (longer if known else DAYS[1]) if right else DAYS[0]
    progress.ask_again(question.lesson.id, question.step_id, days)
