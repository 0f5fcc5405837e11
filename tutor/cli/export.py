"""`tutor export`: a lesson as a handout or a recording."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.choices import UnknownLessonError, find_lesson
from tutor.cli.library import add_library_options, library_of
from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands
    from tutor.course.catalog import LessonEntry


def add(commands: Commands) -> None:
    """Declare `tutor export`."""
    parser = commands.add_parser(
        "export",
        help="a lesson as a handout or a recording",
        description="Play a lesson by its solutions and write it down, with what the commands really showed: as a "
        "handout in Markdown or as one web page, or as a recording for asciinema.",
    )
    parser.add_argument("lesson", metavar="LESSON", help="a lesson's id or number, or a lesson file")
    parser.add_argument(
        "--format", choices=("md", "html", "cast"), help="the form (default: by the name of the output, else md)"
    )
    parser.add_argument("--no-answers", action="store_true", help="a handout to be worked through, without solutions")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides names and chances (default 1)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there, not to standard output")
    add_library_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import asyncio

    from tutor.author.export import FORMS, export
    from tutor.course.datafile import write_atomically
    from tutor.course.journey import LessonError

    ending = options.output.suffix.removeprefix(".") if options.output else ""
    form = options.format or ending or "md"
    if form not in FORMS:
        forms = ", ".join(FORMS)
        return fail(
            f"{options.output}: no form has that ending; end it in one of {forms}, or say --format", USAGE_ERROR
        )
    try:
        entry = _entry(options)
        text = asyncio.run(export(entry, form, answers=not options.no_answers, seed=options.seed))
    except UnknownLessonError as error:
        return fail(str(error), USAGE_ERROR)
    except LessonError as error:
        return fail(str(error))
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        write_atomically(options.output, text)
    except OSError as error:
        return fail(f"{options.output}: {error.strerror}")
    print(f"Written: {options.output}")
    return 0


def _entry(options: argparse.Namespace) -> LessonEntry:
    from tutor.course.catalog import LessonEntry

    path = Path(options.lesson)
    if path.suffix in {".yaml", ".yml"}:
        if not path.is_file():
            raise UnknownLessonError(f"{path}: there is no such file")
        return LessonEntry(path.stem, path, path.stem)
    return find_lesson(options.lesson, library_of(options))
