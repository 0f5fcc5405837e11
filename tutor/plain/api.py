"""`tutor api`: a cluster served to other programs until ctrl+c, with time passing in it as it really does."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tutor.course.datafile import data_dir
from tutor.course.glossary import read_glossary
from tutor.course.opening import open_lesson
from tutor.course.progress import Progress
from tutor.course.seeds import lesson_seed
from tutor.course.session import LessonError, Session
from tutor.plain.lines import say
from tutor.plain.telling import Teller
from tutor.shell.simulation import Simulation

if TYPE_CHECKING:
    from tutor.course.catalog import LessonEntry

TICK: Final = 0.05
"""Real seconds between two moves of the cluster's clock."""
_BY_KUBECTL: Final = frozenset({"task", "challenge"})
"""Kinds of step that are accomplished by doing something; the others are read."""


def serve_cluster(manifests: Sequence[str], *, port: int = 0, seed: int | None = None) -> int:
    """Serve a fresh cluster.

    Args:
        manifests: YAML texts applied to it first.
        port: where to listen; any free port if 0.
        seed: decides names, addresses and chances; 1 if None.

    Returns:
        The exit status.
    """
    return _run(_serve_cluster(manifests, port, seed or 1))


def serve_lesson(entry: LessonEntry, *, port: int = 0, seed: int | None = None) -> int:
    """Serve the cluster of a lesson and say what its steps ask for.

    Args:
        entry: the lesson.
        port: where to listen; any free port if 0.
        seed: decides names, addresses and chances; None for the one the lesson was begun with.

    Returns:
        The exit status.
    """
    progress = Progress.load()
    seed = lesson_seed(entry, progress, seed)
    try:
        lesson = open_lesson(entry, seed)
    except LessonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    glossary = read_glossary(entry.path.parent, entry.language).texts
    opening = Session.open(lesson, progress=progress, live=True, seed=seed, glossary=glossary, now=datetime.now(UTC))
    return _run(_serve_lesson(opening, port))


def _run(serving: Coroutine[Any, Any, None]) -> int:
    # Being told to end is the same as ctrl+c: the kubeconfig is to go in any case.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        asyncio.run(serving)
    except KeyboardInterrupt:
        say("\nThe cluster is no longer served.")
    except LessonError as error:
        sys.stderr.write(f"tutor: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"tutor: the cluster cannot be served: {error.strerror or error}\n")
        return 1
    return 0


async def _serve_cluster(manifests: Sequence[str], port: int, seed: int) -> None:
    from tutor.apiserver.gateway import Gateway

    simulation = Simulation(seed=seed, live=True, now=datetime.now(UTC))
    try:
        with simulation.at_once():
            await simulation.settle()
            for number, text in enumerate(manifests):
                path = f"/tmp/cluster-{number}.yaml"  # noqa: S108  # a path on the simulated computer
                simulation.write_file(path, text)
                await simulation.terminal.submit(f"kubectl apply -f {path}")
            await simulation.settle()
        gateway = await Gateway.open(simulation, folder(), port=port)
        try:
            _say_how(gateway.lines)
            await pass_time(simulation.tick)
        finally:
            await gateway.close()
    finally:
        await simulation.close()


async def _serve_lesson(opening: Coroutine[Any, Any, Session], port: int) -> None:
    session = await opening
    try:
        await session.outside.open(folder(), port)
        _say_how(session.outside.lines)
        teller = Teller(session, "The next step follows.")
        teller.show_step()
        await pass_time(session.tick, lambda: _go_on(session, teller))
    finally:
        await session.close()


async def _go_on(session: Session, teller: Teller) -> None:
    """Say what has changed, and go on from a step that is done or has nothing to do."""
    teller.show_news()
    view = session.view
    passed = view.done or view.kind not in _BY_KUBECTL
    if passed and not view.is_last:
        await (session.next() if view.done or view.kind == "read" else session.skip())
        teller.show_step()


def folder() -> Path:
    """Where kubeconfigs go."""
    return data_dir() / "api"


def _say_how(lines: Sequence[str]) -> None:
    say("A simulated cluster is served. Type into another terminal:\n")
    for line in lines:
        say(f"    {line}")
    say("\nctrl+c ends it.")


async def pass_time(
    tick: Callable[[float], object], after: Callable[[], Coroutine[Any, Any, None]] | None = None
) -> None:
    """Let time pass in a cluster as it really does, for ever.

    Args:
        tick: lets so many seconds pass.
        after: awaited after each.
    """
    last = time.monotonic()
    while True:
        await asyncio.sleep(TICK)
        now = time.monotonic()
        tick(now - last)
        last = now
        if after is not None:
            await after()
