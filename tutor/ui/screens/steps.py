"""The steps of a lesson, to go to any of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.course.view import StepView
from tutor.ui.literal import literal
from tutor.ui.screens.dialog import ClosingLine, Dialog
from tutor.ui.theme import Glyphs

WORDS = {"done": "done", "skipped": "passed over", "": "to do"}


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
            yield OptionList(*(Option(self._line(place)) for place in range(self._view.count)), id="steps")
            yield ClosingLine(literal(self.in_words("Enter goes there · {dialog.close} closes"), "$muted"))

    def on_mount(self) -> None:
        """Begin at the step the learner is at."""
        self.query_one("#box").border_title = literal(self._view.lesson_title)
        self.query_one(OptionList).highlighted = self._view.index

    def _line(self, place: int) -> Content:
        status = self._view.steps[place]
        symbol = {"done": self._glyphs.done, "skipped": self._glyphs.unmatched}.get(status, self._glyphs.todo)
        style = "$text-success" if status == "done" else "$muted"
        here = literal("  you are here", "$text-accent") if place == self._view.index else Content("")
        return Content.assemble(
            literal(f"{symbol} ", style),
            literal(f"{place + 1:>2}  ", "$muted"),
            literal(
                f"{self._titles[place]:<{max(map(len, self._titles))}}", "bold" if place == self._view.index else ""
            ),
            literal(f"   {WORDS[status]}", style),
            here,
        )

    @on(OptionList.OptionSelected)
    def _go(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_index)
