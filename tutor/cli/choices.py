"""Lessons and clusters as they are named on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tutor.course.catalog import LessonEntry
    from tutor.course.packs import Library

CLUSTER_HELP: Final = "apply this manifest to the cluster first, or take one of the sandbox's: nginx, service, shop"


class UnknownLessonError(LookupError):
    """There is no lesson of that name; the message names those there are."""


def find_lesson(word: str, library: Library) -> LessonEntry:
    """The lesson of an id, or of a number as `tutor list` shows them.

    Args:
        word: the id or number.
        library: where lessons come from.

    Raises:
        UnknownLessonError: there is none.
    """
    from tutor.course.catalog import read_catalog

    catalog = read_catalog(library)
    numbers = {str(number): lesson for number, lesson in enumerate(catalog.lessons, 1)}
    lesson = catalog.find(word) or numbers.get(word)
    if lesson is None:
        if word.endswith((".yaml", ".yml")):
            mend = f"tutor preview {word} plays a file, and --lessons DIR adds the lessons of a folder"
            raise UnknownLessonError(f"a lesson is named by its id or number, not by its file; {mend}")
        known = ", ".join(entry.id for entry in catalog.lessons)
        raise UnknownLessonError(f"there is no lesson {word!r}; the lessons are {known}")
    return lesson


def read_cluster(cluster: Path) -> list[str]:
    """The YAML texts of a cluster: one of the sandbox by its id, or else a file.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: it is no UTF-8 text.
    """
    from tutor.course.sandbox import find_cluster

    known = None if cluster.exists() else find_cluster(str(cluster))
    return known.manifests() if known else [cluster.read_text(encoding="utf-8")]
