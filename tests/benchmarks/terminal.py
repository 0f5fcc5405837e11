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
from pathlib import Path

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

    def peak(self) -> float:
        """The most memory it has had so far, in MiB.

        Linux only: what getrusage(2) tells counts in the memory of the process that started it.
        """
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))

    def kill(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


def frame(written: bytes) -> bool:
    """Whether a whole frame is among what was written: its last row has been begun."""
    return _LAST_ROW.search(written) is not None
