"""The words that lessons explain: those beside the lessons, and the program's own; in the learner's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor.course.lesson_index import GLOSSARY, read_file
from tutor.course.problems import Problem
from tutor.course.translation import Overlay, read_overlay
from tutor.paths import lessons_dir


@dataclass(frozen=True)
class Glossary:
    """Explanations of words.

    Args:
        texts: the explanations, by word as the learner reads it.
        names: the word as the learner reads it, by the one that lessons list.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def read_glossary(folder: Path, language: str = "", own: Path | None = None) -> Glossary:
    """The words explained beside some lessons, and then the program's own.

    Args:
        folder: where the lessons are.
        language: the language wanted; a word that is not translated stays as it is.
        own: the folder of the program's own; None for the one it ships with.
    """
    first, rest = _read(folder, language), _read(own or lessons_dir(), language)
    return Glossary({**rest.texts, **first.texts}, {**rest.names, **first.names})


def _read(folder: Path, language: str) -> Glossary:
    marked = read_file(folder / GLOSSARY)
    data = {} if isinstance(marked, Problem) else marked.data
    words = {term: str(text).strip() for term, text in data.items()} if isinstance(data, dict) else {}
    overlay = read_overlay(folder / GLOSSARY, language)
    translations: Any = overlay.marks.data if isinstance(overlay, Overlay) else {}
    texts, names = {}, {}
    for term, text in words.items():
        found = translations.get(term)
        found = found if isinstance(found, dict) else {}
        names[term] = str(found.get("term") or term)
        texts[names[term]] = str(found.get("text") or text).strip()
    return Glossary(texts, names)
