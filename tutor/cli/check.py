"""`tutor check`: prove lessons."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor check`."""
    parser = commands.add_parser(
        "check", help="prove lessons", description="Prove lessons: each step fails at first and passes by its solution."
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="lesson files or folders (default: the lessons here)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tutor.author.check import run_check
    from tutor.paths import lessons_dir

    return run_check(options.paths or [lessons_dir()], sys.stdout)
