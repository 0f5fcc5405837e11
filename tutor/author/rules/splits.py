"""Commands that a comma has split in two: in a YAML list between brackets, a comma ends an entry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

from tutor.author.commandline import faults_of
from tutor.author.texts import Command
from tutor.course.loader import Loaded
from tutor.course.marked_yaml import Path
from tutor.shell.scanner import Verdict, scan

_COMMA: Final = re.compile(r",\s*")
_LABEL: Final = re.compile(r"[\w./-]+=\S*")
"""Such as the second label of a selector; for a shell an assignment, which is no fault."""


def split_commands(loaded: Loaded, commands: Sequence[Command], files: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Each piece that a comma has cut off a command: where it stands, and the command as it was meant.

    A piece is one if it is no command by itself, while it is with what stands before the comma.

    Args:
        loaded: the lesson.
        commands: its commands, those of one list one after the other.
        files: the files that `kubectl -f` may name.
    """
    for _, entries in groupby(commands, key=lambda command: command.path[:-1]):
        listed = list(entries)
        first = 0
        while first < len(listed):
            last = next(
                (end for end in range(len(listed) - 1, first, -1) if _is_one(loaded, listed[first : end + 1], files)),
                first,
            )
            if last > first:
                yield from (
                    (each.path, _joined(loaded, listed[first : last + 1])) for each in listed[first + 1 : last + 1]
                )
            first = last + 1


def _is_one(loaded: Loaded, pieces: Sequence[Command], files: Collection[str]) -> bool:
    """Whether entries of a list are pieces of one command."""
    marks = loaded.marks
    spans = [marks.spans.get(piece.path) if marks else None for piece in pieces]
    if marks is None or not all(spans):
        return False
    gaps = [_gap(loaded, before, after) for before, after in pairwise(pieces)]
    if not all(_COMMA.fullmatch(gap) for gap in gaps):
        return False
    for place, (gap, piece) in enumerate(zip(gaps, pieces[1:], strict=True)):
        so_far = _joined(loaded, pieces[: place + 1])
        # With a space behind the comma it reads like a list; only an open quote tells that it was not meant as one.
        if gap != "," and scan(so_far).verdict is not Verdict.INCOMPLETE:
            return False
        if not _LABEL.fullmatch(piece.line) and not any(faults_of(piece.line, files)):
            return False
    return not any(faults_of(_joined(loaded, pieces), files))


def _joined(loaded: Loaded, pieces: Sequence[Command]) -> str:
    """The command that the pieces are of."""
    line = pieces[0].line
    for before, after in pairwise(pieces):
        line += (", " if _gap(loaded, before, after) != "," else ",") + after.line
    return line


def _gap(loaded: Loaded, before: Command, after: Command) -> str:
    """What stands between two entries of a list in the file; nothing that could be between pieces if one is quoted."""
    assert loaded.marks is not None  # noqa: S101  # whoever asks has looked
    source, spans = loaded.marks.source, loaded.marks.spans
    start, end = spans[before.path][1], spans[after.path][0]
    quoted = source[spans[before.path][0]] in "\"'" or source[end] in "\"'"
    return "" if quoted else source[start:end]
