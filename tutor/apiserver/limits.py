"""How much clients may ask for: requests a second, streams at once, and time for one request."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

RATE: Final = 2000.0
"""Requests a second, in the long run."""
BURST: Final = 4000.0
"""Requests at once, after a rest."""
STREAMS: Final = 500
"""Watches, logs that are followed, commands and tunnels at once."""
SECONDS: Final = 60.0
"""Seconds for a request that is no stream. Source: the flag --request-timeout of kube-apiserver."""


class Limits:
    """Counts requests.

    Args:
        now: a clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left, self._at = BURST, now()
        self._streams = 0

    def take(self) -> bool:
        """Whether one more request may be served now; it counts if so."""
        now = self._now()
        self._left = min(BURST, self._left + (now - self._at) * RATE)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @contextmanager
    def stream(self) -> Iterator[bool]:
        """Whether one more stream may begin; it counts while this lasts."""
        if self._streams >= STREAMS:
            yield False
            return
        self._streams += 1
        try:
            yield True
        finally:
            self._streams -= 1
