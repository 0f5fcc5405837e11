"""What the command palette offers: everything that has a key, and a few things that have none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding
from textual.markup import escape
from textual.screen import Screen
from textual.widget import Widget

from tutor.ui.keys import key_name, name_of

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


def palette_commands(app: TutorApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """The commands for a screen as it stands now."""
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.node is screen and active.enabled and binding.id not in {None, "app.help"}:
            run = partial(app.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, _about(binding, app.get_key_display(binding)), run)
    yield from _in_the_panes(app, screen)
    help_key = app.preferences.keys["app.help"]
    yield SystemCommand("Help", _with_key(help_key, "Help on what is focused"), partial(app.run_action, "help"))
    yield SystemCommand("Differences", "What differs from a real cluster", partial(app.run_action, "differences"))
    preferences = app.preferences
    yield SystemCommand("Settings", "How tutor looks and moves, and its keys", app.action_settings)
    yield SystemCommand("Theme", "Choose colours", app.action_change_theme)
    yield SystemCommand("Projector mode", "Large contrast, nothing on top of the work", preferences.toggle_projector)
    yield SystemCommand("Reduced motion", "Let nothing move by itself, or move again", preferences.toggle_motion)
    yield SystemCommand("ASCII only", "Draw without Unicode signs, or with them", preferences.toggle_ascii)
    yield SystemCommand("Playback speed", "Play requests at another speed", preferences.next_speed)
    yield SystemCommand(
        "Screenshot", "Save a picture of the screen", lambda: app.set_timer(0.1, app.deliver_screenshot)
    )
    quit_key = app.preferences.keys["app.quit"]
    yield SystemCommand("Quit tutor", _with_key(quit_key, "Leave; progress is kept"), app.action_quit)


def _about(binding: Binding, key: str) -> str:
    """What stands under a command's name: its key, and what the key does in more words than the name has."""
    name = name_of(binding)
    return _with_key(key, binding.tooltip if name == binding.description else f"{name}: {binding.tooltip}")


def _with_key(key: str, text: str) -> str:
    """A text in the palette's markup, after a key that stands out from it."""
    return f"[$text-accent]{escape(key)}[/]  {escape(text)}"


def _in_the_panes(app: TutorApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """What the tables, the traffic and the shell can do, wherever the focus is; moving about in them needs none."""
    from tutor.ui.widgets.cluster_pane import TABS, ClusterPane
    from tutor.ui.widgets.object_table import ObjectTable
    from tutor.ui.widgets.shell import Shell
    from tutor.ui.widgets.traffic import TrafficDiagram

    places: tuple[tuple[str, type[Widget]], ...] = (
        ("Table", ObjectTable),
        ("Traffic", TrafficDiagram),
        ("Shell", Shell),
    )
    for place, owner in places:
        shown = [each for each in screen.query(owner) if each.is_on_screen or each.has_focus]
        node = next((each for each in shown if each.has_focus), shown[0] if shown else None)
        for binding in owner.BINDINGS if node is not None else ():
            if isinstance(binding, Binding) and not binding.action.startswith(("move(", "page(")):
                run = partial(app.run_action, binding.action, node)
                key = app.preferences.keys[binding.id] if binding.id else key_name(binding.key)
                yield SystemCommand(f"{place}: {binding.description}", _with_key(key, binding.tooltip), run)
    if screen.query(ClusterPane) and not (screen.has_class("-puzzle") or screen.has_class("-loading")):
        for kind, name in TABS.items():
            run = partial(app.run_action, f"kind('{kind}')", screen)
            yield SystemCommand(f"Show {name}", "Their table, under the Services", run)
