"""The shell's part in editing a line: what was typed before, and how a word may go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Completion(Protocol):
    """What may stand in place of the text from `start` to the cursor."""

    @property
    def start(self) -> int:
        """Where the word being completed begins."""
        ...

    @property
    def candidates(self) -> Sequence[str]:
        """What it may become; a candidate that ends a word ends in a space or is given one."""
        ...


class Memory(Protocol):
    """The shell's part in editing a line."""

    @property
    def history(self) -> Sequence[str]:
        """Earlier lines, oldest first."""
        ...

    def complete(self, text: str, cursor: int) -> Completion:
        """How the word before the cursor may go on."""
        ...


@dataclass(frozen=True)
class NoCompletion:
    """Nothing to complete."""

    start: int = 0
    candidates: tuple[str, ...] = ()


class NoMemory:
    """What the prompt remembers before a shell is there: nothing."""

    history: Sequence[str] = ()

    def complete(self, text: str, cursor: int) -> NoCompletion:
        """Nothing."""
        return NoCompletion(cursor)
