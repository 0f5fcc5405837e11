"""A lesson that is being written: whether its file has changed, and what of a learner's way outlasts that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.course.schema import Lesson


class WatchedFile:
    """A file that is looked at again and again.

    Args:
        path: the file.
        read: gives its bytes.
    """

    def __init__(self, path: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> None:
        self.path = path
        self._read = read
        self._seen = self._fingerprint()

    def changed(self) -> bool:
        """Whether it differs from what it was at the last look; one that cannot be read differs from one that can."""
        before, self._seen = self._seen, self._fingerprint()
        return before != self._seen

    def _fingerprint(self) -> str:
        try:
            return hashlib.sha256(self._read(self.path)).hexdigest()
        except OSError:
            return ""


@dataclass(frozen=True)
class Resumption:
    """Where to go on in a lesson that was changed.

    Args:
        step: id of the step; empty for the first.
        lines: what to type there again.
    """

    step: str = ""
    lines: tuple[str, ...] = ()


def resume(old: Lesson, new: Lesson, step: str, typed: Sequence[str]) -> Resumption:
    """Where to go on: at the same step, with what was typed in it if it begins in the same cluster as before.

    Args:
        old: the lesson as it was.
        new: the lesson as it is now.
        step: id of the step the learner is at.
        typed: the lines typed in that step.
    """
    was, place = old.step_index(step), new.step_index(step)
    if was is None or place is None:
        return Resumption()
    same_world = (old.cluster, old.files, old.vars) == (new.cluster, new.files, new.vars)
    same_way = old.steps[:was] == new.steps[:place] and old.steps[was].setup == new.steps[place].setup
    return Resumption(step, tuple(typed) if same_world and same_way else ())
