"""Copying what is shown: by dragging the mouse over it, and with a key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.selection import SELECT_ALL
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Markdown

from tests.ui.conftest import opened, run_command, until
from tutor.ui.app import TutorApp
from tutor.ui.theme import AA, OWN_THEMES, contrast

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


@pytest.mark.parametrize("theme", OWN_THEMES, ids=lambda theme: theme.name)
async def test_what_is_selected_can_be_read(make_app: MakeApp, theme: Theme) -> None:
    """In the tables and in the shell, whatever its colour is otherwise."""
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        app.theme = theme.name
        screen = await opened(pilot)
        await run_command(pilot, "kubectl create service clusterip web --tcp=80")
        await run_command(pilot, "printf '\\033[31mred\\033[0m \\033[32mgreen\\033[0m\\n'")
        await run_command(pilot, "kubectl delete service web")
        for widget in (screen.shell.transcript, screen.side.pane.services):
            plain = segments_of(widget)
            screen.selections = {widget: SELECT_ALL}
            await pilot.pause()
            marked = segments_of(widget)
            assert "".join(marked) == "".join(plain)
            assert any("web" in text for text in marked)
            for text, (word, ground) in marked.items():
                assert contrast(word, ground) >= AA, text
                assert ground not in [back for _, back in plain.values()], text


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_what_is_selected_can_be_read_in_the_terminals_own_colours(make_app: MakeApp, theme: str) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        app.theme = theme
        screen = await opened(pilot)
        await run_command(pilot, "echo hi")
        for widget in (screen.shell.transcript, screen.side.pane.services):
            screen.selections = {widget: SELECT_ALL}
            await pilot.pause()
            assert all(word != ground for word, ground in segments_of(widget).values())


def segments_of(widget: Widget) -> dict[str, tuple[Color, Color]]:
    """The texts a widget draws, each with its colour and what is behind it."""
    drawn = {}
    for y in range(widget.size.height):
        for text, style, _ in widget.render_line(y):
            if text.strip() and style is not None and style.color is not None and style.bgcolor is not None:
                drawn[text] = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    return drawn


async def test_selected_is_the_same_part_that_is_copied(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        transcript = (await opened(pilot)).shell.transcript
        await run_command(pilot, "echo 日本語 one two three")
        row = next(y for y, each in enumerate(transcript.scrollback.rows) if each.text.startswith("日本語"))
        start = transcript.scrollback.row(row).text.index("two") + 3  # the three before are two cells wide
        assert await drag(pilot, transcript, (start, row), (start + 2, row)) == "two"
        strip = transcript.render_line(row - transcript.scroll_offset.y)
        assert "two" in [segment.text for segment in strip]


async def test_nothing_of_an_empty_table_is_selected(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        screen.side.pane.kind = "Pod"
        table = screen.side.pane.others
        await pilot.pause()
        assert not await drag(pilot, table, (1, 0), (8, 1))
        assert len({style for text, style, _ in table.render_line(0) if text.strip()}) == 1
        table.focus()
        await pilot.pause()
        app.copy_to_clipboard("before")
        await pilot.press("alt+p")
        assert app.clipboard == "before"


async def test_an_empty_shell_is_not_copied(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        await opened(pilot)
        app.copy_to_clipboard("before")
        await pilot.press("alt+p")
        assert app.clipboard == "before"
        await until(pilot, lambda: app._notifications)
        assert "Nothing to copy" in next(iter(app._notifications)).message
