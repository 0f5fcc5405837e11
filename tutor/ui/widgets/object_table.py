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
from textual.selection import Selection
from textual.strip import Strip

from tutor.engine.store import Ref
from tutor.ui.cluster_rows import SIGNS, MarkedRow, MarkedTable
from tutor.ui.keys import KeyNames
from tutor.ui.literal import plain
from tutor.ui.row_filter import RowFilter
from tutor.ui.widgets.transcript import selected

GAP = 2
SIGN_WIDTH = 2


class ObjectTable(ScrollView, can_focus=True):
    """A header and a row for each object; marks say what the last command changed, by sign, word and colour.

    Args:
        kind: the kind shown at first.
        id: the widget's id.

    Attributes:
        keys: what the keys are called.
    """

    ALLOW_SELECT = True
    HELP = """
# Tables of the cluster

What the last command changed is marked until the next command: `+ new`, `~ changed`, `- gone`.

`{table.up}` `{table.down}` choose a row · `{table.filter}` filter · `{table.describe}` describe it ·
`{table.yaml}` show its YAML · `{table.copy}` copy its name · `{table.drill}` on a Service: its Pods ·
`{table.tab_before}` `{table.tab_next}` another kind in the lower table · `{lesson.to_shell}` back to the shell

These letters act here. Any other goes to the prompt, and so does all that is typed after it; `{lesson.to_shell}` first
for a command that begins with one of them.

The filter takes words that must all occur in a row, `-l app=web` for labels, `-n shop` for a namespace. Rows marked `=`
belong to the row you are at: the Pods a Service selects, or the Services that select a Pod.
"""
    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="table.up", tooltip="The row above", show=False),
        Binding("down,j", "move(1)", "Down", id="table.down", tooltip="The row below", show=False),
        Binding("left", "turn(-1)", "Tab before", id="table.tab_before", tooltip="The kind before it", show=False),
        Binding("right", "turn(1)", "Next tab", id="table.tab_next", tooltip="Another kind in the lower table"),
        Binding("d", "ask('describe')", "Describe", id="table.describe", tooltip="kubectl describe for the row"),
        Binding("y", "ask('yaml')", "YAML", id="table.yaml", tooltip="kubectl get -o yaml for the row"),
        Binding("enter", "ask('drill')", "Pods", id="table.drill", tooltip="From a Service to its Pods", show=False),
        Binding("slash", "filter", "Filter", id="table.filter", tooltip="Only the rows with what you type"),
        Binding("escape", "show_all", "Show all", id="table.show_all", tooltip="Take the filter away", show=False),
        Binding("c", "ask('copy')", "Copy name", id="table.copy", tooltip="Copy the row's name"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--new",
        "table--changed",
        "table--gone",
        "table--cursor",
        "table--kin",
    }
    DEFAULT_CSS = """
    ObjectTable {
        height: auto; overflow-x: hidden; background: transparent;
        & > .table--header { color: $muted; text-style: bold; }
        & > .table--new { color: $text-success; }
        & > .table--changed { color: $text-warning; }
        & > .table--gone { color: $text-error; text-style: strike; }
        & > .table--kin { color: $text-accent; text-style: bold; }
        & > .table--cursor { background: $primary 20%; }
    }
    """

    table: reactive[MarkedTable] = reactive(MarkedTable("Service"), layout=True)
    cursor: reactive[int] = reactive(0)
    filter: reactive[str] = reactive("", layout=True)
    """Only rows with this are shown, as `RowFilter.parse` reads it."""
    kin: reactive[frozenset[Ref]] = reactive[frozenset[Ref]](frozenset())
    """Objects that belong to what is chosen in another table."""

    class FilterWanted(Message):
        """The learner wants to type a filter."""

        def __init__(self, table: ObjectTable) -> None:
            super().__init__()
            self.table = table

    class Turned(Message):
        """The learner wants the next kind (1) or the one before (-1) in the lower table."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Moved(Message):
        """Another row is chosen, or the table got or lost the focus."""

        def __init__(self, table: ObjectTable) -> None:
            super().__init__()
            self.table = table

    class Asked(Message):
        """The learner wants something done with an object.

        Args:
            request: `describe`, `yaml`, `drill` or `copy`.
            row: which row.
        """

        def __init__(self, request: str, row: MarkedRow) -> None:
            super().__init__()
            self.request = request
            self.row = row

    def __init__(self, kind: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(ObjectTable.table, MarkedTable(kind))
        self._shown = self._fitted = self.table
        self.keys = KeyNames()

    @property
    def text(self) -> str:
        """The table as plain text, as it is drawn."""
        rows = (self._row_text(row) for row in self._fitted.rows)
        return "\n".join([self._header(), *rows])

    @property
    def row(self) -> MarkedRow | None:
        """The row that is chosen."""
        return self._shown.rows[self.cursor] if self._shown.rows else None

    @property
    def counts(self) -> tuple[int, int]:
        """How many rows the filter lets through, of how many."""
        return len(self._shown.rows), len(self.table.rows)

    def watch_table(self) -> None:
        """Lay the new rows out."""
        self._lay_out()

    def watch_filter(self) -> None:
        """Show the rows that match."""
        self._lay_out()
        self.refresh_bindings()

    def watch_cursor(self) -> None:
        """Say so."""
        self.post_message(self.Moved(self))

    def on_focus(self) -> None:
        """Say so."""
        self.post_message(self.Moved(self))

    def on_blur(self) -> None:
        """Say so."""
        self.post_message(self.Moved(self))

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns that fit."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._shown = self.table.matching(RowFilter.parse(self.filter))
        width = self.scrollable_content_region.width
        words = max((len(row.mark) for row in self._shown.rows), default=0)
        self._fitted = self._shown.fitting(max(width - SIGN_WIDTH - (words + GAP if words else 0), 20))
        self.virtual_size = Size(width, len(self._shown.rows) + 1)
        self.cursor = min(self.cursor, max(len(self._shown.rows) - 1, 0))
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for the header and one for each row, or for saying that there are none."""
        return max(len(self._shown.rows), 1) + 1

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.scrollable_content_region.width
        place = y + self.scroll_offset.y
        base = self.rich_style
        if place == 0:
            return self._strip(self._header(), base + self._part("header"), width, place)
        if not self._fitted.rows and place == 1:
            said = self.keys.fill("nothing matches: {table.show_all} shows all") if self.filter else "none"
            return self._strip(f"  {said}", base + self._part("header"), width)
        if place > len(self._fitted.rows):
            return Strip.blank(width, base)
        row = self._fitted.rows[place - 1]
        style = base + self._part(row.mark) if row.mark else base
        if row.ref in self.kin:
            style += self._part("kin")
        if self.has_focus and place - 1 == self.cursor:
            # Not partial: its background is mixed with the one under it.
            style += Style(bgcolor=self.get_component_rich_style("table--cursor").bgcolor)
        return self._strip(self._row_text(row), style, width, place)

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"table--{name}", partial=True)

    def _strip(self, text: str, style: Style, width: int, place: int | None = None) -> Strip:
        """One line of the table; what is in its `text` has a place there and can be selected."""
        text = set_cell_size(text, width)
        if place is None:
            return Strip([Segment(text, style)], width)
        start, end = self._selected(place, text)
        chosen = selected(self, style) if start < end else style
        parts = ((text[:start], style), (text[start:end], chosen), (text[end:], style))
        return Strip([Segment(*part) for part in parts if part[0]], width).apply_offsets(0, place)

    def _selected(self, place: int, text: str) -> tuple[int, int]:
        """Which characters of a line are selected."""
        span = self.text_selection.get_span(place) if self.text_selection is not None and self._shown.rows else None
        start, end = span or (0, 0)
        return start, len(text) if end == -1 else end

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without the blanks that fill the lines up; none of a table without rows."""
        if not self._shown.rows:
            return None
        lines = ((selection.get_span(place), line) for place, line in enumerate(self.text.split("\n")))
        parts = (line[span[0] : None if span[1] == -1 else span[1]].rstrip() for span, line in lines if span)
        return "\n".join(parts), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected now."""
        self.refresh()

    def _header(self) -> str:
        return " " * SIGN_WIDTH + self._line(tuple(name.upper() for name in self._fitted.columns), "")

    def _row_text(self, row: MarkedRow) -> str:
        sign = "=" if row.ref in self.kin and not row.mark else SIGNS[row.mark]
        return f"{sign} " + self._line(tuple(plain(cell) for cell in row.cells), row.mark)

    def _line(self, cells: tuple[str, ...], mark: str) -> str:
        """Cells side by side, the mark's word at the end of the line; what does not fit ends in `…`."""
        width = max(self.scrollable_content_region.width - SIGN_WIDTH, 1)
        word = max((len(row.mark) for row in self._fitted.rows), default=0)
        room = max(width - (word + GAP if word else 0), 1)
        if self._fitted.columns[-1:] == ("Endpoints",):
            before = sum(size + GAP for size in self._fitted.widths[:-1])
            cells = (*cells[:-1], counted(cells[-1], room - before))
        text = (" " * GAP).join(_cell(cell, size) for cell, size in zip(cells, self._fitted.widths, strict=True))
        if cell_len(text.rstrip()) > room:
            text = set_cell_size(text, room - 1) + "…"
        return set_cell_size(text, room) + (" " * GAP + mark if word else "")

    def choose(self, ref: Ref) -> None:
        """Choose the row of an object, if there is one."""
        refs = [row.ref for row in self._shown.rows]
        if ref in refs:
            self.cursor = refs.index(ref)

    def action_move(self, step: int) -> None:
        """Choose another row."""
        self.cursor = min(max(self.cursor + step, 0), max(len(self._shown.rows) - 1, 0))
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        place = self.cursor + 1
        if not top < place < top + height:
            self.scroll_to(y=place - height // 2, animate=False)

    def action_ask(self, request: str) -> None:
        """Ask for something to be done with the chosen row's object."""
        if self._shown.rows:
            self.post_message(self.Asked(request, self._shown.rows[self.cursor]))

    def action_turn(self, step: int) -> None:
        """Show another kind in the lower table."""
        self.post_message(self.Turned(step))

    def action_filter(self) -> None:
        """Type a filter."""
        self.post_message(self.FilterWanted(self))

    def action_show_all(self) -> None:
        """Take the filter away."""
        self.filter = ""
        self.post_message(self.Moved(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc means something here only while there is a filter."""
        return bool(self.filter) if action == "show_all" else True

    def on_click(self, event: events.Click) -> None:
        """Choose the row clicked on."""
        place = event.y + self.scroll_offset.y - 1
        if 0 <= place < len(self._shown.rows):
            self.cursor = place


def counted(addresses: str, width: int) -> str:
    """Endpoints as kubectl lists them, in `width` cells if that can be: those left out are counted, never cut off.

    Args:
        addresses: such as `10.244.1.3:80,10.244.2.4:80 + 7 more...`.
        width: cells there are.
    """
    if len(addresses) <= width:
        return addresses
    listed, _, more = addresses.partition(" + ")
    each = listed.split(",")
    total = len(each) + int(more.split()[0] if more else 0)
    for tail in (" + {} more...", " +{}"):
        for kept in range(len(each) - 1, 0, -1):
            text = ",".join(each[:kept]) + tail.format(total - kept)
            if len(text) <= width:
                return text
    return f"{total} in all" if total > 1 else addresses


def _cell(text: str, width: int) -> str:
    return text + " " * max(width - cell_len(text), 0)
