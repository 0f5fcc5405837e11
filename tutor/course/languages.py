"""Which language a learner wants to read lessons in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = "translations"
"""Beside lessons, the folder of their translations: a folder a language."""
VARIABLE: Final = "TUTOR_LANGUAGE"
WRITTEN_IN: Final = "en"
"""The language lessons are written in."""
_CODE: Final = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:[-_](?P<region>[A-Za-z]{2,4}))?(?:[.@].*)?")


def candidates(language: str) -> list[str]:
    """The folders that would do for a language, best first: `de-AT` and `de` for `de_AT.UTF-8`; none for English.

    What is no language (`C`, `POSIX`, an empty text) has none either.
    """
    match = _CODE.fullmatch(language)
    if match is None or match["language"].lower() == WRITTEN_IN:
        return []
    code, region = match["language"].lower(), match["region"]
    return [f"{code}-{region.upper()}", code] if region else [code]


def languages_of(folder: Path) -> list[str]:
    """The languages that there are translations into, besides the one the lessons are written in."""
    return sorted(path.name for path in (folder / FOLDER).glob("*") if path.is_dir() and candidates(path.name))


def choose_language(wanted: str, environ: Mapping[str, str], setting: str = "") -> str:
    """The language to read lessons in: asked for, else by environment, settings or locale; empty for English.

    Source for the order of the locale's variables: POSIX.1-2024, Base Definitions, 8.2.

    Args:
        wanted: what was asked for; may be empty.
        environ: the environment.
        setting: what the settings say; may be empty.
    """
    locale = (environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next(filter(None, (wanted, environ.get(VARIABLE, ""), setting, *locale)), "")
    return next(iter(candidates(chosen)), "")


def translated_file(path: Path, language: str) -> Path | None:
    """The file that translates one beside the lessons; None if there is none in that language.

    Args:
        path: a lesson, an index or a glossary.
        language: as asked for.
    """
    files = (path.parent / FOLDER / code / path.name for code in candidates(language))
    return next((file for file in files if file.is_file()), None)


def known_languages(folders: Iterable[Path]) -> list[str]:
    """The languages there is something in, in any of these folders; the one lessons are written in first."""
    return [WRITTEN_IN, *sorted({language for folder in folders for language in languages_of(folder)})]
