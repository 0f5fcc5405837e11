"""The line at the top: which lesson, which step, and how far the learner is."""

from __future__ import annotations

from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tutor.course.view import StepView
from tutor.ui.literal import literal, show_in
from tutor.ui.messages import ActionClicked
from tutor.ui.step_text import progress_dots
from tutor.ui.theme import Glyphs


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

    def show(self, view: StepView, glyphs: Glyphs, *, steps: bool) -> None:
        """Show where the learner is; without steps, only in what."""
        optional = " · optional" if view.optional else ""
        place = literal(f"  step {view.index + 1} of {view.count}{optional}", "$muted") if steps else Content("")
        show_in(
            self._where,
            Content.assemble(literal("tutor  ", "bold $text-primary"), literal(view.lesson_title, "bold"), place),
        )
        show_in(self._dots, progress_dots(view, glyphs) if steps else Content(""))
