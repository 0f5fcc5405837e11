"""Help on what is focused, and the keys that work there."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Markdown, Static

from tutor.ui.literal import literal


class HelpScreen(ModalScreen[None]):
    """Shows the help of one screen's focused widget; any of Esc, F1, q closes it.

    Args:
        about: the screen asked about.
    """

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,enter", "dismiss", "Close", id="help.close", tooltip="Close help"),
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        nodes = [] if about.focused is None else list(about.focused.ancestors_with_self)
        texts = [str(node.HELP).strip() for node in nodes if node.HELP]
        if about.HELP and about.HELP.strip() not in texts:
            texts.append(about.HELP.strip())
        self._text = "\n\n".join(dict.fromkeys(texts))
        self._keys = [
            (self_binding.binding, about.app.get_key_display(self_binding.binding))
            for self_binding in about.active_bindings.values()
            if self_binding.enabled and not self_binding.binding.system and self_binding.binding.description
        ]

    def compose(self) -> ComposeResult:
        """The text, then the keys."""
        with VerticalScroll(id="help"):
            yield Markdown(self._text)
            yield Static(literal("Keys that work here", "bold"))
            lines = dict.fromkeys(
                (f"{display:>14}", f"  {binding.description}" + (f": {binding.tooltip}" if binding.tooltip else ""))
                for binding, display in self._keys
            )
            yield Static(
                Content("\n").join(Content.assemble(literal(key, "$text-accent"), literal(does)) for key, does in lines)
            )
            yield Static(literal("\nThe cluster is simulated: nothing leaves this computer.  Esc closes.", "$muted"))
