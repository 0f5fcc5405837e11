r"""Reading JSONPath templates such as `{range .items[*]}{.metadata.name}{"\n"}{end}`.

Source: https://github.com/kubernetes/client-go/blob/master/util/jsonpath/parser.go
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias


class JsonPathError(Exception):
    """The template cannot be read or does not fit the data; the message is client-go's."""


@dataclass(frozen=True)
class Literal:
    """A text between braces or in quotes, a number, or a bool."""

    value: str | int | float | bool


@dataclass(frozen=True)
class Field:
    """`.name`."""

    name: str


@dataclass(frozen=True)
class Word:
    """`range` or `end`."""

    name: str


@dataclass(frozen=True)
class Wildcard:
    """`.*`."""


@dataclass(frozen=True)
class Recursive:
    """`..`."""


@dataclass(frozen=True)
class Bound:
    """One of a slice's numbers; `derived` if it only follows from the one before."""

    value: int
    derived: bool = False


@dataclass(frozen=True)
class Slice:
    """`[start:end:step]`, `[index]` or `[*]`."""

    start: Bound | None
    end: Bound | None
    step: Bound | None


@dataclass(frozen=True)
class Filter:
    """`[?(@.left == "right")]`; operator `exists` without a right side."""

    left: Action
    right: Action
    operator: str


@dataclass(frozen=True)
class Union:
    """`['a','b']` or `[0,2]`."""

    parts: tuple[Action, ...]


@dataclass(frozen=True)
class Action:
    """What stands between two braces: steps, each over the results of the one before."""

    steps: tuple[Step, ...]


Step: TypeAlias = Literal | Field | Word | Wildcard | Recursive | Slice | Filter | Union
Node: TypeAlias = Literal | Action

_DICT_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?\d*)(:-?\d*)?(:-?\d*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+?)")
_TERMINATORS = frozenset(" \t\r\n.,[]$@{}")
_END = ""


def parse(text: str) -> tuple[Node, ...]:
    """The nodes of a template.

    Raises:
        JsonPathError: it is none.
    """
    return _Parser(text).template()


def _inside(text: str) -> Action:
    """An action given without its braces."""
    nodes = parse("{" + text + "}")
    first = nodes[0]
    assert isinstance(first, Action)  # noqa: S101  # it begins with a brace
    return first


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def template(self) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while self.at < len(self.text):
            brace = self.text.find("{", self.at)
            end = len(self.text) if brace < 0 else brace
            if end > self.at:
                nodes.append(Literal(self.text[self.at : end]))
            self.at = end + 1
            if brace >= 0:
                nodes.append(self.action())
        return tuple(nodes)

    def action(self) -> Action:
        steps: list[Step] = []
        while True:
            if self.text.startswith("}", self.at):
                self.at += 1
                return Action(tuple(steps))
            if self.text.startswith("[?(", self.at):
                steps.append(self.filter())
            elif self.text.startswith("..", self.at):
                if steps and isinstance(steps[-1], Recursive):
                    raise JsonPathError("invalid multiple recursive descent")
                self.at += 2
                steps.append(Recursive())
                if self._peek() == "_" or self._peek().isalnum():
                    steps.append(self.field())
            else:
                self._step(steps)

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else _END

    def _step(self, steps: list[Step]) -> None:
        char = self._peek()
        if char in (_END, "\r", "\n"):
            raise JsonPathError("unclosed action")
        if char in " @$":
            self.at += 1
        elif char == "[":
            self.array(steps)
        elif char in "\"'":
            steps.append(Literal(self.quoted(char)))
        elif char == ".":
            self.at += 1
            steps.append(self.field())
        elif char in "+-" or char.isdigit():
            steps.append(Literal(self.number()))
        elif char == "_" or char.isalnum():
            word = self._until_terminator()
            steps.append(Literal(word == "true") if word in {"true", "false"} else Word(word))
        else:
            raise JsonPathError(f"unrecognized character in action: U+{ord(char):04X} '{char}'")

    def _until_terminator(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _TERMINATORS:
            self.at += 1
        return self.text[start : self.at]

    def field(self) -> Field | Wildcard:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _TERMINATORS:
            self.at += 2 if self.text[self.at] == "\\" else 1
        self.at = min(self.at, len(self.text))
        name = self.text[start : self.at]
        return Wildcard() if name == "*" else Field(name.replace("\\", ""))

    def number(self) -> int | float:
        start = self.at
        self.at += self._peek() in "+-"
        while self._peek().isdigit() or self._peek() == ".":
            self.at += 1
        text = self.text[start : self.at]
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
        raise JsonPathError(f"cannot parse number {text}")

    def quoted(self, quote: str) -> str:
        start = self.at
        self.at += 1
        while True:
            char = self._peek()
            if char in (_END, "\n"):
                raise JsonPathError("unterminated quoted string")
            self.at += 1
            if char == quote and self.text[self.at - 2] != "\\":
                break
        return _unquote(self.text[start : self.at], quote)

    def array(self, steps: list[Step]) -> None:
        end = next((at for at in range(self.at, len(self.text)) if self.text[at] in "]\n"), -1)
        if end < 0 or self.text[end] == "\n":
            raise JsonPathError("unterminated array")
        text = self.text[self.at + 1 : end]
        self.at = end + 1
        if text == "*":
            text = ":"
        if "," in text:
            steps.append(Union(tuple(_inside(f"[{part.strip(' ')}]") for part in text.split(","))))
        elif key := _DICT_KEY.fullmatch(text):
            steps.extend(_inside("." + key[1]).steps)
        else:
            steps.append(_slice(text))

    def filter(self) -> Filter:
        self.at += 3
        start, pair, closed = self.at, "", False
        while True:
            char = self._peek()
            if char in (_END, "\n"):
                raise JsonPathError("unterminated filter")
            self.at += 1
            if char in "\"'":
                if not pair:
                    pair = char
                elif char == pair and self.text[self.at - 2] != "\\":
                    closed = True
            elif char == ")" and bool(pair) == closed:
                break
        if self._peek() != "]":
            raise JsonPathError("unclosed array expect ]")
        text = self.text[start : self.at - 1]
        self.at += 1
        parts = _COMPARISON.fullmatch(text)
        if parts is None:
            return Filter(_inside(text), Action(()), "exists")
        return Filter(_inside(parts[1]), _inside(parts[3]), parts[2])


def _slice(text: str) -> Slice:
    match = _SLICE.fullmatch(text)
    if match is None:
        raise JsonPathError(f"invalid array index {text}")
    start, end, step = match.groups()
    first = _bound(start) if start else None
    if end is None:
        return Slice(first, Bound((first.value if first else 0) + 1, derived=True), None)
    return Slice(first, _bound(end[1:]), _bound(step[1:]) if step else None)


def _bound(text: str) -> Bound | None:
    if not text:
        return None
    try:
        return Bound(int(text))
    except ValueError:
        raise JsonPathError(f"array index {text} is not a number") from None


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.)|$)", re.DOTALL)


def _unquote(text: str, quote: str) -> str:
    """What a quoted string stands for, as Go's strconv reads it."""

    def char(match: re.Match[str]) -> str:
        two, four, eight, octal, letter = match.groups()
        if two or four or eight:
            return chr(min(int(two or four or eight, 16), 0x10FFFF))
        if octal:
            return chr(int(octal, 8))
        if letter in _ESCAPES or letter == quote:
            return _ESCAPES.get(letter, letter)
        raise JsonPathError(f"unquote string {text} error invalid syntax")

    return _ESCAPE.sub(char, text[1:-1])
