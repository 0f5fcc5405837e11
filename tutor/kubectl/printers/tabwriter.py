"""Text with tabs, aligned in columns as Go's text/tabwriter aligns it.

Source: https://pkg.go.dev/text/tabwriter (Writer.format).
"""

from __future__ import annotations

from collections.abc import Sequence


def align(text: str, *, min_width: int = 0, padding: int = 2) -> str:
    """Turn tabs into spaces.

    A column is as wide as the widest of the cells that stand right above each other; a line without that cell ends the
    column. The last cell of a line, which no tab ends, takes no part.

    Args:
        text: lines with tabs between (and after) cells.
        min_width: what a column measures at least, in characters.
        padding: spaces after the widest cell.
    """
    lines = [line.split("\t") for line in text.split("\n")]
    out: list[str] = []
    _format(lines, 0, len(lines), [], out, min_width, padding)
    return "\n".join(out)


def _format(
    lines: Sequence[Sequence[str]],
    start: int,
    end: int,
    widths: list[int],
    out: list[str],
    min_width: int,
    padding: int,
) -> None:
    column, this = len(widths), start
    while this < end:
        if column >= len(lines[this]) - 1:
            this += 1
            continue
        _write(lines[start:this], widths, out)
        start, width = this, min_width
        while this < end and column < len(lines[this]) - 1:
            width = max(width, len(lines[this][column]) + padding)
            this += 1
        _format(lines, start, this, [*widths, width], out, min_width, padding)
        start = this
    _write(lines[start:end], widths, out)


def _write(lines: Sequence[Sequence[str]], widths: Sequence[int], out: list[str]) -> None:
    for cells in lines:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
        out.append("".join(padded) + "".join(cells[len(widths) :]))


class ColumnWriter:
    """Aligns rows that come bit by bit: columns grow with what comes and never shrink, as for `get -w`.

    Args:
        min_width: what a column measures at least.
        padding: spaces after a cell.
    """

    def __init__(self, min_width: int = 6, padding: int = 3) -> None:
        self._min_width = min_width
        self._padding = padding
        self._widths: list[int] = []

    def rows(self, rows: Sequence[Sequence[str]]) -> str:
        """These rows as lines."""
        for row in rows:
            for at, cell in enumerate(row[:-1]):
                if at == len(self._widths):
                    self._widths.append(self._min_width)
                self._widths[at] = max(self._widths[at], len(cell) + self._padding)
        return "".join(self._line(row) for row in rows)

    def _line(self, row: Sequence[str]) -> str:
        padded = [cell.ljust(width) for cell, width in zip(row[:-1], self._widths, strict=False)]
        return "".join(padded) + (row[-1] if row else "") + "\n"
