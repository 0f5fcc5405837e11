"""`tutor review`: what finished lessons taught, asked again after ever longer times."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tutor.cli.library import library_of
from tutor.cli.start import goes_plain, open_app

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor review`."""
    parser = commands.add_parser(
        "review",
        help="questions of finished lessons that are due again",
        description="Questions of the lessons you have finished, asked again after ever longer times.",
    )
    parser.add_argument(
        "--plain", action="store_true", help="line by line, without a screen; so too if this is no terminal with one"
    )
    parser.add_argument("--sentences", action="store_true", help="line by line, with tables said as sentences")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tutor.course.catalog import read_catalog
    from tutor.course.progress import Progress
    from tutor.course.review import REVIEW, due

    library = library_of(options)
    catalog = read_catalog(library)
    if not goes_plain(options):
        waiting = due(catalog, Progress.load())
        if waiting.now:
            return open_app(library, REVIEW)
        print(waiting.in_words())
        return 0
    from tutor.plain.lesson import play_review

    return play_review(catalog, sentences=options.sentences)
