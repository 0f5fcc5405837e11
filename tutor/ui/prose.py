"""One-line Markdown (code, bold, emphasis) as content, for texts too small for a Markdown widget of their own."""

from __future__ import annotations

import re

from textual.content import Content

from tutor.ui.literal import literal

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*")


def prose(text: str, style: str = "") -> Content:
    """The text with its inline marks shown as styles; whatever is no such mark stays as written.

    Args:
        text: Markdown of one paragraph; line breaks in it are spaces.
        style: a Textual style for all of it.
    """
    text = " ".join(text.split())
    parts = []
    position = 0
    for match in _INLINE.finditer(text):
        code, bold, emphasis = match.groups()
        parts.append(literal(text[position : match.start()], style))
        mark = "$text-accent" if code else "bold" if bold else "italic"
        parts.append(literal(code or bold or emphasis, f"{style} {mark}".strip()))
        position = match.end()
    parts.append(literal(text[position:], style))
    return Content.assemble(*parts)
