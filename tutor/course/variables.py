r"""What differs from learner to learner in a lesson: values chosen by a seed, put into the parsed file.

`((app))` in a text of the file stands for the value of the variable `app`, `((mistake.typo))` for one field of a
value that has several, and `\((app))` for these characters themselves. A text that is nothing but a variable takes the
value with its type: a port stays a number. `$((…))` is the shell's own arithmetic and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final, TypeAlias

from tutor.course.marked_yaml import Marked, Path
from tutor.course.problems import did_you_mean
from tutor.engine.dice import Dice

Scalar: TypeAlias = str | int | float | bool
Values: TypeAlias = Mapping[str, Scalar | Mapping[str, Scalar]]
"""The values of a lesson's variables for one learner, by name."""
Picked: TypeAlias = tuple[str, int]
"""A variable, and the place among its choices of the value it got."""

VARIABLES: Final = "vars"
"""The key of a lesson file that declares them."""
UNCHANGING: Final = frozenset({VARIABLES, "format", "id", "title", "summary", "minutes", "objectives", "terms"})
"""Keys at the top whose texts are shown to everybody before any seed is known, or by which progress is kept."""
_NAME: Final = r"[A-Za-z][\w-]*"
_REFERENCE: Final = re.compile(rf"(?:(?P<literal>\\)|(?<!\$))\(\((?P<name>{_NAME})(?:\.(?P<field>{_NAME}))?\)\)")


@dataclass(frozen=True)
class Unknown:
    """A reference that stands for nothing.

    Args:
        path: where it is.
        message: what is wrong.
        mend: what to do about it.
        fragment: the reference as it stands in the text there; may be empty.
    """

    path: Path
    message: str
    mend: str
    fragment: str = ""


@dataclass(frozen=True)
class Substituted:
    """A lesson file with its variables put in.

    Args:
        marks: the data, and where everything stands.
        values: what each variable stands for.
        unknown: references that stand for nothing.
    """

    marks: Marked
    values: Values
    unknown: tuple[Unknown, ...]


def substitute(marks: Marked, seed: int, given: Values | None = None) -> Substituted:
    """Put the values of a lesson's variables in the place of every reference to them.

    Args:
        marks: the lesson file as parsed: a mapping. What is malformed in its `vars` is passed over here.
        seed: decides every choice.
        given: values known beforehand.
    """
    work = _Substitution(replace(marks, values=dict(marks.values), keys=dict(marks.keys), spans=dict(marks.spans)))
    written = marks.data.get(VARIABLES)
    declared: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
    choices = list(_choices(declared, seed))
    work.malformed = declared.keys() - {name for name, _, _ in choices}
    work.values.update(given or {})
    for name, place, choice in choices:
        path = (VARIABLES, name) if place is None else (VARIABLES, name, "choose", place)
        value = work.replaced(choice, path)
        if isinstance(value, str | int | float | dict):
            work.values[name] = value
    work.marks.data = {
        key: value if key in UNCHANGING else work.replaced(value, (key,)) for key, value in marks.data.items()
    }
    for key, value in marks.data.items():
        if key in UNCHANGING - {VARIABLES}:
            work.refuse(value, (key,))
    return Substituted(work.marks, work.values, tuple(work.unknown))


def references(text: str) -> list[str]:
    """What in a text would stand for variables."""
    return [found[0] for found in _REFERENCE.finditer(text) if not found["literal"]]


def covering_seeds(declared: Mapping[str, Any]) -> tuple[int, ...]:
    """Seeds that between them show every value of every choice; just one if there is nothing to choose.

    Args:
        declared: the `vars` of a lesson file.
    """
    wanted = {
        (name, place)
        for name, choices in declared.items()
        if isinstance(choices, Mapping)
        for place in range(len(choices["choose"]))
    }
    seeds: list[int] = []
    numbers = count(1)
    while wanted:
        seed = next(numbers)
        shown = {(name, place) for name, place, _ in _choices(declared, seed)}
        if wanted & shown:
            wanted -= shown
            seeds.append(seed)
    return tuple(seeds) or (1,)


def _choices(declared: Mapping[str, Any], seed: int) -> Iterator[tuple[str, int | None, Any]]:
    """Each variable with the place of what was chosen (None where nothing is to choose), and that."""
    dice = Dice(seed)
    for name, value in declared.items():
        if isinstance(value, str | int | float):
            yield name, None, value
        elif isinstance(value, Mapping) and isinstance(choices := value.get("choose"), list) and choices:
            place = dice.below(len(choices))
            yield name, place, choices[place]


class _Substitution:
    def __init__(self, marks: Marked) -> None:
        self.marks = marks
        self.values: dict[str, Scalar | Mapping[str, Scalar]] = {}
        self.unknown: list[Unknown] = []
        self.malformed: Set[str] = frozenset()

    def replaced(self, value: Any, path: Path) -> Any:
        """A part of the data with the variables put in."""
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, list):
            return [self.replaced(each, (*path, place)) for place, each in enumerate(value)]
        if isinstance(value, dict):
            return self._mapping(value, path)
        return value

    def _mapping(self, mapping: dict[str, Any], path: Path) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key, value in mapping.items():
            written = self._key(key, path)
            if written in built:
                self._report((*path, key), f"the key {written!r} is given twice", "keep one of the two")
            built[written] = self.replaced(value, (*path, key))
        return built

    def refuse(self, value: Any, path: Path) -> None:
        """Report every reference in a text that is the same for all."""
        texts = value if isinstance(value, list) else [value]
        for place, text in enumerate(texts):
            for found in _REFERENCE.finditer(text) if isinstance(text, str) else ():
                message = f"{found[0]} is not replaced in {path[0]}, which is the same for every learner"
                where = (*path, place) if isinstance(value, list) else path
                self.unknown.append(Unknown(where, message, "say it without the variable", found[0]))

    def _key(self, key: str, path: Path) -> str:
        """A key with the variables put in; what was known of places under it is known under the new one too."""
        written = str(self._text(key, (*path, key)))
        if written != key:
            old, new = (*path, key), (*path, written)
            for places in (self.marks.values, self.marks.keys, self.marks.spans):
                under = [place for place in places if place[: len(old)] == old]
                places.update({(*new, *place[len(old) :]): places[place] for place in under})
        return written

    def _text(self, text: str, path: Path) -> Any:
        if path[0] == "steps" and path[2:] == ("id",):
            self.refuse(text, path)
            return text
        whole = _REFERENCE.fullmatch(text)
        if whole is not None and not whole["literal"]:
            found = self._value(whole, path)
            return text if found is None else found
        return _REFERENCE.sub(lambda match: self._written(match, path), text)

    def _written(self, match: re.Match[str], path: Path) -> str:
        if match["literal"]:
            return match[0][1:]
        value = self._value(match, path)
        if value is None:
            return match[0]
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _value(self, match: re.Match[str], path: Path) -> Scalar | None:
        name, field = match["name"], match["field"]
        if name in self.malformed:
            return None  # its declaration is what gets reported
        if name not in self.values:
            mend = did_you_mean(name, self.values) or "declare it under vars"
            mend = f"{mend}; \\{match[0]} stands for the characters"
            self._report(path, f"unknown variable {name!r}", mend, match[0])
            return None
        value = self.values[name]
        if not isinstance(value, Mapping):
            if field is None:
                return value
            self._report(path, f"the variable {name!r} has no fields", f"write (({name}))", match[0])
            return None
        if field in value:
            return value[field]
        mend = did_you_mean(field or "", [f"{name}.{each}" for each in value])
        said = f"the variable {name!r} has no field {field!r}" if field else f"{name!r} has fields"
        self._report(path, said, mend, match[0])
        return None

    def _report(self, path: Path, message: str, mend: str, fragment: str = "") -> None:
        self.unknown.append(Unknown(path, message, mend, fragment))
