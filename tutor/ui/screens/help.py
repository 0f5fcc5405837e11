"""Pages to read over the screen: help on what is focused, and what differs from a real cluster."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Markdown, Static

from tutor.ui.keys import KeyNames, name_of
from tutor.ui.literal import literal, plain
from tutor.ui.screens.dialog import ClosingLine, Dialog

Keys = tuple[tuple[str, str], ...]

SANDBOX: Final = """
# The sandbox

A cluster of your own, where nothing is asked for and nothing can be broken for good: `undo` takes the last change back.

These words steer it: `undo` `redo` `reset` (begin anew) `api` (let the real kubectl work in this cluster) `help`
`lessons`. `{lesson.undo}` undo · `{lesson.redo}` redo · `{lesson.reset}` reset · `{lesson.api}` api ·
`{lesson.home}` back to the lessons; the sandbox waits as you left it

`{lesson.panes}` the tables and the traffic in turn · `{lesson.zoom}` the whole screen for the pane you are in
"""
"""Stands in the sandbox in place of the help on lessons."""


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
        texts = [node.HELP for node in (*nodes, screen) if node.HELP]
        if getattr(screen, "sandbox", False):
            texts = [_in_sandbox(text) for text in texts]
        keys = dict.fromkeys(
            (screen.app.get_key_display(active.binding), _what_it_does(active.binding))
            for active in screen.active_bindings.values()
            if active.enabled and active.binding.tooltip
        )
        return cls(names.fill("\n\n".join(dict.fromkeys(text.strip() for text in texts))), tuple(keys))

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


def _in_sandbox(text: str) -> str:
    """What help says in the sandbox in place of what it says in lessons."""
    from tutor.ui.widgets.lesson_pane import LessonPane
    from tutor.ui.widgets.prompt_keys import HELP, SHELL_HELP

    return {LessonPane.HELP: SANDBOX, HELP: SHELL_HELP}.get(text, text)


def _what_it_does(binding: Binding) -> str:
    """What a key does: its name and what that means, or only the latter if it says the same."""
    name = name_of(binding)
    same = binding.tooltip.casefold().startswith(name.casefold())
    return binding.tooltip if same else f"{name}: {binding.tooltip}"


def differences_page() -> HelpScreen:
    """What differs from a real cluster."""
    from tutor.paths import assets_dir

    return HelpScreen((assets_dir() / "differences.md").read_text(encoding="utf-8"))
