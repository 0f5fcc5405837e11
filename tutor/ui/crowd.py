"""The Pods of the traffic diagram, a line each."""

from __future__ import annotations

from typing import Final

from tutor.ui.paper import Line, Lines, Paper
from tutor.ui.scene import PodBox, PodState, Scene

BAR: Final = 10
"""Cells of the longest bar."""
BAR_WIDTH: Final = 58
"""Cells a line must have for bars beside the counts."""

_STYLES: Final[dict[PodState, str]] = {
    "ready": "$text-success",
    "not ready": "$text-warning",
    "leaving": "$text-warning",
    "no match": "$muted",
}


class Crowd:
    """Draws the Pods of a scene.

    Args:
        paper: what is drawn on.
        scene: the Pods and their Service.
        hit: name of the Pod that the request has reached; empty if none.
        stopped: whether the request stopped there.
        indent: cells to the left of all lines.
    """

    def __init__(self, paper: Paper, scene: Scene, hit: str, *, stopped: bool, indent: int) -> None:
        self._paper, self._scene, self._hit, self._stopped = paper, scene, hit, stopped
        self._indent = " " * indent
        self._glyphs = paper.glyphs
        self._highest = max((pod.answered for pod in scene.pods), default=0)

    def lines(self, room: int) -> Lines:
        """At most so many lines."""
        pods, glyphs = self._scene.pods, self._glyphs
        if not pods:
            said = "no Pods in its namespace" if self._scene.service else "no Pods yet"
            return [self._paper.fit(f"     {said}", "$muted")]
        shown = pods if len(pods) <= room else self._most_telling(room - 1)
        complete = len(shown) == len(pods)
        matched = [pod for pod in shown if pod.state != "no match"]
        lines = [self._line(pod, last=complete and bool(matched) and pod is matched[-1]) for pod in shown]
        if not complete:
            rest = len(pods) - len(shown)
            lines.append(self._paper.fit(f"{self._indent}{glyphs.last} {rest} more Pods", "$muted"))
        return lines

    def _most_telling(self, room: int) -> tuple[PodBox, ...]:
        """The Pods to show when not all can be: the one reached, those lit, then in order."""
        pods = sorted(self._scene.pods, key=lambda pod: (pod.name != self._hit, not pod.lit))
        kept = {pod.name for pod in pods[: max(room, 0)]}
        return tuple(pod for pod in self._scene.pods if pod.name in kept)

    def _line(self, pod: PodBox, *, last: bool) -> Line:
        matched = pod.state != "no match" and self._scene.service is not None
        head = self._head(pod, matched=matched, last=last)
        tail = self._tail(pod, matched=matched)
        room = self._paper.width - len(head)
        labels = f" [{pod.labels}]" if pod.lit and pod.labels else ""
        name_room = max(room - len(tail) - len(labels), min(12, room))
        address = self._address(pod, name_room) if not labels else ""
        name = self._paper.short_pod(pod.name, name_room - len(address))
        filled = f"{name:<{name_room - len(address) if tail and matched else 0}}"
        style = "bold $text-accent" if pod.name == self._hit else _STYLES[pod.state]
        line = self._paper.fit(head + filled + address + labels + tail, style)
        start = len(head + filled + address) + 1
        return line.stylize("bold reverse $text-accent", start, start + len(labels) - 1) if labels else line

    def _head(self, pod: PodBox, *, matched: bool, last: bool) -> str:
        """The way to the Pod, and how it stands."""
        glyphs = self._glyphs
        branch = "  " if not matched else glyphs.last if last else glyphs.branch
        packet = "  "
        if pod.name == self._hit:
            packet = (glyphs.cross if self._stopped else glyphs.packet) + glyphs.right[-1]
        elif matched and pod.state == "ready":
            packet = glyphs.dash + glyphs.right[-1]
        symbol = {"ready": glyphs.ready, "no match": glyphs.unmatched}.get(pod.state, glyphs.unready)
        return f"{self._indent}{branch}{packet} {symbol} {pod.state:<9} "

    def _tail(self, pod: PodBox, *, matched: bool) -> str:
        """How many requests it answered, or why it can answer none."""
        if self._highest > 0 and self._scene.requests > 0 and (matched or pod.answered):
            if self._paper.width < BAR_WIDTH:
                return f" {pod.answered:>3}"
            bar = self._glyphs.bar * (round(BAR * pod.answered / self._highest) or (1 if pod.answered else 0))
            return f" {pod.answered:>4} {bar:<{BAR}}"
        return f"  {pod.why}" if not matched and pod.why else ""

    def _address(self, pod: PodBox, room: int) -> str:
        """Its address and its node, as far as there is room beside the name."""
        name = max(14, min(len(pod.name), 30))
        both = f"  {pod.ip:<12}  {pod.node}"
        if pod.ip and pod.node and room >= len(both) + name:
            return both
        return f"  {pod.ip}" if pod.ip and room >= len(pod.ip) + 14 else ""
