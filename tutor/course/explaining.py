"""What is wrong with a file's shape, in an author's words: pydantic's findings, each with its place and its mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tutor.course.conditions.tree import KINDS
from tutor.course.marked_yaml import Marked
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem, did_you_mean
from tutor.course.schema import (
    STEP_KINDS,
    Choice,
    ClusterSetup,
    FileFrom,
    Hint,
    Ladder,
    Lesson,
    Option,
    Refusal,
    Rehearsal,
    Value,
    Wrong,
)
from tutor.course.variables import VARIABLES
from tutor.engine.resources import RESOURCES

_KEYS_BY_PARENT: Final[Mapping[str, type[BaseModel]]] = {
    "cluster": ClusterSetup,
    "hints": Hint,
    "options": Option,
    "refused": Refusal,
    "rehearsal": Rehearsal,
    "ladder": Ladder,
    "wrong": Wrong,
    "files": FileFrom,
    "answer": Value,
    "reveal": Value,
}
_CONDITIONS: Final = frozenset({"until", "when", "not", "present"})
"""Keys under which a condition stands."""
_OF_UNIONS: Final = frozenset({"string_type", "list_type", "dict_type", "int_type", "bool_type", "literal_error"})
"""What is found again for each of the ways in which something could have been written."""
_ID: Final = "lower-case letters, digits and dashes are wanted"
_WANTED: Final[Mapping[str, tuple[str, str]]] = {
    "list_type": ("a list", "write - before each entry"),
    "int_type": ("a whole number", "write one, without quotes"),
    "int_from_float": ("a whole number", "write one"),
    "float_type": ("a number", "write one, without quotes"),
    "float_parsing": ("a number", "write one"),
    "bool_type": ("true or false", "write one of the two, without quotes"),
}
"""For pydantic's errors of type: what is wanted, and the mend."""
_FURTHER: Final = (
    ("not a regular expression", "put a \\ before a sign that stands for itself"),
    ("object and path go together", "write both"),
    ("a hint has a text or a command", "write text:, command: or both"),
    ("go with verb", "write verb: too"),
    ("cannot read", "write it as in spec.ports[0].port or metadata.labels.app"),
)
"""Mends for what the schema says without one, by a part of what it says."""

_REPLACED: Final = {"hides": "write meets: always, or meets: now if it does not outlast the Pods"}
"""Keys that there were once: what stands in their place."""


def explained(error: ValidationError, file: Path, marks: Marked, top: type[BaseModel] = Lesson) -> tuple[Problem, ...]:
    """What is wrong with a file's shape, as an author wants to read it, in the order of its lines.

    Args:
        error: what pydantic says.
        file: the file.
        marks: where everything stands in it.
        top: what the file as a whole should be.
    """
    found = [_Found(each, *_data_path(each["loc"], marks.data)) for each in error.errors()]
    problems = {_explained(each, file, marks, top): None for each in _one_each(found)}
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))


def problem_at(file: Path, marks: Marked, path: DataPath, message: str, mend: str, code: str) -> Problem:
    """A problem at a place of a file."""
    line, column = marks.place_of(path)
    return Problem(file, line, column, message, mend, in_words(path, marks.data), code)


def in_words(path: DataPath, data: Any) -> str:
    """A path as a person reads it, with steps by their id: `steps › apply › until › all 2`."""
    words: list[str] = []
    for part in path:
        if isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
            name = data.get("id") if isinstance(data, dict) else None
            if isinstance(name, str):
                words.append(name)
            elif words:
                words[-1] += f" {part + 1}"
            continue
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part))
        data = data.get(part) if isinstance(data, dict) else None
    return " › ".join(words)


class _Found(NamedTuple):
    """An error, where in the data it is, and the tags of unions on the way there."""

    error: ErrorDetails
    path: DataPath
    tags: tuple[str, ...]


def _one_each(found: Iterable[_Found]) -> Iterator[_Found]:
    """The errors, of those that one mistake has in each of several ways to write something only the nearest."""
    known = list(found)
    for place, each in enumerate(known):
        if each.error["type"] in _OF_UNIONS:
            others = [other for other in known if other.error["type"] != "missing" and other is not each]
            if any(_is_nearer(other, each, before=known.index(other) < place) for other in others):
                continue
        yield each


def _is_nearer(other: _Found, each: _Found, *, before: bool) -> bool:
    """Whether another error says more of the same mistake."""
    if len(other.path) > len(each.path):
        return other.path[: len(each.path)] == each.path
    if other.path != each.path:
        return False
    rank = {"literal_error": 1}
    other_rank, rank_here = (
        rank.get(kind, 2 if kind in _OF_UNIONS else 0) for kind in (other.error["type"], each.error["type"])
    )
    return other_rank < rank_here or (other_rank == rank_here and before)


def _explained(found: _Found, file: Path, marks: Marked, top: type[BaseModel]) -> Problem:
    (error, path, tags), kind, value = found, found.error["type"], found.error["input"]
    key = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        if value is None and path[:-1] in marks.flows:
            message = f"a comma ends an entry between braces, and has cut off {key!r}"
            return problem_at(file, marks, path, message, "put the text in quotes", "unknown-key")
        return problem_at(file, marks, path, f"unknown key {key!r}", _mend_key(key, path, tags, top), "unknown-key")
    if kind == "missing":
        mend = "add format: 1" if key == "format" else f"add {key}:"
        return problem_at(file, marks, path, f"the key {key!r} is missing", mend, "missing-key")
    if kind == "unknown_condition":
        return problem_at(file, marks, path, *_about_condition(value), "condition")
    if kind == "unknown_step_kind":
        word = value.get("kind") if isinstance(value, dict) else None
        message = f"no such kind of step: {word!r}" if word is not None else "the step has no kind"
        place = (*path, "kind") if word is not None else path
        return problem_at(file, marks, place, message, did_you_mean(str(word), STEP_KINDS), "step-kind")
    if kind in {"string_type", "dict_type", "model_type", *_WANTED}:
        return problem_at(file, marks, path, *_about_type(found, marks, top), "type")
    return problem_at(file, marks, path, *_about_value(error), "value")


def _about_type(found: _Found, marks: Marked, top: type[BaseModel]) -> tuple[str, str]:
    (error, path, tags), value = found, found.error["input"]
    shown = _shown(value, path, marks)
    plain = isinstance(value, bool | int | float)
    if error["type"] in _WANTED:
        wanted, mend = _WANTED[error["type"]]
        if wanted == "a list" and isinstance(value, str):
            mend = "write - before it"
        return f"{wanted} is wanted, not {shown}", mend
    if error["type"] == "string_type":
        if isinstance(value, dict):
            return f"a text is wanted, not {shown}", 'put a text with ": " in it in quotes'
        return f"a text is wanted, not {shown}", "put it in quotes" if plain else "write a text"
    if plain and error.get("ctx", {}).get("class_name") in {"Value", "Where"}:
        return f"a text or a mapping is wanted, not {shown}", "put it in quotes"
    keys = ", ".join(_known_keys((*path, ""), tags, top))
    return f"a mapping is wanted, not {shown}", f"write keys with their values: {keys}" if keys else "write key: value"


def _about_value(error: ErrorDetails) -> tuple[str, str]:
    kind, value, limits = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "literal_error":
            known = re.findall(r"'([^']*)'", limits["expected"])
            return f"{value!r} will not do", did_you_mean(str(value), known) or f"write {limits['expected']}"
        case "string_pattern_mismatch" if error["loc"][:1] == (VARIABLES,):
            return f"{value!r} is no name of a variable", "write letters, digits, dashes, the first a letter"
        case "string_pattern_mismatch":
            fitting = re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-")
            return f"{_ID}, not {value!r}", f"such as {fitting}" if fitting else ""
        case "string_too_short":
            return "the text is empty", "write one"
        case "string_too_long":
            return f"at most {limits['max_length']} characters are wanted, not {len(str(value))}", "shorten it"
        case "too_short":
            least, there = limits["min_length"], limits["actual_length"]
            return f"at least {least} {'entry is' if least == 1 else 'entries are'} wanted, not {there}", "add to it"
        case "greater_than_equal":
            return f"at least {limits['ge']} is wanted, not {value!r}", f"write {limits['ge']} or more"
        case "less_than_equal":
            return f"at most {limits['le']} is wanted, not {value!r}", f"write {limits['le']} or less"
    return _said_by_schema(error["msg"].removeprefix("Value error, "), value)


def _said_by_schema(message: str, value: Any) -> tuple[str, str]:
    """A message of the schema's own, with a mend: some are one, some lack one."""
    message = message[:1].lower() + message[1:]
    if message.startswith("say "):
        what, _, mend = message.removeprefix("say ").partition(": ")
        return f"it does not say {what}", f"write {mend}"
    if message.startswith("write "):
        return f"{repr(value) if isinstance(value, str | int | float) else 'this'} will not do", message
    kind = re.search(r"there is no kind '(.*)' in", message)
    if kind is not None:
        names = [word for each in RESOURCES for word in (each.singular, each.plural)]
        return message, did_you_mean(kind[1], names, listing=False) or f"known here: {', '.join(_kinds())}"
    head, semicolon, mend = message.partition("; ")
    if semicolon:
        return head, mend
    return message, next((mend for part, mend in _FURTHER if part in message), "")


def _kinds() -> list[str]:
    return sorted({each.singular for each in RESOURCES})


def _shown(value: Any, path: DataPath, marks: Marked) -> str:
    """A value as an author wrote it, or else as data; shortened."""
    text = "nothing" if value is None else repr(value)
    if isinstance(value, bool | int | float) and path in marks.spans:
        start, end = marks.spans[path]
        text = marks.source[start:end]
    return text if len(text) <= 40 else f"{text[:37]}…"


def _about_condition(found: Any) -> tuple[str, str]:
    if not isinstance(found, dict):
        mend = "write all: above the list" if isinstance(found, list) else "write the word and what it is about"
        text = "a list" if isinstance(found, list) else _shown(found, (), Marked())
        return f"a condition is a mapping such as exists: service/web, not {text}", mend
    known = [key for key in found if key in KINDS]
    if len(known) > 1:
        return f"{' and '.join(known)} in one condition", "put each in an entry of its own, under all"
    words = [str(key) for key in found if key not in {"else", "title", "with"}]
    if not words:
        return "the condition does not say what must hold", did_you_mean("", KINDS)
    return f"unknown condition {words[0]!r}", did_you_mean(words[0], KINDS)


def _data_path(location: tuple[str | int, ...], data: Any) -> tuple[DataPath, tuple[str, ...]]:
    """Where in the data an error is, and the union tags pydantic put in between (they stand nowhere in the file)."""
    path: list[str | int] = []
    tags: list[str] = []
    tagged = False
    for number, part in enumerate(location):
        there = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)
        if there and not tagged:
            path.append(part)
            data = data[part]
            # The word of a condition comes first as a tag, and then as the key that it is too.
            tagged = isinstance(data, dict) and _is_condition(path)
        elif there and number == len(location) - 1:
            path.append(part)  # what is wrong with a condition as a whole, at its word
        elif tagged or not (number == len(location) - 1 and isinstance(data, dict)):
            tagged = False
            tags.append(str(part))
    return tuple(path), tuple(tags)


def _is_condition(path: Sequence[str | int]) -> bool:
    """Whether a condition stands at that place."""
    if isinstance(path[-1], int):
        return path[-2:-1] in (["all"], ["any"])
    return path[-1] in _CONDITIONS


# Keys


def _mend_key(key: str, path: DataPath, tags: tuple[str, ...], top: type[BaseModel]) -> str:
    if key in _REPLACED:
        return _REPLACED[key]
    known = list(_known_keys(path, tags, top))
    kinds = [kind for kind, model in STEP_KINDS.items() if path[-3:-2] == ("steps",) and key in set(_aliases(model))]
    return f"steps of the kind {' and '.join(kinds)} have it" if kinds else did_you_mean(key, known)


def _known_keys(path: DataPath, tags: tuple[str, ...], top: type[BaseModel]) -> Iterator[str]:
    """The keys that may stand where an unknown one was found."""
    words = [part for part in path[:-1] if isinstance(part, str)]
    parent = words[-1] if words else ""
    model: type[BaseModel] | None = None
    if not words:
        model = top
    elif parent == "steps":
        model = STEP_KINDS.get(tags[-1]) if tags else None
    elif words[0] == VARIABLES:
        model = Choice
    elif parent in _KEYS_BY_PARENT:
        model = _KEYS_BY_PARENT[parent]
    elif parent in KINDS and parent not in {"all", "any", "not"}:
        yield from _inner_keys(KINDS[parent])
        return
    elif parent in {*_CONDITIONS, "all", "any"}:
        yield from ("else", "title", *KINDS)
        return
    if model is not None:
        yield from _aliases(model)


def _aliases(model: type[BaseModel]) -> Iterator[str]:
    for name, known in model.model_fields.items():
        yield known.alias or name


def _inner_keys(model: type[BaseModel]) -> Iterator[str]:
    for known in model.model_fields.values():
        inner = known.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _aliases(inner)
