"""The app by mouse alone: what has a key has a place to click on, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from tests.ui.conftest import REQUEST, opened, run_command, until
from tutor.ui.app import TutorApp
from tutor.ui.screens.editor import EditorScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.settings import KeyScreen, SettingsScreen
from tutor.ui.screens.steps import StepsScreen
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lesson_pane import ActionBar
from tutor.ui.widgets.tabs import Tab
from tutor.ui.widgets.traffic import TrafficDiagram

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


async def choose(pilot: Pilot[None], title: str) -> None:
    """Open the palette by a click, and click the entry of this title."""
    await click_key(pilot, "Commands")
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
    entries = pilot.app.screen.query_one(CommandList)
    titles: list[str] = []

    def listed() -> bool:
        titles[:] = [str(option.prompt).split("\n")[0].strip() for option in entries.options]
        return title in titles

    await until(pilot, listed)
    entries.highlighted = titles.index(title)  # brings it into view
    await pilot.pause()
    rows = [entries.render_line(y).text.strip() for y in range(entries.size.height)]
    border = entries.content_region.y - entries.region.y
    await pilot.click(entries, offset=(4, rows.index(title) + border))
    await until(pilot, lambda: not isinstance(pilot.app.screen, CommandPalette))


async def test_a_filter_is_set_and_taken_away(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        pane = screen.side.pane
        for away in ("bar", "palette"):
            await pilot.click(pane.services, offset=(1, 1))
            await until(pilot, lambda: pane.services.has_focus)
            await click_key(pilot, "Filter")
            await until(pilot, lambda: pane.filter.has_focus)
            await pilot.press(*"nothing")
            assert pane.services.counts == (0, 1)
            if away == "bar":
                await click_key(pilot, "Show all")
            else:
                await pilot.click(pane.services, offset=(1, 1))
                await choose(pilot, "Table: Show all")
            await until(pilot, lambda: pane.services.counts == (1, 1))


async def asked(pilot: Pilot[None]) -> TrafficDiagram:
    """The diagram with a request under way in it that time does not move on."""
    screen = await opened(pilot)
    traffic = screen.side.traffic
    traffic.get_time = lambda: 0.0
    for line in REQUEST:
        await run_command(pilot, line)
    assert traffic.playing
    return traffic


async def test_a_request_is_played_held_and_played_again(make_app: MakeApp) -> None:
    app = make_app("sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        traffic = await asked(pilot)
        await pilot.click(traffic)
        await until(pilot, lambda: traffic.has_focus)
        await click_key(pilot, "Pause")
        await until(pilot, lambda: not traffic.playing)
        await click_key(pilot, "Step")
        await until(pilot, lambda: traffic.hop == 1)
        await choose(pilot, "Traffic: Step back")
        await until(pilot, lambda: traffic.hop == 0)
        await click_key(pilot, "Replay")
        await until(pilot, lambda: traffic.playing)
        await click_key(pilot, "Slower")
        await until(pilot, lambda: traffic.speed == 0.5)


async def test_with_motion_reduced_a_request_is_at_once_at_its_end(make_app: MakeApp) -> None:
    app = make_app("sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        app.animation_level = "full"
        traffic = await asked(pilot)
        await choose(pilot, "Reduced motion")
        await until(pilot, lambda: not traffic.playing)
        assert "HTTP 200" in traffic.text
        for entry in ("Traffic: Replay", "Traffic: Step back", "Traffic: Pause"):
            await choose(pilot, entry)
            await until(pilot, lambda entry=entry: ("HTTP 200" in traffic.text) is not entry.endswith("back"))
            assert not traffic.playing
        await run_command(pilot, REQUEST[-1])
        assert not traffic.playing
        assert "HTTP 200" in traffic.text


async def test_a_lesson_by_the_bars_and_the_palette(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        app.animation_level = "none"
        screen = await opened(pilot)

        def step() -> str:
            return screen.player.session.view.id if screen.player and screen.at_rest else ""

        def conditions() -> str:
            return str(screen.query_one("#conditions", Static).content) if screen.at_rest else ""

        await pilot.click(ActionBar)
        await until(pilot, lambda: step() == "make")
        await click_key(pilot, "Show")
        await until(pilot, lambda: "✓ done" in conditions())
        await click_key(pilot, "Undo")
        await until(pilot, lambda: "○ to do" in conditions())
        await click_key(pilot, "Redo")
        await until(pilot, lambda: "✓ done" in conditions())
        await choose(pilot, "Next step")
        await until(pilot, lambda: step() == "guess")
        await choose(pilot, "Step back")
        await until(pilot, lambda: step() == "make")


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
        await choose(pilot, "Steps")
        await closes(pilot, StepsScreen)
        await app.run_action("screen.steps")
        await closes(pilot, StepsScreen, beside=True)
        app.action_settings()
        await closes(pilot, SettingsScreen, beside=True)
        await choose(pilot, "Settings")
        await closes(pilot, SettingsScreen)


@pytest.mark.parametrize("beside", [False, True])
async def test_a_key_that_is_asked_for_need_not_be_given(make_app: MakeApp, beside: bool) -> None:
    app = make_app("first")
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot)
        await choose(pilot, "Settings")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        settings = app.screen
        assert isinstance(settings, SettingsScreen)
        settings.rows.scroll_to(y=8, animate=False)
        await pilot.pause()
        rows = [settings.rows.render_line(y).text for y in range(settings.rows.size.height)]
        place = next(y for y, row in enumerate(rows) if row.strip().startswith("Hint "))
        await pilot.click(settings.rows, offset=(4, place))
        await until(pilot, lambda: isinstance(app.screen, KeyScreen))
        await pilot.pause()
        await (pilot.click(offset=(0, 0)) if beside else pilot.click("#question"))
        await until(pilot, lambda: app.screen is settings)
        assert not app.preferences.settings.keys


@pytest.mark.parametrize("button", ["#save", "#leave"])
async def test_the_editor_closes(make_app: MakeApp, button: str) -> None:
    app = make_app("sandbox")
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        screen.shell.prompt.put("vi note.txt")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.pause()
        await pilot.click(button)
        await until(pilot, lambda: app.screen is screen and screen.at_rest)


async def test_home(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        await click_key(pilot, "Settings")
        await closes(pilot, SettingsScreen, beside=True)
        await click_key(pilot, "Sandbox")
        screen = await opened(pilot)
        assert screen.sandbox
