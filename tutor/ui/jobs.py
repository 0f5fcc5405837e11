"""What the learner asked for, one thing at a time, while the event loop stays free."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from textual.widget import Widget

Job: TypeAlias = Callable[[], Awaitable[None]]


class Jobs:
    """A queue of jobs worked off by a worker of a widget, which is told of a job that fails (`Worker.StateChanged`).

    Args:
        owner: the widget; the jobs end with it.
    """

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._waiting: deque[Job] = deque()
        self._working = False

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._working and not self._waiting

    def add(self, job: Job) -> None:
        """Do this after what is under way."""
        self._waiting.append(job)
        if not self._working:
            self._working = True
            self._owner.run_worker(self._work(), group="jobs", exit_on_error=False)

    def drop(self) -> None:
        """Forget what has not begun."""
        self._waiting.clear()

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._waiting.popleft()()
        finally:
            self._working = False
