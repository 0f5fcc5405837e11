"""Which rows of a table are wanted, as typed after `/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RowFilter:
    """Words that must all occur in a row, `-l key=value,…` for its labels, `-n name` for its namespace.

    Args:
        words: in lower case; each must occur in one of the cells.
        labels: `key=value` pairs the row must have among its labels.
        namespace: the row's namespace; empty for any.
    """

    words: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    namespace: str = ""

    @classmethod
    def parse(cls, text: str) -> RowFilter:
        """Read what was typed; an option whose value is not typed yet asks for nothing."""
        words: list[str] = []
        labels: frozenset[str] = frozenset()
        namespace = ""
        parts = iter(text.split())
        for part in parts:
            if part == "-l":
                labels |= frozenset(filter(None, next(parts, "").split(",")))
            elif part == "-n":
                namespace = next(parts, "")
            else:
                words.append(part.lower())
        return cls(tuple(words), labels, namespace)

    def lets_through(self, namespace: str, cells: Sequence[str], labels: str = "") -> bool:
        """Whether a row is wanted.

        Args:
            namespace: its namespace.
            cells: its texts.
            labels: its labels as `key=value,…`.
        """
        if self.namespace and namespace != self.namespace:
            return False
        text = "\n".join(cells).lower()
        return all(word in text for word in self.words) and self.labels <= set(labels.split(","))
