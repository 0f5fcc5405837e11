"""Formats of lesson files and indexes: which one this program reads, and how to come to it from an older one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

FORMAT: Final = 1
"""The format this program reads."""
MIGRATIONS: Final[Mapping[int, str]] = {}
"""For each older format, what an author changes to come to the next; format 1 is the first."""


def format_fault(found: Any, current: int = FORMAT, migrations: Mapping[int, str] = MIGRATIONS) -> tuple[str, str]:
    """What is wrong with a `format`, and how to mend it; two empty texts for the one that is read.

    Args:
        found: what the file says.
        current: the format that is read.
        migrations: as `MIGRATIONS`.
    """
    if not isinstance(found, int) or isinstance(found, bool):
        return f"format {found!r} is not a number", f"write format: {current}"
    if found == current:
        return "", ""
    if found > current:
        return f"format {found} is newer than this program, which reads {current}", "update tutor"
    steps = [migrations[older] for older in range(found, current) if older in migrations]
    if len(steps) < current - found:
        return f"there never was a format {found}", f"write format: {current}"
    changes = "; then ".join(steps)
    return f"format {found} is older than this program, which reads {current}", f"{changes}; write format: {current}"
