"""`tutor start LESSON --kubeconfig FILE`: a lesson on a real cluster."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

from tutor.cli.library import library_of
from tutor.cli.parsing import fail
from tutor.cli.start import goes_plain

if TYPE_CHECKING:
    from tutor.course.catalog import LessonEntry
    from tutor.course.schema import Lesson
    from tutor.realcluster.access import Access


def start_there(entry: LessonEntry, options: argparse.Namespace) -> int:
    """Say what cannot be done there, make a namespace, play the lesson in it, and remove it; the exit status."""
    from tutor.course.glossary import read_glossary
    from tutor.course.journey import LessonError
    from tutor.course.opening import open_lesson
    from tutor.course.progress import Progress
    from tutor.course.seeds import USUAL
    from tutor.realcluster.access import Access, RealClusterError
    from tutor.realcluster.fit import unfit
    from tutor.realcluster.opening import open_there

    try:
        lesson = open_lesson(entry, options.seed or USUAL)
    except LessonError as error:
        return fail(str(error))
    why = unfit(lesson)
    if why:
        return fail(f"{lesson.title} cannot be played on a real cluster: {why}")
    _say_obstacles(lesson)
    if sys.stdin.isatty():
        input("Enter begins, ctrl+c leaves. ")
    for ending in ("SIGTERM", "SIGHUP"):  # a terminal that is closed ends what runs in it, too
        if hasattr(signal, ending):
            signal.signal(getattr(signal, ending), _leave)
    try:
        access = asyncio.run(Access.open(options.kubeconfig, options.context))
    except RealClusterError as error:
        return fail(str(error))
    try:
        print(f"You have the namespace {access.namespace} to yourself. It is removed when you leave.")
        for name in asyncio.run(access.leftovers()):
            print(f"Another lesson has the namespace {name}. If nobody plays it, remove it: {access.removal(name)}")
        glossary = read_glossary(entry.path.parent, entry.language).texts
        opener = partial(open_there, lesson, access, progress=Progress.load(), glossary=glossary)
        if not goes_plain(options):
            from tutor.ui.run import run_app

            return run_app(library_of(options), start=entry.id, opener=partial(opener, live=True))
        from tutor.plain.lesson import converse

        return converse(partial(opener, live=sys.stdin.isatty()), sentences=options.sentences)
    finally:
        _remove(access)


def _leave(number: int, _: object) -> None:
    """End in good order, so that the namespace is removed; the prompt would take a KeyboardInterrupt for ctrl+c."""
    raise SystemExit(128 + number)


def _remove(access: Access) -> None:
    """Remove the namespace; if that cannot be, say how to do it by hand."""
    try:
        notice = asyncio.run(access.close())
    except (KeyboardInterrupt, SystemExit):
        notice = f"the namespace may be left behind; remove it with: {access.removal(access.namespace)}"
    if notice:
        fail(notice)


def _say_obstacles(lesson: Lesson) -> None:
    from tutor.realcluster.fit import obstacles

    titles = {step.id: f"{number}. {step.title or step.id}" for number, step in enumerate(lesson.steps, 1)}
    print("On a real cluster there is no undo, and the addresses are its own.")
    print("kubectl is the real one there, with all that this kubeconfig allows: stay in your namespace.")
    found = obstacles(lesson)
    if found:
        print("These steps cannot be judged there; skip passes them over, and the lesson counts without them:")
    for obstacle in found:
        print(f"  {titles[obstacle.step]}: {obstacle.why}")
