"""What is wrong with a lesson file: where, what, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong.

    Args:
        file: the file it is in.
        line: from 1; 0 if it concerns the file as a whole.
        column: from 1; 0 if it concerns the file as a whole.
        message: what is wrong.
        mend: what to do about it; may be empty.
        place: where in the lesson, such as `steps › apply › until`; may be empty.
        code: a short word for the sort of problem, such as `unknown-key`.
    """

    file: Path
    line: int
    column: int
    message: str
    mend: str = ""
    place: str = ""
    code: str = ""

    @property
    def where(self) -> str:
        """Such as `lessons/dns.yaml:12:5`, or the file alone."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else str(self.file)

    @property
    def said(self) -> str:
        """Place, message and mend in one line."""
        place = f"{self.place}: " if self.place else ""
        mend = f" ({self.mend})" if self.mend else ""
        return f"{place}{' '.join(self.message.split())}{mend}"

    # One line, always: front ends and editors read problems line by line.
    def __str__(self) -> str:
        return f"{self.where}: {self.said} [{self.code}]"


def did_you_mean(word: str, known: Iterable[str], *, listing: bool = True) -> str:
    """`did you mean …?` with the nearest known word, or else (if `listing`) the list of them; empty without any."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known here: {', '.join(words)}" if words and listing else ""
