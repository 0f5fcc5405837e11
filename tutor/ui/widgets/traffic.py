"""The traffic diagram: requests played hop by hop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tutor.engine.network.trace import Trace
from tutor.ui.diagram import Picture, draw
from tutor.ui.scene import Scene, hops_of
from tutor.ui.theme import UNICODE, Glyphs

PACE: Final = 0.4
"""Seconds a hop is shown."""


class TrafficDiagram(Static, can_focus=True):
    """Shows a `Scene` and plays the newest request through it. Still when motion is reduced.

    Args:
        glyphs: the symbols to draw with.
        id: the widget's id.
    """

    HELP = """
# Traffic

Who asked, what cluster DNS said, the Service's virtual address, the Pod that was picked, and the answer. Each line is
one hop. Pods are drawn as ready, not ready, leaving, or not matching the selector, with the requests each answered.

`Space` pause or go on · `→` one hop · `r` play again · `Esc` back to the shell
"""
    BINDING_GROUP_TITLE = "Traffic"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause", id="traffic.pause", tooltip="Pause or go on"),
        Binding("right,l", "step(1)", "Step", id="traffic.step", tooltip="One hop on"),
        Binding("left,h", "step(-1)", "Step back", id="traffic.back", tooltip="One hop back", show=False),
        Binding("r", "replay", "Replay", id="traffic.replay", tooltip="Play the last request again"),
    ]
    DEFAULT_CSS = "TrafficDiagram { height: 1fr; }"

    scene: reactive[Scene] = reactive(Scene())
    hop: reactive[int] = reactive(0)

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._picture = Picture(Scene())
        self._timer: Timer | None = None

    @property
    def text(self) -> str:
        """What is drawn, as plain text."""
        width, height = self.content_size
        return draw(self._picture, width, height, self.glyphs).plain

    @property
    def playing(self) -> bool:
        """Whether a request is under way."""
        return self._timer is not None

    def play(self, traces: Sequence[Trace]) -> None:
        """Play the last of some requests; the others count in the scene's numbers."""
        if not traces:
            return
        trace = traces[-1]
        self._picture = Picture(self.scene, trace, hops_of(trace))
        self.action_replay()

    def forget(self) -> None:
        """Show no request."""
        self._stop()
        self._picture = Picture(self.scene)
        self._draw()

    @property
    def _last(self) -> int:
        return max(len(self._picture.hops) - 1, 0)

    def action_replay(self) -> None:
        """Play from the start; with motion reduced, show the end."""
        self._stop()
        if self.app.animation_level == "none":
            self.hop = self._last
        else:
            self.hop = 0
            self._start()
        self._draw()

    def action_pause(self) -> None:
        """Pause, or go on."""
        if self.playing:
            self._stop()
        elif self.hop < self._last:
            self._start()
        else:
            self.action_replay()

    def action_step(self, by: int) -> None:
        """Go a hop on or back."""
        self._stop()
        self.hop = min(max(self.hop + by, 0), self._last)

    def _start(self) -> None:
        self._timer = self.set_interval(PACE, self._advance)

    def _advance(self) -> None:
        self.hop = min(self.hop + 1, self._last)
        if self.hop == self._last:
            self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def watch_scene(self) -> None:
        """Draw the new scene."""
        self._draw()

    def watch_hop(self) -> None:
        """Draw the request where it now is."""
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw to the new size."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.content_size
        self._picture = Picture(self.scene, self._picture.trace, self._picture.hops, min(self.hop, self._last))
        if width and height:
            self.update(draw(self._picture, width, height, self.glyphs))
