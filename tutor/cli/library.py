"""The options that say where lessons come from and in which language they are read."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.course.packs import Library

FOLDERS: Final = "TUTOR_LESSONS"
"""Folders of further lessons, separated as those of PATH are."""


def add_library_options(parser: argparse.ArgumentParser) -> None:
    """Declare `--lessons` and `--language`."""
    # Without a default of its own a subcommand keeps what was said before its name.
    parser.add_argument(
        "--lessons",
        dest="folders",
        action="append",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help=f"offer the lessons of this folder too (repeatable; besides those of ${FOLDERS})",
    )
    add_language_option(parser)


def add_language_option(parser: argparse.ArgumentParser) -> None:
    """Declare `--language`."""
    parser.add_argument(
        "--language",
        default=argparse.SUPPRESS,
        metavar="CODE",
        help="read lessons in this language where they are translated, such as de (default: $TUTOR_LANGUAGE, the "
        "settings, the locale)",
    )


def library_of(options: argparse.Namespace) -> Library:
    """The library that arguments and environment speak of.

    Raises:
        SystemExit: there is nothing in the language asked for.
    """
    from tutor.course.languages import candidates, choose_language, known_languages
    from tutor.course.packs import Library
    from tutor.ui.settings import kept_language

    wanted: str = getattr(options, "language", "")
    named = [Path(place) for place in os.environ.get(FOLDERS, "").split(os.pathsep) if place]
    folders = (*named, *getattr(options, "folders", ()))
    language = choose_language(wanted, os.environ, kept_language())
    library = Library(folders=folders, installed=True, language=language)
    known = known_languages(pack.folder for pack in library.packs()[0]) if wanted else []
    if wanted and not {wanted, *candidates(wanted)} & set(known):
        raise SystemExit(fail(f"there are no lessons in {wanted!r}; there are in {', '.join(known)}", USAGE_ERROR))
    return library


def tell_of_settings() -> None:
    """Say on standard error what is wrong with the settings, where no app is to tell it."""
    from tutor.ui.settings import SettingsFile

    notice = SettingsFile.load().notice
    if notice:
        print(f"tutor: {notice}", file=sys.stderr)
