"""How the lesson's panes share the screen, and how one of them gets it for itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Markdown

from tests.ui.conftest import opened, run_command
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

MakeApp = Callable[..., TutorApp]

LONG_LINE = "  - name: http   # " + "a comment that goes on " * 4
MANY = """\
format: 1
id: many
title: Many conditions
minutes: 3
steps:
  - id: make
    kind: task
    title: Make four
    body: |
      Like this:

      ```yaml
      LINE
      ```
    until:
      all:
        - {exists: configmap/one, title: The first, else: "There is no ConfigMap one yet: a client finds nothing."}
        - {exists: configmap/two, title: The second, else: "There is no ConfigMap two yet: a client finds nothing."}
        - {exists: configmap/three, title: The third, else: "There is no ConfigMap three yet: a client finds nothing."}
        - {exists: configmap/four, title: The fourth, else: "There is no ConfigMap four yet: a client finds nothing."}
    hints: [{command: "for c in one two three four; do kubectl create configmap $c; done"}]
    solve: ["for c in one two three four; do kubectl create configmap $c; done"]
"""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of one lesson with more conditions than there is room for."""
    (tmp_path / "many.yaml").write_text(MANY.replace("LINE", LONG_LINE.rstrip()), encoding="utf-8")
    (tmp_path / "index.yaml").write_text("lessons: [many.yaml]\n", encoding="utf-8")
    return tmp_path


def shown(screen: LessonScreen) -> set[str]:
    """Which panes can be seen."""
    panes = ("lesson", "cluster", "traffic", "shell")
    return {name for name in panes if screen.query_one(f"#{name}").region.area}


async def test_beside_the_lesson_there_is_room_for_tables_or_traffic(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        assert shown(screen) == {"lesson", "cluster", "shell"}
        await pilot.press("alt+t")
        await pilot.pause()
        assert shown(screen) == {"lesson", "traffic", "shell"}
        await pilot.press("alt+r")  # the lesson is in view all the time: what is beside it stays
        await pilot.pause()
        assert shown(screen) == {"lesson", "traffic", "shell"}
        await pilot.click("#views Tab")
        await pilot.pause()
        assert shown(screen) == {"lesson", "cluster", "shell"}


@pytest.mark.parametrize("size", [(140, 45), (100, 30), (80, 24), (40, 15)])
async def test_one_pane_may_have_the_screen(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app(start="first")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        before = shown(screen)
        await pilot.press("alt+z")
        await pilot.pause()
        assert shown(screen) == {"shell"}
        assert "hi" in await run_command(pilot, "echo hi")
        assert shown(screen) == {"shell"}
        await pilot.press("alt+z")
        await pilot.pause()
        assert shown(screen) == before

        await pilot.press("alt+r")
        await pilot.pause()
        await pilot.press("alt+z")
        await pilot.pause()
        assert shown(screen) == {"lesson"}
        await pilot.press("e")
        await pilot.pause()
        assert shown(screen) == before
        assert screen.shell.prompt.value == "e"


async def test_a_step_begins_with_all_panes(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await pilot.press("alt+z")
        await run_command(pilot, "next")
        await pilot.pause()
        assert shown(screen) == {"lesson", "cluster", "shell"}


async def test_the_first_open_condition_is_in_view(make_app: MakeApp, many: Path) -> None:
    app = make_app(start="many", folder=many)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        scroll = screen.query_one("#conditions-scroll")
        assert scroll.max_scroll_y, "the conditions are meant to need more room than there is"
        assert scroll.scroll_y == 0
        await run_command(pilot, "for c in one two; do kubectl create configmap $c; done")
        await pilot.pause()
        lines = str(screen.query_one("#conditions").visual).split("\n")  # type: ignore[attr-defined]
        place = next(number for number, line in enumerate(lines) if "The third" in line)
        assert scroll.scroll_y <= place < scroll.scroll_y + scroll.size.height


async def test_lines_of_a_manifest_are_not_wrapped(make_app: MakeApp, many: Path) -> None:
    app = make_app(start="many", folder=many)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        fence = screen.query_one("#body", Markdown).query_one("MarkdownFence")
        assert fence.query_one("Label").size.height == 1
        assert fence.max_scroll_x > 0
