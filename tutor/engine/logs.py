"""What containers wrote to their output, per run of each container."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from rpds import HashTrieMap
from rpds import List as Stack

Run = tuple[str, str, int]
"""Pod uid, container name, and how often it had restarted."""
KEPT = 10_000
"""Lines kept of each run at least; the kubelet, too, forgets the oldest (it rotates logs at 10 MiB)."""


class LogLine(NamedTuple):
    """One line of output.

    Args:
        number: counts up over all containers of the cluster.
        at: seconds since the cluster's birth.
        text: the line, without its newline.
    """

    number: int
    at: float
    text: str


class Logs:
    """The logs of every container run; they outlive a restart and die with the Pod."""

    def __init__(self) -> None:
        self._lines: HashTrieMap[Run, Stack[LogLine]] = HashTrieMap()
        self._counts: HashTrieMap[Run, int] = HashTrieMap()
        self._number = 0

    def write(self, run: Run, at: float, *lines: str) -> None:
        """Add lines at the end of a run's log."""
        log = self._lines.get(run) or Stack()
        for text in lines:
            self._number += 1
            log = log.push_front(LogLine(self._number, at, text))
        count = (self._counts.get(run) or 0) + len(lines)
        if count > 2 * KEPT:
            log, count = Stack(tuple(islice(log, KEPT))), KEPT
        self._lines, self._counts = self._lines.insert(run, log), self._counts.insert(run, count)

    def read(self, run: Run, after: int = 0) -> list[LogLine]:
        """The lines of a run numbered above `after`, oldest first."""
        newer = []
        for line in self._lines.get(run) or ():
            if line.number <= after:
                break
            newer.append(line)
        newer.reverse()
        return newer

    def forget(self, pod_uid: str, container: str, restarts: int) -> None:
        """Drop the logs of a container's runs 0 to `restarts`."""
        for restart in range(restarts + 1):
            run = (pod_uid, container, restart)
            self._lines, self._counts = self._lines.discard(run), self._counts.discard(run)

    def snapshot(self) -> object:
        """All that changes here."""
        return self._lines, self._counts, self._number

    def restore(self, state: object) -> None:
        """Go back to a snapshot."""
        assert isinstance(state, tuple)  # noqa: S101  # only ever what snapshot() gave
        self._lines, self._counts, self._number = state
