"""When Python looks for cycles among its objects.

A cluster is made of very many small objects that form no cycles: counting references frees them, and to look through
them for cycles is in vain. By its own thresholds the interpreter does so after every 700 new objects: a thousand Pods
then take a third longer to start, and each more takes longer than the one before (`python -m tests.benchmarks`).
"""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 20_000
"""New objects after which the young are looked through: a millisecond or two of work."""
MIDDLE: Final = 20
"""Looks at the young after which those that outlived them are looked through too."""
OLD: Final = 100
"""Such looks after which everything is: with a large cluster that takes longer than a frame may."""


def tune() -> None:
    """Look for cycles seldom, and never again among what has been loaded so far. May be called more than once."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    gc.freeze()
