"""`tutor doctor`: what this terminal can show, where things are kept, and what to do about what is short."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.cli.parsing import Commands
    from tutor.doctor import Finding, Verdict

_SIGNS: Final[dict[Verdict, str]] = {"ok": "✓", "note": "•", "short": "✗"}
_ASCII_SIGNS: Final[dict[Verdict, str]] = {"ok": "+", "note": "*", "short": "x"}
_CODES: Final[dict[Verdict, str]] = {"ok": "32", "note": "33", "short": "1;31"}
_NO_TERMINAL: Final = (
    "There is no terminal here to measure. Run tutor doctor in the one you want to use.\n"
    "Line by line it works here too: tutor start LESSON --plain\n"
)
_SAMPLE: Final = "✓ ✗ ○ ◐ ● → ▼ ◆ ━ ╭─┬─╮"


def add(commands: Commands) -> None:
    """Declare `tutor doctor`."""
    parser = commands.add_parser(
        "doctor",
        help="what this terminal can show",
        description="What this terminal can show, where progress is kept, and what to do about what is short. "
        "The exit status is 1 if the app cannot be shown here.",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    del options
    from tutor.course.datafile import data_dir
    from tutor.doctor import Surroundings, examine
    from tutor.surroundings import colour_count, wants_ascii

    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    size = shutil.get_terminal_size()
    around = Surroundings(
        size=(size.columns, size.lines) if sys.stdout.isatty() else None,
        terminal=terminal,
        encoding=sys.stdout.encoding or "ascii",
        home=data_dir(),
    )
    plain = wants_ascii() or "utf" not in around.encoding.lower()
    colours = colour_count() if sys.stdout.isatty() else 0
    # That there is no terminal says something about how this was started, not about any terminal.
    findings = tuple(finding for finding in examine(around) if terminal or finding.name != "terminal")
    if not terminal:
        print(_NO_TERMINAL)
    _show(findings, plain=plain, coloured=colours > 0)
    if terminal and not plain:
        print(f"\nEach of these should be one sign, and none a box or a question mark:  {_SAMPLE}")
        print("If one is not: TUTOR_ASCII=1, or ASCII only in the settings.")
    if colours:
        print(f"These should go from one colour to the next:  {_colours(colours)}")
    short = [finding.name for finding in findings if finding.verdict == "short"]
    print()
    if short:
        print(f"Short of what the app needs: {', '.join(short)}.")
    elif terminal:
        print("The app has all it needs here.")
    else:
        print("But for a terminal the app has all it needs here.")
    return 1 if short or not terminal else 0


def _show(findings: Sequence[Finding], *, plain: bool, coloured: bool) -> None:
    signs = _ASCII_SIGNS if plain else _SIGNS
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        sign = f"{signs[finding.verdict]} {finding.verdict:<5}"
        if coloured:
            sign = f"\x1b[{_CODES[finding.verdict]}m{sign}\x1b[0m"
        print(f"{sign}  {finding.name:<{width}}  {finding.found}")
        indent = " " * (width + 10)
        columns = max(shutil.get_terminal_size().columns, 60)
        for line in textwrap.wrap(finding.mend, columns - 1, initial_indent=indent, subsequent_indent=indent):
            print(line)


def _colours(count: int) -> str:
    """A row of colours, as many as the app will use."""
    if count >= 1 << 24:
        codes = [f"48;2;{40 + 9 * step};{120 + 3 * step};{250 - 8 * step}" for step in range(24)]
    elif count == 256:
        codes = [f"48;5;{colour}" for colour in (*range(16, 52, 6), *range(52, 196, 12))]
    else:
        codes = [f"4{colour}" for colour in range(1, 8)]
    return "".join(f"\x1b[{code}m  " for code in codes) + "\x1b[0m"
