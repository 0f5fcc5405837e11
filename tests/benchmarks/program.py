"""The program's rows: start-up, first frame, memory, and a command in the app. Wall time, in processes of their own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Measurement, expect, milliseconds
from tests.benchmarks.terminal import PATIENCE, Terminal, frame
from tutor import collector
from tutor.course.progress import Progress
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

RUNS = 9
LESSON = "create"
COMMANDS = 20
PROGRAM = ("-m", "tutor")
BLANK = ("-c", "from textual.app import App; App().run()")
SESSION = f"""
import asyncio, sys
from tutor.course.catalog import read_catalog
from tutor.course.loader import load_lesson
from tutor.course.progress import Progress
from tutor.course.session import Session

async def main():
    lesson = load_lesson(read_catalog().find("{LESSON}").path).lesson
    await Session.open(lesson, progress=Progress(), live=True)

asyncio.run(main())
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def _surroundings() -> Iterator[dict[str, str]]:
    """Environment variables of a learner who has done nothing yet."""
    with tempfile.TemporaryDirectory() as home:
        yield {"TUTOR_HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(Path.cwd())}


def start_ups() -> list[Measurement]:
    """What the commands without a screen take before they do anything."""
    rows = []
    with _surroundings() as environ, tempfile.TemporaryDirectory() as empty:
        for name, arguments in (
            ("python itself", ("-c", "")),
            ("tutor --version", (*PROGRAM, "--version")),
            ("tutor list", (*PROGRAM, "list")),
            ("tutor check, an empty folder", (*PROGRAM, "check", empty)),
        ):
            times = [_wall(arguments, environ) for _ in range(RUNS)]
            target = "120 ms" if "tutor" in name else ""
            rows.append(Measurement(f"{name}", milliseconds(times), target))
    return rows


def _wall(arguments: tuple[str, ...], environ: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env={**os.environ, **environ}, capture_output=True)
    return time.perf_counter() - start


def _shows(text: str) -> Callable[[bytes], bool]:
    return lambda written: text.encode() in written


def first_frame() -> list[Measurement]:
    """The first frame of the app beside that of an app with nothing in it, taken in turns."""
    blank: list[float] = []
    ours: list[float] = []
    with _surroundings() as environ:
        for _ in range(RUNS):
            for program, times in ((BLANK, blank), (PROGRAM, ours)):
                terminal = Terminal(program, environ)
                times.append(terminal.wait(frame))
                terminal.kill()
    ratio = median(one / other for one, other in zip(ours, blank, strict=True))
    return [
        Measurement("a blank Textual app's first frame", milliseconds(blank)),
        Measurement("tutor's first frame", f"{ratio:.2f} x", "1.7 x"),
        Measurement("  in time", milliseconds(ours)),
    ]


def memory() -> list[Measurement]:
    """The most memory used until a lesson is open."""
    with _surroundings() as environ:
        session = Terminal(("-c", SESSION), environ)
        session.wait(_shows("open"))
        alone = session.peak()
        session.kill()
        terminal = Terminal((*PROGRAM, "start", LESSON), environ)
        terminal.wait(_shows("learner@laptop"))
        terminal.rest(1.5)
        app = terminal.peak()
        terminal.kill()
    return [
        Measurement("peak memory: a lesson's session alone", f"{alone:.0f} MiB"),
        Measurement("peak memory: the app with a lesson open", f"{app:.0f} MiB", "90 MiB"),
    ]


def commands_in_terminal() -> Measurement:
    """From Enter to the command's answer on the terminal."""
    times = []
    with _surroundings() as environ:
        terminal = Terminal((*PROGRAM, "start", LESSON), environ)
        terminal.wait(_shows("learner@laptop"))
        terminal.rest(1.5)
        for number in range(COMMANDS):
            terminal.write(f"kubectl create configmap m{number}x")
            terminal.rest(0.3)
            start = time.perf_counter()
            terminal.write("\r")
            terminal.wait(_shows(f"configmap/m{number}x"))
            times.append(time.perf_counter() - start)
            terminal.write("clear\r")
            terminal.rest(0.3)
        terminal.kill()
    return Measurement("a command in the app, Enter to repaint", milliseconds(times), "30 ms")


def longest_block() -> Measurement:
    """The longest the event loop does nothing else while commands run in a lesson."""
    collector.tune()
    return Measurement("the event loop's longest block", f"{asyncio.run(_longest_block()) * 1000:.0f} ms", "50 ms")


async def _longest_block() -> float:
    app = TutorApp(progress=Progress(), start=LESSON)
    async with asyncio.timeout(PATIENCE * 10), app.run_test(size=(120, 40)) as pilot:
        while not (isinstance(app.screen, LessonScreen) and app.screen.player):
            await pilot.pause(0.05)
        screen, longest = app.screen, 0.0

        async def beat() -> None:
            nonlocal longest
            while True:
                start = time.perf_counter()
                await asyncio.sleep(0.001)
                longest = max(longest, time.perf_counter() - start - 0.001)

        await pilot.pause(0.5)
        heart = asyncio.create_task(beat())
        for number in range(COMMANDS):
            screen.shell.prompt.put(f"kubectl create deployment d{number} --image=nginx --replicas=3; kubectl get pods")
            await pilot.press("enter")
            while not screen.at_rest:
                await pilot.pause(0.01)
        expect(len(app.screen.shell.transcript.scrollback.text.split("deployment.apps/")) - 1, COMMANDS)
        heart.cancel()
    return longest
