"""The list of lessons, read quickly: enough to show and choose from, without checking the lessons themselves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tutor.course.languages import translated_file
from tutor.course.lesson_index import INDEX, IndexGroup, read_file, read_index
from tutor.course.outline import read_outline
from tutor.course.packs import Library, Pack
from tutor.course.problems import Problem
from tutor.course.translation import Overlay, read_overlay, translated, value_at


@dataclass(frozen=True)
class LessonEntry:
    """What a list shows of a lesson.

    Args:
        id: its id, unique among all packs, such as `dns` or `workshop/first`.
        path: its file.
        title: its name.
        summary: a sentence or two.
        minutes: how long it takes; 0 if the file does not say.
        objectives: what the learner can do afterwards.
        step_ids: its steps, in order.
        varied: whether something in it differs from learner to learner.
        language: the language it is to be read in; empty for the one it is written in.
        origin: where its pack comes from, in words; empty for the program's own.
        recalls: ids of the steps whose questions are asked again in reviews.
    """

    id: str
    path: Path
    title: str
    summary: str = ""
    minutes: int = 0
    objectives: tuple[str, ...] = ()
    step_ids: tuple[str, ...] = ()
    varied: bool = False
    language: str = ""
    origin: str = ""
    recalls: tuple[str, ...] = ()

    @property
    def is_translated(self) -> bool:
        """Whether there is a translation into the language it is to be read in."""
        return translated_file(self.path, self.language) is not None


@dataclass(frozen=True)
class LessonGroup:
    """Lessons under one heading.

    Args:
        title: the heading; empty for lessons under none.
        lessons: the lessons, in order; at least one.
        summary: a sentence about the group; may be empty.
        pack: the name of the pack; empty for the program's own.
        origin: where the pack comes from, in words; empty for the program's own.
    """

    title: str
    lessons: tuple[LessonEntry, ...]
    summary: str = ""
    pack: str = ""
    origin: str = ""

    @property
    def heading(self) -> str:
        """The heading, with the name of a pack that is not the program's own; may be empty."""
        return ": ".join(filter(None, (self.pack, self.title)))


@dataclass(frozen=True)
class Catalog:
    """Lessons in their order, pack by pack, and what is wrong with those that are missing."""

    groups: tuple[LessonGroup, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def lessons(self) -> tuple[LessonEntry, ...]:
        """All lessons, whatever their group."""
        return tuple(entry for group in self.groups for entry in group.lessons)

    def find(self, lesson_id: str) -> LessonEntry | None:
        """The lesson of that id."""
        return next((entry for entry in self.lessons if entry.id == lesson_id), None)

    def after(self, lesson_id: str) -> LessonEntry | None:
        """The lesson that follows in the same pack."""
        for pack in {group.pack for group in self.groups}:
            lessons = [entry for group in self.groups if group.pack == pack for entry in group.lessons]
            for entry, following in pairwise(lessons):
                if entry.id == lesson_id:
                    return following
        return None


def read_catalog(library: Library | None = None) -> Catalog:
    """The lessons of a library (of those that ship with the program, unless one is given)."""
    library = library or Library()
    packs, problems = library.packs()
    groups: list[LessonGroup] = []
    for pack in packs:
        found = _Reader(pack, library.language)
        groups += found.groups
        problems += found.problems
    return Catalog(tuple(groups), tuple(problems))


def lesson_paths(folder: Path) -> tuple[list[Path], list[Problem]]:
    """The lesson files of a folder: those of its index in that order, or without an index all, by name."""
    groups, problems = read_index(folder)
    return [path for group in groups for path in group.paths], problems


class _Reader:
    """Reads one pack."""

    def __init__(self, pack: Pack, language: str) -> None:
        self._pack, self._language = pack, language
        self._known: dict[str, LessonEntry] = {}
        index, self.problems = read_index(pack.folder)
        overlay = read_overlay(pack.folder / INDEX, language)
        self._headings = overlay.marks.data if isinstance(overlay, Overlay) else {}
        self.groups = [group for each in index if (group := self._group(each)).lessons]

    def _group(self, group: IndexGroup) -> LessonGroup:
        entries = []
        for path in group.paths:
            found = self._entry(path)
            if isinstance(found, LessonEntry) and found.id in self._known:
                message = f"the lesson id {found.id!r} is taken by {self._known[found.id].path}"
                found = _at_id(path, message, "give this one another id", "duplicate-id")
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                self._known[found.id] = found
                entries.append(found)
        title, summary = (
            str(value_at(self._headings, ("groups", group.title, key)) or text)
            for key, text in (("title", group.title), ("summary", group.summary))
        )
        return LessonGroup(title, tuple(entries), summary.strip(), self._pack.name, self._pack.origin)

    def _entry(self, path: Path) -> LessonEntry | Problem:
        overlay = read_overlay(path, self._language)
        data = None if isinstance(overlay, Overlay) else _outline(path)
        if data is None:
            marked = read_file(path)
            if isinstance(marked, Problem):
                return marked
            data = translated(marked, overlay)[0].data if isinstance(overlay, Overlay) else marked.data
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            return _at_id(path, "is not a lesson: it has no id", "add id:", "not-a-lesson")
        minutes = data.get("minutes")
        steps = [step for step in _listed(data.get("steps")) if isinstance(step, dict) and "id" in step]
        return LessonEntry(
            self._pack.full_id(data["id"]),
            path,
            str(data.get("title", data["id"])),
            str(data.get("summary", "")).strip(),
            minutes if isinstance(minutes, int) else 0,
            tuple(map(str, _listed(data.get("objectives")))),
            tuple(str(step["id"]) for step in steps),
            bool(data.get("vars")),
            self._language,
            self._pack.origin,
            tuple(str(step["id"]) for step in steps if step.get("recall", step.get("kind") == "quiz") is True),
        )


def _at_id(path: Path, message: str, mend: str, code: str) -> Problem:
    """A problem of a lesson at the line of its id, or where that should stand."""
    marked = read_file(path)
    place = (0, 0) if isinstance(marked, Problem) else marked.place_of(("id",))
    return Problem(path, *place, message, mend, code=code)


def _outline(path: Path) -> dict[str, Any] | None:
    """What is wanted of a file that is laid out as nearly all are."""
    try:
        return read_outline(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
