"""Label and field selectors: reading them, and matching.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors and
k8s.io/apimachinery/pkg/labels/selector.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tutor.engine.names import label_key_problems, label_value_problems

Operator = Literal["=", "!=", "in", "notin", "exists", "!", ">", "<"]


class SelectorError(ValueError):
    """A selector cannot be read; the message is the API server's."""


@dataclass(frozen=True)
class Requirement:
    """One condition on one label."""

    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet it."""
        value = labels.get(self.key)
        match self.operator:
            case "=" | "in":
                return value in self.values
            case "!=" | "notin":
                return value not in self.values
            case "exists":
                return value is not None
            case "!":
                return value is None
            case ">" | "<":
                return self._compares(value)

    def _compares(self, value: str | None) -> bool:
        (bound,) = self.values
        try:
            found, limit = int(value or ""), int(bound)
        except ValueError:
            return False
        return found > limit if self.operator == ">" else found < limit

    def __str__(self) -> str:
        values = ",".join(sorted(self.values))
        match self.operator:
            case "in" | "notin":
                return f"{self.key} {self.operator} ({values})"
            case "exists":
                return self.key
            case "!":
                return f"!{self.key}"
            case operator:
                return f"{self.key}{operator}{values}"


@dataclass(frozen=True)
class Selector:
    """Conditions that must all hold; without any it matches everything."""

    requirements: tuple[Requirement, ...] = ()
    nothing: bool = False

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet every condition."""
        return not self.nothing and all(requirement.matches(labels) for requirement in self.requirements)

    @property
    def equalities(self) -> dict[str, str]:
        """The labels an object must carry exactly, for looking it up in an index."""
        found = {}
        for requirement in self.requirements:
            if requirement.operator in {"=", "in"} and len(requirement.values) == 1:
                (found[requirement.key],) = requirement.values
        return found

    def __str__(self) -> str:
        return ",".join(str(requirement) for requirement in self.requirements)


NOTHING: Final = Selector(nothing=True)
EVERYTHING: Final = Selector()

_TOKEN: Final = re.compile(r"\s*(?:(?P<symbol>==|!=|[=!><(),])|(?P<word>[^=!><(),\s]+))")


@dataclass(frozen=True)
class _Token:
    text: str
    is_word: bool


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(match["symbol"] or match["word"], match["word"] is not None)


class _Parser:
    """Reads `key`, `!key`, `key=value`, `key!=value`, `key in (a,b)`, `key notin (a)`, `key>1`, joined by commas."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _Token("", False)

    def _next(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token

    def parse(self) -> tuple[Requirement, ...]:
        found: list[Requirement] = []
        while True:
            token = self._peek()
            if not token.is_word and token.text not in {"!", ""}:
                raise SelectorError(f"found '{token.text}', expected: !, identifier, or 'end of string'")
            if not token.text:
                return tuple(found)
            try:
                found.append(self._requirement())
            except SelectorError as error:
                raise SelectorError(f"unable to parse requirement: {error}") from None
            token = self._next()
            if not token.text:
                return tuple(found)
            if token.text != ",":
                raise SelectorError(f"found '{token.text}', expected: ',' or 'end of string'")
            after = self._peek()
            if not after.is_word and after.text != "!":
                raise SelectorError(f"found '{after.text}', expected: identifier after ','")

    def _requirement(self) -> Requirement:
        negated = self._peek().text == "!" and bool(self._next())
        key = self._next()
        if not key.is_word:
            raise SelectorError(f"found '{key.text}', expected: identifier")
        _check_key(key.text)
        if negated:
            return Requirement(key.text, "!")
        if self._peek().text in {"", ","}:
            return Requirement(key.text, "exists")
        operator = self._operator()
        values = self._values() if operator in {"in", "notin"} else frozenset({self._value()})
        return _checked(Requirement(key.text, operator, values))

    def _operator(self) -> Operator:
        token = self._next()
        match token.text:
            case "=" | "==":
                return "="
            case "!=":
                return "!="
            case "in":
                return "in"
            case "notin":
                return "notin"
            case ">":
                return ">"
            case "<":
                return "<"
        raise SelectorError(f"found '{token.text}', expected: in, notin, =, ==, !=, gt, lt")

    def _value(self) -> str:
        token = self._peek()
        if token.text in {"", ","}:
            return ""
        self._next()
        if not token.is_word:
            raise SelectorError(f"found '{token.text}', expected: identifier")
        return token.text

    def _values(self) -> frozenset[str]:
        token = self._next()
        if token.text != "(":
            raise SelectorError(f"found '{token.text}' expected: '('")
        values: set[str] = set()
        token = self._peek()
        if token.text == ")":
            self._next()
            return frozenset({""})
        if not token.is_word and token.text != ",":
            raise SelectorError(f"found '{token.text}', expected: ',', ')' or identifier")
        while True:
            token = self._next()
            if token.is_word:
                values.add(token.text)
                token = self._next()
                if token.text == ")":
                    return frozenset(values)
                if token.text != ",":
                    raise SelectorError(f"found '{token.text}', expected: ',' or ')'")
                if self._peek().text == ")":
                    values.add("")
                    self._next()
                    return frozenset(values)
            elif token.text == ",":
                values.add("")
                if self._peek().text == ")":
                    self._next()
                    return frozenset(values)
            else:
                raise SelectorError(f"found '{token.text}', expected: identifier")


def _check_key(key: str) -> None:
    problems = label_key_problems(key)
    if problems:
        raise SelectorError(f'<nil>: Invalid value: "{key}": {"; ".join(problems)}')


def _checked(requirement: Requirement) -> Requirement:
    if requirement.operator in {">", "<"}:
        (bound,) = requirement.values
        if not re.fullmatch(r"[-+]?\d+", bound):
            raise SelectorError(
                f"values[0]: Invalid value: \"{bound}\": for 'Gt', 'Lt' operators, the value must be an integer"
            )
    for index, value in enumerate(sorted(requirement.values)):
        problems = label_value_problems(value)
        if problems:
            raise SelectorError(f'values[{index}][{requirement.key}]: Invalid value: "{value}": {"; ".join(problems)}')
    return requirement


def parse_selector(text: str) -> Selector:
    """A label selector as `-l` takes it.

    Raises:
        SelectorError: with the server's words, such as `found '=', expected: !, identifier, or 'end of string'`.
    """
    return Selector(_Parser(text).parse()) if text else EVERYTHING


_OPERATORS: Final[Mapping[str, Operator]] = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def from_label_selector(selector: Mapping[str, Any] | None) -> Selector:
    """The selector of a LabelSelector object: `{}` matches everything, None nothing."""
    if selector is None:
        return NOTHING
    pairs = [
        Requirement(key, "=", frozenset({value})) for key, value in sorted((selector.get("matchLabels") or {}).items())
    ]
    expressions = [
        Requirement(item["key"], _OPERATORS[item["operator"]], frozenset(item.get("values") or ()))
        for item in selector.get("matchExpressions") or ()
    ]
    return Selector(tuple(sorted((*pairs, *expressions), key=lambda requirement: requirement.key)))


@dataclass(frozen=True)
class FieldRequirement:
    """One condition on one field."""

    field: str
    equal: bool
    value: str


def parse_field_selector(text: str) -> Sequence[FieldRequirement]:
    """A field selector as `--field-selector` takes it; which fields there are is for the kind to say.

    Raises:
        SelectorError: a part has no `=`, `==` or `!=`.
    """
    found = []
    for part in filter(None, text.split(",")):
        match = re.match(r"([^=!]*)(!=|==|=)(.*)", part)
        if match is None:
            raise SelectorError(f"invalid selector: '{text}'; can't understand '{part}'")
        found.append(FieldRequirement(match[1], match[2] != "!=", match[3]))
    return found
