"""Files of the data folder: where it is, and how they are written whole or not at all, by several programs at once."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

PATIENCE: Final = 0.5
"""Seconds to wait for another program that writes; it takes milliseconds, unless it was stopped in the midst of it."""
_MOMENT: Final = 0.01


class NewerFileError(Exception):
    """The file was written by a version of the program that knows more than this one."""


def data_dir(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The folder for this program's data: `TUTOR_HOME`, or where the platform keeps such things.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/ ; %LOCALAPPDATA% and ~/Library otherwise.
    """
    if environ.get("TUTOR_HOME"):
        return Path(environ["TUTOR_HOME"])
    if platform == "win32":
        base = Path(environ["LOCALAPPDATA"]) if environ.get("LOCALAPPDATA") else Path.home() / "AppData" / "Local"
    elif platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        # A relative path is to be ignored, says the specification.
        named = Path(environ.get("XDG_DATA_HOME", ""))
        base = named if named.is_absolute() else Path.home() / ".local" / "share"
    return base / "tutor"


def set_aside(path: Path, error: Exception, what: str, follows: str) -> str:
    """Move a corrupt file out of the way; one line that says so.

    Args:
        path: the file.
        error: what is wrong with it.
        what: its name, such as `progress file`.
        follows: what becomes of it, such as `progress begins anew`.
    """
    kept = path.with_name(path.name + ".bak")
    try:
        path.replace(kept)
    except OSError as fault:
        return f"{path} is corrupt ({error}) and cannot be moved ({fault.strerror}); it will be overwritten."
    return f"The {what} was corrupt ({error}). It is kept as {kept}, and {follows}."


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have a folder to oneself among the programs that ask for it; after some patience go on without.

    The lock is the system's, on the folder itself: it leaves nothing lying about, and ends with the program. Where
    a folder cannot be locked (on Windows, on some network file systems), reading and writing follow each other so
    quickly that hardly anyone comes between.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            handle = os.open(folder, os.O_RDONLY)
            held.callback(os.close, handle)
            latest = time.monotonic() + PATIENCE
            while not _taken(partial(fcntl.flock, handle, fcntl.LOCK_EX | fcntl.LOCK_NB)):
                if time.monotonic() > latest:
                    break
                time.sleep(_MOMENT)
        yield


def _taken(take: Callable[[], None]) -> bool:
    try:
        take()
    except BlockingIOError:
        return False
    return True


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's text so that a reader sees the old or the new, never a part.

    Raises:
        OSError: the folder cannot be made or written to; the old file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
