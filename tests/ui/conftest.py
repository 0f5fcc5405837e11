"""The app under test: a fixed environment, a still cursor, two tiny lessons, and helpers that wait for a state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

PATIENCE = 2000
"""Turns of the event loop a state may take to come about."""
STRIDE = 0.25
"""Simulated seconds that pass with each turn in which a command runs."""
REQUEST = (
    "kubectl run web --image=nginx --expose --port=80",
    "kubectl wait --for=condition=Ready pod web --timeout=60s",
    "kubectl run tmp --rm -i --restart=Never --image=curlimages/curl -- curl -s http://web",
)
"""What it takes to have a request in the sandbox."""

FIRST = """\
format: 1
id: first
title: First things
minutes: 3
objectives: [Make a ConfigMap, Guess well]
steps:
  - {id: read, kind: read, title: Welcome, body: "Some **text** with [/foo] in it."}
  - id: make
    kind: task
    title: Make one
    body: Make a ConfigMap.
    commands: [kubectl create configmap one]
    until: {exists: configmap/one, title: The ConfigMap one exists, else: There is no ConfigMap one yet.}
    hints: [{text: Try `create`.}, {command: kubectl create configmap one}]
    solve: [kubectl create configmap one]
    explain: There it *is*.
  - id: guess
    kind: predict
    question: How many ConfigMaps are there?
    options: [{text: one more, right: true, why: You made it.}, {text: none, why: You made one.}]
  - id: look
    kind: observe
    title: Look
    ask: What is its name?
    answer: {text: one}
"""
SECOND = """\
format: 1
id: second
title: Second things
minutes: 2
steps:
  - {id: only, kind: read, title: Only, body: Nothing to do.}
"""


@pytest.fixture(autouse=True)
def _still_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blinking cursor makes two pictures of one state."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """A folder of two tiny lessons."""
    (tmp_path / "first.yaml").write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.yaml").write_text(SECOND, encoding="utf-8")
    (tmp_path / "index.yaml").write_text("lessons: [first.yaml, second.yaml]\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def make_app(lessons: Path) -> Callable[..., TutorApp]:
    """Makes an app over the tiny lessons that keeps its progress in memory."""

    def make(start: str | None = None, progress: Progress | None = None, folder: Path = lessons) -> TutorApp:
        return TutorApp(Library(folder), progress or Progress(), start=start)

    return make


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Wait for a state, for so many turns of the event loop at most."""
    for _ in range(PATIENCE):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    # Not pytest.fail: what it raises is no Exception, and would leave an app that runs for a snapshot waiting for ever.
    raise AssertionError(f"did not come about: {condition}")


async def opened(pilot: Pilot[None]) -> LessonScreen:
    """The lesson's screen, once its cluster is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen) and pilot.app.screen.player)
    screen = pilot.app.screen
    assert isinstance(screen, LessonScreen)
    return screen


async def run_command(pilot: Pilot[None], text: str) -> str:
    """Type a line and press Enter; the whole transcript once the prompt is back.

    A command that waits for the cluster's time is not waited for in ours.
    """
    screen = pilot.app.screen
    assert isinstance(screen, LessonScreen)
    screen.shell.prompt.focus()
    screen.shell.prompt.put(text)
    await pilot.press("enter")

    def at_rest() -> bool:
        if not screen.at_rest and screen.player is not None:
            screen.player.session.tick(STRIDE)
        return screen.at_rest

    await until(pilot, at_rest)
    return screen.shell.transcript.scrollback.text
