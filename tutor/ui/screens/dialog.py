"""What lies over the work and can be put away: by its keys, or by a click beside it or on its last line."""

from __future__ import annotations

from textual import events
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Static


class Dialog(ModalScreen[ScreenResultType]):
    """A screen over another that a click beside it closes, with nothing chosen."""

    def on_click(self, event: events.Click) -> None:
        """Close, if the click was on none of what is in it."""
        if event.widget is self:
            event.stop()
            self.dismiss(None)


class ClosingLine(Static):
    """A line that says how to close the dialog it is in; a click on it does."""

    def on_click(self, event: events.Click) -> None:
        """Close."""
        event.stop()
        self.screen.dismiss(None)
