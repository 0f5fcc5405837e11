"""Small texts as content: one-line Markdown (code, bold, emphasis), and hanging indents."""

from __future__ import annotations

import re

from textual.content import Content

from tutor.ui.glossary import TermLinks
from tutor.ui.literal import literal

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*")


def prose(text: str, style: str = "", links: TermLinks | None = None) -> Content:
    """The text with its inline marks shown as styles; whatever is no such mark stays as written.

    Args:
        text: Markdown of one paragraph; line breaks in it are spaces.
        style: a Textual style for all of it.
        links: makes words outside of code into links; None for none.
    """
    link = links.content if links else _as_it_is
    text = " ".join(text.split())
    parts = []
    position = 0
    for match in _INLINE.finditer(text):
        code, bold, emphasis = match.groups()
        parts.append(link(literal(text[position : match.start()], style)))
        mark = "$text-accent" if code else "bold" if bold else "italic"
        marked = literal(code or bold or emphasis, f"{style} {mark}".strip())
        parts.append(marked if code else link(marked))
        position = match.end()
    parts.append(link(literal(text[position:], style)))
    return Content.assemble(*parts)


def _as_it_is(content: Content) -> Content:
    return content


def hang(first: Content, text: Content, width: int, indent: int) -> Content:
    """A text after its sign, wrapped so that its later lines stand under its first.

    Args:
        first: what stands before the text's first line; `indent` cells wide.
        text: the text.
        width: cells there are; 0 if that is not known yet.
        indent: where the text begins.
    """
    lines = text.wrap(width - indent) if width > indent + 10 else [text]
    lead = Content(" " * indent)
    return Content("\n").join((lead if place else first) + line for place, line in enumerate(lines))
