"""The scrollback of the shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.color import BLACK, WHITE, Color
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tutor.ui.scrollback import Scrollback
from tutor.ui.theme import AA, contrast


def selected(widget: Widget, style: Style) -> Style:
    """How text of a style looks while it is selected: on the colour of a selection, and readable there.

    Args:
        widget: where the text stands.
        style: how it looks otherwise.
    """
    marked = widget.screen.get_component_rich_style("screen--selection", partial=True)
    # Not partial: the background of most themes is mixed with the one under it.
    back = widget.screen.get_component_rich_style("screen--selection").bgcolor
    word = marked.color or style.color
    if word is not None and back is not None and marked.color is None:
        ground = Color.from_rich_color(back)
        if contrast(Color.from_rich_color(word), ground) < AA:
            word = max((BLACK, WHITE), key=lambda end: contrast(end, ground)).rich_color
    return style + Style(color=word, bgcolor=back)


class Transcript(ScrollView, can_focus=False):
    """Shows a `Scrollback`: output is never read as markup, wraps to the width and can be selected and copied.

    Args:
        limit: how many lines it holds.
        id: the widget's id.
    """

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "transcript--prompt",
        "transcript--command",
        "transcript--gloss",
        "transcript--notice",
        "transcript--success",
    }
    DEFAULT_CSS = """
    Transcript {
        height: 1fr;
        scrollbar-gutter: stable;
        overflow-x: hidden;
        & > .transcript--prompt { color: $text-success; }
        & > .transcript--command { text-style: bold; }
        & > .transcript--gloss { color: $text-warning; text-style: italic; }
        & > .transcript--notice { color: $text-primary; }
        & > .transcript--success { color: $text-success; text-style: bold; }
    }
    """

    @dataclass
    class Grown(Message):
        """There are now so many rows."""

        rows: int

        def can_replace(self, message: Message) -> bool:
            """Only the newest count matters."""
            return isinstance(message, Transcript.Grown)

    def __init__(self, limit: int = 10_000, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.scrollback = Scrollback(limit)
        self._following = True

    def write(self, text: str, role: str = "") -> None:
        """Add text and show it with the next frame.

        Args:
            text: as a program wrote it, escape codes included.
            role: `prompt`, `command`, `gloss`, `notice`, `success`, or empty for output.
        """
        self.scrollback.write(text, role)
        self._show()

    def fresh_line(self) -> None:
        """Begin a new line unless at the start of one."""
        if not self.scrollback.is_fresh:
            self.scrollback.fresh_line()
            self._show()

    def clear(self) -> None:
        """Forget everything shown."""
        self.scrollback.clear()
        self._following = True
        self._show()

    def follow(self) -> None:
        """Go to the end, and stay there as output comes."""
        self._following = True
        self.scroll_end(animate=False, immediate=True, x_axis=False)

    def settle(self) -> None:
        """Be at the end still, after the pane has changed its height; unless the learner has scrolled away."""
        if self._following:
            self.follow()

    def page(self, direction: int) -> None:
        """Scroll by a page, up (-1) or down (1)."""
        self.scroll_relative(y=direction * max(self.size.height - 1, 1), animate=False, immediate=True)
        self._following = self.is_vertical_scroll_end

    def on_mouse_scroll_up(self) -> None:
        """The learner looks back."""
        self._following = False

    def on_mouse_scroll_down(self) -> None:
        """The learner may have come back to the end."""
        self.call_after_refresh(self._note_place)

    def _note_place(self) -> None:
        self._following = self.is_vertical_scroll_end

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note where the scroll bar was dragged to."""
        super().watch_scroll_y(old_value, new_value)
        if self.is_vertical_scrollbar_grabbed:
            self._note_place()

    def _show(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.scrollback.row_count)
        self.settle()
        if not self.show_vertical_scrollbar:
            self.call_after_refresh(self.settle)  # what has no scroll bar yet cannot be scrolled yet
        self.refresh()
        self.post_message(self.Grown(self.scrollback.row_count))

    def on_resize(self, event: events.Resize) -> None:
        """Wrap to the new width."""
        self.scrollback.wrap(self.scrollable_content_region.width)
        self._show()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.scrollable_content_region.width
        place = self.scroll_offset.y + y
        base = self.rich_style
        if place >= self.scrollback.row_count:
            return Strip.blank(width, base)
        row = self.scrollback.row(place)
        text = Text(row.text, no_wrap=True, end="")
        for span in row.spans:
            text.stylize(self._style(span.style), span.start, span.end)
        segments = [segment for segment in text.render(self.app.console) if segment.text]
        strip = Strip([Segment(part, base + (style or Style.null())) for part, style, _ in segments])
        strip = self._with_selection(strip, row.text, place)
        return strip.adjust_cell_length(width, base).apply_offsets(0, place)

    def _with_selection(self, strip: Strip, text: str, place: int) -> Strip:
        """A row with what is selected of it."""
        span = self.text_selection.get_span(place) if self.text_selection is not None else None
        if span is None:
            return strip
        start, end = (cell_len(text[:at]) for at in (span[0], len(text) if span[1] == -1 else span[1]))
        chosen = [Segment(part, selected(self, style or Style.null())) for part, style, _ in strip.crop(start, end)]
        return Strip.join([strip.crop(0, start), Strip(chosen), strip.crop(end)])

    def _style(self, role: str) -> Style:
        if role.startswith("sgr:"):
            return Style.parse(role.removeprefix("sgr:"))
        return self.get_component_rich_style(f"transcript--{role}", partial=True)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, with lines as they were written rather than as they are wrapped."""
        rows = self.scrollback.rows
        parts = []
        for place, row in enumerate(rows):
            span = selection.get_span(place)
            if span is None:
                continue
            start, end = span
            parts.append(row.text[start : len(row.text) if end == -1 else end])
            parts.append("\n" if row.ends_line else "")
        return "".join(parts).rstrip("\n"), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Repaint with the new selection."""
        self.refresh()
