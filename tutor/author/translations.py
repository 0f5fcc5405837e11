"""What a translation lacks, has too much of, or was made from texts that have changed since."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from tutor.course.beside import read_beside
from tutor.course.formats import format_fault
from tutor.course.languages import FOLDER, languages_of, translated_file
from tutor.course.lesson_index import GLOSSARY, INDEX, read_file
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem, did_you_mean
from tutor.course.translation import (
    SOURCE,
    Overlay,
    differ_only_in_comments,
    fingerprint,
    fingerprints,
    lesson_texts,
    place_in_overlay,
    read_overlay,
    value_at,
    with_file_texts,
)

Texts = Mapping[DataPath, str]
"""What may be translated, by where the translation stands."""
Sources = Mapping[DataPath, str]
"""Fingerprints of what was to be translated, by the place beside whose texts they stand."""


def translations_of(path: Path) -> list[str]:
    """The languages a file beside lessons is translated into."""
    return [code for code in languages_of(path.parent) if (path.parent / FOLDER / code / path.name).is_file()]


def translated_from(path: Path) -> tuple[Path, str] | None:
    """The lesson and the language that a file translates; None if it lies among no translations."""
    folder = path.absolute().parent
    if folder.parent.name != FOLDER:
        return None
    return Path(os.path.normpath(path.parent / ".." / ".." / path.name)), folder.name


def bad_translation(path: Path, language: str) -> Iterator[Problem]:
    """What is to be said of the translation of a lesson, before it is played."""
    lesson, overlay = read_file(path), read_overlay(path, language)
    if isinstance(overlay, Problem):
        yield overlay
    if not isinstance(overlay, Overlay) or isinstance(lesson, Problem) or not isinstance(lesson.data, dict):
        return
    data = with_file_texts(lesson.data, partial(read_beside, path))
    texts = {place_in_overlay(place, data): text for place, text in lesson_texts(data).items()}
    yield from _compare(overlay, texts, fingerprints(data))
    for place, text in texts.items():
        found = value_at(overlay.marks.data, place)
        if place[0] == "files" and isinstance(found, str) and not differ_only_in_comments(text, found):
            message, mend = (
                "more than its comments has changed",
                "write the file as it is, with its comments translated",
            )
            where = overlay.marks.place_of(place)
            yield Problem(overlay.path, *where, message, mend, _in_words(place), "translation")
    glossary = read_overlay(path.with_name(GLOSSARY), language)
    known = glossary.marks.data if isinstance(glossary, Overlay) else {}
    words = read_file(path.with_name(GLOSSARY))
    explained = {} if isinstance(words, Problem) or not isinstance(words.data, dict) else words.data
    for term in lesson.data.get("terms") or ():
        if term in explained and term not in known:
            mend = f"add it to {FOLDER}/{language}/{GLOSSARY}"
            yield Problem(overlay.path, 0, 0, f"the term {term!r} is not translated", mend, code="untranslated")


def bad_translations_beside(folder: Path, languages: Sequence[str] | None = None) -> Iterator[Problem]:
    """What is to be said of the translations in a folder that are not of lessons: index, glossary, and what is lost.

    Args:
        folder: where the lessons are.
        languages: the languages to look at; all if None.
    """
    for language in languages_of(folder) if languages is None else languages:
        for file in sorted((folder / FOLDER / language).glob("*.yaml")):
            if not (folder / file.name).is_file():
                yield Problem(file, 0, 0, f"there is no {file.name} to translate", "remove it", code="translation")
        for name, texts_of in ((INDEX, _index_texts), (GLOSSARY, _glossary_texts)):
            if translated_file(folder / name, language) is None:
                continue
            written, overlay = read_file(folder / name), read_overlay(folder / name, language)
            if isinstance(overlay, Problem):
                yield overlay
            if isinstance(written, Problem) or not isinstance(overlay, Overlay):
                continue
            groups = texts_of(written.data)
            texts = {(*place, key): text for place, each in groups.items() for key, text in each.items()}
            sources = {place: fingerprint(each.values()) for place, each in groups.items()}
            optional = name == GLOSSARY
            yield from _compare(overlay, texts, sources, optional=optional)


def _index_texts(index: Any) -> dict[DataPath, dict[str, str]]:
    """The texts of each heading."""
    groups = index.get("groups", []) if isinstance(index, dict) else []
    return {
        ("groups", each["title"]): {key: each[key] for key in ("title", "summary") if each.get(key)}
        for each in groups
        if isinstance(each, dict) and isinstance(each.get("title"), str)
    }


def _glossary_texts(glossary: Any) -> dict[DataPath, dict[str, str]]:
    """The texts of each word: itself, where it has another name, and what is said of it."""
    words = glossary if isinstance(glossary, dict) else {}
    return {(term,): {"term": term, "text": text} for term, text in words.items() if isinstance(text, str)}


_UNWRITTEN: Final = frozenset({"term"})
"""Texts that are often the same in another language, and then are not written again."""


def _compare(overlay: Overlay, texts: Texts, sources: Sources, *, optional: bool = False) -> Iterator[Problem]:
    """Everything there is to say; with `optional`, what is not translated at all is not missed."""
    data = overlay.marks.data

    def problem(place: DataPath, message: str, mend: str, code: str) -> Problem:
        return Problem(overlay.path, *overlay.marks.place_of(place), message, mend, _in_words(place), code)

    message, mend = format_fault(data["format"]) if "format" in data else ("there is no format", "write format: 1")
    if message:
        yield problem(("format",), message, mend, "format")
    own = {("format",), *((*place, SOURCE) for place in sources)}
    yield from (
        problem(place, f"there is no text {str(place[-1])!r} to translate here", _mend(place, texts), "translation")
        for place in _unknown(data, [*texts, *own])
    )
    for place in texts:
        found = value_at(data, place)
        if found is not None and not isinstance(found, str):
            yield problem(place, f"a text is wanted, not {found!r}", "put it in quotes", "type")
    for place, source in sources.items():
        if optional and value_at(data, place) is None:
            continue
        inside = [path for path in texts if (path[: len(place)] == place if place else path[0] != "steps")]
        missing = [path[len(place) :] for path in inside if path[-1] not in _UNWRITTEN and not value_at(data, path)]
        if missing:
            listed = ", ".join(" ".join(map(_said, path)) for path in missing)
            yield problem(place, f"not translated: {listed}", "the learner reads it as it was written", "untranslated")
        if len(missing) == len(inside):
            continue
        found = value_at(data, (*place, SOURCE))
        if found is None:
            yield problem(place, "it does not say what it was made from", f"write {SOURCE}: {source}", "stale")
        elif str(found) != source:
            mend = f"see that it is right, then write {SOURCE}: {source}"
            yield problem((*place, SOURCE), "what it was made from has changed", mend, "stale")


def _in_words(place: DataPath) -> str:
    """A place as a person reads it: `steps › apply › options 2 › why`."""
    words: list[str] = []
    for part in place:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part))
    return " › ".join(words)


def _said(part: str | int) -> str:
    return str(part + 1) if isinstance(part, int) else part


def _mend(place: DataPath, texts: Texts) -> str:
    above = place[:-1]
    beside = {str(path[len(above)]) for path in texts if path[: len(above)] == above and len(path) > len(above)}
    return did_you_mean(str(place[-1]), beside)


def _unknown(data: Any, known: Sequence[DataPath]) -> Iterator[DataPath]:
    """The places in a translation at which nothing is to be translated; of nested ones the outermost."""
    prefixes = {path[:length] for path in known for length in range(1, len(path) + 1)}

    def look(value: Any, place: DataPath) -> Iterator[DataPath]:
        if place and place not in prefixes and value:
            yield place
        elif isinstance(value, dict | list):
            parts = value.items() if isinstance(value, dict) else enumerate(value)
            for part, each in parts:
                yield from look(each, (*place, part))

    return look(data, ())
