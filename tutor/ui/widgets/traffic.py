"""The traffic diagram: requests played hop by hop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tutor.engine.network.trace import Trace
from tutor.ui.diagram import Picture, draw
from tutor.ui.literal import literal, show_in
from tutor.ui.messages import SpeedChosen
from tutor.ui.scene import Scene, hops_of, lit
from tutor.ui.settings import SPEEDS
from tutor.ui.theme import UNICODE, Glyphs

PACE: Final = 0.4
"""Seconds a hop is shown at ordinary speed."""


class TrafficDiagram(Static, can_focus=True):
    """Shows a `Scene` and plays the newest request through it. Still when motion is reduced.

    Args:
        glyphs: the symbols to draw with.
        id: the widget's id.

    Attributes:
        get_time: a clock, in seconds, that says which hop is due.
    """

    HELP = """
# Traffic

Who asked, what cluster DNS said, the Service's virtual address, the Pod that was picked, and the answer. Each line is
one hop. Pods are drawn as ready, not ready, leaving, or not matching the selector, with the requests each answered.

`{traffic.pause}` pause or go on · `{traffic.step}` `{traffic.back}` one hop · `{traffic.replay}` play again ·
`{traffic.faster}` `{traffic.slower}` faster, slower · `{lesson.to_shell}` back to the shell

While the diagram is focused, the selector and the labels it matches are lit, in `[ ]`. These letters act here; any
other goes to the prompt, and so does all that is typed after it.
"""
    BINDING_GROUP_TITLE = "Traffic"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause", id="traffic.pause", tooltip="Pause or go on"),
        Binding("right,l", "step(1)", "Step", id="traffic.step", tooltip="One hop on"),
        Binding("left,h", "step(-1)", "Step back", id="traffic.back", tooltip="One hop back", show=False),
        Binding("plus,equals_sign", "pace(1)", "Faster", id="traffic.faster", tooltip="Play faster"),
        Binding("minus", "pace(-1)", "Slower", id="traffic.slower", tooltip="Play slower"),
        Binding("r", "replay", "Replay", id="traffic.replay", tooltip="Play the last request again"),
    ]
    DEFAULT_CSS = "TrafficDiagram { height: 1fr; }"

    scene: reactive[Scene] = reactive(Scene())
    hop: reactive[int] = reactive(0)
    speed: reactive[float] = reactive(1.0)
    """How many times as fast as ordinary requests are played."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._picture = Picture(Scene())
        self.get_time: Callable[[], float] = monotonic
        self._timer: Timer | None = None
        self._set_out = 0.0
        self._set_out_at = 0

    @property
    def text(self) -> str:
        """What is drawn, as plain text."""
        width, height = self.content_size
        return draw(self._shown, width, height, self.glyphs).plain

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
        self.hop = 0
        self._start()
        self._draw()

    def keep_still(self) -> None:
        """Show at once the end of a request that is under way."""
        if self.playing:
            self._stop()
            self.hop = self._last

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

    def action_pace(self, by: int) -> None:
        """Play faster (1) or slower (-1)."""
        place = SPEEDS.index(self.speed) + by
        self.speed = SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]
        self.post_message(SpeedChosen(self.speed))

    def watch_speed(self) -> None:
        """Go on at the new speed."""
        if self.playing:
            self._stop()
            self._start()
        self._draw()

    @property
    def _manner(self) -> str:
        """How the last request is being played, in words; empty if there is nothing to say."""
        state = "playing" if self.playing else "paused" if self.hop < self._last else ""
        speed = f"speed {self.speed:g}x" if state or self.speed != 1 else ""
        return "  ".join(filter(None, (state, speed)))

    def watch_has_focus(self, has_focus: bool) -> None:
        """Light up what belongs together while this has the focus, else only what is looked at elsewhere."""
        super().watch_has_focus(has_focus)
        self._draw()

    def _start(self) -> None:
        if self.app.animation_level == "none":
            self.hop = self._last
            return
        self._timer = self.set_interval(PACE / self.speed, self.advance)
        self._set_out, self._set_out_at = self.get_time(), self.hop
        self._draw()

    def advance(self) -> None:
        """Show the hop that is due while a request is under way."""
        if not self.playing:
            return
        passed = round((self.get_time() - self._set_out) * self.speed / PACE)
        self.hop = min(self._set_out_at + passed, self._last)
        if self.hop == self._last:
            self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._draw()

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
        scene = lit(self.scene) if self.has_focus else self.scene
        self._picture = Picture(scene, self._picture.trace, self._picture.hops, min(self.hop, self._last))
        self.border_title = literal("  ".join(filter(None, ("Traffic", self._manner))))
        width, height = self.content_size
        if width and height:
            framed = bool(self.styles.border_top[0])
            show_in(self, draw(self._shown, width, height, self.glyphs) if framed else self._untitled(width, height))

    def _untitled(self, width: int, height: int) -> Content:
        """The picture where there is no frame to have a title: what it would say stands at the end of the first line.

        If there is no room, it gets a line of its own; but not while all is as usual, so that nothing jumps.
        """
        drawn = draw(self._shown, width, height, self.glyphs)
        said = literal(self._manner, "$text-accent")
        first, *rest = drawn.split("\n")
        space = width - first.cell_length - len(said)
        if not said.plain:
            return drawn
        if space >= 2:
            return Content("\n").join([first + " " * space + said, *rest])
        if self.playing and self.speed == 1:
            return drawn
        below = draw(self._shown, width, height - 1, self.glyphs)
        return Content("\n").join([" " * (width - len(said)) + said, below])

    @property
    def _shown(self) -> Picture:
        """The picture, without the request if the learner is looking at another Service.

        A request that is still under way is not counted yet, though the scene knows already how it ends.
        """
        picture = self._picture
        if picture.trace is None:
            return picture
        if not picture.scene.concerns(picture.trace):
            return Picture(picture.scene)
        scene = picture.scene.before(picture.trace, met=picture.reached("service"), answered=picture.reached("back"))
        return replace(picture, scene=scene)
