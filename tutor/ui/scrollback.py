"""What a terminal has shown so far, as data: lines with styled spans, wrapped on demand, bounded.

The model of the transcript widget. It knows newlines, carriage returns, backspaces and the colour codes programs use;
other escape sequences are dropped. Cost grows with what is written, not with what is held.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from rich.cells import cell_len, get_character_cell_size

LINE_LIMIT: Final = 20_000
"""Characters a line may have before it is broken, so that one endless line stays cheap to wrap."""
TRIM: Final = 512
"""Lines are let go in portions of this many, which keeps trimming cheap."""

REMARKS: Final = frozenset({"gloss", "notice", "success"})
"""Styles of lines that are prose: these are wrapped at spaces, and what programs print at the edge."""

_SPECIAL = re.compile(
    r"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]"  # a control sequence, ended by its letter
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # an operating system command, such as a window title
    r"|\x1b[()][0-9A-Za-z]|\x1b[^\[\]]"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
_PARTIAL = re.compile(r"\x1b(?:\[[0-9;:?<>=]*[ -/]*|\][^\x07\x1b]*|[()])?$")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ATTRIBUTES = {"1": "bold", "2": "dim", "3": "italic", "4": "underline", "7": "reverse", "9": "strike"}


class Span(NamedTuple):
    """Characters `start` to `end` of a line in a style: a role such as `prompt`, or `sgr:` and a Rich style."""

    start: int
    end: int
    style: str


@dataclass
class Line:
    """One logical line."""

    text: str = ""
    spans: tuple[Span, ...] = ()


class Row(NamedTuple):
    """One row of the screen: characters `start` to `end` of a line."""

    line: Line
    start: int
    end: int

    @property
    def text(self) -> str:
        """The row's characters."""
        return self.line.text[self.start : self.end]

    @property
    def spans(self) -> tuple[Span, ...]:
        """The row's spans, counted from the row's start."""
        return tuple(
            Span(max(span.start, self.start) - self.start, min(span.end, self.end) - self.start, span.style)
            for span in self.line.spans
            if span.start < self.end and span.end > self.start
        )

    @property
    def ends_line(self) -> bool:
        """Whether the line ends here, rather than going on in the next row."""
        return self.end >= len(self.line.text)


Rows = list[Row]
Lines = list[Line]


class Scrollback:
    """Lines of a terminal, oldest first; the last one is still being written.

    Args:
        limit: how many lines are kept.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self._lines: Lines = [Line()]
        self._rows: Rows = [Row(self._lines[0], 0, 0)]
        self._open_row = 0
        self._width = 80
        self._stale = 0
        self._column = 0
        self._sgr = ""
        self._partial = ""

    @property
    def rows(self) -> Rows:
        """The lines wrapped to the width, without the open line while that is empty."""
        return self._rows[:-1] if self.is_fresh else self._rows

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows) - self.is_fresh

    @property
    def is_fresh(self) -> bool:
        """Whether the open line is empty."""
        return not self._lines[-1].text

    @property
    def text(self) -> str:
        """Everything held, as plain text."""
        return "\n".join(line.text for line in self._lines)

    def row(self, y: int) -> Row:
        """The row at `y`, counted from 0."""
        return self._rows[y]

    def wrap(self, width: int) -> None:
        """Wrap to another width, in cells."""
        if width == self._width or width < 1:
            return
        self._width = width
        self._rows = []
        for line in self._lines:
            self._open_row = len(self._rows)
            self._append_rows(line)

    def clear(self) -> None:
        """Forget all lines."""
        self._lines = [Line()]
        self._rows = [Row(self._lines[0], 0, 0)]
        self._open_row = self._column = self._stale = 0

    def fresh_line(self) -> None:
        """End the open line unless it is empty; output after it starts at the left."""
        self._partial = self._sgr = ""
        if not self.is_fresh:
            self.write("\n")

    def write(self, text: str, role: str = "") -> None:
        """Add text as a terminal would show it.

        Args:
            text: with newlines and escape codes; an escape code may be cut off and go on in the next call.
            role: a style for all of it that has no colour of its own.
        """
        text = self._partial + text
        cut = _PARTIAL.search(text)
        self._partial = cut.group() if cut else ""
        if cut:
            text = text[: cut.start()]
        self._stale = len(self._lines) - 1
        position = 0
        for match in _SPECIAL.finditer(text):
            self._print(text[position : match.start()], role)
            self._control(match.group())
            position = match.end()
        self._print(text[position:], role)
        self._lay_out()

    def _print(self, text: str, role: str) -> None:
        if not text:
            return
        style = f"sgr:{self._sgr}" if self._sgr else role
        first, *rest = text.expandtabs(8).split("\n")
        self._put(first, style)
        if not rest:
            return
        for part in rest[-self.limit :]:
            spans = (Span(0, len(part), style),) if style and part else ()
            self._lines.append(Line(part, spans))
        self._column = len(rest[-1])

    def _put(self, text: str, style: str) -> None:
        """Write into the open line at the column, over what is there."""
        line = self._lines[-1]
        end = self._column + len(text)
        overwrites = self._column < len(line.text)
        if text:
            line.text = line.text[: self._column] + text + line.text[end:]
            spans = _without(line.spans, self._column, end) if overwrites else line.spans
            line.spans = (*spans, Span(self._column, end, style)) if style else spans
        self._column = end
        if len(line.text) > LINE_LIMIT:
            self._lines.append(Line())
            self._column = 0

    def _control(self, code: str) -> None:
        if code == "\r":
            self._column = 0
        elif code == "\b":
            self._column = max(0, self._column - 1)
        elif code.startswith("\x1b[") and code.endswith("m"):
            self._sgr = _sgr(self._sgr, code[2:-1])
        elif code.startswith("\x1b[") and code.endswith("J") and code[2:-1] in {"2", "3"}:
            self.clear()
        elif code.startswith("\x1b[") and code.endswith("K"):
            line = self._lines[-1]
            line.spans = _without(line.spans, self._column, len(line.text))
            line.text = line.text[: self._column]

    def _lay_out(self) -> None:
        """Wrap the lines written since the last time; let go of lines beyond the limit."""
        del self._rows[self._open_row :]
        for line in self._lines[self._stale :]:
            self._open_row = len(self._rows)
            self._append_rows(line)
        if len(self._lines) > self.limit + TRIM:
            self._trim(len(self._lines) - self.limit)

    def _trim(self, count: int) -> None:
        kept = self._lines[count]
        row = next(index for index, row in enumerate(self._rows) if row.line is kept)
        del self._lines[:count]
        del self._rows[:row]
        self._open_row -= row

    def _append_rows(self, line: Line) -> None:
        text, width = line.text, self._width
        if len(text) <= width and text.isascii():
            self._rows.append(Row(line, 0, len(text)))
        elif text.isascii() and not self._is_remark(line):
            self._rows.extend(Row(line, at, min(at + width, len(text))) for at in range(0, len(text), width))
        elif cell_len(text) <= width:
            self._rows.append(Row(line, 0, len(text)))
        else:
            self._append_wide_rows(line)

    def _is_remark(self, line: Line) -> bool:
        return bool(line.spans) and line.spans[0].style in REMARKS

    def _append_wide_rows(self, line: Line) -> None:
        start = used = word = 0
        prose = self._is_remark(line)
        for index, character in enumerate(line.text):
            cells = get_character_cell_size(character)
            # A space may hang over the edge: copying the rows brings it along.
            if used + cells > self._width and index > start and not (prose and character == " "):
                end = word if prose and word > start else index
                self._rows.append(Row(line, start, end))
                start, used = end, cell_len(line.text[end:index])
            used += cells
            if character == " ":
                word = index + 1
        self._rows.append(Row(line, start, len(line.text)))


def _without(spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    """The spans with characters `start` to `end` cut out of them."""
    kept = []
    for span in spans:
        if span.start < start:
            kept.append(Span(span.start, min(span.end, start), span.style))
        if span.end > end:
            kept.append(Span(max(span.start, end), span.end, span.style))
    return tuple(kept)


def _sgr(style: str, codes: str) -> str:
    """The Rich style after an SGR sequence (ECMA-48 8.3.117), such as `1;31`."""
    words = style.split()
    for code in codes.split(";"):
        if code in {"", "0"}:
            words = []
        elif code in _ATTRIBUTES:
            words.append(_ATTRIBUTES[code])
        elif code == "22":
            words = [word for word in words if word not in {"bold", "dim"}]
        elif code == "39" or (code[:1] in {"3", "9"} and len(code) == 2 and code[1] in "01234567"):
            words = [word for word in words if word.removeprefix("bright_") not in _COLOURS]
            if code != "39":
                words.append(("bright_" if code[0] == "9" else "") + _COLOURS[int(code[1])])
        elif code in {"38", "48"}:  # 256 and true colours: text stays readable in the theme's own
            break
    return " ".join(dict.fromkeys(words))
