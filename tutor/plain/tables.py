"""How tables are said, and what commands change: words that lessons and the shell share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.course.session import WORDS
from tutor.plain.changes import Changes
from tutor.plain.lines import Lines, say
from tutor.plain.sentences import Sentences

if TYPE_CHECKING:
    from tutor.engine.cluster import Cluster

_KEEP: frozenset[str] = frozenset(WORDS) - {"undo", "redo", "reset", "show", "skip", "next"}
"""Words after which `changes` still says what the command before them changed."""


class Tables:
    """Understands `tables` and `changes`.

    Args:
        lines: where output is said.
        cluster: what commands change.
    """

    def __init__(self, lines: Lines, cluster: Cluster) -> None:
        self._lines = lines
        self._changes = Changes(cluster)

    def typed(self, text: str) -> bool:
        """Do what a line asks for; False if it is none of these words."""
        word, _, how = text.partition(" ")
        if text == "changes":
            self._say_changes(or_none="Nothing changed since the last command began.")
        elif word == "tables" and how.strip() in {"sentences", "rows"}:
            self._lines.sentences = Sentences() if how.strip() == "sentences" else None
            say(f"Tables are said as {how.strip()} from now on.")
        elif word == "tables":
            say("Say tables sentences, or tables rows.")
        else:
            return False
        return True

    def begin(self, line: str) -> None:
        """A line is about to be run."""
        if line.strip() not in _KEEP:
            self._changes.begin()

    def end(self) -> None:
        """It has been run; whoever hears tables as sentences hears what it changed."""
        if self._lines.sentences is not None:
            self._say_changes()

    def _say_changes(self, or_none: str = "") -> None:
        said = self._changes.said()
        for sentence in said or filter(None, [or_none]):
            say(sentence)
