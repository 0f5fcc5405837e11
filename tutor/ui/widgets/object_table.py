"""One table of objects. Only the rows in view are drawn, so it stays quick at any size."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.engine.store import Ref
from tutor.ui.cluster_rows import SIGNS, MarkedRow, MarkedTable
from tutor.ui.literal import plain

GAP = 2
SIGN_WIDTH = 2


class ObjectTable(ScrollView, can_focus=True):
    """A header and a row for each object; marks say what the last command changed, by sign, word and colour.

    Args:
        kind: the kind shown at first.
        id: the widget's id.
    """

    HELP = """
# Tables of the cluster

What the last command changed is marked until the next command: `+ new`, `~ changed`, `- gone`.

`↑ ↓` choose a row · `d` describe it · `y` show its YAML · `c` copy its name · `Esc` back to the shell
"""
    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="table.up", tooltip="The row above", show=False),
        Binding("down,j", "move(1)", "Down", id="table.down", tooltip="The row below", show=False),
        Binding("d", "ask('describe')", "Describe", id="table.describe", tooltip="kubectl describe for the row"),
        Binding("y", "ask('yaml')", "YAML", id="table.yaml", tooltip="kubectl get -o yaml for the row"),
        Binding("enter", "ask('drill')", "Pods", id="table.drill", tooltip="From a Service to its Pods", show=False),
        Binding("c", "ask('copy')", "Copy name", id="table.copy", tooltip="Copy the row's name"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--new",
        "table--changed",
        "table--gone",
        "table--cursor",
    }
    DEFAULT_CSS = """
    ObjectTable {
        height: auto; overflow-x: hidden; background: transparent;
        & > .table--header { color: $muted; text-style: bold; }
        & > .table--new { color: $text-success; }
        & > .table--changed { color: $text-warning; }
        & > .table--gone { color: $text-error; text-style: strike; }
        & > .table--cursor { background: $primary 20%; }
    }
    """

    table: reactive[MarkedTable] = reactive(MarkedTable("Service"), layout=True)
    cursor: reactive[int] = reactive(0)

    class Asked(Message):
        """The learner wants something done with an object.

        Args:
            request: `describe`, `yaml`, `drill` or `copy`.
            ref: which object.
        """

        def __init__(self, request: str, ref: Ref) -> None:
            super().__init__()
            self.request = request
            self.ref = ref

    def __init__(self, kind: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(ObjectTable.table, MarkedTable(kind))
        self._fitted = self.table

    @property
    def text(self) -> str:
        """The table as plain text, as it is drawn."""
        rows = (self._row_text(row) for row in self._fitted.rows)
        return "\n".join([self._header(), *rows])

    def watch_table(self) -> None:
        """Lay the new rows out."""
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns that fit."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        words = max((len(row.mark) for row in self.table.rows), default=0)
        self._fitted = self.table.fitting(max(width - SIGN_WIDTH - (words + GAP if words else 0), 20))
        self.virtual_size = Size(width, len(self.table.rows) + 1)
        self.cursor = min(self.cursor, max(len(self.table.rows) - 1, 0))
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for the header and one for each row, or for saying that there are none."""
        return max(len(self.table.rows), 1) + 1

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.scrollable_content_region.width
        place = y + self.scroll_offset.y
        base = self.rich_style
        if place == 0:
            return self._strip(self._header(), base + self._part("header"), width)
        if not self._fitted.rows and place == 1:
            return self._strip("  none", base + self._part("header"), width)
        if place > len(self._fitted.rows):
            return Strip.blank(width, base)
        row = self._fitted.rows[place - 1]
        style = base + self._part(row.mark) if row.mark else base
        if self.has_focus and place - 1 == self.cursor:
            style += self._part("cursor")
        return self._strip(self._row_text(row), style, width)

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"table--{name}", partial=True)

    def _strip(self, text: str, style: Style, width: int) -> Strip:
        return Strip([Segment(set_cell_size(text, width), style)], width)

    def _header(self) -> str:
        return " " * SIGN_WIDTH + self._line(tuple(name.upper() for name in self._fitted.columns), "")

    def _row_text(self, row: MarkedRow) -> str:
        return f"{SIGNS[row.mark]} " + self._line(tuple(plain(cell) for cell in row.cells), row.mark)

    def _line(self, cells: tuple[str, ...], mark: str) -> str:
        """Cells side by side, the mark's word at the end of the line; what does not fit ends in `…`."""
        width = max(self.scrollable_content_region.width - SIGN_WIDTH, 1)
        word = max((len(row.mark) for row in self._fitted.rows), default=0)
        room = max(width - (word + GAP if word else 0), 1)
        text = (" " * GAP).join(_cell(cell, size) for cell, size in zip(cells, self._fitted.widths, strict=True))
        if cell_len(text.rstrip()) > room:
            text = set_cell_size(text, room - 1) + "…"
        return set_cell_size(text, room) + (" " * GAP + mark if word else "")

    def action_move(self, step: int) -> None:
        """Choose another row."""
        self.cursor = min(max(self.cursor + step, 0), max(len(self.table.rows) - 1, 0))
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        place = self.cursor + 1
        if not top < place < top + height:
            self.scroll_to(y=place - height // 2, animate=False)

    def action_ask(self, request: str) -> None:
        """Ask for something to be done with the chosen row's object."""
        if self.table.rows:
            self.post_message(self.Asked(request, self.table.rows[self.cursor].ref))

    def on_click(self, event: events.Click) -> None:
        """Choose the row clicked on."""
        place = event.y + self.scroll_offset.y - 1
        if 0 <= place < len(self.table.rows):
            self.cursor = place


def _cell(text: str, width: int) -> str:
    return text + " " * max(width - cell_len(text), 0)
