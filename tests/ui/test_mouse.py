"""The app by mouse alone: what has a key has a place to click on, too."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot
from textual.widget import Widget

from tests.ui.conftest import opened, run_command, until
from tutor.ui.app import TutorApp
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.settings import SettingsScreen
from tutor.ui.screens.steps import StepsScreen
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.tabs import Tab

MakeApp = Callable[..., TutorApp]


async def click_key(pilot: Pilot[None], label: str) -> None:
    """Click a key of the bar at the bottom by what it is called."""
    bar = pilot.app.screen.query_one(KeyBar)
    await until(pilot, lambda: label in str(bar.content))
    await pilot.click(bar, offset=(str(bar.content).index(label) + bar.styles.padding.left, 0))


async def test_tables_and_traffic(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl run web --image=nginx --expose --port=80")
        tab = next(each for each in screen.query(Tab) if each.key == "Pod")
        await pilot.click(tab)
        await until(pilot, lambda: screen.side.pane.kind == "Pod")
        await pilot.click(screen.side.pane.services, offset=(1, 1))
        await until(pilot, lambda: screen.side.pane.services.has_focus)
        for label, said in (("Describe", "kubectl describe service"), ("YAML", "-o yaml")):
            screen.side.pane.services.focus()
            await click_key(pilot, label)
            await until(pilot, lambda said=said: said in screen.shell.transcript.scrollback.text and screen.at_rest)
        await pilot.click(screen.side.traffic)
        await until(pilot, lambda: screen.side.traffic.has_focus)
        await click_key(pilot, "Faster")
        await until(pilot, lambda: screen.side.traffic.speed == 2)


async def closes(pilot: Pilot[None], kind: type[Widget], *, beside: bool = False) -> None:
    """Close the dialog in view by a click on its last line or beside it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    await pilot.pause()
    await (pilot.click(offset=(0, 0)) if beside else pilot.click("ClosingLine"))
    await until(pilot, lambda: not isinstance(pilot.app.screen, kind))


async def test_dialogs_close(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot)
        await click_key(pilot, "Help")
        await closes(pilot, HelpScreen, beside=True)
        await app.run_action("screen.steps")
        await closes(pilot, StepsScreen)
        await app.run_action("screen.steps")
        await closes(pilot, StepsScreen, beside=True)
        app.action_settings()
        await closes(pilot, SettingsScreen, beside=True)


async def test_home(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        await click_key(pilot, "Settings")
        await closes(pilot, SettingsScreen, beside=True)
        await click_key(pilot, "Sandbox")
        screen = await opened(pilot)
        assert screen.sandbox
