"""The list of lessons, read quickly: enough to show and choose from, without checking the lessons themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tutor.course.marked_yaml import YamlError, read_marked
from tutor.course.problems import Problem
from tutor.paths import lessons_dir

INDEX: Final = "index.yaml"
GLOSSARY: Final = "glossary.yaml"


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
    """

    id: str
    path: Path
    title: str
    summary: str = ""
    minutes: int = 0
    objectives: tuple[str, ...] = ()
    step_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """The lessons of a folder in their order, and what is wrong with those that are missing."""

    lessons: tuple[LessonEntry, ...] = ()
    problems: tuple[Problem, ...] = ()

    def find(self, lesson_id: str) -> LessonEntry | None:
        """The lesson of that id."""
        return next((entry for entry in self.lessons if entry.id == lesson_id), None)

    def after(self, lesson_id: str) -> LessonEntry | None:
        """The lesson that follows."""
        ids = [entry.id for entry in self.lessons]
        place = ids.index(lesson_id) + 1 if lesson_id in ids else len(ids)
        return self.lessons[place] if place < len(ids) else None


def read_catalog(folder: Path | None = None) -> Catalog:
    """The lessons of a folder (of those that ship with the program, unless one is given)."""
    folder = folder or lessons_dir()
    entries: dict[str, LessonEntry] = {}
    paths, problems = lesson_paths(folder)
    for path in paths:
        found = _read_entry(path)
        if isinstance(found, LessonEntry) and found.id in entries:
            message = f"the lesson id {found.id!r} is taken by {entries[found.id].path}"
            found = Problem(path, 0, 0, message, "give this one another id", code="duplicate-id")
        if isinstance(found, Problem):
            problems.append(found)
        else:
            entries[found.id] = found
    return Catalog(tuple(entries.values()), tuple(problems))


def lesson_paths(folder: Path) -> tuple[list[Path], list[Problem]]:
    """The lesson files of a folder: those of its index in that order, or without an index all, by name."""
    index = folder / INDEX
    if not index.is_file():
        files = sorted(path for path in folder.glob("*.yaml") if path.name != GLOSSARY)
        problem = Problem(folder, 0, 0, "there are no lessons here", code="no-lessons")
        return files, [] if files else [problem]
    data = _read(index)
    if isinstance(data, Problem):
        return [], [data]
    names = data.get("lessons") if isinstance(data, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return [], [
            Problem(index, 1, 1, "the index has no list of lessons", "write lessons: [first.yaml]", code="index")
        ]
    return [folder / name for name in names], []


def _read(path: Path) -> Any:
    try:
        return read_marked(path.read_text(encoding="utf-8")).data
    except YamlError as error:
        return Problem(path, *error.place, str(error), error.mend, code="yaml")
    except UnicodeDecodeError:
        return Problem(path, 0, 0, "not UTF-8 text", "save it as UTF-8", code="unreadable")
    except OSError as error:
        return Problem(path, 0, 0, f"cannot be read: {error.strerror}", code="unreadable")


def _read_entry(path: Path) -> LessonEntry | Problem:
    data = _read(path)
    if isinstance(data, Problem):
        return data
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
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def read_glossary(folder: Path | None = None) -> dict[str, str]:
    """The explanations of terms that lie beside the lessons, by term; empty if there are none."""
    data = _read((folder or lessons_dir()) / GLOSSARY)
    return {term: str(text).strip() for term, text in data.items()} if isinstance(data, dict) else {}
