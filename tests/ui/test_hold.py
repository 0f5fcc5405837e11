"""The screen held back for a moment."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from tests.ui.conftest import until
from tutor.ui.hold import Hold
from tutor.ui.widgets.prompt import Prompt


class Counter(Static):
    """Counts how often it is painted."""

    painted = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.painted += 1
        return super().render_lines(crop)


class CounterApp(App[None]):
    """A counter and a prompt."""

    def compose(self) -> ComposeResult:
        yield Counter("one")
        yield Prompt()


async def test_nothing_is_painted_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.ui.hold.MOMENT", 60.0)
    app = CounterApp()
    async with app.run_test() as pilot:
        counter, hold = app.query_one(Counter), Hold(app.query_one(Prompt))
        await until(pilot, lambda: counter.painted)
        hold.begin()
        hold.begin()
        before = counter.painted
        counter.update("two")
        await pilot.pause(0.05)
        assert counter.painted == before
        hold.end()
        await until(pilot, lambda: counter.painted > before)


async def test_it_ends_by_itself_and_with_its_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    app = CounterApp()
    async with app.run_test() as pilot:
        counter, prompt = app.query_one(Counter), app.query_one(Prompt)
        await until(pilot, lambda: counter.painted)
        prompt.hold.begin()
        before = counter.painted
        counter.update("two")
        await until(pilot, lambda: counter.painted > before)

        monkeypatch.setattr("tutor.ui.hold.MOMENT", 60.0)
        prompt.hold.begin()
        await prompt.remove()
        before = counter.painted
        counter.update("three")
        await until(pilot, lambda: counter.painted > before)
