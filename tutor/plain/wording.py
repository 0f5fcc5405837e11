"""Markdown as it would be read aloud: no marks, a line a paragraph, code as it stands, for a drawing what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tutor.course.loader import DRAWING

_INLINE: Final = re.compile(r"`+([^`]+)`+|\*\*([^*]+)\*\*|(?<![\w*])\*([^*\s][^*]*)\*(?!\w)|!?\[([^\]]+)\]\(([^)]*)\)")
_SIGNS: Final = re.compile(r"^([✓✗→]) +", re.MULTILINE)
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d+[.)]) +")
_FENCE: Final = re.compile(r"\s*(?:```+|~~~+)\s*(?P<language>[\w-]*)\s*(?P<words>.*)")
_DRAWN: Final = re.compile(r"[\u2190-\u21ff\u2500-\u25ff✓✗]+")
_RULE: Final = re.compile(r"[\s|:-]+$")


def plain_text(markdown: str) -> str:
    """A text without its marks; its code as it stands, indented."""
    return "\n".join(_lines(markdown)).strip("\n")


def plain_line(markdown: str) -> str:
    """One line without marks and signs."""
    return without_signs(_INLINE.sub(_unmarked, " ".join(markdown.split())))


def without_signs(text: str) -> str:
    """The text without ticks and arrows before its lines (the words say the same), bullets as dashes."""
    return _SIGNS.sub("", text).replace("• ", "- ")


def _unmarked(match: re.Match[str]) -> str:
    code, bold, emphasis, label, target = match.groups()
    return code or bold or emphasis or (label if label == target or not target else f"{label} ({target})")


def _lines(markdown: str) -> Iterator[str]:
    paragraph: list[str] = []
    fenced = told = False
    for line in [*markdown.splitlines(), ""]:
        fence, item = _FENCE.match(line), _ITEM.match(line) is not None
        alone = (
            fenced or fence is not None or item or not line.strip() or line.lstrip().startswith(("#", ">", "|", "    "))
        )
        if alone and paragraph:
            yield plain_line(" ".join(paragraph))
            paragraph = []
        if fence is not None:
            fenced = not fenced
            told = fenced and fence["language"] == DRAWING and bool(fence["words"])
            if told:
                yield f"Drawing: {plain_line(fence['words'])}"
        elif told:
            pass
        elif fenced:
            words = " ".join(_DRAWN.sub(" ", line).split())
            if words == " ".join(line.split()):
                yield f"    {line}"
            elif words:
                yield f"    {words}"
        elif not line.strip():
            yield ""
        elif line.lstrip().startswith("|"):
            if not _RULE.match(line):
                yield ", ".join(plain_line(cell) for cell in line.strip().strip("|").split("|"))
        elif line.startswith("#"):
            yield plain_line(line.lstrip("# "))
        else:
            paragraph.append(line.strip().lstrip("> "))
    yield from ([plain_line(" ".join(paragraph))] if paragraph else [])
