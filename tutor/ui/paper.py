"""Lines of text on a page of some width: cut, wrapped, framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from textual.content import Content

from tutor.ui.literal import literal
from tutor.ui.theme import Glyphs

Line: TypeAlias = Content
Lines: TypeAlias = list[Content]


@dataclass(frozen=True)
class Paper:
    """A page.

    Args:
        width: cells in a line.
        glyphs: the symbols to draw with.
    """

    width: int
    glyphs: Glyphs

    def fit(self, text: str, style: str) -> Line:
        """One line in a style, cut to the width."""
        return literal(self.short(text, self.width), style)

    def short(self, text: str, width: int) -> str:
        """The text in at most `width` characters."""
        return text if len(text) <= width else text[: max(width - 1, 0)] + self.glyphs.more

    def short_pod(self, name: str, width: int) -> str:
        """A Pod's name in at most `width` characters: its end tells it from its siblings."""
        if len(name) <= width:
            return name
        more = self.glyphs.more
        head, _, tail = name.rpartition("-")
        tail = tail[-width + 1 :] if width > 1 else ""
        keep = width - len(tail) - 2
        return f"{head[:keep]}{more}-{tail}" if head and keep > 2 else f"{more}{tail}"

    def wrap(self, text: str, style: str) -> Lines:
        """A text over as many lines as it takes, the later ones indented."""
        words, lines = text.split(" "), [""]
        for word in words:
            if lines[-1] and len(lines[-1]) + 1 + len(word) > self.width:
                lines.append("   ")
            lines[-1] += (" " if lines[-1].strip() else "") + word
        return [self.fit(line, style) for line in lines]

    def box(self, title: str, words: Sequence[str], width: int, style: str) -> Lines:
        """Lines in a frame with a title."""
        a, b, c, d = tuple(self.glyphs.corners)
        dash, wall = self.glyphs.dash, self.glyphs.trunk
        inner = width - 4
        head = f"{a}{dash} {self.short(title, inner - 1)} "
        lines = [literal(head + dash * (width - 1 - len(head)) + b, style)]
        lines += [literal(f"{wall} {self.short(text, inner):<{inner}} {wall}", style) for text in words]
        lines.append(literal(c + dash * (width - 2) + d, style))
        return lines
