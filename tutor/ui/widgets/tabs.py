"""A row of names to choose one of, one line high."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tutor.ui.literal import literal


class Tab(Static):
    """One name. The chosen one is in brackets as well as highlighted, so that no colour is needed."""

    DEFAULT_CSS = """
    Tab { width: auto; color: $text-muted; padding: 0 0;
        &:hover { color: $foreground; background: $panel; }
        &.-chosen { color: $text-primary; text-style: bold; }
    }
    """

    def __init__(self, key: str, label: str) -> None:
        super().__init__(literal(f" {label} "))
        self.key = key
        self.label = label

    def choose(self, chosen: bool, *, tight: bool = False) -> None:
        """Show whether this is the one chosen; `tight` if every cell counts."""
        self.set_class(chosen, "-chosen")
        self.update(literal(f"[{self.label}]" if chosen else f" {self.label}" if tight else f" {self.label} "))

    def on_click(self, event: events.Click) -> None:
        """Choose this one."""
        event.stop()
        if isinstance(self.parent, TabRow):
            self.parent.post_message(TabRow.Chosen(self.parent, self.key))


class TabRow(Horizontal):
    """Names to choose from.

    Args:
        names: a label for every key.
        chosen: the key chosen at first.
        id: the widget's id.
    """

    DEFAULT_CSS = "TabRow { height: 1; width: 1fr; }"
    chosen: reactive[str] = reactive("")

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, row: TabRow, key: str) -> None:
            super().__init__()
            self.row = row
            self.key = key

        @property
        def control(self) -> TabRow:
            """The row the name is in."""
            return self.row

    def __init__(self, names: Mapping[str, str], chosen: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.names = names
        self.set_reactive(TabRow.chosen, chosen)

    def compose(self) -> ComposeResult:
        """A tab for every name."""
        for key, label in self.names.items():
            yield Tab(key, label)

    def on_mount(self) -> None:
        """Show what is chosen."""
        self.watch_chosen()

    def watch_chosen(self) -> None:
        """Show what is chosen."""
        tight = 0 < self.size.width < sum(len(name) + 2 for name in self.names.values())
        for tab in self.query(Tab):
            tab.choose(tab.key == self.chosen, tight=tight)

    def on_resize(self) -> None:
        """Fit."""
        self.watch_chosen()

    def offer(self, names: Mapping[str, str]) -> None:
        """Offer these of the keys there are, under these names.

        Args:
            names: a label for every key offered.
        """
        self.names = names
        for tab in self.query(Tab):
            tab.display = tab.key in names
            tab.label = names.get(tab.key, tab.label)
        if self.chosen not in names:
            self.post_message(TabRow.Chosen(self, next(iter(names))))
        self.watch_chosen()

    def next_key(self, step: int = 1) -> str:
        """The key so many places after the chosen one, around the end."""
        keys = list(self.names)
        return keys[(keys.index(self.chosen) + step) % len(keys)]
