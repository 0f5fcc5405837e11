"""What lies over the work and can be put away: by its keys, or by a click beside it or on its last line."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events, getters
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Static

from tutor.ui.pages import PagedApp

HELP_KEY: Final = Binding("f1", "app.help", "Help", id="app.help", tooltip="Help on what is focused", show=False)
"""The app's own key for help, which does not reach through what lies over the work."""


class Dialog(ModalScreen[ScreenResultType]):
    """A screen over another that a key or a click beside it closes, with nothing chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="dialog.close", tooltip="Back to where you were"),
        HELP_KEY,
    ]
    app = getters.app(PagedApp)

    def in_words(self, text: str) -> str:
        """A text with every `{id}` of a binding replaced by the name of its key."""
        return self.app.preferences.keys.fill(text)

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
