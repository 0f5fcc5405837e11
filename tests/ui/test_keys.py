"""The keys as they come from terminals that know no newer way to say them than an escape before the letter."""

from __future__ import annotations

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from tutor.ui.keys import key_groups, name_of, read_key

_SENT = {"full_stop": "\x1b.", "backspace": "\x1b\x7f"} | {
    name: f"\x1b[1;3{letter}" for name, letter in zip(("up", "down", "right", "left"), "ABCD", strict=True)
}
_TAKEN_FOR = {
    "alt+b": "ctrl+left",
    "alt+f": "ctrl+right",
    "alt+backspace": "ctrl+w",
    # Only a terminal with the kitty protocol can say it; `!$` is the way without.
    "alt+full_stop": "full_stop",
}
"""What Textual takes a key for; but for the last, a key that does the same."""
KEYS = sorted({key for _, group in key_groups() for each in group for key in each.key.split(",") if "alt+" in key})


@pytest.mark.parametrize("key", KEYS)
def test_a_key_with_alt_arrives(key: str) -> None:
    name = key.removeprefix("alt+")
    parser = XTermParser()
    came = [*parser.feed(_SENT.get(name, f"\x1b{name}")), *parser.feed("")]
    assert [each.key for each in came if isinstance(each, events.Key)] == [_TAKEN_FOR.get(key, key)]


def test_no_two_keys_of_a_place_have_the_same_name() -> None:
    for place, bindings in key_groups():
        names = [name_of(binding) for binding in bindings]
        assert len({*names}) == len(names), place


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("F3", "f3"), ("f3", "f3"), ("Ctrl+P", "ctrl+p"), (" alt + x", "alt+x"), ("PgUp", "pageup"), ("Esc", "escape"),
        ("alt+↑", "alt+up"), ("K", "K"), ("?", "question_mark"), ("/", "slash"), ("slash", "slash"), ("+", "plus"),
        ("ctrl++", "ctrl+plus"), ("alt+.", "alt+full_stop"), ("xyzzy", ""), ("f25", ""), ("foo+x", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_key_is_known_however_it_is_written(written: str, key: str) -> None:
    assert read_key(written) == key


def test_every_usual_key_is_known() -> None:
    keys = {key for _, bindings in key_groups() for each in bindings for key in each.key.split(",")}
    assert {key: read_key(key) for key in keys} == {key: key for key in keys}
