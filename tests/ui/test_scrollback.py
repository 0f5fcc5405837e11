"""The model of the transcript."""

from __future__ import annotations

import pytest

from tutor.ui.scrollback import LINE_LIMIT, Scrollback, Span


def shown(scrollback: Scrollback) -> list[str]:
    return [row.text for row in scrollback.rows]


def test_lines_come_in_pieces() -> None:
    scrollback = Scrollback()
    scrollback.write("one\ntw")
    scrollback.write("o\n")
    assert shown(scrollback) == ["one", "two"]


def test_a_carriage_return_writes_over_the_line() -> None:
    scrollback = Scrollback()
    scrollback.write("loading 10%\rloading 99%\rdone\x1b[K\n")
    assert shown(scrollback) == ["done"]


def test_a_backspace_goes_back() -> None:
    scrollback = Scrollback()
    scrollback.write("abc\b\bX")
    assert shown(scrollback) == ["aXc"]


def test_colours_become_spans() -> None:
    scrollback = Scrollback()
    scrollback.write("a \x1b[1;31mred\x1b[0m b")
    assert shown(scrollback) == ["a red b"]
    assert scrollback.row(0).spans == (Span(2, 5, "sgr:bold red"),)


@pytest.mark.parametrize(
    "codes",
    ["\x1b[?25l", "\x1b]0;title\x07", "\x1b[10;20H", "\x1b(B", "\x1b[38;5;200m", "\x07", "\x1bM", "\x00"],
)
def test_other_codes_leave_no_trace(codes: str) -> None:
    scrollback = Scrollback()
    scrollback.write(f"a{codes}b")
    assert shown(scrollback) == ["ab"]


def test_an_escape_code_may_be_cut_in_two() -> None:
    scrollback = Scrollback()
    scrollback.write("a\x1b[3")
    scrollback.write("1mb\x1b[0m")
    assert shown(scrollback) == ["ab"]
    assert scrollback.row(0).spans == (Span(1, 2, "sgr:red"),)


def test_clearing_the_screen_forgets_what_came_before_but_not_after() -> None:
    scrollback = Scrollback()
    scrollback.write("one\ntwo\nthree\n")
    scrollback.write("four\n\x1b[H\x1b[2J\x1b[3Jfive\nsix")
    assert shown(scrollback) == ["five", "six"]


def test_lines_wrap_and_reflow() -> None:
    scrollback = Scrollback()
    scrollback.wrap(4)
    scrollback.write("abcdefghij\nk")
    assert shown(scrollback) == ["abcd", "efgh", "ij", "k"]
    scrollback.wrap(6)
    assert shown(scrollback) == ["abcdef", "ghij", "k"]
    assert [row.ends_line for row in scrollback.rows] == [False, True, True]


def test_wide_characters_are_not_cut() -> None:
    scrollback = Scrollback()
    scrollback.wrap(5)
    scrollback.write("日本語です")
    assert shown(scrollback) == ["日本", "語で", "す"]


def test_spans_follow_the_wrapping() -> None:
    scrollback = Scrollback()
    scrollback.wrap(3)
    scrollback.write("ab")
    scrollback.write("cdef", "command")
    assert [row.spans for row in scrollback.rows] == [(Span(2, 3, "command"),), (Span(0, 3, "command"),)]


def test_only_the_newest_lines_are_held() -> None:
    scrollback = Scrollback(limit=100)
    for number in range(5000):
        scrollback.write(f"line {number}\n")
    assert scrollback.row_count <= 100 + 600
    assert scrollback.row(scrollback.row_count - 1).text == "line 4999"


def test_a_flood_in_one_piece_is_bounded_too() -> None:
    scrollback = Scrollback(limit=100)
    scrollback.write("y\n" * 100_000)
    assert scrollback.row_count <= 100


def test_an_endless_line_is_broken() -> None:
    scrollback = Scrollback()
    for _ in range(50):
        scrollback.write("x" * 1000)
    assert max(len(line) for line in scrollback.text.split("\n")) <= LINE_LIMIT + 1000


def test_remarks_are_wrapped_between_words_and_output_at_the_edge() -> None:
    scrollback = Scrollback()
    scrollback.wrap(10)
    scrollback.write("one two three four 日本語 unbreakable\n", "gloss")
    scrollback.write("one two three\n")
    assert shown(scrollback) == ["one two ", "three four ", "日本語 ", "unbreakabl", "e", "one two th", "ree"]
