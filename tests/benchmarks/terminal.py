"""A program in a terminal of its own (POSIX only): what it writes, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence

ROWS, COLUMNS = 40, 120
PATIENCE = 10.0
"""Seconds after which what is waited for is given up."""
_LAST_ROW = re.compile(rb"\x1b\[%d;\d+H" % ROWS)


class Terminal:
    """Runs Python with these arguments in a pseudo-terminal of `ROWS` by `COLUMNS`.

    Args:
        arguments: the interpreter's.
        environ: added to the environment.
    """

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self._began = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execve(sys.executable, [sys.executable, *arguments], {**os.environ, **environ})  # noqa: S606

    def write(self, text: str) -> None:
        """Type something."""
        os.write(self._terminal, text.encode())

    def wait(self, arrived: Callable[[bytes], object]) -> float:
        """Read until `arrived` says that what has been read since the call is enough.

        Returns:
            Seconds from the program's start until then.

        Raises:
            TimeoutError: it took longer than `PATIENCE`.
        """
        seen, end = b"", time.perf_counter() + PATIENCE
        while not arrived(seen):
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, end - time.perf_counter()))
            if not ready:
                raise TimeoutError(f"not seen on the terminal; last: {seen[-200:]!r}")
            seen += os.read(self._terminal, 1 << 16)
        return time.perf_counter() - self._began

    def rest(self, seconds: float) -> None:
        """Let so much time pass, whatever is written meanwhile."""
        end = time.perf_counter() + seconds
        while select.select([self._terminal], [], [], max(0.0, end - time.perf_counter()))[0]:
            os.read(self._terminal, 1 << 16)

    def kill(self) -> int:
        """End the program; the most memory it ever had, in KiB."""
        os.kill(self.pid, signal.SIGKILL)
        usage = os.wait4(self.pid, 0)[2]
        os.close(self._terminal)
        return usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)


def frame(written: bytes) -> bool:
    """Whether a whole frame is among what was written: its last row has been begun."""
    return _LAST_ROW.search(written) is not None
