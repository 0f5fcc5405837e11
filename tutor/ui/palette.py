"""What the command palette offers: everything that has a key, and a few things that have none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import App, SystemCommand
from textual.screen import Screen


def palette_commands(app: App[None], screen: Screen[object]) -> Iterator[SystemCommand]:
    """The commands for a screen as it stands now."""
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.node is screen and active.enabled and binding.id:
            run = partial(app.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, binding.tooltip, run)
    yield SystemCommand("Help", "Help on what is focused", partial(app.run_action, "help"))
    yield SystemCommand("Differences", "What differs from a real cluster", partial(app.run_action, "differences"))
    yield SystemCommand("Theme", "Choose colours", app.action_change_theme)
    yield SystemCommand(
        "Screenshot", "Save a picture of the screen", lambda: app.set_timer(0.1, app.deliver_screenshot)
    )
    yield SystemCommand("Quit tutor", "Leave; progress is kept", app.action_quit)
