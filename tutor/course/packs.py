"""Where lessons come from: the program, folders, installed Python packages. All of it is read, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tutor.course.problems import Problem
from tutor.paths import lessons_dir

# Naming a library costs nothing: what reads packs is loaded by the functions that read them.

ENTRY_POINTS: Final = "tutor.lessons"
"""The entry point group of packs: `name = "package"` or `"package.subpackage:folder"`, a folder inside the package."""


@dataclass(frozen=True)
class Pack:
    """A folder of lessons.

    Args:
        folder: the folder.
        name: stands before the ids of its lessons, as in `workshop/first`; empty for the program's own.
        origin: where it comes from, in words; empty for the program's own.
    """

    folder: Path
    name: str = ""
    origin: str = ""

    def full_id(self, lesson_id: str) -> str:
        """The id of one of its lessons, unique among all packs."""
        return f"{self.name}/{lesson_id}" if self.name else lesson_id


@dataclass(frozen=True)
class Library:
    """All places to read lessons from, and the language to read them in.

    Args:
        own: the folder of the program's lessons; None for those that ship with it.
        folders: folders of further packs.
        installed: whether packs of installed Python packages are read too.
        language: such as `de`; empty for the one the lessons are written in.
    """

    own: Path | None = None
    folders: tuple[Path, ...] = ()
    installed: bool = False
    language: str = ""

    def packs(self) -> tuple[list[Pack], list[Problem]]:
        """The packs in their order, the program's own first, and what is wrong with those that cannot be read."""
        packs, problems = [Pack(self.own or lessons_dir())], []
        for found in (*(_installed() if self.installed else ()), *_given(self.folders)):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            taken = next((pack for pack in packs if pack.name == found.name), None)
            if taken is None:
                packs.append(found)
            elif taken.folder.resolve() != found.folder.resolve():
                problems.append(_taken(found, taken))
        return packs, problems


def _given(folders: Sequence[Path]) -> Iterator[Pack | Problem]:
    from tutor.course.lesson_index import pack_name

    for folder in folders:
        if folder.is_dir():
            yield Pack(folder, pack_name(folder) or _as_name(folder.resolve().name), str(folder))
        else:
            yield Problem(folder, 0, 0, "there is no such folder of lessons", code="no-lessons")


def _taken(pack: Pack, by: Pack) -> Problem:
    """That the name of a pack is another's, at the line that says it."""
    from tutor.course.lesson_index import INDEX, read_file

    message = f"the pack name {pack.name!r} is taken by {by.folder}"
    mend = f"write pack: and another name in its {INDEX}"
    marked = read_file(pack.folder / INDEX)
    if isinstance(marked, Problem):
        return Problem(pack.folder, 0, 0, message, mend, code="duplicate-id")
    return Problem(pack.folder / INDEX, *marked.place_of(("pack",)), message, mend, "pack", "duplicate-id")


def _as_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or "lessons"


def _installed() -> Iterator[Pack | Problem]:
    from importlib.metadata import entry_points

    from tutor.course.lesson_index import pack_name

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        source = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
        folder = package_folder(point.value)
        if folder is None:
            message = f"the entry point {point.name} of {source} leads to no folder: {point.value}"
            yield Problem(Path(source), 0, 0, message, "write package or package:folder", code="no-lessons")
        else:
            yield Pack(folder, pack_name(folder) or _as_name(point.name), f"the package {source}")


def package_folder(value: str) -> Path | None:
    """The folder of an installed package, without importing it; None if there is none.

    Args:
        value: the package, perhaps with a folder inside: `workshop`, `workshop.lessons`, `workshop:lessons`.
    """
    import importlib.util

    top, *inside = re.split(r"[.:]", value.replace(" ", ""))
    # Only the spec of what stands at the top can be found without running the code of a package around it.
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    found = (Path(place, *inside) for place in (spec and spec.submodule_search_locations) or ())
    return next((folder for folder in found if folder.is_dir()), None)
