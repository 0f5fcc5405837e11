"""`tutor check`: prove lessons."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor check`."""
    parser = commands.add_parser(
        "check",
        help="prove lessons",
        description="Prove lessons: each step is not done at first, fails as foreseen, passes by its solution and can "
        "be taken back; texts, names and commands are right. Ends with 1 if there are errors.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="lesson files or folders (default: the lessons here)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const="json", help="print one JSON object")
    form.add_argument(
        "--github", dest="form", action="store_const", const="github", help="print annotations for GitHub's workflows"
    )
    parser.add_argument("--strict", action="store_true", help="let warnings count as errors")
    parser.add_argument(
        "--jobs", type=_jobs, default=0, metavar="N", help="prove N lessons at once (default: one a processor)"
    )
    parser.add_argument("--explain", metavar="CODE", help="say what is behind a finding, and check nothing")
    parser.set_defaults(run=_run, form="text")


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 is wanted, not {text!r}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    if options.explain:
        return _explain(options.explain)
    from tutor.author.check import check
    from tutor.author.findings import FORMS
    from tutor.author.progress import progress_bar

    with progress_bar(sys.stderr) as watcher:
        report = check(options.paths, jobs=options.jobs, watcher=watcher)
    for line in FORMS[options.form](report):
        print(line)
    return int(report.errors > 0 or (options.strict and report.warnings > 0))


def _explain(code: str) -> int:
    from tutor.author.codes import CODES
    from tutor.author.findings import explained
    from tutor.course.problems import did_you_mean

    if code not in CODES:
        return fail(f"there is no finding {code!r}; {did_you_mean(code, CODES)}", USAGE_ERROR)
    print(explained(code))
    return 0
