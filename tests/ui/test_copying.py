"""Copying what is shown: by dragging the mouse over it, and with a key."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Markdown

from tests.ui.conftest import opened, run_command, until
from tutor.ui.app import TutorApp

MakeApp = Callable[..., TutorApp]


async def drag(pilot: Pilot[None], widget: Widget, start: tuple[int, int], end: tuple[int, int]) -> str:
    """Drag over a widget from one cell of it to another; the text selected by it."""
    await pilot.mouse_down(widget, offset=start)
    await pilot.hover(widget, offset=end)
    await pilot.mouse_up(widget, offset=end)
    await pilot.pause()
    return pilot.app.screen.get_selected_text() or ""


def place(lines: list[str], word: str) -> tuple[int, int]:
    """Column and row at which a word stands."""
    return next((line.index(word), row) for row, line in enumerate(lines) if word in line)


async def test_output_is_selected_by_dragging(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "echo one two three; echo four [/five] six")
        transcript = screen.shell.transcript
        rows = [row.text for row in transcript.scrollback.rows]
        two = next((row.index("two"), y) for y, row in enumerate(rows) if row.startswith("one two"))
        five = next((row.index("] six"), y) for y, row in enumerate(rows) if row.startswith("four [/five]"))
        assert await drag(pilot, transcript, two, five) == "two three\nfour [/five]"
        await pilot.press("super+c")
        await until(pilot, lambda: app.clipboard == "two three\nfour [/five]")


async def test_the_lessons_text_is_selected_by_dragging(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        body = screen.lesson.query_one("#body", Markdown)
        paragraph = body.children[0]
        assert await drag(pilot, paragraph, (5, 0), (8, 0)) == "text"


async def test_a_table_is_selected_by_dragging(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        table = (await opened(pilot)).side.pane.services
        column, row = place(table.text.splitlines(), "kubernetes")
        assert await drag(pilot, table, (column, row), (column + len("kubernetes") - 1, row)) == "kubernetes"
        picked = table.render_line(row)
        assert "kubernetes" in [segment.text for segment in picked]
        app.screen.clear_selection()
        assert "kubernetes" not in [segment.text for segment in table.render_line(row)]
        both = await drag(pilot, table, (column, 0), (column + len("kubernetes") - 1, row))
        assert both.startswith("NAME")
        assert both.splitlines()[1].strip() == "kubernetes"


async def test_the_steps_command_is_copied_with_one_key(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        await opened(pilot)
        await run_command(pilot, "next")
        await pilot.press("alt+c")
        assert app.clipboard == "kubectl create configmap one"


async def test_the_word_clear_empties_the_shell(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        assert "seen before" in await run_command(pilot, "echo seen before")
        await run_command(pilot, "clear")
        assert screen.shell.transcript.scrollback.row_count == 0
        assert "after" in await run_command(pilot, "echo after")
