"""`tutor list`: lessons and progress."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tutor.cli.library import add_library_options, library_of, tell_of_settings

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands
    from tutor.course.catalog import LessonEntry
    from tutor.course.progress import Progress


def add(commands: Commands) -> None:
    """Declare `tutor list`."""
    parser = commands.add_parser(
        "list", help="lessons and progress", description="Lessons and how far you are in each."
    )
    parser.add_argument("--sentences", action="store_true", help="a sentence for each lesson instead of a table")
    add_library_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tutor.course.catalog import read_catalog
    from tutor.course.progress import Progress

    catalog, progress = read_catalog(library_of(options)), Progress.load()
    if progress.notice:
        print(f"tutor: {progress.notice}", file=sys.stderr)
    tell_of_settings()
    rows = [("", "ID", "TITLE", "MINUTES", "PROGRESS")]
    headings = {}
    for group in catalog.groups:
        if len(catalog.groups) > 1:
            headings[len(rows)] = group.heading + (f" (from {group.origin})" if group.origin else "")
        for lesson in group.lessons:
            how_far = _how_far(lesson, progress)
            rows.append((str(len(rows)), lesson.id, lesson.title, str(lesson.minutes), how_far))
    if options.sentences:
        lines = ["", *("{}, {}: {}, {} minutes, {}.".format(*row) for row in rows[1:])]
    else:
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    for place, line in enumerate(lines):
        if place in headings:
            print(f"\n{headings[place]}".rstrip())
        if line:
            print(line)
    for problem in catalog.problems:
        print(problem, file=sys.stderr)
    return 1 if catalog.problems else 0


def _how_far(lesson: LessonEntry, progress: Progress) -> str:
    if progress.lesson(lesson.id).completed:
        return "finished"
    place = progress.place_in(lesson.id, lesson.step_ids)
    return f"step {lesson.step_ids.index(place) + 1} of {len(lesson.step_ids)}" if place else "not started"
