"""What a program on a terminal says and is told, as lines that only follow one another."""

from __future__ import annotations

import re
from typing import Final

KEPT: Final = 1 << 20
"""Characters of what one line led to that are kept."""
_ESCAPE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])")
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?)?\Z")
"""The beginning of an escape sequence whose rest is still to come."""
_PROMPT: Final = re.compile(r"(?:\A|\n)[^\n]{0,200}[#$>] \Z")


class Dialogue:
    """Takes out what moves the cursor, and the echo of what was typed: whoever types has seen it already."""

    def __init__(self) -> None:
        self.line = ""
        self.answer = ""
        self._unread = ""
        self._echo = ""

    def tell(self, line: str) -> None:
        """A line is typed."""
        self.line, self.answer, self._echo = line, "", line

    def hear(self, text: str) -> str:
        """What to show of what has come."""
        text = self._unread + text
        unfinished = _UNFINISHED.search(text)
        text, self._unread = (text[: unfinished.start()], unfinished[0]) if unfinished else (text, "")
        text = _ESCAPE.sub("", text).replace("\r", "").replace("\x07", "")
        while self._echo and text and text[0] == self._echo[0]:
            text, self._echo = text[1:], self._echo[1:]
        if text and self._echo:
            self._echo = ""  # it is no echo after all
        self.answer = (self.answer + text)[-KEPT:]
        return text

    @property
    def at_prompt(self) -> bool:
        """Whether what has come ends as a shell's prompt does."""
        return _PROMPT.search(self.answer) is not None
