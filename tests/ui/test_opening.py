"""Where a lesson is opened, and as which one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.text import Text
from textual.widgets import OptionList

from tests.ui.conftest import opened, run_command, until
from tutor.course.catalog import read_catalog
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.ui.app import TutorApp
from tutor.ui.opening import open_session
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen


async def test_a_lesson_left_after_a_step_was_done_opens_at_the_next(lessons: Path) -> None:
    """All earlier steps are brought about: what was done is there again, and the way on is open."""
    progress = Progress(lessons={"first": LessonProgress("make", ("read", "make"))})
    session = await open_session("first", read_catalog(Library(lessons)), progress)
    assert session.view.id == "guess"
    assert session.cluster.store.get("ConfigMap", "default", "one")
    assert (await session.back()).view.conditions[0].met
    await session.close()


async def test_a_lesson_left_within_a_step_opens_there(lessons: Path) -> None:
    progress = Progress(lessons={"first": LessonProgress("make", ("read",))})
    session = await open_session("first", read_catalog(Library(lessons)), progress)
    assert session.view.id == "make"
    assert not session.view.done
    await session.close()


async def test_a_challenge_that_was_mended_begins_anew_with_another_seed() -> None:
    progress = Progress(lessons={"challenge-1": LessonProgress("repair", ("repair",), completed=True, seed=5)})
    catalog = read_catalog()
    session = await open_session("challenge-1", catalog, progress)
    begun = progress.lesson("challenge-1").seed
    assert begun not in {None, 5}
    assert session.view.steps == ("",)
    await session.close()
    again = await open_session("challenge-1", catalog, progress)
    assert progress.lesson("challenge-1").seed == begun
    await again.close()


async def test_the_lesson_that_is_started_is_the_first_thing_to_be_seen(make_app: Callable[..., TutorApp]) -> None:
    app = make_app("second")
    frames: list[type] = []
    display = app._display

    def shown(screen: object, renderable: object) -> None:
        frames.append(type(screen))
        display(screen, renderable)  # type: ignore[arg-type]

    app._display = shown  # type: ignore[method-assign,assignment]
    async with app.run_test() as pilot:
        screen = await opened(pilot)
        assert HomeScreen not in frames
        assert screen.following is None
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        chosen = app.screen.query_one(OptionList).highlighted_option
        assert chosen is not None
        assert chosen.id == "second"


# The sandbox


@pytest.mark.parametrize("leaves", ["exit", "lessons"])
async def test_a_sandbox_that_was_left_is_gone_on_with(leaves: str, make_app: Callable[..., TutorApp]) -> None:
    app = make_app("sandbox")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl create configmap mine")
        screen.shell.prompt.put(leaves)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert any("s goes on with it" in notice.message for notice in app._notifications)
        app.preferences.set_key("lesson.undo", "alt+u")
        await pilot.press("s")
        await until(pilot, lambda: app.screen is screen)
        assert not app._notifications
        assert "configmap/mine" in await run_command(pilot, "kubectl get configmap mine -o name")
        await pilot.press("alt+u")
        await until(pilot, lambda: screen.at_rest and "Undone" in screen.shell.transcript.scrollback.text)


async def test_each_cluster_of_the_sandbox_is_kept_for_itself(make_app: Callable[..., TutorApp]) -> None:
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.screen.query(OptionList) and app.screen.query_one(OptionList).option_count)
        screens: list[LessonScreen] = []
        for cluster in ("empty", "nginx", "empty"):
            home = app.screen
            assert isinstance(home, HomeScreen)
            home.action_open("sandbox", cluster)
            screens.append(await opened(pilot))
            await pilot.press("f10")
            await until(pilot, lambda home=home: app.screen is home)
        assert screens[0] is screens[2]
        assert screens[0] is not screens[1]
        await pilot.press("s")
        assert await opened(pilot) is screens[0]


async def test_a_sandbox_that_was_left_is_closed_with_the_app(make_app: Callable[..., TutorApp]) -> None:
    app = make_app("sandbox")
    async with app.run_test() as pilot:
        screen = await opened(pilot)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert screen.player
        terminal = screen.player.session.terminal
        assert terminal.on_output is not None
    assert terminal.on_output is None


# What cannot be kept


async def test_what_is_not_kept_is_said_once_in_a_lesson_and_when_leaving(
    lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    progress = Progress(tmp_path / "file" / "progress.json")
    app = TutorApp(Library(lessons), progress, start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        told = "Progress could not be saved"
        await until(pilot, lambda: told in screen.shell.transcript.scrollback.text)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.press("enter")
        again = await opened(pilot)
        await run_command(pilot, "pwd")
        assert told not in again.shell.transcript.scrollback.text
        app.exit()
        assert [each for each in app._exit_renderables if isinstance(each, Text) and told in each.plain]
        app._exit_renderables.clear()
