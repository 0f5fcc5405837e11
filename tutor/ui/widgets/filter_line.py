"""The line a table's filter is typed in."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tutor.ui.literal import plain
from tutor.ui.widgets.object_table import ObjectTable


class FilterLine(Input):
    """Filters a table while it is typed; Enter keeps the filter, Esc clears it."""

    HELP = """
# Filter

Words that must all occur in a row; `-l app=web` for labels, `-n shop` for a namespace. **Enter** keeps the filter and
leads back to the table, **Esc** shows all rows again.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Show all", id="filter.clear", tooltip="Take the filter away"),
        Binding("enter,down", "keep", "Keep", id="filter.keep", tooltip="Back to the table"),
    ]
    DEFAULT_CSS = """
    FilterLine {
        display: none; height: 1; border: none; padding: 0; background: $panel;
        &:focus { border: none; background-tint: $foreground 0%; }
        &.-open { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, placeholder="filter: words, -l app=web, -n shop", select_on_focus=False, compact=True)
        self._table: ObjectTable | None = None

    def edit(self, table: ObjectTable) -> None:
        """Let the learner type the filter of a table."""
        self._table = table
        self.add_class("-open")
        self.value = table.filter
        self.cursor_position = len(self.value)
        self.focus()

    def watch_value(self, value: str) -> None:
        """Filter at once."""
        if self._table is not None and self.has_focus:
            self._table.filter = value

    def action_clear(self) -> None:
        """Show all rows."""
        self.value = ""
        self.action_keep()

    def action_keep(self) -> None:
        """Go back to the table."""
        if self._table is not None:
            self._table.focus()

    def recall(self, text: str) -> None:
        """Say, while nothing is typed here, what a table is filtered by; go away if by nothing."""
        if not self.has_focus:
            self.value = plain(text)
            self.set_class(bool(text), "-open")
