"""How waiting commands let simulated time pass.

`LivePacing` waits for the screen's clock; `InstantPacing` moves the cluster's clock itself. Both give background
processes their turn: what sleeps in a container wakes when the cluster's time says so.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from typing import Protocol

from tutor.engine.clock import Clock
from tutor.kubectl.context import Pacing

LONGEST_WAIT = 3600.0
"""Simulated seconds after which an instant wait with no limit of its own gives up: nothing will happen any more."""


SHORT = 0.05
"""Simulated seconds too short for a person to see: a live wait of less moves the clock instead of waiting for it."""
TICK = 1e-6
"""Simulated seconds that make no difference: sums of floating point numbers seldom meet exactly."""


class Turns(Protocol):
    """Lets processes in the background run on until each waits for time to pass, or has ended."""

    async def __call__(self) -> None:
        """Come back when none can go on."""
        ...


class Alarm:
    """Wakes waiters when simulated time reaches theirs, whoever moves the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._number = 0
        self._waiters: list[tuple[float, int, asyncio.Future[None]]] = []
        self._changed: list[asyncio.Future[None]] = []

    @property
    def next(self) -> float | None:
        """The earliest time somebody waits for, in seconds since the cluster's birth."""
        while self._waiters and self._waiters[0][2].done():
            heapq.heappop(self._waiters)
        return self._waiters[0][0] if self._waiters else None

    @property
    def due(self) -> bool:
        """Whether somebody's time has come."""
        return self.next is not None and self.next <= self._clock.now + TICK

    def set(self) -> None:
        """Have `ring` called now, for something that has just begun in the background."""
        self._wait_until(self._clock.now)

    def _wait_until(self, when: float) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._number += 1
        heapq.heappush(self._waiters, (when, self._number, future))
        return future

    async def at(self, when: float) -> None:
        """Come back when the clock shows at least `when`."""
        if self._clock.now < when - TICK:
            await self._wait_until(when)

    async def change(self) -> None:
        """Come back when the clock has moved or a command has changed something."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changed.append(future)
        await future

    def ring(self) -> None:
        """Wake whoever's time has come, and all who wait for a change."""
        while self._waiters and self._waiters[0][0] <= self._clock.now + TICK:
            _wake(heapq.heappop(self._waiters)[2])
        changed, self._changed = self._changed, []
        for future in changed:
            _wake(future)

    def clear(self) -> None:
        """Forget all waiters: time has been set back, and they are gone."""
        self._waiters, self._changed = [], []


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class LivePacing:
    """Waits for the clock that somebody else moves.

    Args:
        clock: the cluster's clock.
        alarm: rung after each move of it.
    """

    def __init__(self, clock: Clock, alarm: Alarm) -> None:
        self._clock = clock
        self._alarm = alarm

    async def sleep(self, seconds: float) -> None:
        """Come back when so many simulated seconds have passed."""
        if seconds < SHORT:
            self._clock.advance(seconds)
            self._alarm.ring()
        else:
            await self._alarm.at(self._clock.now + seconds)

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Come back True once the condition holds, or False after `timeout` simulated seconds."""
        end = None if timeout is None else self._clock.now + timeout
        while not condition():
            if end is not None and self._clock.now >= end - TICK:
                return False
            await self._alarm.change()
        return True

    async def idle(self) -> bool:
        """Come back True after the next change."""
        await self._alarm.change()
        return True


class InstantPacing:
    """Moves the clock itself, so that waiting takes no real time.

    Args:
        clock: the cluster's clock.
        alarm: rung after each move of it.
        turns: lets background processes run on.
    """

    def __init__(self, clock: Clock, alarm: Alarm, turns: Turns) -> None:
        self._clock = clock
        self._alarm = alarm
        self._turns = turns

    async def advance_to(self, when: float) -> None:
        """Move the clock there, stopping wherever a process in the background begins or wakes."""
        while True:
            self._clock.advance(max(0.0, min(when, self._next()) - self._clock.now))
            arrived = self._clock.now >= when - TICK
            if arrived or self._alarm.due:
                self._alarm.ring()
                await self._turns()
            if arrived:
                return

    async def sleep(self, seconds: float) -> None:
        """Let so many simulated seconds pass."""
        await self.advance_to(self._clock.now + seconds)

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Let time pass until the condition holds (True), or `timeout` simulated seconds have passed (False)."""
        end = self._clock.now + (LONGEST_WAIT if timeout is None else timeout)
        await self._turns()
        while not condition():
            if self._clock.now >= end - TICK:
                return False
            await self.advance_to(min(end, self._next()))
        return True

    async def idle(self) -> bool:
        """Let time pass to the next thing that happens (True); False if nothing is under way."""
        await self._turns()
        if not self._clock.busy:
            return False
        await self.advance_to(self._next())
        return True

    def _next(self) -> float:
        due = [when for when in (self._clock.next_due, self._alarm.next) if when is not None]
        return max(self._clock.now, min(due, default=self._clock.now + LONGEST_WAIT))


class SwitchedPacing:
    """A pacing that can be exchanged while shells hold on to it.

    Args:
        inner: the one that waits.
    """

    def __init__(self, inner: Pacing) -> None:
        self.inner = inner

    async def sleep(self, seconds: float) -> None:
        """Come back when so many simulated seconds have passed."""
        await self.inner.sleep(seconds)

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Come back True once the condition holds, or False after `timeout` simulated seconds."""
        return await self.inner.until(condition, timeout)

    async def idle(self) -> bool:
        """Come back True when something may have changed; False once nothing ever will."""
        return await self.inner.idle()
