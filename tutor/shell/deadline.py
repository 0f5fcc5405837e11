"""Waits that end at a certain time, for `timeout` where commands move time themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from tutor.engine.clock import Clock
from tutor.kubectl.context import Pacing
from tutor.shell.command import Interrupted

_TICK: Final = 1e-6


class DeadlinePacing:
    """A pacing whose waits end at a deadline, like those of a command that is killed then.

    Args:
        inner: how to wait.
        clock: the cluster's clock.
        seconds: how far off the deadline is.
    """

    def __init__(self, inner: Pacing, clock: Clock, seconds: float) -> None:
        self._inner, self._clock = inner, clock
        self._end = clock.now + seconds
        self.on_end: Callable[[], None] | None = None
        """Told when a wait has been ended: stops the shell that the waiting command is part of."""

    @property
    def expired(self) -> bool:
        """Whether the deadline has come."""
        return self._clock.now >= self._end - _TICK

    async def sleep(self, seconds: float) -> None:
        """Come back when so many simulated seconds have passed.

        Raises:
            Interrupted: the deadline came first.
        """
        left = self._end - self._clock.now
        await self._inner.sleep(max(0.0, min(seconds, left)))
        if seconds > left:
            self._stop()

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Come back True once the condition holds, or False after `timeout` simulated seconds.

        Raises:
            Interrupted: the deadline came first.
        """
        left = max(0.0, self._end - self._clock.now)
        held = await self._inner.until(condition, left if timeout is None else min(timeout, left))
        if not held and self.expired:
            self._stop()
        return held

    async def idle(self) -> bool:
        """Come back True when something may have changed; False once nothing ever will before the deadline.

        Raises:
            Interrupted: the deadline came first.
        """
        more = await self._inner.idle()
        if not more:
            await self._inner.sleep(max(0.0, self._end - self._clock.now))
        if self.expired:
            self._stop()
        return more

    def _stop(self) -> NoReturn:
        if self.on_end is not None:
            self.on_end()
        raise Interrupted
