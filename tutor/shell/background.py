"""What runs with nobody waiting for it: containers' own processes, and jobs started with `&`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tutor.engine.clock import Clock
from tutor.shell.pacing import SHORT, Alarm, LivePacing

T = TypeVar("T")

PATIENCE = 2.0
"""Real seconds to wait for those in the background to come to rest before going on without them."""
YOUTH = 15.0
"""Simulated seconds from its start for which a container's process is waited for when a cluster settles."""
SOON = 5.0
"""Simulated seconds a young process may sleep for and still be waited for."""
_TURNS = 3
"""Turns of the event loop from a wake-up call until the sleeper is up."""


class Background:
    """Everything that runs in the background of one simulation.

    Args:
        clock: the cluster's clock.
        alarm: rung after each move of it.
    """

    def __init__(self, clock: Clock, alarm: Alarm) -> None:
        self._clock, self._alarm = clock, alarm
        self._running: set[BackgroundPacing] = set()
        self._moved = asyncio.Event()

    def enter(self, *, youth: float = 0.0) -> BackgroundPacing:
        """The pacing of something that begins to run now; `leave` it in the end.

        Args:
            youth: simulated seconds for which it is young.
        """
        pacing = BackgroundPacing(self._clock, self._alarm, self._moved.set, self._clock.now + youth)
        self._running.add(pacing)
        self._alarm.set()
        return pacing

    def leave(self, pacing: BackgroundPacing) -> None:
        """Whatever had this pacing has ended."""
        self._running.discard(pacing)
        self._moved.set()

    def soon(self) -> float | None:
        """When the next sleeper wakes, if something young runs and that is soon; else None."""
        now, wakes = self._clock.now, self._alarm.next
        young = any(now < pacing.young_until for pacing in self._running)
        return wakes if young and wakes is not None and wakes <= now + SOON else None

    async def quiet(self) -> None:
        """Come back when all wait for time to pass, or have ended."""
        if not self._running:
            return
        loop = asyncio.get_running_loop()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        end = loop.time() + PATIENCE
        while any(not pacing.at_rest for pacing in self._running) and loop.time() < end:
            self._moved.clear()
            try:
                async with asyncio.timeout_at(end):
                    await self._moved.wait()
            except TimeoutError:
                return


class BackgroundPacing:
    """Waits for the clock that others move, and says when it does.

    Args:
        clock: the cluster's clock.
        alarm: rung after each move of it.
        moved: called whenever a wait begins or ends.
        young_until: until when a settling cluster waits for whoever has this pacing.
    """

    def __init__(self, clock: Clock, alarm: Alarm, moved: Callable[[], None], young_until: float = 0.0) -> None:
        self._clock, self._alarm = clock, alarm
        self._live = LivePacing(clock, alarm)
        self._moved = moved
        self._now = clock.now
        self.young_until = young_until
        self._waits = 0

    @property
    def at_rest(self) -> bool:
        """Whether whoever has this pacing waits for time to pass."""
        return self._waits > 0

    async def _wait(self, wait: Awaitable[T]) -> T:
        self._waits += 1
        self._moved()
        try:
            return await wait
        finally:
            self._waits -= 1
            self._moved()

    async def sleep(self, seconds: float) -> None:
        """Come back when so many simulated seconds have passed.

        Short sleeps add up until they are worth a wait: a loop of quick commands goes no faster than the clock.
        """
        self._now = max(self._now, self._clock.now) + seconds
        if self._now - self._clock.now >= SHORT:
            await self._wait(self._alarm.at(self._now))

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Come back True once the condition holds, or False after `timeout` simulated seconds."""
        return await self._wait(self._live.until(condition, timeout))

    async def idle(self) -> bool:
        """Come back True after the next change."""
        return await self._wait(self._live.idle())
