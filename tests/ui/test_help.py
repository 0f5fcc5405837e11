"""Help by its key, wherever the learner is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from tests.ui.conftest import opened, until
from tests.ui.test_challenge import QUIZ
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.ui.app import TutorApp
from tutor.ui.screens.editor import EditorScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.settings import KeyScreen, SettingsScreen
from tutor.ui.screens.steps import StepsScreen

MakeApp = Callable[..., TutorApp]


async def help_page(pilot: Pilot[None]) -> HelpScreen:
    """What the key of help shows; the same key puts it away again."""
    under = pilot.app.screen
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
    page = pilot.app.screen
    assert isinstance(page, HelpScreen)
    await pilot.press("f1")
    await until(pilot, lambda: pilot.app.screen is under)
    return page


async def test_help_at_home_and_over_dialogs(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        assert "# Home" in (await help_page(pilot)).text
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        page = await help_page(pilot)
        assert "# Settings" in page.text
        assert ("Esc", "Close: Back to where you were") in page._keys
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.press("enter")
        screen = await opened(pilot)
        await app.run_action("screen.steps")
        await until(pilot, lambda: isinstance(app.screen, StepsScreen))
        assert "# Steps" in (await help_page(pilot)).text
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        screen.shell.prompt.put("vi note.txt")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        page = await help_page(pilot)
        assert "**F2** saves and closes" in page.text
        assert ("Esc", "Leave without saving") in page._keys


async def test_where_a_key_is_asked_for_the_one_of_help_is_taken(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        app.action_settings()
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        settings = app.screen
        assert isinstance(settings, SettingsScreen)
        settings.rows.highlighted = settings.rows.get_option_index("lesson.hint")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, KeyScreen))
        await pilot.press("f1")
        await until(pilot, lambda: app.screen is settings)
        assert "F1 is taken: Help." in str(settings.query_one("#said").render())


async def test_help_in_the_sandbox_is_about_the_sandbox(make_app: MakeApp) -> None:
    async with make_app("sandbox").run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        for widget in (screen.shell.prompt, screen.side.pane.services):
            widget.focus()
            await pilot.pause()
            text = (await help_page(pilot)).text
            assert "# The sandbox" in text
            assert "# The lesson" not in text
            assert not {f"`{word}`" for word in ("hint", "show", "check", "skip", "steps", "terms")} & {*text.split()}


async def test_help_says_nothing_twice(make_app: MakeApp) -> None:
    """The name of a key, then what it does: not in the same words again."""
    async with make_app("first").run_test(size=(100, 40)) as pilot:
        await opened(pilot)
        for _, does in (await help_page(pilot))._keys:
            name, _, more = does.partition(": ")
            words = {word.rstrip("s").casefold() for word in name.split()} - {"a", "the", "to"}
            said = {word.strip(",;").rstrip("s").casefold() for word in more.split()} - {"a", "an", "the", "to"}
            assert not more or words != said, does
            assert not more.casefold().startswith(name.casefold()), does


async def test_help_in_a_review_names_the_way_to_the_lesson(make_app: MakeApp, lessons: Path) -> None:
    path = lessons / "second.yaml"
    path.write_text(path.read_text(encoding="utf-8") + QUIZ, encoding="utf-8")
    app = make_app(None, Progress(lessons={"second": LessonProgress(completed=True)}))
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        await app.run_action("screen.open('review')")
        await opened(pilot)
        assert "alt+l" in dict((await help_page(pilot))._keys)


async def test_help_in_a_lesson_does_not(make_app: MakeApp) -> None:
    async with make_app("first").run_test(size=(100, 40)) as pilot:
        await opened(pilot)
        assert "alt+l" not in dict((await help_page(pilot))._keys)
