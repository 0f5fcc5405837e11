"""A lesson or a challenge that is being written: its file as it stands, and every file that goes into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor.course.beside import places_beside
from tutor.course.challenges import assemble, pick
from tutor.course.faults import STORIES, BrokenFileError, FaultFile, Library, is_of_challenges, read_library
from tutor.course.glossary import read_glossary
from tutor.course.languages import FOLDER, candidates, languages_of
from tutor.course.lesson_index import GLOSSARY, INDEX, read_file
from tutor.course.loader import Loaded, drawings, load_lesson
from tutor.course.problems import Problem
from tutor.course.schema import Lesson
from tutor.engine.dice import Dice


@dataclass(frozen=True)
class Draft:
    """A file as it stands.

    Args:
        lesson: the lesson, or the challenge as one; None if it cannot be played.
        problems: why not.
        glossary: explanations by term.
        sources: the files that go into it, or would if they were there.
        translated: whether its texts come from a translation.
    """

    lesson: Lesson | None
    problems: tuple[Problem, ...] = ()
    glossary: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()
    translated: bool = False

    def differs_from(self, other: Draft) -> bool:
        """Whether a learner would find anything else in it."""
        return (self.lesson, self.glossary) != (other.lesson, other.glossary)


def read_draft(path: Path, seed: int = 1, language: str = "") -> Draft:
    """Read a lesson, a fault or the stories of challenges. Whatever is wrong is reported, never raised.

    A fault becomes a challenge with that fault alone; the stories become one with a plain fault. Which story is told,
    and what differs in it, goes by the seed, story after story.

    Args:
        path: the file.
        seed: decides what its variables stand for.
        language: the language to read it in, as far as it is translated; empty for the one it is written in.
    """
    marked = read_file(path)
    if not isinstance(marked, Problem) and is_of_challenges(marked.data):
        return _challenge(path, seed)
    loaded = load_lesson(path, seed, language)
    glossary = read_glossary(path.parent, language).texts
    sources = tuple(dict.fromkeys(_sources(loaded)))
    return Draft(loaded.lesson, loaded.problems, glossary, sources, loaded.overlay is not None)


def _challenge(path: Path, seed: int) -> Draft:
    sources = (path, *sorted(path.parent.glob("*.yaml")))
    try:
        library = read_library(path.parent)
        fault = _fault(library, path, seed)
        challenge = assemble(library, {fault: seed}, (seed - 1, seed), fault.level, seed)
    except BrokenFileError as error:
        return Draft(None, error.problems, sources=sources)
    return Draft(challenge.lesson, sources=sources)


def _fault(library: Library, path: Path, seed: int) -> FaultFile:
    if path.name == STORIES:
        return pick(library.faults, 1, Dice(seed))[0]
    return next(fault for fault in library.faults if fault.path == path)


def _sources(loaded: Loaded) -> Iterator[Path]:
    """The files that go into a lesson and into what is found in it; those of a malformed one as far as they show."""
    path = loaded.path
    yield from (path, path.with_name(GLOSSARY), path.with_name(INDEX))
    for code in dict.fromkeys((*languages_of(path.parent), *candidates(loaded.language))):
        yield from (path.parent / FOLDER / code / name for name in (path.name, GLOSSARY))
    for name in _named(loaded.marks.data if loaded.marks is not None else None):
        yield from places_beside(path, name)


def _named(data: Any) -> Iterator[str]:
    """The files that a lesson names."""
    if not isinstance(data, dict):
        return
    files, cluster, steps = (data.get(key) for key in ("files", "cluster", "steps"))
    for each in files.values() if isinstance(files, dict) else ():
        if isinstance(each, dict) and isinstance(each.get("from"), str):
            yield each["from"]
    applied = cluster.get("apply") if isinstance(cluster, dict) else None
    yield from (name for name in (applied if isinstance(applied, list) else ()) if isinstance(name, str))
    for step in steps if isinstance(steps, list) else ():
        texts = (step.get("body"), step.get("explain")) if isinstance(step, dict) else ()
        for text in texts:
            yield from drawings(text) if isinstance(text, str) else ()
