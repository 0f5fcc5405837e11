"""From lesson files to lessons. Whatever is wrong with a file is reported, never raised; the other files still load."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from tutor.course.beside import read_beside
from tutor.course.explaining import explained as explained  # what is read besides lessons is explained alike
from tutor.course.explaining import problem_at
from tutor.course.formats import format_fault
from tutor.course.glossary import read_glossary
from tutor.course.marked_yaml import Marked, YamlError, read_marked
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem, did_you_mean
from tutor.course.rules import broken_rules
from tutor.course.schema import FileFrom, Lesson
from tutor.course.translation import Overlay, read_overlay, translated
from tutor.course.variables import Values, substitute

_DRAWING: Final = re.compile(r"^!\[(?P<words>[^\]]*)\]\((?P<file>[^)\s]+\.txt)\)$", re.MULTILINE)
"""A picture drawn as text: `![what it shows](diagrams/traffic.txt)`, beginning and ending a line."""
DRAWING: Final = "drawing"
"""The language of a code block that is a drawing; the words after it say what it shows to whoever cannot see it."""
_PATHS_START: Final = "paths start at the lesson's folder or at assets"


@dataclass(frozen=True)
class Loaded:
    """A lesson file as read.

    Args:
        path: the file.
        lesson: the lesson; None if it cannot be used.
        problems: what is wrong with it.
        marks: where everything stands in the file.
        values: what its variables stand for.
        seed: what decided that.
        language: the language it was asked for in; empty for the one it is written in.
        overlay: the translation its texts come from; None if there is none.
    """

    path: Path
    lesson: Lesson | None
    problems: tuple[Problem, ...] = ()
    marks: Marked | None = None
    values: Values = field(default_factory=dict)
    seed: int = 1
    language: str = ""
    overlay: Overlay | None = None

    def problem(self, path: DataPath, message: str, mend: str, code: str, fragment: str = "") -> Problem:
        """A problem at a place of this file or its translation; at a fragment of the text there, if one is given."""
        file, place, marks = self.path, path, self.marks or Marked()
        if self.overlay is not None and path in self.overlay.places:
            file, place, marks = self.overlay.path, self.overlay.places[path], self.overlay.marks
        line, column = marks.place_within(place, fragment)
        return replace(problem_at(file, marks, place, message, mend, code), line=line, column=column)


def load_lesson(path: Path, seed: int = 1, language: str = "") -> Loaded:
    """Read one lesson file, with the files it refers to.

    Args:
        path: the file.
        seed: decides what its variables stand for.
        language: the language to read it in, as far as it is translated; empty for the one it is written in.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return _unusable(path, f"not UTF-8 text (byte {error.start})", "save it as UTF-8", "unreadable")
    except OSError as error:
        return _unusable(path, f"cannot be read: {error.strerror}", "", "unreadable")
    try:
        marks = read_marked(text)
    except YamlError as error:
        return Loaded(path, None, (Problem(path, *error.place, str(error), error.mend, code="yaml"),))
    overlay = read_overlay(path, language)
    if not isinstance(overlay, Overlay) or not isinstance(marks.data, dict):
        return _validate(Loaded(path, None, marks=marks, seed=seed, language=language))
    marks, overlay = translated(marks, overlay)
    names = read_glossary(path.parent, language).names
    if isinstance(terms := marks.data.get("terms"), list):
        marks.data["terms"] = [names.get(term, term) if isinstance(term, str) else term for term in terms]
    return _validate(Loaded(path, None, marks=marks, seed=seed, language=language, overlay=overlay))


def _unusable(path: Path, message: str, mend: str, code: str) -> Loaded:
    return Loaded(path, None, (Problem(path, 0, 0, message, mend, code=code),))


def _validate(read: Loaded) -> Loaded:
    """What was read, with the lesson it is or with what keeps it from being one."""
    marks = read.marks or Marked()
    if not isinstance(marks.data, dict):
        message = "is not a lesson: a mapping with format, id, title … is wanted"
        return _unusable(read.path, message, "", "not-a-lesson")
    message, mend = format_fault(marks.data["format"]) if "format" in marks.data else ("", "")
    if message:
        return replace(read, problems=(read.problem(("format",), message, mend, "format"),))
    substituted = substitute(marks, read.seed)
    read = replace(read, marks=substituted.marks, values=substituted.values)
    if substituted.unknown:
        unknown = (
            read.problem(each.path, each.message, each.mend, "variable", each.fragment) for each in substituted.unknown
        )
        return replace(read, problems=tuple(unknown))
    try:
        lesson = Lesson.model_validate(substituted.marks.data)
    except ValidationError as error:
        return replace(read, problems=explained(error, read.path, substituted.marks))
    lesson, file_problems = _with_files(read, lesson)
    lesson, drawing_problems = _with_drawings(read, lesson)
    rules = [read.problem(*broken) for broken in broken_rules(lesson)]
    found = (*file_problems, *drawing_problems, *rules)
    return replace(read, lesson=None if found else lesson, problems=found)


def _with_files(read: Loaded, lesson: Lesson) -> tuple[Lesson, list[Problem]]:
    """The lesson with the text of every file it refers to, and the files that cannot be had."""
    problems: list[Problem] = []
    texts: dict[str, str | FileFrom] = {}
    for name, source in lesson.files.items():
        texts[name] = ""
        try:
            texts[name] = source if isinstance(source, str) else read_beside(read.path, source.origin)
        except (OSError, UnicodeDecodeError) as error:
            wanted = source.origin if isinstance(source, FileFrom) else name
            message = f"the file {wanted!r} cannot be read: {getattr(error, 'strerror', None) or error}"
            problems.append(read.problem(("files", name), message, _PATHS_START, "missing-file"))
    for number, name in enumerate(lesson.cluster.apply):
        if name in texts:
            continue
        try:
            texts[hidden_name(name)] = read_beside(read.path, name)
        except (OSError, UnicodeDecodeError):
            mend = did_you_mean(name, lesson.files)
            where = ("cluster", "apply", number)
            problems.append(read.problem(where, f"there is no file {name!r}", mend, "missing-file"))
    return lesson.model_copy(update={"files": texts}), problems


def _with_drawings(read: Loaded, lesson: Lesson) -> tuple[Lesson, list[Problem]]:
    """The lesson with its drawings, text files named as Markdown images are, in place; and those that cannot be had."""
    problems: list[Problem] = []
    steps = []
    for number, step in enumerate(lesson.steps):
        drawn = {}
        for name in ("body", "explain"):
            drawn[name], missing = _drawn(getattr(step, name), read.path)
            where = ("steps", number, name)
            problems += (
                read.problem(where, message, _PATHS_START, "missing-file", file) for file, message in missing.items()
            )
        steps.append(step.model_copy(update=drawn))
    return lesson.model_copy(update={"steps": steps}), problems


def _drawn(text: str, path: Path) -> tuple[str, dict[str, str]]:
    """A text with its drawings in place, and what is to be said of those that cannot be had, by their files."""
    missing: dict[str, str] = {}
    for named in reversed(list(_DRAWING.finditer(text))):
        try:
            drawing = read_beside(path, named["file"]).rstrip("\n")
        except (OSError, UnicodeDecodeError) as error:
            said = getattr(error, "strerror", None) or error
            missing[named["file"]] = f"the drawing {named['file']!r} cannot be read: {said}"
        else:
            words = " ".join(named["words"].replace("`", "").split())
            block = f"```{' '.join(filter(None, (DRAWING, words)))}\n{drawing}\n```"
            text = f"{text[: named.start()]}{block}{text[named.end() :]}"
    return text, missing


def drawings(text: str) -> list[str]:
    """The files of the drawings that a text names."""
    return [named["file"] for named in _DRAWING.finditer(text)]


def hidden_name(name: str) -> str:
    """What a manifest that the learner does not see is called among a lesson's files."""
    return f"/{name}"
