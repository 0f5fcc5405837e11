"""What copying a pane gives: its text as it was written, whatever of it is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.traffic import TrafficDiagram

if TYPE_CHECKING:
    from tutor.ui.screens.lesson_layout import LessonLayout


def pane_text(screen: LessonLayout, focused: Widget | None) -> tuple[str, str]:
    """What the pane with the focus is called, and its text.

    Args:
        screen: the screen.
        focused: the widget with the focus; the shell counts as focused if there is none.
    """
    if isinstance(focused, ObjectTable):
        return "the table", focused.text
    if isinstance(focused, TrafficDiagram):
        return "the traffic", focused.text
    if focused is not None and screen.lesson in focused.ancestors_with_self and screen.lesson.view is not None:
        view = screen.lesson.view
        parts = (view.title, view.body, view.question, *view.commands, view.explain)
        return "the step", "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
    return "the shell's output", screen.shell.transcript.scrollback.text
