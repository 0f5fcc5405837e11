"""How the lesson's panes share the screen, and how one of them gets it for itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Markdown, Static

from tests.ui.conftest import FIRST, opened, run_command, until
from tutor.course.challenges import make_challenge
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.ui.app import TutorApp
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.steps import HERE, StepsScreen
from tutor.ui.widgets.key_bar import KeyBar

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


@pytest.mark.parametrize("waits", [False, True])
async def test_another_size_and_back_to_the_lessons(make_app: MakeApp, waits: bool) -> None:
    """What a screen puts off until it is drawn again may come when the screen is gone."""
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.resize_terminal(120, 40)
        if waits:
            await pilot.pause(0.2)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.pause(0.2)
        assert app._exception is None


async def test_a_new_step_comes_to_the_front(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("alt+o")
        await until(pilot, lambda: screen.side.pane.others.has_focus)
        assert shown(screen) == {"cluster", "shell"}
        await pilot.press("alt+right")
        await until(pilot, lambda: shown(screen) == {"lesson", "shell"})
        assert "Make one" in str(screen.query_one("#step-title", Static).visual)
        assert screen.focused is screen.shell.prompt

        await pilot.press("alt+o")
        await until(pilot, lambda: screen.side.pane.others.has_focus)
        await run_command(pilot, "kubectl create configmap one")
        await until(pilot, lambda: screen.lesson.view and screen.lesson.view.done)
        assert shown(screen) == {"cluster", "shell"}, "who watches the cluster in a task goes on watching"


async def test_what_a_mended_challenge_was_about_comes_to_the_front(make_app: MakeApp) -> None:
    app = make_app("challenge-1", Progress(lessons={"challenge-1": LessonProgress(seed=1)}))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: screen.ladder.region.area)
        for line in make_challenge(1, 1).lesson.steps[0].solve:
            await run_command(pilot, line)
        await until(pilot, lambda: shown(screen) == {"lesson", "shell"})


@pytest.mark.parametrize("size", [(140, 45), (60, 20), (40, 15)])
async def test_the_header_has_the_steps_number_at_every_width(
    make_app: MakeApp, lessons: Path, size: tuple[int, int]
) -> None:
    title = "Things that take a longer title"
    (lessons / "first.yaml").write_text(FIRST.replace("First things", title), encoding="utf-8")
    app = make_app(start="first")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await pilot.pause()
        where, dots = screen.query_one("#where", Static), screen.query_one("#dots", Static)
        said = str(where.visual)
        assert said.endswith("  step 1 of 4")
        assert len(said) <= where.size.width
        assert title in said or "…  step" in said
        if dots.size.width:
            assert len(said) + 2 <= dots.region.x - where.region.x


@pytest.mark.parametrize("size", [(80, 24), (40, 15)])
async def test_the_list_of_steps_has_a_line_for_each(make_app: MakeApp, lessons: Path, size: tuple[int, int]) -> None:
    title = "Make one and look at what has come about by it"
    (lessons / "first.yaml").write_text(FIRST.replace("Make one\n", f"{title}\n", 1), encoding="utf-8")
    app = make_app(start="first")
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await run_command(pilot, "next")
        await app.run_action("screen.steps")
        await until(pilot, lambda: isinstance(app.screen, StepsScreen))
        await pilot.pause()
        await pilot.pause()
        steps = app.screen.query_one("#steps")
        lines = [steps.render_line(y).text.strip() for y in range(steps.size.height)]
        assert len(list(filter(None, lines))) == 4
        assert lines[1].endswith(f"to do  {HERE}" if size[0] == 80 else "to do")
        assert "Make one" in lines[1]


@pytest.mark.parametrize("width", [80, 60, 40])
async def test_the_key_of_help_is_always_named(make_app: MakeApp, width: int) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(width, 24)) as pilot:
        screen = await opened(pilot)
        bar = screen.query_one(KeyBar)
        await until(pilot, lambda: "F1 Help" in str(bar.content))
        line = str(bar.content)
        assert line.endswith("ctrl+o Commands")
        assert "F2 Hint" in line
        assert len(line) <= bar.content_size.width


async def test_conditions_hang_under_their_sign_after_a_question_too(make_app: MakeApp, many: Path) -> None:
    text = (many / "many.yaml").read_text(encoding="utf-8")
    asked = """steps:
  - id: guess
    kind: quiz
    title: Guess
    question: How many?
    options: [{text: one, right: true, why: So it is.}, {text: none, why: Not so.}]
"""
    (many / "many.yaml").write_text(text.replace("steps:\n", asked, 1), encoding="utf-8")
    app = make_app(start="many", folder=many)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "1")
        await until(pilot, lambda: screen.lesson.view and screen.lesson.view.done)
        await run_command(pilot, "next")
        conditions = screen.query_one("#conditions", Static)
        await until(pilot, lambda: conditions.size.width)
        assert conditions.size.height == len(str(conditions.content).split("\n")), "wrapped by hand, not by chance"
