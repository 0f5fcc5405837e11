"""Lines of text on a page of some width: cut, wrapped, framed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from textual.content import Content

from tutor.ui.literal import literal
from tutor.ui.theme import Glyphs

Line: TypeAlias = Content
Lines: TypeAlias = list[Content]
Part: TypeAlias = tuple[str, str]
"""A text and its style."""


@dataclass(frozen=True)
class Paper:
    """A page.

    Args:
        width: cells in a line.
        glyphs: the symbols to draw with.
    """

    width: int
    glyphs: Glyphs

    def line(self, *parts: Part) -> Line:
        """Texts in their styles one after the other, cut to the width."""
        return self.cut(joined(*parts), self.width)

    def cut(self, line: Line, width: int, *, pad: bool = False) -> Line:
        """The line in at most `width` cells; with `pad` in just as many."""
        if line.cell_length > width:
            # One cell is left free for the sign, even where a wide character would have begun in it.
            line = line.truncate(max(width - 1, 0)) + literal(self.glyphs.more)
        return line.pad_right(max(width - line.cell_length, 0)) if pad else line

    def short_pod(self, name: str, width: int) -> str:
        """A Pod's name in at most `width` characters: its end tells it from its siblings."""
        if len(name) <= width:
            return name
        more = self.glyphs.more
        head, _, tail = name.rpartition("-")
        tail = tail[-width + 1 :] if width > 1 else ""
        keep = width - len(tail) - 2
        return f"{head[:keep]}{more}-{tail}" if head and keep > 2 else f"{more}{tail}"

    def wrap(self, line: Line, indent: int = 0) -> Lines:
        """A line over as many as it takes, the later ones indented."""
        first, *rest = line.wrap(max(self.width - indent, 1)) or [Content("")]
        lead = Content(" " * indent)
        return [first, *(lead + each for each in rest)]

    def box(
        self,
        title: str,
        words: Sequence[Line],
        width: int,
        style: str,
        top: Mapping[int, Part] | None = None,
        bottom: Mapping[int, Part] | None = None,
    ) -> Lines:
        """Lines in a frame with a title.

        Args:
            title: stands in the frame's upper side.
            words: the lines.
            width: cells from side to side.
            style: of the frame and its title.
            top: what takes the place of the frame at cells of its upper side.
            bottom: the same for its lower side.
        """
        a, b, c, d = tuple(self.glyphs.corners)
        dash, wall = self.glyphs.dash, literal(self.glyphs.trunk, style)
        lead = max(top, default=0) + 1 if top else 1
        name = self.cut(literal(f" {title} ", style), width - lead - 3).plain
        head = a + dash * lead + name
        upper = _side(head + dash * (width - 1 - literal(head).cell_length) + b, style, top or {})
        lower = _side(c + dash * (width - 2) + d, style, bottom or {})
        inner = width - 4
        middle = [Content.assemble(wall, " ", self.cut(line, inner, pad=True), " ", wall) for line in words]
        return [upper, *middle, lower]


def _side(side: str, style: str, marks: Mapping[int, Part]) -> Line:
    """A side of a frame with signs set into it; they come before anything wide."""
    parts, position = [], 0
    for at, (sign, sign_style) in sorted(marks.items()):
        parts += [literal(side[position:at], style), literal(sign, sign_style)]
        position = at + 1
    return Content.assemble(*parts, literal(side[position:], style))


def joined(*parts: Part) -> Line:
    """Texts in their styles one after the other."""
    return Content.assemble(*(literal(text, style) for text, style in parts if text))
