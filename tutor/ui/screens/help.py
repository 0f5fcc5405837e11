"""Pages to read over the screen: help on what is focused, and what differs from a real cluster."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Markdown, Static

from tutor.ui.keys import KeyNames
from tutor.ui.literal import literal, plain
from tutor.ui.screens.dialog import ClosingLine, Dialog

Keys = tuple[tuple[str, str], ...]


class HelpScreen(Dialog[None]):
    """A page of text with the keys that work; the key of help or Enter closes it too.

    Args:
        text: Markdown.
        keys: keys and what they do; may be empty.
    """

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "Close", id="help.close", tooltip="Back to where you were"),
    ]

    def __init__(self, text: str, keys: Keys = ()) -> None:
        super().__init__()
        self.text = text
        self._keys = keys

    @classmethod
    def about(cls, screen: Screen[object], names: KeyNames) -> HelpScreen:
        """Help on what is focused on a screen.

        Args:
            screen: the screen.
            names: what the keys are called.
        """
        nodes = [] if screen.focused is None else list(screen.focused.ancestors_with_self)
        texts = [node.HELP.strip() for node in nodes if node.HELP]
        texts += [screen.HELP.strip()] if screen.HELP else []
        keys = dict.fromkeys(
            (screen.app.get_key_display(active.binding), f"{active.binding.description}: {active.binding.tooltip}")
            for active in screen.active_bindings.values()
            if active.enabled and active.binding.tooltip
        )
        return cls(names.fill("\n\n".join(dict.fromkeys(texts))), tuple(keys))

    def compose(self) -> ComposeResult:
        """The text, then the keys."""
        with VerticalScroll(id="help"):
            yield Markdown(plain(self.text))
            if self._keys:
                yield Static(literal("Keys that work here", "bold"))
                lines = (
                    Content.assemble(literal(f"{key:>14}", "$text-accent"), literal(f"  {does}"))
                    for key, does in self._keys
                )
                yield Static(Content("\n").join(lines))
            yield ClosingLine(literal(self.in_words("\n{dialog.close} closes."), "$muted"))


def differences_page() -> HelpScreen:
    """What differs from a real cluster."""
    from tutor.paths import assets_dir

    return HelpScreen((assets_dir() / "differences.md").read_text(encoding="utf-8"))
