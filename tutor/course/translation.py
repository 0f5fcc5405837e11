"""Lessons in other languages: files beside them that hold texts only, shaped as the lesson, with steps by their id.

A text that is not translated stays as it was written. `source` beside translated texts is a fingerprint of what they
were made from, so that a translation that has become stale is noticed.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tutor.course.languages import translated_file
from tutor.course.lesson_index import read_file
from tutor.course.marked_yaml import Marked
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem

SOURCE: Final = "source"
"""The key of a fingerprint."""
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
"""YAML would take a fingerprint of digits for a number."""
_OF_LESSON: Final = ("title", "summary")
_OF_STEP: Final = ("title", "body", "question", "ask", "explain")
_OF_ENTRY: Final = {"options": ("text", "why"), "hints": ("text",)}
_OF_CONDITION: Final = ("title", "else")
_WORD: Final = re.compile(r"[^\W\d_]{2}")
"""What an answer must have in it to be of a language."""
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#(?!!).*$", re.MULTILINE)
"""A comment in a file of YAML or of the shell; the first line of a script is none."""


@dataclass(frozen=True)
class Overlay:
    """A file of translated texts.

    Args:
        path: the file.
        marks: what is in it, and where.
        places: for each translated text of the lesson, by its path there, where it stands in this file.
    """

    path: Path
    marks: Marked
    places: Mapping[DataPath, DataPath] = field(default_factory=dict)


def read_overlay(path: Path, language: str) -> Overlay | Problem | None:
    """The translation of a lesson, an index or a glossary; why it cannot be read; None if there is none.

    Args:
        path: what is translated.
        language: as asked for.
    """
    file = translated_file(path, language) if language else None
    if file is None:
        return None
    marks = read_file(file)
    if isinstance(marks, Problem):
        return marks
    if not isinstance(marks.data, dict):
        return Problem(file, 1, 1, "a translation is a mapping", "write title: and steps:", code="translation")
    return Overlay(file, marks)


# The texts of a lesson


def lesson_texts(data: Any) -> dict[DataPath, str]:
    """Every text of a lesson file that a translation may give, by its path; what is malformed is passed over.

    Files are among them as wholes, if they have comments.
    """
    return {path: text for path, text in _of_lesson(data) if isinstance(text, str) and text.strip()}


def _of_lesson(data: Any) -> Iterator[tuple[DataPath, Any]]:
    if not isinstance(data, dict):
        return
    yield from _keyed(data, _OF_LESSON, ())
    for place, objective in enumerate(_listed(data.get("objectives"))):
        yield ("objectives", place), objective
    for name, text in _files(data).items():
        if isinstance(text, str) and comments_of(text):
            yield ("files", name), text
    for place, step in enumerate(_listed(data.get("steps"))):
        if isinstance(step, dict):
            yield from _of_step(step, ("steps", place))


def _files(data: dict[str, Any]) -> dict[str, Any]:
    files = data.get("files")
    return files if isinstance(files, dict) else {}


def with_file_texts(data: Any, read: Callable[[str], str]) -> Any:
    """A lesson's data with the texts of files that are taken from elsewhere in their place, as far as they can be had.

    Args:
        data: the data.
        read: the text of a file, by its name in the lesson.
    """
    if not isinstance(data, dict):
        return data
    files = dict(_files(data))
    for name, source in files.items():
        if isinstance(source, dict) and isinstance(source.get("from"), str):
            try:
                files[name] = read(source["from"])
            except (OSError, UnicodeDecodeError):
                continue
    return {**data, "files": files} if files else data


def comments_of(text: str) -> list[str]:
    """The comments in a file."""
    return _COMMENT.findall(text)


def differ_only_in_comments(text: str, other: str) -> bool:
    """Whether two files are the same but for their comments and empty lines."""
    first, second = (
        [line.rstrip() for line in _COMMENT.sub("", each).splitlines() if line.strip()] for each in (text, other)
    )
    return first == second


def _of_step(step: dict[str, Any], path: DataPath) -> Iterator[tuple[DataPath, Any]]:
    yield from _keyed(step, _OF_STEP, path)
    yield from _of_condition(step.get("until"), (*path, "until"))
    for key, names in _OF_ENTRY.items():
        for place, each in enumerate(_listed(step.get(key))):
            yield from _keyed(each, names, (*path, key, place))
    for place, text in enumerate(_listed(step.get("accept"))):
        if isinstance(text, str) and _WORD.search(text):
            yield (*path, "accept", place), text


def _of_condition(condition: Any, path: DataPath) -> Iterator[tuple[DataPath, Any]]:
    if not isinstance(condition, dict):
        return
    yield from _keyed(condition, _OF_CONDITION, path)
    for word in ("all", "any"):
        for place, inner in enumerate(_listed(condition.get(word))):
            yield from _of_condition(inner, (*path, word, place))
    yield from _of_condition(condition.get("not"), (*path, "not"))


def _keyed(data: Any, names: Iterable[str], path: DataPath) -> Iterator[tuple[DataPath, Any]]:
    return (((*path, name), data[name]) for name in names if isinstance(data, dict) and name in data)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# Putting a translation in their place


def translated(marks: Marked, overlay: Overlay) -> tuple[Marked, Overlay]:
    """A lesson file with the texts of a translation, and the translation with where each of them stands.

    What a `wrong` expects is an `else`, so it is translated as that is. An answer is right in both languages.
    """
    data = copy.deepcopy(marks.data)
    places: dict[DataPath, DataPath] = {}
    for path in lesson_texts(marks.data):
        place = place_in_overlay(path, marks.data)
        text = value_at(overlay.marks.data, place)
        if isinstance(text, str) and text.strip():
            holder = value_at(data, path[:-1])
            if path[-2:-1] == ("accept",):
                holder.append(holder[path[-1]])
            holder[path[-1]] = text
            places[path] = place
    for name in _files(data) if isinstance(data, dict) else ():
        text = value_at(overlay.marks.data, ("files", name))
        if isinstance(text, str):
            data["files"][name] = text
            places["files", name] = ("files", name)
    _translate_expectations(marks.data, data)
    return replace(marks, data=data), replace(overlay, places=places)


def _translate_expectations(written: Any, data: Any) -> None:
    for number, step in enumerate(_listed(data.get("steps"))):
        if not isinstance(step, dict):
            continue
        before = dict(_of_condition(written["steps"][number].get("until"), ()))
        after = dict(_of_condition(step.get("until"), ()))
        said = {_plain(text): after[path] for path, text in before.items() if path[-1] == "else"}
        for wrong in _listed(step.get("wrong")):
            if isinstance(wrong, dict):
                wrong["expect"] = said.get(_plain(wrong.get("expect")), wrong.get("expect"))


def place_in_overlay(path: DataPath, lesson: Any) -> DataPath:
    """Where the translation of a lesson's text stands: steps go by their id."""
    if path[:1] != ("steps",) or len(path) < 2:
        return path
    step = value_at(lesson, path[:2])
    return ("steps", str(step.get("id")), *path[2:])


def value_at(data: Any, path: DataPath) -> Any:
    """What stands at a path; None if there is nothing."""
    for part in path:
        there = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not there:
            return None
        data = data[part]
    return data


# Staleness


def fingerprint(texts: Iterable[str]) -> str:
    """A short text that is another one once one of the texts is; how they are wrapped does not matter."""
    digest = hashlib.sha256("\0".join(map(_plain, texts)).encode())
    return digest.hexdigest()[:8].translate(_LETTERS)


def fingerprints(lesson: Any) -> dict[DataPath, str]:
    """The fingerprints of a lesson's own texts (at an empty path) and of each step's, by place in an overlay."""
    texts: dict[DataPath, list[str]] = {}
    for path, text in lesson_texts(lesson).items():
        if path[0] == "files":
            text = "\n".join(comments_of(text))
        texts.setdefault(place_in_overlay(path, lesson)[:2] if path[0] == "steps" else (), []).append(text)
    return {place: fingerprint(each) for place, each in texts.items()}


def _plain(text: Any) -> str:
    return " ".join(str(text).split())
