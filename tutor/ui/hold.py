"""Keeps the screen as it is for a moment, so that a command and its quick answer come into view together."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final

from textual.timer import Timer
from textual.widget import Widget

MOMENT: Final = 0.025
"""Seconds a learner does not notice. A command that takes longer is seen to run."""


class Hold:
    """Holds back repaints from `begin` to `end`, for a moment at most: one paint instead of several.

    Args:
        widget: any widget of the app.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._held = ExitStack()
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Paint nothing from now on."""
        if self._timer is None:
            self._held.enter_context(self._widget.app.batch_update())
            self._timer = self._widget.set_timer(MOMENT, self.end)

    def end(self) -> None:
        """Paint what has changed meanwhile."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
            self._held.close()
