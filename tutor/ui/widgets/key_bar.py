"""The keys that work now, in one line at the bottom; a click does what the key does."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tutor.ui.literal import literal, show_in

TIGHT: Final = 90
"""Cells under which the keys stand closer together."""
HELP: Final = "help"
"""The action whose key has its place before any other: it tells all the rest."""


class KeyBar(Static):
    """Shows as many of the screen's keys as there is room for, and always those of help and of the palette."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; width: 100%; height: 1; padding: 0 1; }
    KeyBar { background: $footer-background; color: $footer-description-foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._places: list[tuple[range, str]] = []

    def on_mount(self) -> None:
        """Follow what works now."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        self._draw()

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen and screen.app.app_focus:
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if not self.is_attached:  # what was put off until after a refresh may come when the screen is gone
            return
        width = self.content_size.width
        active = self.screen.active_bindings
        shown = {each.binding.action: each for each in reversed(active.values()) if each.binding.show}
        palette = active.get(self.app.COMMAND_PALETTE_BINDING)
        last = self._key(palette, "Commands") if palette is not None else Content("")
        gap = Content(" " if width < TIGHT else "  ")
        keys = [(each, self._key(each, each.binding.description)) for each in reversed(shown.values())]
        helps = [pair for pair in keys if pair[0].binding.action == HELP]
        fitting = [*helps, *(pair for pair in keys if pair not in helps)]
        while fitting and sum(key.cell_length + len(gap) for _, key in fitting) > width - last.cell_length:
            fitting.pop()
        line, self._places = Content(""), []
        for each, key in (*fitting[len(helps) :], *fitting[: len(helps)]):
            self._note(line, key, each)
            line += key + gap
        line = line.pad_right(max(width - line.cell_length - last.cell_length, 0))
        if palette is not None:
            self._note(line, last, palette)
        show_in(self, line + last)

    def _note(self, line: Content, key: Content, active: ActiveBinding) -> None:
        """Note where on the line a key comes to stand."""
        start = line.cell_length
        self._places.append((range(start, start + key.cell_length), active.binding.key))

    def _key(self, active: ActiveBinding, label: str) -> Content:
        name = self.app.get_key_display(active.binding)
        if not active.enabled:
            return literal(f"{name} {label}", "$footer-description-foreground 70%")
        return Content.assemble(literal(name, "bold $footer-key-foreground"), literal(f" {label}"))

    def on_click(self, event: events.Click) -> None:
        """Press the key clicked on."""
        event.stop()
        offset = event.get_content_offset(self)
        for place, key in self._places:
            if offset is not None and offset.x in place:
                self.app.simulate_key(key)
