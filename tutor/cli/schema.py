"""`tutor schema`: what editors need to complete and check lessons, and the reference made of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor schema`."""
    parser = commands.add_parser(
        "schema",
        help="JSON Schema for editors",
        description="Print the JSON Schema of lesson files (draft 7), for completion and checking in editors. With "
        "-o it is written to a file, and the line that makes an editor use it is printed.",
    )
    parser.add_argument(
        "subject",
        nargs="?",
        default="lesson",
        choices=("lesson", "fault", "stories", "index", "glossary"),
        help="which file it is for (default: lesson)",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it to FILE")
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="put the reference, made from the schema, between its marks in this Markdown file ('-' prints it)",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        if options.markdown is not None:
            return _markdown(options.markdown)
        return _schema(options.subject, options.output)
    except (OSError, UnicodeDecodeError) as error:
        path = options.markdown or options.output
        return fail(f"{path}: {getattr(error, 'strerror', None) or error}", USAGE_ERROR)


def _schema(subject: str, output: Path | None) -> int:
    from tutor.author.schema import SCHEMAS, as_text
    from tutor.course.datafile import write_atomically

    text = as_text(SCHEMAS[subject]())
    if output is None:
        sys.stdout.write(text)
        return 0
    write_atomically(output, text)
    print(f"Written to {output}. At the top of a file beside it, this makes editors use it:")
    print(f"# yaml-language-server: $schema={output.name}")
    return 0


def _markdown(path: Path) -> int:
    from tutor.author.reference import put_into, reference
    from tutor.course.datafile import write_atomically

    if str(path) == "-":
        sys.stdout.write(reference())
        return 0
    try:
        text = put_into(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return fail(f"{path}: {error}", USAGE_ERROR)
    write_atomically(path, text)
    return 0
