"""`tutor challenge`: something is broken; find out why, and mend it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tutor.cli.library import library_of
from tutor.cli.start import goes_plain, open_app

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor challenge`."""
    parser = commands.add_parser(
        "challenge",
        help="something is broken: find out why, and mend it",
        description="Something in a cluster does not answer. Find out why, and mend it. Each time another.",
    )
    parser.add_argument(
        "level",
        nargs="?",
        type=int,
        choices=(1, 2, 3),
        metavar="LEVEL",
        help="1: one plain fault; 2: a subtle one, or two; 3: several layers (default: the first not finished yet)",
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="decides the faults (default: the one begun, or a new one)"
    )
    parser.add_argument("--restart", action="store_true", help="leave the one begun, and get another")
    parser.add_argument(
        "--plain", action="store_true", help="line by line, without a screen; so too if this is no terminal with one"
    )
    parser.add_argument("--sentences", action="store_true", help="line by line, with tables said as sentences")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tutor.course.levels import LEVELS, challenge_entry, challenge_id
    from tutor.course.progress import Progress

    level = options.level
    if level is None:
        progress = Progress.load()
        level = next((each for each in LEVELS if not progress.lesson(challenge_id(each)).completed), max(LEVELS))
    if not goes_plain(options):
        return open_app(library_of(options), challenge_id(level), restart=options.restart, seed=options.seed)
    from tutor.plain.lesson import play_lesson

    return play_lesson(challenge_entry(level), restart=options.restart, sentences=options.sentences, seed=options.seed)
