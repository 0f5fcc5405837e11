"""The list of lessons, read quickly: enough to show and choose from, without checking the lessons themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.course.lesson_index import GLOSSARY, read_file, read_index
from tutor.course.problems import Problem
from tutor.paths import lessons_dir


@dataclass(frozen=True)
class LessonEntry:
    """What a list shows of a lesson.

    Args:
        id: its id.
        path: its file.
        title: its name.
        summary: a sentence or two.
        minutes: how long it takes; 0 if the file does not say.
        objectives: what the learner can do afterwards.
        step_ids: its steps, in order.
        varied: whether something in it differs from learner to learner.
    """

    id: str
    path: Path
    title: str
    summary: str = ""
    minutes: int = 0
    objectives: tuple[str, ...] = ()
    step_ids: tuple[str, ...] = ()
    varied: bool = False


@dataclass(frozen=True)
class LessonGroup:
    """Lessons under one heading.

    Args:
        title: the heading; empty for lessons under none.
        lessons: the lessons, in order; at least one.
        summary: a sentence about the group; may be empty.
    """

    title: str
    lessons: tuple[LessonEntry, ...]
    summary: str = ""


@dataclass(frozen=True)
class Catalog:
    """The lessons of a folder in their order, and what is wrong with those that are missing."""

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
        """The lesson that follows."""
        lessons = self.lessons
        ids = [entry.id for entry in lessons]
        place = ids.index(lesson_id) + 1 if lesson_id in ids else len(ids)
        return lessons[place] if place < len(ids) else None


def read_catalog(folder: Path | None = None) -> Catalog:
    """The lessons of a folder (of those that ship with the program, unless one is given)."""
    index, problems = read_index(folder or lessons_dir())
    known: dict[str, LessonEntry] = {}
    groups = []
    for group in index:
        entries = []
        for path in group.paths:
            found = _read_entry(path)
            if isinstance(found, LessonEntry) and found.id in known:
                message = f"the lesson id {found.id!r} is taken by {known[found.id].path}"
                found = Problem(path, 0, 0, message, "give this one another id", code="duplicate-id")
            if isinstance(found, Problem):
                problems.append(found)
            else:
                known[found.id] = found
                entries.append(found)
        if entries:
            groups.append(LessonGroup(group.title, tuple(entries), group.summary))
    return Catalog(tuple(groups), tuple(problems))


def lesson_paths(folder: Path) -> tuple[list[Path], list[Problem]]:
    """The lesson files of a folder: those of its index in that order, or without an index all, by name."""
    groups, problems = read_index(folder)
    return [path for group in groups for path in group.paths], problems


def _read_entry(path: Path) -> LessonEntry | Problem:
    marked = read_file(path)
    if isinstance(marked, Problem):
        return marked
    data = marked.data
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        return Problem(path, 0, 0, "is not a lesson: it has no id", code="not-a-lesson")
    minutes = data.get("minutes")
    return LessonEntry(
        data["id"],
        path,
        str(data.get("title", data["id"])),
        str(data.get("summary", "")).strip(),
        minutes if isinstance(minutes, int) else 0,
        tuple(map(str, _listed(data.get("objectives")))),
        tuple(str(step["id"]) for step in _listed(data.get("steps")) if isinstance(step, dict) and "id" in step),
        bool(data.get("vars")),
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def read_glossary(folder: Path | None = None) -> dict[str, str]:
    """The explanations of terms that lie beside the lessons, by term; empty if there are none."""
    marked = read_file((folder or lessons_dir()) / GLOSSARY)
    data = {} if isinstance(marked, Problem) else marked.data
    return {term: str(text).strip() for term, text in data.items()} if isinstance(data, dict) else {}
