"""What a learner did in a step, taken down so that it can be done again in another session."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from tutor.course.conditions.evidence import Played
from tutor.course.journey import INTERRUPTED, Journey
from tutor.course.schema import Predict
from tutor.course.visit import Visit
from tutor.kubectl.context import EditText


@dataclass(frozen=True)
class Way:
    """What was done in one step.

    Args:
        before: the lines typed, as long as the question was not answered; all where there is none.
        after: the lines typed after the answer, but for those that it led to.
        choice: the options chosen last, by their places.
        given: the text answered last.
        hints: the hints given, by their places.
        led_to: how many of the lines that the answer led to are left, where some were undone; else None.
    """

    before: tuple[Played, ...] = ()
    after: tuple[Played, ...] = ()
    choice: tuple[int, ...] = ()
    given: str = ""
    hints: tuple[int, ...] = ()
    led_to: int | None = None

    @property
    def answered(self) -> bool:
        """Whether the step's question was answered."""
        return bool(self.choice or self.given)


def ways_of(journey: Journey) -> dict[str, Way]:
    """What was done in each step entered so far, by its id; nothing in those that were passed over."""
    return {
        visit.step.id: _way(visit, journey.stage.played[: visit.last_played])
        for visit in journey.visits
        if not visit.brought_about
    }


def _way(visit: Visit, played: list[Played]) -> Way:
    answer = visit.answer if visit.answer is not None else range(len(played), len(played))
    typed = [(place, each) for place, each in enumerate(played) if each.exit_code != INTERRUPTED]
    return Way(
        tuple(each for place, each in typed if visit.first_played <= place < answer.start),
        tuple(each for place, each in typed if place >= answer.stop),
        visit.choice,
        visit.given,
        tuple(visit.hints),
        _led_to(visit),
    )


def _led_to(visit: Visit) -> int | None:
    if visit.answer is None or not isinstance(visit.step, Predict) or len(visit.answer) >= len(visit.step.then):
        return None
    return len(visit.answer)


def editor_of(played: Played) -> EditText:
    """An editor that comes back with what it came back with when a line was played."""
    texts = deque(played.edited)

    async def edit(name: str, text: str) -> str | None:  # noqa: ARG001  # the shape of an editor
        return texts.popleft() if texts else None

    return edit
