"""A challenge hides the cluster until it is mended, and shows what was looked at; a review leads to its lesson."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual import events

from tests.ui.conftest import opened, run_command, until
from tutor.course.challenges import make_challenge
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.ui.app import TutorApp
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.steps import StepsScreen
from tutor.ui.theme import UNICODE
from tutor.ui.widgets.ladder_pane import rung_lines
from tutor.ui.widgets.lesson_pane import ActionBar
from tutor.ui.widgets.tabs import TabRow

QUIZ = """\
  - id: recap
    kind: quiz
    title: To end with
    question: What is a ConfigMap?
    options: [{text: An object, right: true, why: It is one.}, {text: A program, why: It runs nothing.}]
"""
MakeApp = Callable[..., TutorApp]


@pytest.mark.parametrize("size", [(140, 45), (100, 30), (80, 24)])
async def test_the_cluster_comes_into_view_once_it_is_mended(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app("challenge-1", Progress(lessons={"challenge-1": LessonProgress(seed=1)}))
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        assert not screen.side.display
        if size[0] < 100:
            assert screen.query_one("#panes", TabRow).names["cluster"] == "Looked at 0/8"
            await pilot.press("f9")
        assert screen.ladder.display
        assert screen.ladder.size.width >= size[0] * 2 // 5
        challenge = make_challenge(1, 1)
        await run_command(pilot, challenge.call)
        shown = str(screen.ladder.query_one("#rungs").render())
        assert "refuses" in shown
        # Looked at: what it told is no success.
        assert "● Does its address answer?" in shown
        assert "○ Are there ready endpoints?" in shown
        assert screen.query_one("#panes", TabRow).names["cluster"] == "Looked at 2/8"
        for line in challenge.lesson.steps[0].solve:
            await run_command(pilot, line)
        await until(pilot, lambda: screen.lesson.view and screen.lesson.view.done)
        assert not screen.ladder.display
        assert not screen.has_class("-puzzle")


def test_rungs_fit_the_width_there_is() -> None:
    rungs = make_rungs()
    for width in (40, 60, 100):
        lines = rung_lines(rungs, UNICODE, width).plain.splitlines()
        assert max(map(len, lines)) <= width
    assert any("Is the Service there?" in line and "cart is in shop" in line for line in lines)


def make_rungs() -> tuple:  # type: ignore[type-arg]  # of RungView
    from tutor.course.ladder import Stride, rungs

    told = (("service", "cart is in shop"), ("address", "10.254.207.64:80 refuses"))
    return rungs([Stride("kubectl get svc", told)])  # type: ignore[arg-type]  # words of the Literal


async def test_the_home_screen_says_what_is_due_and_a_question_leads_to_its_lesson(
    make_app: MakeApp, lessons: Path
) -> None:
    path = lessons / "second.yaml"
    path.write_text(path.read_text(encoding="utf-8") + QUIZ, encoding="utf-8")
    app = make_app(None, Progress(lessons={"second": LessonProgress(completed=True)}))
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen._rows)
        home = app.screen
        assert isinstance(home, HomeScreen)
        assert home._rows["review"].status == "1 due"
        assert [row for row in home._rows if row.startswith("challenge-")] == [
            f"challenge-{level}" for level in (1, 2, 3)
        ]
        home.action_open("review")
        screen = await opened(pilot)
        assert screen.lesson.view is not None
        assert screen.lesson.view.question == "What is a ConfigMap?"
        wrong = next(place for place, each in enumerate(screen.lesson.view.options, 1) if each.text == "A program")
        await pilot.press(str(wrong))
        await until(pilot, lambda: "leads to its lesson" in str(screen.lesson.query_one(ActionBar).content))
        app.post_message(events.Key("alt+l", "l"))  # as terminals send it
        await until(pilot, lambda: app.screen is not screen and getattr(app.screen, "player", None))
        lesson = await opened(pilot)
        assert lesson.lesson.view is not None
        assert lesson.lesson.view.id == "recap"


async def test_a_letter_with_alt_is_a_key_and_no_text(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        app.post_message(events.Key("alt+s", "s"))  # as terminals send it
        await until(pilot, lambda: isinstance(app.screen, StepsScreen))
        assert screen.shell.prompt.value == ""


async def test_nothing_due_is_said_on_the_home_screen(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen._rows)
        await pilot.app.run_action("screen.nothing_due")
        await until(pilot, lambda: app._notifications)
        assert "Nothing to review yet" in next(iter(app._notifications)).message
