"""The home screen's list, as data and on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual import events

from tests.ui.conftest import opened, until
from tutor.course.catalog import Catalog, LessonEntry, LessonGroup
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.ui.app import TutorApp
from tutor.ui.home_rows import about_lines, heading_line, progress_line, row_line, rows_by_id, sections
from tutor.ui.screens.home import HomeScreen
from tutor.ui.theme import ASCII, UNICODE


def lesson(name: str, title: str, minutes: int = 12) -> LessonEntry:
    return LessonEntry(name, Path(f"{name}.yaml"), title, "What it is about.", minutes, ("See it",), ("a", "b", "c"))


CATALOG = Catalog((
    LessonGroup("The core", (lesson("one", "The first"), lesson("two", "The second"))),
    LessonGroup("Deeper", (lesson("three", "Headless Services, and endpoints written by hand"),)),
))  # fmt: skip
MADE = Progress(lessons={"one": LessonProgress(completed=True, step="c"), "two": LessonProgress(step="b", done=("a",))})


def test_lessons_stand_in_their_groups_with_how_far_each_is() -> None:
    listed = sections(CATALOG, MADE)
    assert [section.title for section in listed] == ["The core", "Deeper", "Practice", "Sandbox", "More"]
    assert "1 of 2 done" in heading_line(listed[0]).plain
    rows = rows_by_id(listed)
    lines = [row_line(rows[name], 70, UNICODE).plain for name in ("one", "two", "three")]
    assert [line.split() for line in lines[:2]] == [
        ["1", "The", "first", "12", "min", "✓", "finished"],
        ["2", "The", "second", "12", "min", "◐", "step", "2/3"],
    ]
    assert lines[2].startswith("  3  Headless")


def test_a_row_fits_whatever_width_there_is() -> None:
    rows = rows_by_id(sections(CATALOG, MADE))
    assert all(row_line(row, width, ASCII).cell_length <= width for row in rows.values() for width in range(34, 90))
    assert "min" not in row_line(rows["three"], 44, UNICODE).plain
    assert "…" in row_line(rows["three"], 44, UNICODE).plain


def test_what_is_said_about_a_lesson_ends_with_what_enter_does() -> None:
    said = about_lines(rows_by_id(sections(CATALOG, MADE))["two"].about, 40, UNICODE).plain
    assert said.splitlines()[:2] == ["The second", "12 minutes  ·  3 steps"]
    assert " • See it" in said
    assert said.endswith("Enter  go on at step 2 of 3")


def test_progress_is_said_in_words_and_as_a_bar() -> None:
    assert progress_line(1, 3, ASCII).plain == "1 of 3 lessons  ==="
    assert progress_line(0, 0, ASCII).plain == ""


async def test_headings_are_passed_over(make_app: Callable[..., TutorApp], lessons: Path) -> None:
    index = "groups:\n  - {title: A, lessons: [first.yaml]}\n  - {title: B, lessons: [second.yaml]}\n"
    (lessons / "index.yaml").write_text(index, encoding="utf-8")
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        home = app.screen
        assert isinstance(home, HomeScreen)
        assert home.lessons.highlighted_option is not None
        assert home.lessons.highlighted_option.id == "first"
        await pilot.press("down")
        assert home.lessons.highlighted_option.id == "second"
        assert "Second things" in str(home.query_one("#about").render())


@pytest.mark.parametrize(("started", "row"), [("second", "second"), ("sandbox", "play:empty")])
async def test_the_cursor_is_on_the_lesson_that_was_left(
    make_app: Callable[..., TutorApp], started: str, row: str
) -> None:
    app = make_app(started)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert isinstance(app.screen, HomeScreen)
        chosen = app.screen.lessons.highlighted_option
        assert chosen is not None
        assert chosen.id == row


async def test_the_row_chosen_stays_in_view_however_quickly_it_is_come_to(make_app: Callable[..., TutorApp]) -> None:
    app = make_app()
    async with app.run_test(size=(80, 14)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        home = app.screen
        assert isinstance(home, HomeScreen)
        await pilot.press("down")
        for _ in range(2):  # to the first row, and on to the last
            app.post_message(events.Key("up", None))
        await until(pilot, lambda: home.lessons.highlighted_option and home.lessons.highlighted_option.id == "quit")
        await pilot.pause(0.1)
        assert home.lessons.highlighted is not None
        assert home.lessons.scroll_y > 0
        assert "Quit" in "".join(home.lessons.render_line(y).text for y in range(home.lessons.size.height))
        assert "Progress is kept" in str(home.query_one("#about").render())
