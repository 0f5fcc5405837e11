"""`tutor` and `tutor start`: the app, or a lesson line by line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.choices import UnknownLessonError, find_lesson
from tutor.cli.library import add_library_options, library_of, tell_of_settings
from tutor.cli.parsing import USAGE_ERROR, fail
from tutor.course.sandbox import SANDBOX
from tutor.surroundings import has_screen, lacks_screen

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands
    from tutor.course.packs import Library


def add(commands: Commands) -> None:
    """Declare `tutor start`."""
    parser = commands.add_parser("start", help="go straight into a lesson", description="Go straight into a lesson.")
    parser.add_argument(
        "lesson", metavar="LESSON", help="a lesson's id or number, as `tutor list` shows them; or sandbox"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="decides what differs from learner to learner (default: as it was begun)"
    )
    parser.add_argument("--step", default="", metavar="STEP", help="go to this step, by its id")
    parser.add_argument("--restart", action="store_true", help="begin at its first step, whatever was done before")
    parser.add_argument(
        "--plain", action="store_true", help="line by line, without a screen; so too if this is no terminal with one"
    )
    parser.add_argument("--sentences", action="store_true", help="line by line, with tables said as sentences")
    parser.add_argument(
        "--kubeconfig", type=Path, metavar="FILE", help="play it on this real cluster, in a namespace of its own"
    )
    parser.add_argument("--context", default="", metavar="NAME", help="with --kubeconfig: a context other than current")
    add_library_options(parser)
    parser.set_defaults(run=_run)


def run_app(options: argparse.Namespace) -> int:
    """Run the app from its list of lessons; the exit status."""
    return open_app(library_of(options))


def open_app(
    library: Library, lesson: str | None = None, *, restart: bool = False, seed: int | None = None, step: str = ""
) -> int:
    """Run the app, from its list of lessons or straight in one; the exit status."""
    if not has_screen():
        without = "'tutor start LESSON --plain' and 'tutor shell -c COMMAND' do without"
        return fail(f"{lacks_screen()}, as the app needs it; {without}")
    from tutor.ui.run import run_app

    return run_app(library, start=lesson, restart=restart, seed=seed, step=step)


def goes_plain(options: argparse.Namespace) -> bool:
    """Whether to play line by line: because it is asked for, or (which is said) because there is no screen here.

    Args:
        options: those with `--plain` and `--sentences`.
    """
    asked = options.plain or options.sentences
    if not asked and has_screen():
        return False
    if not asked:
        print(f"tutor: {lacks_screen()}, so line by line, as with --plain", file=sys.stderr)
    tell_of_settings()
    return True


def _run(options: argparse.Namespace) -> int:
    library = library_of(options)
    if options.lesson == SANDBOX:
        return _play_freely(options, library)
    try:
        lesson = find_lesson(options.lesson, library)
    except UnknownLessonError as error:
        return fail(str(error), USAGE_ERROR)
    if options.kubeconfig is not None:
        from tutor.cli.real import start_there

        return start_there(lesson, options)
    if options.step and options.step not in lesson.step_ids:
        return fail(
            f"{lesson.id} has no step {options.step!r}; its steps are {', '.join(lesson.step_ids)}", USAGE_ERROR
        )
    if not goes_plain(options):
        return open_app(library, lesson.id, restart=options.restart, seed=options.seed, step=options.step)
    from tutor.plain.lesson import play_lesson

    return play_lesson(
        lesson, restart=options.restart, sentences=options.sentences, seed=options.seed, step=options.step
    )


def _play_freely(options: argparse.Namespace, library: Library) -> int:
    """The sandbox, in the app or line by line."""
    if not goes_plain(options):
        return open_app(library, SANDBOX, seed=options.seed)
    from tutor.plain.lesson import play_sandbox

    return play_sandbox(sentences=options.sentences, seed=options.seed)
