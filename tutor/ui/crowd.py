"""The Pods of the traffic diagram, a line each, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from tutor.ui.literal import literal
from tutor.ui.paper import Line, Lines, Paper, Part, joined
from tutor.ui.scene import PodBox, PodState, Scene

BAR: Final = 8
"""Cells of the longest bar."""
BAR_WIDTH: Final = 58
"""Cells a line must have for bars beside the counts."""
LABELS: Final = "$text-secondary"
"""The style of labels and of the selector that asks for them."""
LIT: Final = "bold reverse $text-accent"
"""The same while the Service or the Pod is looked at."""
_GAP: Final = 2
_NAME: Final = 14
"""Cells a name gets before anything else stands beside it."""
_ARM: Final = 4
_STYLES: Final[dict[PodState, str]] = {
    "ready": "$text-success",
    "not ready": "$text-warning",
    "leaving": "$text-warning",
    "no match": "$muted",
}


@dataclass(frozen=True)
class Way:
    """How the request goes through the Pods.

    Args:
        pod: name of the Pod that it has reached; empty if none.
        style: the style of what it has passed.
        choosing: whether the rule is just choosing among the ready Pods.
        stopped: whether it stopped at the Pod.
    """

    pod: str = ""
    style: str = ""
    choosing: bool = False
    stopped: bool = False


@dataclass(frozen=True)
class _Columns:
    """Cells of each column; 0 where there is no room for it."""

    state: int
    name: int
    labels: int = 0
    address: int = 0
    node: int = 0


class Crowd:
    """Draws the Pods of a scene.

    Args:
        paper: what is drawn on.
        scene: the Pods and their Service.
        way: how the request goes through them.
        indent: cells to the left of all lines.
    """

    def __init__(self, paper: Paper, scene: Scene, way: Way, indent: int) -> None:
        self._paper, self._scene, self._way = paper, scene, way
        self._indent = " " * indent
        self._glyphs = paper.glyphs
        self._highest = max((pod.answered for pod in scene.pods), default=0)

    def lines(self, room: int) -> Lines:
        """At most so many lines."""
        pods = self._scene.pods
        if not pods:
            said = "no Pods in its namespace" if self._scene.service else "no Pods yet"
            return [self._paper.line((f"     {said}", "$muted"))]
        shown = pods if len(pods) <= room else self._most_telling(room - 1)
        rest = len(pods) - len(shown)
        matched = [pod.name for pod in shown if self._matches(pod)]
        reached = matched.index(self._way.pod) if self._way.pod in matched else -1
        columns = self._columns(pods)
        lines = []
        for pod in shown:
            place = matched.index(pod.name) if pod.name in matched else len(matched)
            arm = self._arm(pod, last=not rest and place == len(matched) - 1, passed=place <= reached)
            lines.append(self._line(pod, arm, columns))
        if rest:
            lines.append(
                self._paper.line((f"{self._indent}{self._glyphs.last} {rest} {'more ' if shown else ''}Pods", "$muted"))
            )
        return lines

    @property
    def any_matches(self) -> bool:
        """Whether the Service has any of the Pods behind it."""
        return any(map(self._matches, self._scene.pods))

    def _matches(self, pod: PodBox) -> bool:
        return pod.state != "no match" and self._scene.service is not None

    def _most_telling(self, room: int) -> tuple[PodBox, ...]:
        """The Pods to show when not all can be: the one reached, those lit, that answered, or that are changing."""
        pods = sorted(
            self._scene.pods,
            key=lambda pod: (
                pod.name != self._way.pod,
                not pod.lit,
                not pod.answered,
                pod.state not in {"not ready", "leaving"},
            ),
        )
        kept = {pod.name for pod in pods[: max(room, 0)]}
        return tuple(pod for pod in self._scene.pods if pod.name in kept)

    def _columns(self, pods: Sequence[PodBox]) -> _Columns:
        """What there is room for: names and counts in any case, then addresses, labels, nodes."""
        state = max(len(pod.state) for pod in pods)
        room = self._paper.width - len(self._indent) - _ARM - state - 4 - self._tail_width
        wanted = {
            "address": max(len(pod.ip) for pod in pods),
            "labels": max(len(_labels(pod)) for pod in pods),
            "node": max(len(pod.node) for pod in pods),
        }
        longest = max(len(pod.name) for pod in pods)
        used = min(longest, _NAME)
        given: dict[str, int] = {}
        # What is looked at are the labels.
        for name in sorted(wanted, key=lambda name: not (name == "labels" and any(pod.lit for pod in pods))):
            if wanted[name] and used + _GAP + wanted[name] <= room:
                given[name] = wanted[name]
                used += _GAP + wanted[name]
        spare = max(room - used, 0)
        return _Columns(state, max(min(longest, min(longest, _NAME) + spare, room), 1), **given)

    @property
    def _tail_width(self) -> int:
        """Cells of the count and its bar."""
        if not self._counted:
            return 0
        return 5 + (1 + BAR if self._paper.width >= BAR_WIDTH else 0)

    @property
    def _counted(self) -> bool:
        return self._scene.asked

    def _line(self, pod: PodBox, arm: Sequence[Part], columns: _Columns) -> Line:
        symbol = {"ready": self._glyphs.ready, "no match": self._glyphs.unmatched}.get(pod.state, self._glyphs.unready)
        matched = self._matches(pod)
        reached = pod.name == self._way.pod
        quiet = "" if matched or self._scene.service is None else "$muted"
        name = self._paper.short_pod(pod.name, columns.name)
        padded = columns.name if columns.labels or not pod.why else 0
        cells: list[Part] = [
            *arm,
            (f" {symbol} {pod.state:<{columns.state}} ", _STYLES[pod.state]),
            (f"{name:<{padded}}", f"bold {self._way.style}" if reached else quiet),
        ]
        gap = (" " * _GAP, "")
        labels = _labels(pod)
        if columns.labels:
            labels_style = self._why_style if pod.why else LIT if pod.lit else LABELS
            cells += [gap, (labels, labels_style), (" " * (columns.labels - literal(labels).cell_length), "")]
        elif pod.why:
            # No column for labels, but what keeps a Pod from matching is always said.
            return self._paper.line(*cells, gap, (labels, self._why_style))
        if columns.address:
            cells += [gap, (f"{pod.ip:<{columns.address}}", "$muted")]
        if columns.node:
            cells += [gap, (f"{pod.node:<{columns.node}}", "$muted")]
        line = joined(*cells, *self._tail(pod, matched=matched, reached=reached))
        return self._paper.cut(line, self._paper.width)

    @property
    def _why_style(self) -> str:
        """Why a Pod does not match is what matters where none does."""
        return "$muted" if self.any_matches else "$text-warning"

    def _arm(self, pod: PodBox, *, last: bool, passed: bool) -> list[Part]:
        """The way to the Pod: `passed` if the request went here or further down."""
        glyphs, way = self._glyphs, self._way
        if not self._matches(pod):
            return [(f"{self._indent}{' ' * _ARM}", "")]
        reached = pod.name == way.pod
        branch = (glyphs.last if last else glyphs.branch).ljust(2)
        style = way.style if passed else "$muted"
        if reached:
            sign = glyphs.cross if way.stopped else glyphs.packet
            return [(f"{self._indent}{branch}", style), (sign, f"bold {style}"), (glyphs.right[-1], style)]
        lit = way.choosing and pod.state == "ready"
        arrow = f"{glyphs.dash}{glyphs.right[-1]}" if pod.state == "ready" else "  "
        return [
            (f"{self._indent}{branch[0]}", way.style if passed or lit else "$muted"),
            (f"{branch[1]}{arrow}", way.style if lit else "$muted"),
        ]

    def _tail(self, pod: PodBox, *, matched: bool, reached: bool) -> list[Part]:
        """How many requests it answered."""
        if not self._counted or not (matched or pod.answered):
            return []
        count = (f" {pod.answered:>4}", "bold" if pod.answered else "$muted")
        if self._paper.width < BAR_WIDTH:
            return [count]
        cells = round(BAR * pod.answered / max(self._highest, 1)) or (1 if pod.answered else 0)
        return [count, (f" {self._glyphs.meter * cells}", self._way.style if reached else "$text-primary")]


def _labels(pod: PodBox) -> str:
    """Its labels as far as they are asked for; of a Pod that does not match, what keeps it from that."""
    if pod.why:
        return pod.why
    return f"[{pod.labels}]" if pod.lit and pod.labels else pod.labels


def selector_parts(selector: str, *, lit: bool) -> Content:
    """A Service's selector, in the style of the labels it asks for."""
    if not selector:
        return literal("no selector", "$muted")
    pairs = (f"[{selector}]", LIT) if lit else (selector, LABELS)
    return joined(("selector ", "$muted"), pairs)
