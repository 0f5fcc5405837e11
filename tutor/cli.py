"""The `tutor` command. Textual, pydantic and bashkit are loaded only by the subcommands that need them."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import tutor
from tutor import collector

if TYPE_CHECKING:
    from tutor.course.catalog import LessonEntry
    from tutor.course.progress import LessonProgress

USAGE_ERROR = 2
_CLUSTER_HELP = "apply this manifest to the cluster first, or take one of the sandbox's: nginx, service, shop"


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"tutor: {message} (see '{self.prog} --help')\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tutor", description="Learn the Kubernetes ClusterIP Service by doing, in your terminal, offline."
    )
    parser.add_argument("--version", action="version", version=f"tutor {tutor.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    start = commands.add_parser("start", help="go straight into a lesson", description="Go straight into a lesson.")
    start.add_argument("lesson", metavar="LESSON", help="a lesson's id or number, as `tutor list` shows them")
    start.add_argument("--restart", action="store_true", help="begin at its first step, whatever was done before")
    start.add_argument(
        "--plain", action="store_true", help="line by line, without a screen; so too if this is no terminal with one"
    )
    start.add_argument("--sentences", action="store_true", help="line by line, with tables said as sentences")

    commands.add_parser("list", help="lessons and progress", description="Lessons and how far you are in each.")

    shell = commands.add_parser(
        "shell",
        help="a sandbox cluster in this terminal",
        description="A shell with kubectl in front of a fresh cluster. With -c, or with commands on standard input, it "
        "plays them one by one, lets the cluster settle after each, and ends with the last one's exit status; a "
        "command that would run for ever ends once the cluster has settled.",
    )
    shell.add_argument(
        "-c", dest="commands", action="append", metavar="COMMAND", default=[], help="play this (repeatable)"
    )
    shell.add_argument("--json", action="store_true", help="print one JSON object a command")
    shell.add_argument("--files", type=Path, metavar="DIR", help="put this folder's files into the home folder")
    shell.add_argument("--cluster", type=Path, metavar="FILE", help=_CLUSTER_HELP)
    shell.add_argument(
        "--seed", type=int, default=1, metavar="N", help="decides names, addresses and chances (default 1)"
    )

    check = commands.add_parser(
        "check", help="prove lessons", description="Prove lessons: each step fails at first and passes by its solution."
    )
    check.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="lesson files or folders (default: the lessons here)"
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; its exit status: 0 for success, 1 for a failure, 2 for wrong arguments.

    Args:
        argv: the arguments after `tutor`; those of the process if None.
    """
    collector.tune()
    options = _parser().parse_args(argv)
    try:
        match options.command:
            case "list":
                return _list()
            case "start":
                return _start(options)
            case "shell":
                return _shell(options)
            case "check":
                return _check(options.paths)
            case _:
                return _app()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has left; nothing more can be said to them, at exit least of all.
        sys.stdout = None
        return 141


def _fail(message: str, status: int = 1) -> int:
    print(f"tutor: {message}", file=sys.stderr)
    return status


def _has_screen() -> bool:
    """Whether the app can be shown: a terminal on both sides, and one that can move its cursor."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _app(lesson: str | None = None, *, restart: bool = False) -> int:
    if not _has_screen():
        return _fail("the app needs a terminal; 'tutor start LESSON --plain' and 'tutor shell -c COMMAND' do without")
    from tutor.ui.run import run_app

    return run_app(start=lesson, restart=restart)


def _list() -> int:
    from tutor.course.catalog import read_catalog
    from tutor.course.progress import Progress

    catalog, progress = read_catalog(), Progress.load()
    if progress.notice:
        print(f"tutor: {progress.notice}", file=sys.stderr)
    rows = [("", "ID", "TITLE", "MINUTES", "PROGRESS")]
    for number, lesson in enumerate(catalog.lessons, 1):
        rows.append(
            (str(number), lesson.id, lesson.title, str(lesson.minutes), _how_far(lesson, progress.lesson(lesson.id)))
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for problem in catalog.problems:
        print(problem, file=sys.stderr)
    return 1 if catalog.problems else 0


def _how_far(lesson: LessonEntry, progress: LessonProgress) -> str:
    if progress.completed:
        return "finished"
    done = len(set(progress.done) | set(progress.skipped))
    return f"step {done + 1} of {len(lesson.step_ids)}" if progress.step else "not started"


def _start(options: argparse.Namespace) -> int:
    from tutor.course.catalog import read_catalog

    catalog = read_catalog()
    numbers = {str(number): lesson for number, lesson in enumerate(catalog.lessons, 1)}
    word: str = options.lesson
    lesson = catalog.find(word) or numbers.get(word)
    if lesson is None:
        known = ", ".join(entry.id for entry in catalog.lessons)
        return _fail(f"there is no lesson {word!r}; the lessons are {known}", USAGE_ERROR)
    if not (options.plain or options.sentences):
        if _has_screen():
            return _app(lesson.id, restart=options.restart)
        print("tutor: no terminal with a screen here, so line by line, as with --plain", file=sys.stderr)
    from tutor.plain.lesson import play_lesson

    return play_lesson(lesson, restart=options.restart, sentences=options.sentences)


def _shell(options: argparse.Namespace) -> int:
    try:
        files = _home_files(options.files) if options.files else {}
        manifests = _manifests(options.cluster) if options.cluster else []
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}", USAGE_ERROR)
    except UnicodeDecodeError:
        return _fail(f"{options.cluster}: not UTF-8 text", USAGE_ERROR)
    commands: list[str] = options.commands
    if not commands and sys.stdin.isatty():
        from tutor.plain.sandbox import run_sandbox

        return run_sandbox(files=files, seed=options.seed, manifests=manifests)
    from tutor.plain.script import play_script

    commands = commands or sys.stdin.read().splitlines()
    return play_script(commands, files=files, seed=options.seed, manifests=manifests, as_json=options.json)


def _manifests(cluster: Path) -> list[str]:
    """The YAML texts of a cluster: one of the sandbox by its id, or else a file."""
    from tutor.course.sandbox import find_cluster

    known = None if cluster.exists() else find_cluster(str(cluster))
    return known.manifests() if known else [cluster.read_text(encoding="utf-8")]


def _home_files(folder: Path) -> dict[str, str]:
    """The text files directly in a folder, by name; what is no UTF-8 text has no place in a lesson's home folder."""
    files = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            with contextlib.suppress(UnicodeDecodeError):
                files[path.name] = path.read_text(encoding="utf-8")
    return files


def _check(paths: Sequence[Path]) -> int:
    from tutor.author.check import run_check
    from tutor.paths import lessons_dir

    return run_check(paths or [lessons_dir()], sys.stdout)
