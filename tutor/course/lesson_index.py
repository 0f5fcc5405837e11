"""The index of a folder of lessons: which files there are, in which order, and under which headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tutor.course.formats import format_fault
from tutor.course.marked_yaml import Marked, YamlError, read_marked
from tutor.course.marked_yaml import Path as Way
from tutor.course.problems import Problem, did_you_mean

INDEX: Final = "index.yaml"
GLOSSARY: Final = "glossary.yaml"
CHALLENGES: Final = "challenges"
"""The folder beside lessons that holds what challenges are made of."""
_KEYS: Final = frozenset({"format", "pack", "lessons", "groups"})
_PACK: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_GROUP_KEYS: Final = frozenset({"title", "summary", "lessons"})


@dataclass(frozen=True)
class IndexGroup:
    """Lesson files under one heading.

    Args:
        title: the heading; empty for files under none.
        summary: a sentence about the group; may be empty.
        paths: the files, in order.
    """

    title: str
    summary: str
    paths: tuple[Path, ...]


def read_index(folder: Path) -> tuple[list[IndexGroup], list[Problem]]:
    """The lesson files of a folder, and what is wrong with its index.

    The index, `index.yaml`, may say in `pack` what its lessons are called together where there are others. It has a
    list `lessons` of files, or `groups` with a `title`, perhaps a `summary`, and such a list each, or both: the list
    then comes first. Without an index it is all files, by name, under no heading.
    """
    index = folder / INDEX
    if not index.is_file():
        files = tuple(sorted(path for path in folder.glob("*.yaml") if path.name != GLOSSARY))
        problem = Problem(folder, 0, 0, "there are no lessons here", code="no-lessons")
        return ([IndexGroup("", "", files)], []) if files else ([], [problem])
    marked = read_file(index)
    return ([], [marked]) if isinstance(marked, Problem) else _Reader(index, marked).read()


def pack_name(folder: Path) -> str:
    """What the index of a folder says its lessons are called together; empty if it does not say."""
    marked = read_file(folder / INDEX)
    data = {} if isinstance(marked, Problem) else marked.data
    name = data.get("pack") if isinstance(data, dict) else None
    return name if isinstance(name, str) and _PACK.fullmatch(name) else ""


def read_file(path: Path) -> Marked | Problem:
    """A YAML file with the places of what is in it, or why it cannot be read."""
    try:
        return read_marked(path.read_text(encoding="utf-8"))
    except YamlError as error:
        return Problem(path, *error.place, str(error), error.mend, code="yaml")
    except UnicodeDecodeError:
        return Problem(path, 0, 0, "not UTF-8 text", "save it as UTF-8", code="unreadable")
    except OSError as error:
        return Problem(path, 0, 0, f"cannot be read: {error.strerror}", code="unreadable")


class _Reader:
    def __init__(self, index: Path, marked: Marked) -> None:
        self._index, self._marked = index, marked
        self._problems: list[Problem] = []
        self._named: dict[str, Way] = {}

    def read(self) -> tuple[list[IndexGroup], list[Problem]]:
        data = self._marked.data
        if not isinstance(data, dict) or not {"lessons", "groups"} & data.keys():
            self._wrong((), "the index has no list of lessons", "write lessons: [first.yaml]")
            return [], self._problems
        self._check_keys((), data, _KEYS)
        message, mend = format_fault(data["format"]) if "format" in data else ("", "")
        if message:
            self._wrong(("format",), message, mend, "format")
            return [], self._problems
        name = data.get("pack", "pack")
        if not isinstance(name, str) or not _PACK.fullmatch(name):
            self._wrong(("pack",), f"the pack name {name!r} will not do", "lower-case letters, digits and dashes")
        groups = [IndexGroup("", "", self._files(("lessons",), data["lessons"]))] if "lessons" in data else []
        listed = data.get("groups", [])
        if not isinstance(listed, list):
            self._wrong(("groups",), "groups is not a list", "write - title: … and lessons: […] for each")
            listed = []
        groups += [self._group(("groups", place), each) for place, each in enumerate(listed)]
        return [group for group in groups if group.paths], self._problems

    def _group(self, way: Way, data: Any) -> IndexGroup:
        if not isinstance(data, dict) or not isinstance(data.get("title"), str):
            self._wrong(way, "a group without a title", "write title: and lessons:")
            data = data if isinstance(data, dict) else {}
        self._check_keys(way, data, _GROUP_KEYS)
        files = self._files((*way, "lessons"), data.get("lessons"))
        return IndexGroup(str(data.get("title") or ""), str(data.get("summary") or "").strip(), files)

    def _files(self, way: Way, names: Any) -> tuple[Path, ...]:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self._wrong(way, "no list of lesson files", "write lessons: [first.yaml]")
            return ()
        for place, name in enumerate(names):
            if name in self._named:
                self._wrong((*way, place), f"{name} is named twice", "remove one of the two")
            self._named.setdefault(name, (*way, place))
        return tuple(
            self._index.parent / name for place, name in enumerate(names) if self._named[name] == (*way, place)
        )

    def _check_keys(self, way: Way, data: dict[Any, Any], known: frozenset[str]) -> None:
        for key in data:
            if key not in known:
                self._wrong((*way, key), f"unknown key {key!r}", did_you_mean(str(key), known))

    def _wrong(self, way: Way, message: str, mend: str, code: str = "index") -> None:
        self._problems.append(Problem(self._index, *self._marked.place_of(way), message, mend, code=code))
