"""What a row of the table is, and how its figures are come by."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Measurement:
    """One row of the table.

    Args:
        what: what was measured.
        result: the figure, with its unit.
        target: what it should reach; empty if there is no such number.
        growth: exponent of growth over three sizes; None if it was measured at one size.
    """

    what: str
    result: str
    target: str = ""
    growth: float | None = None


def cpu(work: Callable[[], object]) -> float:
    """Processor seconds one call takes."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of log(time) over log(size): 1 is linear."""
    xs, ys = [math.log(size) for size in sizes], [math.log(each) for each in seconds]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


def expect(found: int, wanted: int) -> None:
    """Refuse a figure that is about something else.

    Raises:
        RuntimeError: the work did not come out as it should.
    """
    if found != wanted:
        raise RuntimeError(f"measured the wrong thing: {found} instead of {wanted}")


def milliseconds(seconds: Sequence[float]) -> str:
    """The best and the median of several runs; what else the machine does only ever adds to a run."""
    return f"{min(seconds) * 1000:.1f}; {median(seconds) * 1000:.1f} ms"
