"""Begins a lesson: a commented file that already passes its check, named in the index beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tutor.author.folders import SCHEMA_FILE
from tutor.author.schema import as_text, lesson_schema
from tutor.course.catalog import read_catalog
from tutor.course.datafile import write_atomically
from tutor.course.lesson_index import GLOSSARY, INDEX, read_file
from tutor.course.packs import Library
from tutor.course.problems import Problem
from tutor.paths import assets_dir

_ID: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


class NewLessonError(Exception):
    """The lesson cannot be begun; nothing was written."""


@dataclass(frozen=True)
class NewLesson:
    """What was written.

    Args:
        path: the lesson.
        schema: the JSON Schema beside it; None if there was one already.
        index: the index that names it now; None if there is none.
        notice: what is left to do by hand; may be empty.
    """

    path: Path
    schema: Path | None
    index: Path | None
    notice: str = ""


def new_lesson(name: str, folder: Path) -> NewLesson:
    """Write a new lesson into a folder, and name it in the folder's index if there is one.

    Args:
        name: the lesson's id, and its file without `.yaml`.
        folder: where; made if it is missing.

    Raises:
        NewLessonError: the name will not do, or is taken.
        OSError: something cannot be written.
    """
    if name.endswith(".yaml") and _ID.fullmatch(Path(name).stem):
        place = f" --dir {Path(name).parent}" if Path(name).name != name else ""
        raise NewLessonError(f"a lesson is named, its file follows from that: tutor new {Path(name).stem}{place}")
    if not _ID.fullmatch(name):
        raise NewLessonError(f"{name!r} will not do as an id: lower-case letters, digits and dashes, at most 40")
    path = folder / f"{name}.yaml"
    if path.name in {INDEX, GLOSSARY}:
        raise NewLessonError(f"{path.name} is no lesson, but the {name} of a folder: call the lesson something else")
    if path.exists():
        raise NewLessonError(f"{path} is there already; it is left as it is")
    taken = read_catalog(Library(folder)).find(name) if folder.is_dir() else None
    if taken is not None:
        raise NewLessonError(f"the lesson id {name!r} is taken by {taken.path}")
    write_atomically(path, template(name))
    schema = None if (folder / SCHEMA_FILE).exists() else folder / SCHEMA_FILE
    if schema is not None:
        write_atomically(schema, as_text(lesson_schema()))
    index = folder / INDEX
    if not index.is_file():
        return NewLesson(path, schema, None)
    try:
        broken = read_file(index)
        if isinstance(broken, Problem):
            raise ValueError(broken.said)
        text = with_lesson(index.read_text(encoding="utf-8"), path.name)
    except ValueError as error:
        return NewLesson(path, schema, None, f"{index} is left as it is ({error}): add {path.name} to its lessons")
    write_atomically(index, text)
    return NewLesson(path, schema, index)


def template(name: str) -> str:
    """The text of a new lesson."""
    text = (assets_dir() / "templates" / "lesson.yaml").read_text(encoding="utf-8")
    return text.replace("@ID@", name).replace("@TITLE@", name.replace("-", " ").capitalize())


# The index


def with_lesson(text: str, file: str) -> str:
    """The text of an index with one more file at the end of its last list; all else stays as it is written.

    Args:
        text: the index.
        file: the file to name.

    Raises:
        ValueError: it cannot be done so.
    """
    listed = _last_list(yaml.compose(text, yaml.SafeLoader))
    if listed is None:
        raise ValueError("it has no list of lessons")
    changed = _in_flow(text, listed, file) if listed.flow_style else _in_block(text, listed, file)
    if _files(changed) != [*_files(text), file]:
        raise ValueError("its list is written in a way of its own")
    return changed


def _last_list(index: yaml.Node | None) -> yaml.SequenceNode | None:
    """The list of files that the last lessons of an index stand in."""
    groups = _under(index, "groups")
    if isinstance(groups, yaml.SequenceNode) and groups.value:
        return _sequence(_under(groups.value[-1], "lessons"))
    return _sequence(_under(index, "lessons"))


def _under(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _sequence(node: yaml.Node | None) -> yaml.SequenceNode | None:
    return node if isinstance(node, yaml.SequenceNode) else None


def _in_flow(text: str, listed: yaml.SequenceNode, file: str) -> str:
    """Add to `[a.yaml, b.yaml]`: behind the last file, or before the bracket of an empty list."""
    if not listed.value:
        at = listed.end_mark.index - 1
        return f"{text[:at]}{file}{text[at:]}"
    at = listed.value[-1].end_mark.index
    return f"{text[:at]}, {file}{text[at:]}"


def _in_block(text: str, listed: yaml.SequenceNode, file: str) -> str:
    """Add a line `- c.yaml` behind that of the last file."""
    last = listed.value[-1]
    end = text.find("\n", last.end_mark.index)
    head, tail = (f"{text}\n", "") if end < 0 else (text[: end + 1], text[end + 1 :])
    return f"{head}{' ' * listed.start_mark.column}- {file}\n{tail}"


def _files(text: str) -> list[str]:
    """All files an index names, in order."""
    data: Any = yaml.load(text, yaml.CSafeLoader)
    groups = data.get("groups") if isinstance(data, dict) else None
    parts = (data, *(groups if isinstance(groups, list) else ()))
    listed = (part.get("lessons") for part in parts if isinstance(part, dict))
    return [file for files in listed if isinstance(files, list) for file in files]
