"""From lesson files to lessons. Whatever is wrong with a file is reported, never raised; the other files still load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tutor.course.beside import read_beside
from tutor.course.conditions.tree import KINDS
from tutor.course.formats import format_fault
from tutor.course.glossary import read_glossary
from tutor.course.marked_yaml import Marked, YamlError, read_marked
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem, did_you_mean
from tutor.course.rules import broken_rules
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
    Value,
    Wrong,
)
from tutor.course.translation import Overlay, read_overlay, translated
from tutor.course.variables import VARIABLES, Values, substitute

_DRAWING: Final = re.compile(r"^!\[(?P<words>[^\]]*)\]\((?P<file>[^)\s]+\.txt)\)$", re.MULTILINE)
"""A picture drawn as text: `![what it shows](diagrams/traffic.txt)`, beginning and ending a line."""
DRAWING: Final = "drawing"
"""The language of a code block that is a drawing; the words after it say what it shows to whoever cannot see it."""
_PATHS_START: Final = "paths start at the lesson's folder or at assets"

_KEYS_BY_PARENT: dict[str, type[BaseModel]] = {
    "cluster": ClusterSetup,
    "hints": Hint,
    "options": Option,
    "refused": Refusal,
    "ladder": Ladder,
    "wrong": Wrong,
    "files": FileFrom,
    "answer": Value,
    "reveal": Value,
}
_WANTED = {
    "list_type": "a list",
    "int_type": "a whole number",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "bool_type": "true or false",
}
"""What pydantic's type errors are about."""


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
        if self.overlay is not None and path in self.overlay.places:
            place, marks = self.overlay.places[path], self.overlay.marks
            problem = _problem(self.overlay.path, marks, place, message, mend, code)
            line, column = marks.place_within(place, fragment)
            return replace(problem, line=line, column=column)
        marks = self.marks or Marked()
        problem = _problem(self.path, marks, path, message, mend, code)
        line, column = marks.place_within(path, fragment)
        return replace(problem, line=line, column=column)


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
        return replace(_validate(path, marks, seed), language=language)
    marks, overlay = translated(marks, overlay)
    names = read_glossary(path.parent, language).names
    if isinstance(terms := marks.data.get("terms"), list):
        marks.data["terms"] = [names.get(term, term) if isinstance(term, str) else term for term in terms]
    return replace(_validate(path, marks, seed), language=language, overlay=overlay)


def _unusable(path: Path, message: str, mend: str, code: str) -> Loaded:
    return Loaded(path, None, (Problem(path, 0, 0, message, mend, code=code),))


def _problem(file: Path, marks: Marked, path: DataPath, message: str, mend: str, code: str) -> Problem:
    line, column = marks.place_of(path)
    return Problem(file, line, column, message, mend, _in_words(path, marks.data), code)


def _in_words(path: DataPath, data: Any) -> str:
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
        words.append(str(part))
        data = data.get(part) if isinstance(data, dict) else None
    return " › ".join(words)


def _validate(path: Path, marks: Marked, seed: int) -> Loaded:
    data = marks.data
    if not isinstance(data, dict):
        return _unusable(path, "is not a lesson: a mapping with format, id, title … is wanted", "", "not-a-lesson")
    message, mend = format_fault(data["format"]) if "format" in data else ("", "")
    if message:
        return Loaded(path, None, (_problem(path, marks, ("format",), message, mend, "format"),), marks)
    substituted = substitute(marks, seed)
    marks = substituted.marks
    if substituted.unknown:
        unknown = [
            _problem(path, marks, each.path, each.message, each.mend, "variable") for each in substituted.unknown
        ]
        return Loaded(path, None, tuple(unknown), marks, substituted.values, seed)
    try:
        lesson = Lesson.model_validate(marks.data)
    except ValidationError as error:
        return Loaded(path, None, explained(error, path, marks), marks)
    lesson, file_problems = _with_files(lesson, path, marks)
    lesson, drawing_problems = _with_drawings(lesson, path, marks)
    rules = [_problem(path, marks, *broken) for broken in broken_rules(lesson)]
    problems_found = (*file_problems, *drawing_problems, *rules)
    return Loaded(path, None if problems_found else lesson, problems_found, marks, substituted.values, seed)


def _with_files(lesson: Lesson, path: Path, marks: Marked) -> tuple[Lesson, list[Problem]]:
    """The lesson with the text of every file it refers to, and the files that cannot be had."""
    problems: list[Problem] = []
    texts: dict[str, str | FileFrom] = {}
    for name, source in lesson.files.items():
        texts[name] = ""
        try:
            texts[name] = source if isinstance(source, str) else read_beside(path, source.origin)
        except (OSError, UnicodeDecodeError) as error:
            wanted = source.origin if isinstance(source, FileFrom) else name
            message = f"the file {wanted!r} cannot be read: {getattr(error, 'strerror', None) or error}"
            problems.append(_problem(path, marks, ("files", name), message, _PATHS_START, "missing-file"))
    for number, name in enumerate(lesson.cluster.apply):
        if name in texts:
            continue
        try:
            texts[hidden_name(name)] = read_beside(path, name)
        except (OSError, UnicodeDecodeError):
            message = f"there is no file {name!r}"
            mend = did_you_mean(name, lesson.files)
            problems.append(_problem(path, marks, ("cluster", "apply", number), message, mend, "missing-file"))
    return lesson.model_copy(update={"files": texts}), problems


def _with_drawings(lesson: Lesson, path: Path, marks: Marked) -> tuple[Lesson, list[Problem]]:
    """The lesson with its drawings, text files named as Markdown images are, in place; and those that cannot be had."""
    problems: list[Problem] = []
    steps = []
    for number, step in enumerate(lesson.steps):
        drawn = {}
        for name in ("body", "explain"):
            drawn[name], missing = _drawn(getattr(step, name), path)
            problems += (
                _problem(path, marks, ("steps", number, name), message, _PATHS_START, "missing-file")
                for message in missing
            )
        steps.append(step.model_copy(update=drawn))
    return lesson.model_copy(update={"steps": steps}), problems


def _drawn(text: str, path: Path) -> tuple[str, list[str]]:
    """A text with its drawings in place, and what is to be said of those that cannot be had."""
    missing: list[str] = []
    for named in reversed(list(_DRAWING.finditer(text))):
        try:
            drawing = read_beside(path, named["file"]).rstrip("\n")
        except (OSError, UnicodeDecodeError) as error:
            missing.append(f"the drawing {named['file']!r} cannot be read: {getattr(error, 'strerror', None) or error}")
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


def explained(error: ValidationError, file: Path, marks: Marked, top: type[BaseModel] = Lesson) -> tuple[Problem, ...]:
    """What is wrong with a file's shape, as an author wants to read it, in the order of its lines.

    Args:
        error: what pydantic says.
        file: the file.
        marks: where everything stands in it.
        top: what the file as a whole should be.
    """
    problems = {_explained(each, file, marks, top): None for each in error.errors()}
    return tuple(sorted(problems, key=lambda found: (found.line, found.column)))


def _explained(error: ErrorDetails, file: Path, marks: Marked, top: type[BaseModel]) -> Problem:
    path, tags = _data_path(error["loc"], marks.data)
    kind, found = error["type"], error["input"]
    key = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        mend = did_you_mean(key, _known_keys(path, tags, top))
        return _problem(file, marks, path, f"unknown key {key!r}", mend, "unknown-key")
    if kind == "missing":
        return _problem(file, marks, path, f"the key {key!r} is missing", f"add {key}:", "missing-key")
    if kind == "unknown_condition":
        return _problem(file, marks, path, *_about_condition(found))
    if kind == "unknown_step_kind":
        word = found.get("kind") if isinstance(found, dict) else None
        message = f"no such kind of step: {word!r}" if word is not None else "the step has no kind"
        place = (*path, "kind") if word is not None else path
        return _problem(file, marks, place, message, did_you_mean(str(word), STEP_KINDS), "step-kind")
    if kind == "string_type":
        mend = "put it in quotes" if isinstance(found, bool | int | float) else "write a text"
        return _problem(file, marks, path, f"a text is wanted, not {_shown(found)}", mend, "type")
    message = error["msg"].removeprefix("Value error, ")
    if kind in _WANTED:
        return _problem(file, marks, path, f"{_WANTED[kind]} is wanted, not {_shown(found)}", "", "type")
    return _problem(file, marks, path, message[:1].lower() + message[1:], "", "value")


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _about_condition(found: Any) -> tuple[str, str, str]:
    if not isinstance(found, dict):
        return f"a condition is a mapping such as exists: service/web, not {_shown(found)}", "", "condition"
    known = [key for key in found if key in KINDS]
    if len(known) > 1:
        return f"{' and '.join(known)} in one condition", "put each in an entry of its own, under all", "condition"
    words = [str(key) for key in found if key not in {"else", "title", "with"}]
    if not words:
        return "the condition does not say what must hold", did_you_mean("", KINDS), "condition"
    return f"unknown condition {words[0]!r}", did_you_mean(words[0], KINDS), "condition"


def _data_path(location: tuple[str | int, ...], data: Any) -> tuple[DataPath, tuple[str, ...]]:
    """Where in the data an error is, and the union tags pydantic put in between (they stand nowhere in the file)."""
    path: list[str | int] = []
    tags: list[str] = []
    for number, part in enumerate(location):
        last = number == len(location) - 1
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            path.append(part)
            data = data[part]  # type: ignore[index]  # a dict takes str, a list takes int
            continue
        # A tag of a union whose word is also a key (`exists`) comes first as tag, then as key.
        if last and isinstance(data, dict):
            continue
        tags.append(str(part))
    return tuple(path), tuple(tags)


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
    elif parent in {"all", "any", "not", "until", "when"}:
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
