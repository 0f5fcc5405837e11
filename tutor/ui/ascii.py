"""Only ASCII on the screen: whatever is left of frames, arrows and typographic signs is drawn with what looks alike."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_ALIKE: Final = {
    "✓": "+", "✗": "x", "×": "x", "●": "*", "○": "o", "◐": "~", "◆": "@", "•": "*", "·": "|", "…": "~", "❯": ">",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "▶": ">", "◀": "<", "▼": "v", "▲": "^", "“": '"', "”": '"', "‘": "'",
    "’": "'", "–": "-", "—": "-", "⏎": "<", "⌫": "<", "⇥": ">", "▔": "-", "▁": "_", "▀": "-", "▄": "_", "🔎": "? ",
}  # fmt: skip
_LINES: Final = {"HORIZONTAL": "-", "VERTICAL": "|"}


class AsciiFilter(LineFilter):
    """Replaces every sign that has a likeness in ASCII as wide as it is; letters of any language stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in ASCII.

        Args:
            segments: the line's parts.
            background: what is behind it; of no concern here.
        """
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]


def in_ascii(text: str) -> str:
    """The text with signs replaced, as many cells wide as before."""
    return text if text.isascii() else "".join(map(_alike, text))


@lru_cache(512)
def _alike(sign: str) -> str:
    if sign in _ALIKE:
        return _ALIKE[sign]
    name = unicodedata.name(sign, "")
    if name.startswith("BOX DRAWINGS"):
        return _LINES.get(name.rpartition(" ")[2], "+")
    if "BLOCK" in name or "SHADE" in name:
        return "|" if "LEFT" in name or "RIGHT" in name else "#"
    return sign
