"""A bar that shows how far a check is, on a terminal only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from tutor.author.check import Watcher

_CELLS: Final = 30


@contextmanager
def progress_bar(out: TextIO) -> Iterator[Watcher]:
    """A watcher that draws a bar, which is wiped away at the end; nothing is drawn unless `out` is a terminal."""
    terminal = out.isatty()

    def draw(done: int, count: int, path: Path | None) -> None:
        if terminal and count > 1:
            filled = _CELLS * done // count
            name = path.name if path else "…"
            out.write(f"\r\x1b[K[{'#' * filled}{'.' * (_CELLS - filled)}] {done}/{count} {name[:30]}")
            out.flush()

    try:
        yield draw
    finally:
        if terminal:
            out.write("\r\x1b[K")
            out.flush()
