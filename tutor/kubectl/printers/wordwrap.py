"""Breaking lines between words the way kubectl does.

Source: https://github.com/mitchellh/go-wordwrap (WrapString).
"""

from __future__ import annotations

import re

_PIECE = re.compile(r"\n|[^\S\n]+|\S+")


def wrap(text: str, limit: int) -> str:
    """The text with lines of at most `limit` characters, where its words allow it; its own line ends stay.

    Args:
        text: words, spaces and line ends.
        limit: characters a line.
    """
    out: list[str] = []
    used, spaces = 0, ""
    for piece in _PIECE.findall(text):
        if piece == "\n":
            if used + len(spaces) <= limit:
                out.append(spaces)
            out.append("\n")
            used, spaces = 0, ""
        elif piece.isspace():
            spaces = piece
        else:
            if used + len(spaces) + len(piece) > limit and used + len(spaces) > 0:
                out.append("\n")
                used, spaces = 0, ""
            out.append(spaces + piece)
            used += len(spaces) + len(piece)
            spaces = ""
    return "".join(out)
