"""The files of the learner's shell, where a program of this computer finds them, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tutor.shell.command import FileTree

MOST_FILES: Final = 1000
MOST_BYTES: Final = 10_000_000
"""How much is laid out at most: a home folder of lessons is far smaller."""


class LaidOut:
    """A copy of what lies in the working folder of a shell.

    Args:
        files: the shell's files.
        folder: an empty folder of this computer.
    """

    def __init__(self, files: FileTree, folder: Path) -> None:
        self._files, self._folder = files, folder
        self._known: dict[str, str] = {}
        self._size = 0
        self._lay_out("")

    def _lay_out(self, inside: str) -> None:
        for name in self._files.listdir(inside or "."):
            path = f"{inside}{name}"
            if self._files.is_dir(path):
                (self._folder / path).mkdir()
                self._lay_out(f"{path}/")
                continue
            text = self._files.read(path)
            self._size += len(text)
            if len(self._known) >= MOST_FILES or self._size > MOST_BYTES:
                return
            self._known[path] = text
            (self._folder / path).write_bytes(text.encode("utf-8", "surrogateescape"))

    def take_back(self) -> None:
        """Give the shell what has been written there since."""
        for file in sorted(self._folder.rglob("*"))[:MOST_FILES]:
            path = file.relative_to(self._folder).as_posix()
            if file.is_symlink() or not file.is_file() or file.stat().st_size > MOST_BYTES:
                continue
            text = file.read_bytes().decode("utf-8", "surrogateescape")
            if self._known.get(path) != text:
                self._files.mkdir(path.rpartition("/")[0] or ".")
                self._files.write(path, text)
