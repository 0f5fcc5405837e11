"""The files beside a lesson that it names."""

from __future__ import annotations

from pathlib import Path

from tutor.paths import assets_dir


def read_beside(lesson: Path, name: str) -> str:
    """The text of a file named relative to a lesson's folder, or else to the assets.

    Raises:
        OSError: there is none, or it lies outside both.
        UnicodeDecodeError: it is not UTF-8.
    """
    found = next((path for path in places_beside(lesson, name) if path.is_file()), None)
    if found is None:
        raise FileNotFoundError(2, "No such file", name)
    return found.read_text(encoding="utf-8")


def places_beside(lesson: Path, name: str) -> list[Path]:
    """Where a file named relative to a lesson's folder, or else to the assets, is looked for."""
    folders = (lesson.parent.resolve(), assets_dir().resolve())
    places = ((folder, (folder / name.removeprefix("assets/")).resolve()) for folder in folders)
    return [place for folder, place in places if place.is_relative_to(folder)]
