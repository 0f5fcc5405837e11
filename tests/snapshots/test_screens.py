"""Pictures of the screens. The docstring of each test is what must be seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.ui.conftest import FIRST, SECOND, opened, run_command, until
from tutor.course.packs import Library
from tutor.course.progress import LessonProgress, Progress
from tutor.ui.app import TutorApp
from tutor.ui.screens.editor import EditorScreen
from tutor.ui.screens.home import HomeScreen

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cluster = "cluster: {next_cluster_ips: [10.254.201.125]}\nsteps:"
    (tmp_path / "first.yaml").write_text(FIRST.replace("steps:", cluster, 1), encoding="utf-8")
    (tmp_path / "second.yaml").write_text(SECOND, encoding="utf-8")
    return tmp_path


def app_over(folder: Path, start: str | None = None) -> TutorApp:
    progress = Progress(lessons={"first": LessonProgress(step="make", done=("read",))} if start is None else {})
    app = TutorApp(Library(folder), progress, start=start)
    app.animation_level = "none"
    return app


async def at_work(pilot: Pilot[None]) -> None:
    """The second step, a Service just made, nothing played."""
    screen = await opened(pilot)
    await run_command(pilot, "next")
    await run_command(pilot, "hint")
    await run_command(pilot, "kubectl create service clusterip web --tcp=80")
    await until(pilot, lambda: any("10.254.201.125" in row.cells for row in screen.side.pane.services.table.rows))
    await pilot.pause()


def test_home(snap_compare: Compare, folder: Path) -> None:
    """You should see two lessons, the first begun, and beside them what the first is about."""

    async def listed(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and pilot.app.screen.lessons.option_count)

    assert snap_compare(app_over(folder), terminal_size=(100, 30), run_before=listed)


@pytest.mark.parametrize("size", [(140, 45), (80, 24)], ids=["wide", "small"])
def test_lesson(snap_compare: Compare, folder: Path, size: tuple[int, int]) -> None:
    """You should see the step with one condition open, a hint, the new Service marked as new, and the shell."""
    assert snap_compare(app_over(folder, "first"), terminal_size=size, run_before=at_work)


def test_light(snap_compare: Compare, folder: Path) -> None:
    """You should see the same on a light ground, the lesson beside the tables, and an explanation after success."""

    async def done(pilot: Pilot[None]) -> None:
        pilot.app.theme = "tutor-light"
        await at_work(pilot)
        await run_command(pilot, "kubectl create configmap one")
        await pilot.pause()

    assert snap_compare(app_over(folder, "first"), terminal_size=(100, 30), run_before=done)


def test_editor(snap_compare: Compare, folder: Path) -> None:
    """You should see a manifest with coloured keys and line numbers, and how to save or leave."""

    async def editing(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        screen.shell.prompt.put("vi nginx-clusterip.yaml")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditorScreen))
        screen.shell.show_prompt("", busy=False)
        await pilot.pause()

    assert snap_compare(app_over(folder, "sandbox"), terminal_size=(100, 30), run_before=editing)
