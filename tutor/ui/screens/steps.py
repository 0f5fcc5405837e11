"""The steps of a lesson, to go to any of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.course.view import StepView
from tutor.ui.literal import literal
from tutor.ui.paper import Paper
from tutor.ui.screens.dialog import ClosingLine, Dialog
from tutor.ui.theme import Glyphs

WORDS = {"done": "done", "skipped": "passed over", "": "to do"}
HERE: Final = "you are here"
_NUMBERS: Final = 6
"""Cells of the symbol and the number."""
_PADDING: Final = 2
"""Cells that the list keeps free beside its lines."""
_ENOUGH: Final = 16
"""Cells that titles get before anything is said of where the learner is: that one is bold, too."""


class StepsScreen(Dialog[int | None]):
    """Gives the place of the step chosen, from 0; None if none was.

    Args:
        view: where the learner is, and how each step stands.
        titles: of all steps.
        glyphs: the symbols to draw with.
    """

    CSS_PATH = "steps.tcss"
    AUTO_FOCUS = "#steps"
    HELP = """
# Steps

`↑ ↓` choose a step, **Enter** goes there. Steps on the way that are not done yet are brought about unseen.
"""

    def __init__(self, view: StepView, titles: Sequence[str], glyphs: Glyphs) -> None:
        super().__init__()
        self._view = view
        self._titles = titles
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """A line for every step."""
        with Vertical(id="box"):
            yield OptionList(*(Option(self._line(place, 0)) for place in range(self._view.count)), id="steps")
            yield ClosingLine(literal(self.in_words("Enter goes there · {dialog.close} closes"), "$muted"))

    def on_mount(self) -> None:
        """Begin at the step the learner is at."""
        self.query_one("#box").border_title = literal(self._view.lesson_title)
        self.query_one(OptionList).highlighted = self._view.index

    def on_resize(self, event: events.Resize) -> None:
        """Fit the lines."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        steps = self.query_one(OptionList)
        for place in range(self._view.count):
            width = steps.scrollable_content_region.width - _PADDING
            steps.replace_option_prompt_at_index(place, self._line(place, width))

    def _line(self, place: int, width: int) -> Content:
        """A step in one line of `width` cells, with titles cut short if need be; 0 if that is not known yet."""
        status, at = self._view.steps[place], place == self._view.index
        symbol = {"done": self._glyphs.done, "skipped": self._glyphs.unmatched}.get(status, self._glyphs.todo)
        style = "$text-success" if status == "done" else "$muted"
        column, here = max(map(len, self._titles)), f"  {HERE}"
        if width:
            room = width - _NUMBERS - 3 - max(len(WORDS[each]) for each in self._view.steps)
            if room - len(here) < min(column, _ENOUGH):
                here = ""
            column = min(column, max(room - len(here), 1))
        title = literal(self._titles[place], "bold" if at else "")
        return Content.assemble(
            literal(f"{symbol} ", style),
            literal(f"{place + 1:>2}  ", "$muted"),
            Paper(column, self._glyphs).cut(title, column, pad=True),
            literal(f"   {WORDS[status]}", style),
            literal(here if at else "", "$text-accent"),
        )

    @on(OptionList.OptionSelected)
    def _go(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_index)
