"""The cluster's clock and its queue of due work.

Time is a number of seconds since the cluster's birth; nothing here looks at a real clock. Work is data, not code
(a worker's name and a key), so that the queue can be saved and restored.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

Key = tuple[str, ...]
Worker = Callable[[Key], None]

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""What the cluster's calendar shows when a learner meets it, unless told otherwise."""
AGE: Final = 14 * 86400.0
"""Seconds a new cluster has existed for when a learner meets it."""


class Work(NamedTuple):
    """One thing due: `worker` is to look at `key`. Background work (a probe that repeats) never holds up `settle`."""

    at: float
    number: int
    worker: str
    key: Key
    background: bool = False


@dataclass(frozen=True)
class ClockState:
    """All of a clock that a snapshot keeps."""

    now: float
    number: int
    queue: tuple[Work, ...]
    pending: frozenset[tuple[str, Key]]


class Clock:
    """Simulated time and the work waiting for it.

    Args:
        born: calendar time of second 0.
    """

    def __init__(self, born: datetime = NOW - timedelta(seconds=AGE)) -> None:
        self.born = born
        self.now = 0.0
        self._number = 0
        self._queue: list[Work] = []
        self._foreground = 0
        self._pending: set[tuple[str, Key]] = set()
        self._workers: dict[str, Worker] = {}
        self._stamp = (-1, "")

    def register(self, name: str, worker: Worker) -> None:
        """Let `name` stand for the function that does its work."""
        self._workers[name] = worker

    def soon(self, worker: str, *key: str) -> None:
        """Have the worker look at the key at this very instant, once however often it is asked (a work queue)."""
        if (worker, key) not in self._pending:
            self._pending.add((worker, key))
            self._push(Work(self.now, self._number, worker, key))

    def after(self, seconds: float, worker: str, *key: str, background: bool = False) -> None:
        """Have the worker look at the key in so many seconds; workers check then whether it still matters."""
        self._push(Work(self.now + seconds, self._number, worker, key, background))

    def cancel(self, worker: str, *key: str) -> None:
        """Forget all work of a worker on a key. Costs as much as there is work waiting: for rare changes of mind."""
        self._queue = [work for work in self._queue if (work.worker, work.key) != (worker, key)]
        heapq.heapify(self._queue)
        self._foreground = sum(not work.background for work in self._queue)
        self._pending.discard((worker, key))

    def _push(self, work: Work) -> None:
        self._number += 1
        self._foreground += not work.background
        heapq.heappush(self._queue, work)

    def _run_next(self) -> None:
        work = heapq.heappop(self._queue)
        self._foreground -= not work.background
        self._pending.discard((work.worker, work.key))
        self.now = max(self.now, work.at)
        self._workers[work.worker](work.key)

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass, doing what falls due on the way."""
        end = self.now + seconds
        while self._queue and self._queue[0].at <= end:
            self._run_next()
        self.now = end

    def run_due(self) -> None:
        """Do what is due at this instant, without letting time pass."""
        self.advance(0.0)

    @property
    def next_due(self) -> float | None:
        """When the next work is due, in seconds since birth; None if there is none."""
        return self._queue[0].at if self._queue else None

    @property
    def busy(self) -> bool:
        """Whether any work is waiting that is not background work."""
        return self._foreground > 0

    def settle(self, limit: float) -> bool:
        """Let time pass until only background work waits, for at most `limit` seconds; say whether it got there."""
        end = self.now + limit
        while self.busy and self._queue[0].at <= end:
            self._run_next()
        return not self.busy

    def timestamp(self, at: float | None = None) -> str:
        """An instant (now unless given, in seconds since birth) as the API writes it: `2026-11-23T09:00:00Z`."""
        second = int(self.now if at is None else at)
        if second != self._stamp[0]:  # nearly every call is about the same second as the one before
            self._stamp = second, (self.born + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._stamp[1]

    def seconds(self, timestamp: str) -> float:
        """Seconds since birth of an RFC 3339 timestamp."""
        return (datetime.fromisoformat(timestamp.replace("Z", "+00:00")) - self.born).total_seconds()

    @property
    def datetime(self) -> datetime:
        """The calendar time it is now."""
        return self.born + timedelta(seconds=self.now)

    def snapshot(self) -> ClockState:
        """All that changes about this clock."""
        return ClockState(self.now, self._number, tuple(self._queue), frozenset(self._pending))

    def restore(self, state: ClockState) -> None:
        """Go back (or forth) to a snapshot."""
        self.now, self._number, self._queue = state.now, state.number, list(state.queue)
        self._foreground = sum(not work.background for work in self._queue)
        self._pending = set(state.pending)
