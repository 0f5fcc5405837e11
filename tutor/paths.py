"""Where the lessons and assets are: inside an installed wheel, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _data(name: str) -> Path:
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def lessons_dir() -> Path:
    """The folder of the lesson files that ship with the program."""
    return _data("lessons")


def assets_dir() -> Path:
    """The folder of what lessons and images show."""
    return _data("assets")
