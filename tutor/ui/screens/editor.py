"""The editor that `vi`, `nano` and `kubectl edit` open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.text import Text
from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from tutor.ui.literal import literal, shown_controls
from tutor.ui.pages import PagedApp
from tutor.ui.preferences import keep_still
from tutor.ui.screens.dialog import HELP_KEY

WARNING: Final = "Not saved: once more leaves."
_EX: Final = re.compile(r":(?P<what>w|wq|x|q)(?P<force>!?)")
"""What hands that know vi type to write and leave."""
_AS_NANO: Final = {"ctrl+s": "w", "ctrl+x": "q"}
"""What hands that know nano press, and what vi calls it; with something selected `ctrl+x` cuts, as everywhere."""
_YAML: Final = re.compile(
    r"(?P<comment>#.*$)|^(?P<lead>\s*(?:- )*)(?P<key>[\w./$-]+)(?=:(?:\s|$))"
    r"|(?P<string>\"[^\"]*\"|'[^']*')"
)


class YamlArea(TextArea):
    """A text area that colours YAML's keys, strings and comments."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"yaml--comment", "yaml--key", "yaml--string"}
    DEFAULT_CSS = """
    YamlArea {
        border: none;
        & > .yaml--comment { color: $muted; text-style: italic; }
        & > .yaml--key { color: $text-primary; }
        & > .yaml--string { color: $text-success; }
        & .text-area--gutter, & .text-area--cursor-gutter { color: $muted; }
    }
    """

    @dataclass
    class Commanded(Message):
        """Something was typed that means in other editors to write or to leave; it is not in the text.

        Args:
            what: as vi calls it: `w`, `wq`, `x` or `q`.
            force: whether a `!` stood behind it.
        """

        what: str
        force: bool = False

    def get_line(self, line_index: int) -> Text:
        """One line, coloured."""
        line = Text(shown_controls(super().get_line(line_index).plain), end="", no_wrap=True)
        for match in _YAML.finditer(line.plain):
            for name in ("comment", "key", "string"):
                if match.group(name):
                    line.stylize(self.get_component_rich_style(f"yaml--{name}", partial=True), *match.span(name))
        return line

    async def _on_key(self, event: events.Key) -> None:
        row, column = self.cursor_location
        typed = _EX.fullmatch(self.document.get_line(row)[:column]) if event.key == "enter" else None
        if typed is not None:
            self.delete((row, 0), (row, column))
            command = self.Commanded(typed["what"], bool(typed["force"]))
        elif event.key in _AS_NANO and not self.selected_text:
            command = self.Commanded(_AS_NANO[event.key])
        else:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        self.post_message(command)


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

Hands that know another editor may type what they are used to: a line `:wq`, `:x`, `:w`, `:q` or `:q!` and Enter, as in
vi; `ctrl+s` to save and `ctrl+x` to leave, as in nano.
"""
    WITHOUT: ClassVar[frozenset[str]] = frozenset({"command_palette"})
    """What the app's keys do not do here: `ctrl+o` is nano's key to write a file."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+o", "save", "Save and close", id="editor.save", tooltip="Write the text", priority=True),
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
        self._saved: str | None = None
        self._warned_of: str | None = None

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
        """Leave; ask once if something was changed since it was saved."""
        text = self._area.text
        if text in {self.text if self._saved is None else self._saved, self._warned_of}:
            self.dismiss(self._saved)
        else:
            self._warned_of = text
            self._said.update(literal(WARNING))

    @on(YamlArea.Commanded)
    def _do_as_vi(self, event: YamlArea.Commanded) -> None:
        event.stop()
        if event.what == "q" and event.force:
            self.dismiss(self._saved)
        elif event.what == "q":
            self.action_leave()
        elif event.what == "w":
            self._saved = self._area.text
            self._said.update(literal(self.app.preferences.keys.fill("Saved. {editor.leave} closes.")))
        else:
            self.action_save()

    @on(TextArea.Changed)
    def _changed(self) -> None:
        text = self._area.text
        if text == self._warned_of:
            self._said.update(literal(WARNING))
        elif text != self._saved:
            self._said.update("")

    @on(Button.Pressed, "#save")
    def _save(self) -> None:
        self.action_save()

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.action_leave()
