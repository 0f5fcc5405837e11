"""When files changed, in the cluster's time: the interpreter stamps them with this computer's."""

from __future__ import annotations

import time
from bisect import bisect_right

from tutor.engine.clock import Clock

GRAIN = 0.5
"""Simulated seconds that make no difference to anybody who looks at a file's date."""


class Timeline:
    """What the cluster's clock showed at moments of real time.

    Args:
        clock: the cluster's clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._moments = [time.time()]
        self._shown = [clock.now]

    def note(self) -> None:
        """Remember what the clock shows now, if it has moved."""
        if abs(self._clock.now - self._shown[-1]) >= GRAIN:
            self._moments.append(time.time())
            self._shown.append(self._clock.now)

    def at(self, moment: float) -> float:
        """What the clock showed then, in seconds since the cluster's birth.

        Args:
            moment: seconds since 1970 by this computer's clock.
        """
        return self._shown[max(0, bisect_right(self._moments, moment) - 1)]
