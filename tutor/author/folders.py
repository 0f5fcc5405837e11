"""What paths stand for: lessons to prove, each with its translations; and what is wrong with the files beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from tutor.author.translations import bad_translations_beside, translated_from, translations_of
from tutor.course.catalog import lesson_paths
from tutor.course.languages import FOLDER, languages_of
from tutor.course.lesson_index import CHALLENGES, GLOSSARY, INDEX, read_file
from tutor.course.marked_yaml import Marked
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem
from tutor.course.translation import Overlay, read_overlay

SCHEMA_FILE: Final = "lesson.schema.json"
"""What the schema that editors use is called beside lessons."""
Job: TypeAlias = tuple[Path, str]
"""A lesson file, and the language to read it in; an empty one for the one it is written in."""


@dataclass
class Work:
    """What is to be checked.

    Args:
        jobs: the lessons to prove.
        problems: what is wrong with folders, indexes and glossaries.
        others: how many indexes and glossaries were named, rather than found in a folder.
    """

    jobs: list[Job] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    others: int = 0


def work_of(paths: Sequence[Path]) -> Work:
    """What paths of lessons, translations, indexes, glossaries, and folders of such stand for."""
    work = Work()
    for path in paths:
        translated = translated_from(path)
        if path.is_dir():
            _add_folder(work, path)
        elif translated is not None and path.name in {INDEX, GLOSSARY}:
            work.others += 1
            found = (*bad_translations_beside(translated[0].parent, [translated[1]]), *_bad_words(translated))
            work.problems += (each for each in found if _is_same(each.file, path))
        elif translated is not None:
            work.jobs.append(translated)
        elif path.name == INDEX:
            work.others += 1
            work.problems += _index_faults(path.parent)
        elif path.name == GLOSSARY:
            work.others += 1
            work.problems += bad_glossary(path.parent)
        else:
            _add_lesson(work, path)
    work.jobs = list(dict.fromkeys(work.jobs))
    work.problems = list(dict.fromkeys(work.problems))
    return work


def _is_same(file: Path, path: Path) -> bool:
    return file.resolve() == path.resolve()


def _add_lesson(work: Work, path: Path) -> None:
    work.jobs += ((path, language) for language in ("", *translations_of(path)))


def _add_folder(work: Work, path: Path) -> None:
    languages = _languages_in(path)
    if languages:
        beside = Path(os.path.normpath(path / ".." if path.absolute().name == FOLDER else path / ".." / ".."))
        for language in languages:
            _add_translations(work, beside, language)
        return
    files, wrong = lesson_paths(path)
    work.problems += wrong if not (path / INDEX).is_file() else _index_faults(path)
    work.problems += bad_glossary(path)
    work.problems += _old_schema(path)
    work.problems += bad_translations_beside(path)
    for language in languages_of(path):
        work.problems += _bad_words((path / GLOSSARY, language))
    for file in (*files, *sorted((path / CHALLENGES).glob("*.yaml"))):
        _add_lesson(work, file)


def _languages_in(folder: Path) -> list[str]:
    """The languages of a folder of translations, or the one of a folder within; none of any other folder."""
    whole = folder.absolute()
    if whole.parent.name == FOLDER:
        return [whole.name]
    return languages_of(whole.parent) if whole.name == FOLDER and not any(whole.glob("*.yaml")) else []


def _add_translations(work: Work, beside: Path, language: str) -> None:
    """Add the translations into one language of what lies in a folder."""
    folder = beside / FOLDER / language
    work.problems += bad_translations_beside(beside, [language])
    work.problems += _bad_words((beside / GLOSSARY, language))
    for file in sorted(folder.glob("*.yaml")):
        if file.name not in {INDEX, GLOSSARY} and (beside / file.name).is_file():
            work.jobs.append((beside / file.name, language))


# Indexes


def _index_faults(folder: Path) -> Iterator[Problem]:
    """What is wrong with the index of a folder, and the lessons beside it that it leaves out."""
    listed, wrong = lesson_paths(folder)
    yield from wrong
    keys = _keys(folder / INDEX)
    if keys and "format" not in keys:
        yield Problem(folder / INDEX, 1, 1, "the key 'format' is missing", "add format: 1", code="missing-key")
    # What a broken index leaves out is not known.
    if not wrong:
        yield from _unlisted(folder, listed)


def _unlisted(folder: Path, listed: Sequence[Path]) -> Iterator[Problem]:
    """Lessons beside an index that the index does not name."""
    for path in sorted(folder.glob("*.yaml")):
        if path not in listed and path.name not in {INDEX, GLOSSARY} and "steps" in _keys(path):
            mend = f"add - {path.name} to its lessons"
            yield Problem(path, 0, 0, f"{INDEX} does not name this lesson", mend, code="unlisted")


def _keys(path: Path) -> Any:
    marked = read_file(path)
    return () if isinstance(marked, Problem) or not isinstance(marked.data, dict) else marked.data


def _old_schema(folder: Path) -> Iterator[Problem]:
    """A schema for editors that is not this program's; without one nothing is wrong."""
    path = folder / SCHEMA_FILE
    if not path.is_file():
        return
    from tutor.author.schema import as_text, lesson_schema

    if path.read_bytes().replace(b"\r\n", b"\n") != as_text(lesson_schema()).encode():
        mend = f"tutor schema -o {path}"
        yield Problem(path, 0, 0, "the schema that editors use is not that of this tutor", mend, code="schema")


# Glossaries


def bad_glossary(folder: Path) -> Iterator[Problem]:
    """What is wrong with the glossary beside lessons; without one nothing is."""
    path = folder / GLOSSARY
    if not path.is_file():
        return
    marked = read_file(path)
    if isinstance(marked, Problem):
        yield marked
        return
    if not isinstance(marked.data, dict):
        yield Problem(path, 1, 1, "the glossary is no mapping", "write Term: explanation", code="glossary")
        return
    if isinstance(marked.data.get("terms"), dict | list):
        message, mend = "the words of a glossary stand at its top", "write Term: explanation, without terms: around it"
        yield Problem(path, *marked.place_of(("terms",)), message, mend, "terms", "glossary")
        return
    for term, text in marked.data.items():
        if not isinstance(text, str) or not text.strip():
            message, mend = f"the term {term!r} has no explanation", "write a text"
            if term == "format":
                message, mend = "a glossary has no format", "remove it"
            yield Problem(path, *marked.place_of((term,)), message, mend, term, "glossary")
    texts: dict[DataPath, str] = {(term,): text for term, text in marked.data.items() if isinstance(text, str)}
    yield from _bad_explanations(path, marked, texts)


def _bad_words(translated: Job) -> Iterator[Problem]:
    """What is wrong with the texts of a translated glossary."""
    path, language = translated
    overlay = read_overlay(path, language) if path.name == GLOSSARY else None
    if isinstance(overlay, Overlay):
        words = ((term, each.get("text")) for term, each in overlay.marks.data.items() if isinstance(each, dict))
        texts: dict[DataPath, str] = {(term, "text"): text for term, text in words if isinstance(text, str)}
        yield from _bad_explanations(overlay.path, overlay.marks, texts)


def _bad_explanations(path: Path, marked: Marked, texts: Mapping[DataPath, str]) -> Iterator[Problem]:
    """Explanations that the app could not show, or that name what there is not."""
    from tutor.author.rules import broken_explanations

    yield from broken_explanations(path, marked, texts)
