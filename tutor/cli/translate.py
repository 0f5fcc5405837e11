"""`tutor translate`: begin a translation of a lesson."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor translate`."""
    parser = commands.add_parser(
        "translate",
        help="begin a translation of a lesson",
        description="Write a file with all the texts of a lesson, to be translated, into the folder "
        "translations/LANGUAGE beside it. Nothing is ever overwritten; tutor check says what a translation lacks.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a lesson file")
    parser.add_argument("language", metavar="LANGUAGE", help="its code, such as de or pt-BR")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tutor.author.translate import TranslationError, begin_translation
    from tutor.course.languages import candidates

    if options.language not in candidates(options.language)[:1]:
        return fail(f"{options.language!r} is not the code of another language, such as de or pt-BR", USAGE_ERROR)
    try:
        written = begin_translation(options.file, options.language)
    except TranslationError as error:
        return fail(str(error), USAGE_ERROR)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}")
    print(f"Written: {written}")
    print("Replace its texts, then:")
    print(f"  tutor preview {written}    shows how it reads, again at each save")
    print(f"  tutor check {written}")
    return 0
