"""`tutor new`: begin a lesson."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor new`."""
    parser = commands.add_parser(
        "new",
        help="begin a lesson",
        description="Write a commented lesson that works as it stands, and name it in the folder's index.yaml if there "
        "is one. Nothing is ever overwritten.",
    )
    parser.add_argument("name", metavar="NAME", help="its id: lower-case letters, digits and dashes")
    parser.add_argument(
        "--dir", type=Path, default=Path(), metavar="FOLDER", help="where to write it (default: this folder)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tutor.author.new import NewLessonError, new_lesson

    try:
        made = new_lesson(options.name, options.dir)
    except NewLessonError as error:
        return fail(str(error), USAGE_ERROR)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}")
    print(f"Written: {made.path}")
    if made.schema:
        print(f"Written: {made.schema}, by which editors complete and check lessons")
    if made.index:
        print(f"Named in: {made.index}")
    if made.notice:
        print(made.notice)
    print("Next:")
    print(f"  tutor preview {made.path}    plays it beside what a check finds, again at each save")
    print(f"  tutor check {made.path}")
    return 0
