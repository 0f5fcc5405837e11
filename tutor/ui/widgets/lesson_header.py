"""The line at the top: which lesson, which step, and how far the learner is."""

from __future__ import annotations

from typing import Final

from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tutor.course.view import StepView
from tutor.ui.literal import literal, show_in
from tutor.ui.messages import ActionClicked
from tutor.ui.paper import Paper
from tutor.ui.step_text import progress_dots
from tutor.ui.theme import Glyphs

GAP: Final = 2
"""Cells between the words and the symbols."""
ENOUGH: Final = 12
"""Cells of a title that still say which it is."""
_NAME: Final = literal("tutor  ", "bold $text-primary")


class StepDots(Static):
    """A symbol for every step; a click lists them."""

    def on_click(self, event: events.Click) -> None:
        """List the steps."""
        event.stop()
        self.post_message(ActionClicked("steps"))


class LessonHeader(Horizontal):
    """Title, step and a symbol for every step."""

    DEFAULT_CSS = """
    LessonHeader { height: 1; background: $panel; padding: 0 1;
        #where { width: 1fr; height: 1; }
        #dots { width: auto; height: 1; }
    }
    """
    _where = getters.query_one("#where", Static)
    _dots = getters.query_one(StepDots)

    def compose(self) -> ComposeResult:
        """Words on the left, symbols on the right."""
        yield Static(id="where")
        yield StepDots(id="dots")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[StepView, Glyphs, bool] | None = None

    def show(self, view: StepView, glyphs: Glyphs, *, steps: bool) -> None:
        """Show where the learner is; without steps, only in what."""
        self._shown = view, glyphs, steps
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Show what there is room for."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        view, glyphs, steps = self._shown
        width, none = self.content_size.width, Content("")
        optional = " · optional" if view.optional else ""
        place = literal(f"  step {view.index + 1} of {view.count}{optional}", "$muted") if steps else none
        title = literal(view.lesson_title, "bold")
        whole = title.cell_length
        wide = progress_dots(view, glyphs) if steps else none
        tight = progress_dots(view, glyphs, tight=True) if steps else none
        # What matters least goes first; the number of the step never does.
        for name, dots, enough in (
            (_NAME, wide, whole),
            (none, wide, whole),
            (none, tight, min(whole, ENOUGH)),
            (none, none, 0),
        ):
            room = width - name.cell_length - place.cell_length - (dots.cell_length + GAP if dots.plain else 0)
            if room >= enough or not width:
                break
        if width:
            title = Paper(width, glyphs).cut(title, max(room, 0))
        show_in(self._where, Content.assemble(name, title, place))
        show_in(self._dots, dots)
