"""The editor that `vi`, `nano` and `kubectl edit` open."""

from __future__ import annotations

import re
from typing import ClassVar

from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from tutor.ui.literal import literal, shown_controls
from tutor.ui.pages import PagedApp
from tutor.ui.preferences import keep_still
from tutor.ui.screens.dialog import HELP_KEY

_YAML = re.compile(
    r"(?P<comment>#.*$)|^(?P<lead>\s*(?:- )*)(?P<key>[\w./$-]+)(?=:(?:\s|$))"
    r"|(?P<string>\"[^\"]*\"|'[^']*')"
)


class YamlArea(TextArea):
    """A text area that colours YAML's keys, strings and comments."""

    DEFAULT_CSS = """
    YamlArea { border: none; }
    """

    def get_line(self, line_index: int) -> Text:
        """One line, coloured."""
        line = Text(shown_controls(super().get_line(line_index).plain), end="", no_wrap=True)
        theme = self.app.current_theme
        styles = {"comment": "dim italic", "key": theme.primary, "string": theme.success or "green"}
        for match in _YAML.finditer(line.plain):
            for name, style in styles.items():
                if match.group(name):
                    line.stylize(style, *match.span(name))
        return line


class EditorScreen(ModalScreen[str | None]):
    """Edit one text; dismissed with the text, or None if the learner left without saving.

    Args:
        name: the file's name, shown above.
        text: its text.
    """

    CSS_PATH = "editor.tcss"
    AUTO_FOCUS = "#text"
    HELP = """
# Editor

Change the text, then **{editor.save}** saves and closes. **{editor.leave}** leaves without saving; if you changed
something, it waits to be pressed a second time.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+o", "save", "Save and close", id="editor.save", tooltip="Save and close", priority=True),
        Binding("escape", "leave", "Leave", id="editor.leave", tooltip="Leave without saving", priority=True),
        HELP_KEY,
    ]
    app = getters.app(PagedApp)
    _area = getters.query_one("#text", TextArea)
    _said = getters.query_one("#editor-said", Static)

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.file_name = name
        self.text = text
        self._warned = False

    def compose(self) -> ComposeResult:
        """Name, text, and what can be done."""
        with Vertical(id="editor"):
            yield Static(literal(self.file_name), id="editor-name")
            yield YamlArea(
                self.text, id="text", show_line_numbers=True, soft_wrap=False, tab_behavior="indent", compact=True
            )
            with Horizontal(id="editor-bar"):
                keys = self.app.preferences.keys
                yield Button(literal(keys.fill("{editor.save} Save and close")), id="save", compact=True)
                yield Button(literal(keys.fill("{editor.leave} Leave")), id="leave", compact=True)
                yield Static(id="editor-said")

    def on_mount(self) -> None:
        """Let the cursor rest if motion is reduced."""
        if self.app.animation_level == "none":
            keep_still(self, reduced=True)

    def action_save(self) -> None:
        """Save and close."""
        self.dismiss(self._area.text)

    def action_leave(self) -> None:
        """Leave; ask once if something was changed."""
        if self._area.text == self.text or self._warned:
            self.dismiss(None)
        else:
            self._warned = True
            self._said.update(literal("Not saved. Leave again to leave without saving."))

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._warned = False
        self._said.update("")

    @on(Button.Pressed, "#save")
    def _save(self) -> None:
        self.action_save()

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_leave()
