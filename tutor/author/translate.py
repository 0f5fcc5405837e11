"""Begins a translation: a file beside a lesson in which all its texts stand, to be replaced."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from tutor.course.beside import read_beside
from tutor.course.datafile import write_atomically
from tutor.course.languages import FOLDER
from tutor.course.lesson_index import read_file
from tutor.course.problems import Problem
from tutor.course.translation import lesson_texts, place_in_overlay, with_file_texts

_HEAD = """\
# The texts of {name} in another language; steps go by their id. Replace each text, and then write beside it the
# source that `tutor check {path}` says. What is left out is shown as it was written.
"""


class TranslationError(Exception):
    """The translation cannot be begun; the message says why."""


def begin_translation(path: Path, language: str) -> Path:
    """Write a file with all the texts of a lesson, to be translated; where it is.

    Args:
        path: the lesson.
        language: such as `de` or `pt-BR`.

    Raises:
        TranslationError: there is one already, or the lesson cannot be read.
        OSError: it cannot be written.
    """
    marked = read_file(path)
    if isinstance(marked, Problem):
        raise TranslationError(str(marked))
    data = with_file_texts(marked.data, partial(read_beside, path))
    texts = lesson_texts(data)
    if not texts:
        raise TranslationError(f"{path} has no texts of a lesson")
    target = path.parent / FOLDER / language / path.name
    if target.exists():
        raise TranslationError(f"{target} is there already; tutor check {target} says what it lacks")
    built: dict[str, Any] = {"format": 1}
    for place, text in texts.items():
        _put(built, place_in_overlay(place, data), text)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, _HEAD.format(name=path.name, path=target) + as_yaml(built))
    return target


def _put(built: dict[str, Any], place: tuple[str | int, ...], text: str) -> None:
    """Put a text where it belongs; lists are filled up with empty entries."""
    holder: Any = built
    for part, following in pairwise(place):
        if isinstance(part, int):
            holder += ({} for _ in range(part + 1 - len(holder)))
            holder = holder[part]
        else:
            holder = holder.setdefault(part, [] if isinstance(following, int) else {})
    if isinstance(holder, list):
        holder.append(text)
    else:
        holder[place[-1]] = text


class _Dumper(yaml.SafeDumper):
    """Writes what a person is to go on with: lines as they are, lists set in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def as_yaml(data: Any) -> str:
    """Data as an author would write it."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)
