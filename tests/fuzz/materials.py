"""What fuzzed input is made of: manifests and command lines that are right, and ways to spoil them."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.kubectl.recordings import NAMES, load
from tutor.engine.objects import Object
from tutor.kubectl.command import Command
from tutor.kubectl.common_flags import GLOBAL_FLAGS
from tutor.kubectl.overview import verb_names
from tutor.kubectl.verbs import find_verb

HANG = 30
"""Seconds after which an example counts as one that never ends."""

FOLDER = Path(__file__).parent
RECORDINGS = [load(name) for name in NAMES]
MANIFEST_TEXT = (FOLDER / "manifests.yaml").read_text(encoding="utf-8")
MANIFESTS: list[Object] = list(yaml.load_all(MANIFEST_TEXT, yaml.CSafeLoader))
"""One of each kind or more, with most of the fields that mean something to the simulation."""
TEXTS = [MANIFEST_TEXT]
TEXTS += [text for each in RECORDINGS for name, text in each.files.items() if name.endswith((".yaml", ".json"))]
"""Texts of manifests, right ones and wrong ones."""


def _words(line: str) -> tuple[str, ...]:
    """The words of a command line, up to the first pipe or other operator."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return tuple(takewhile(lambda word: not set(word) <= set("();<>|&"), lexer))


_LINES = (FOLDER / "commands.txt").read_text(encoding="utf-8").splitlines()
_LINES += [step.cmd for each in RECORDINGS for step in each.steps if step.cmd.startswith("kubectl")]
COMMANDS = sorted({_words(line)[1:] for line in _LINES})
"""Command lines, each as the words after `kubectl`."""

_INVISIBLE = ["\0", "\n", "\t", "\x1b[31m", "\u2028", "\ufeff", "\u202eabc", "e\u0301"]
ODD_TEXT = st.sampled_from([*(FOLDER / "odd-texts.txt").read_text(encoding="utf-8").split("\n"), *_INVISIBLE])
TEXT = st.one_of(ODD_TEXT, st.text(max_size=8))
NUMBERS = st.sampled_from(
    [0, 1, -1, 2, 80, 65536, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, 2**64, 10**40, 0.5, -0.0, 1e300]
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)


def deep(levels: int) -> Any:
    """Lists in lists."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a value, itself first."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from places(each, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], how: str, new: Any) -> Any:
    """A copy of the value, different at one place."""
    if not path:
        return new
    key, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[key] = _changed(value[key], tuple(rest), how, new)
    elif how == "drop":
        del copy[key]
    elif how == "add" and isinstance(copy, dict):
        copy[new if isinstance(new, str) else "surprise"] = new
    elif how == "twice" and isinstance(copy, list):
        copy.insert(key, copy[key])
    elif how == "wrap":
        copy[key] = [copy[key]]
    else:
        copy[key] = new
    return copy


@st.composite
def spoiled(draw: st.DrawFn, values: list[Any]) -> Any:
    """One of the values with one to three things in it wrong, or at least other."""
    value = draw(st.sampled_from(values))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(value))[1:] or [()]))
        how = draw(st.sampled_from(["put", "put", "put", "drop", "add", "twice", "wrap"]))
        value = _changed(value, path, how, draw(VALUES))
        if not isinstance(value, dict):
            break
    return value


@st.composite
def spoiled_words(draw: st.DrawFn) -> list[str]:
    """A command line with one to three words wrong."""
    words = list(draw(st.sampled_from(COMMANDS)))
    others = sorted({word for command in COMMANDS for word in command})
    for _ in range(draw(st.integers(1, 3))):
        first = 0 if draw(st.integers(0, 9)) == 0 else min(1, len(words) - 1)  # another verb ends most command lines
        at = draw(st.integers(max(0, first), max(0, len(words) - 1)))
        how = draw(st.sampled_from(["drop", "twice", "swap", "odd", "other", "cut", "insert", "value"]))
        if how == "insert" or not words:
            words.insert(at, draw(st.one_of(TEXT, st.sampled_from(others))))
        elif how == "drop":
            del words[at]
        elif how == "twice":
            words.insert(at, words[at])
        elif how == "swap":
            words[at], words[-1] = words[-1], words[at]
        elif how == "odd":
            words[at] = draw(TEXT)
        elif how == "other":
            words[at] = draw(st.sampled_from(others))
        elif how == "cut":
            words[at] = words[at][: draw(st.integers(0, len(words[at])))]
        else:
            words[at] = words[at].partition("=")[0] + "=" + draw(TEXT)
    return words


def _leaves() -> Iterator[tuple[list[str], Command]]:
    """Every command that does something, with the words that lead to it."""
    waiting = [([name], command) for name in verb_names() if (command := find_verb(name))]
    while waiting:
        words, command = waiting.pop()
        waiting += [([*words, each.name], each) for each in command.subcommands]
        if command.handler is not None:
            yield words, command


LEAVES = list(_leaves())
_ARGUMENTS = (FOLDER / "arguments.txt").read_text(encoding="utf-8").split()
_TEXTS = (FOLDER / "values.txt").read_text(encoding="utf-8").split()
_LIKELY = {
    "bool": ["true", "false"],
    "int": ["0", "1", "2", "-1", "100"],
    "duration": ["0s", "1s", "3s", "-1s", "1h"],
    "string": _TEXTS,
    "list": _TEXTS,
    "array": _TEXTS,
}
_ENDLESS = {"watch", "watch-only", "follow", "help", "server"}
_EVERYWHERE = [flag for flag in GLOBAL_FLAGS if flag.name == "namespace"]


@st.composite
def declared_words(draw: st.DrawFn) -> list[str]:
    """A command line of a real command, arguments it may know, and flags it has, with likely and unlikely values."""
    words, command = draw(st.sampled_from(LEAVES))
    argument = st.one_of(*[st.sampled_from(_ARGUMENTS)] * 5, TEXT)
    words = [*words, *draw(st.lists(argument, max_size=3))]
    known = [flag for flag in (*command.flags, *_EVERYWHERE) if flag.name not in _ENDLESS]
    chosen = [flag for flag in known if flag.required] + draw(st.lists(st.sampled_from(known), max_size=4))
    for flag in chosen:
        likely = st.sampled_from([*_LIKELY[flag.kind], *flag.choices])
        value = draw(st.one_of(*[likely] * 8, ODD_TEXT))
        words.append(f"--{flag.name}" if flag.bare and draw(st.booleans()) else f"--{flag.name}={value}")
    if draw(st.integers(0, 5)) == 0:
        words += ["--", *draw(st.lists(TEXT, max_size=2))]
    return words


@st.composite
def spoiled_text(draw: st.DrawFn) -> str:
    """A manifest's text with pieces cut out, put in, or exchanged."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        text = (
            text[:start]
            + draw(
                st.one_of(
                    TEXT,
                    st.sampled_from([":", "- ", "{", "[", "&a ", "*a", "!!int ", "|\n", "---\n", "#", '"', "<<: "]),
                )
            )
            + text[end:]
        )
    return text


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail, rather than wait for ever, if what is inside does not end."""

    def ring(_signal: int, _frame: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
