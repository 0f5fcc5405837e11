"""What widgets tell their screen. One dataclass an event, named in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class CommandEntered(Message):
    """The learner pressed Enter, or pasted a whole line; `text` may be empty."""

    text: str


@dataclass
class CommandPicked(Message):
    """The learner asked for a command of the lesson to be typed into the prompt."""

    text: str


@dataclass
class OptionPicked(Message):
    """The learner chose an answer; `index` counts from 0."""

    index: int


@dataclass
class InterruptPressed(Message):
    """The learner pressed ctrl+c in the prompt."""


@dataclass
class EndPressed(Message):
    """The learner pressed ctrl+d on an empty prompt."""


@dataclass
class CandidatesChanged(Message, bubble=True):
    """Completion found several ways on, or the list is to go away (no candidates).

    Args:
        candidates: what may be filled in.
        chosen: index of the one filled in now; -1 for none.
    """

    candidates: tuple[str, ...] = ()
    chosen: int = -1

    def can_replace(self, message: Message) -> bool:
        """Only the newest list matters."""
        return isinstance(message, CandidatesChanged)


@dataclass
class PaneChosen(Message):
    """The learner asked to see another pane: `lesson`, `cluster` or `traffic`."""

    pane: str


@dataclass
class KindChosen(Message):
    """The learner asked for the table of another kind."""

    kind: str


@dataclass
class ActionClicked(Message):
    """The learner clicked on the name of an action, such as `next`."""

    action: str


@dataclass
class LessonPicked(Message):
    """The learner chose a lesson.

    Args:
        lesson: its id.
        cluster: of the sandbox the cluster, by id; the first there is if empty.
        step: id of the step to go to; empty for where the learner was.
    """

    lesson: str
    cluster: str = ""
    step: str = ""


@dataclass
class SpeedChosen(Message):
    """The learner wants requests to be played so many times as fast as usual."""

    speed: float


@dataclass
class GlyphsChanged(Message):
    """The screen draws with other symbols from now on."""


@dataclass
class KeysChanged(Message):
    """The learner has put something on another key."""
