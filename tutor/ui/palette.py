"""What the command palette offers: everything that has a key, and a few things that have none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


def palette_commands(app: TutorApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """The commands for a screen as it stands now."""
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.node is screen and active.enabled and binding.id:
            run = partial(app.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, binding.tooltip, run)
    yield SystemCommand("Help", "Help on what is focused", partial(app.run_action, "help"))
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
    yield SystemCommand("Quit tutor", "Leave; progress is kept", app.action_quit)
