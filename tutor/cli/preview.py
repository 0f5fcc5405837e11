"""`tutor preview`: the app on a lesson that is being written."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.parsing import USAGE_ERROR, fail
from tutor.surroundings import has_screen

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands
    from tutor.ui.preview import Findings


def add(commands: Commands) -> None:
    """Declare `tutor preview`."""
    parser = commands.add_parser(
        "preview",
        help="play a lesson while you write it",
        description="Play a lesson file in the app, again each time it is saved, at the same step, beside what "
        "`tutor check` finds in it. Progress is not kept.",
    )
    parser.add_argument("path", type=Path, metavar="FILE", help="the lesson file")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if not options.path.is_file():
        return fail(f"{options.path} is no file; 'tutor new NAME' begins a lesson", USAGE_ERROR)
    if not has_screen():
        return fail("the preview needs a terminal; 'tutor check FILE' does without")
    from tutor import collector
    from tutor.ui.preview import PreviewApp

    collector.tune()
    app = PreviewApp(options.path, findings)
    app.run()
    return app.return_code or 0


def findings(path: Path) -> Findings:
    """What `tutor check` finds in a file."""
    from tutor.author.check import check
    from tutor.author.findings import summary
    from tutor.ui.preview import Findings

    report = check([path])
    return Findings(summary(report), report.problems)
