"""The engine's rows: what a cluster costs, in processor time of this process."""

from __future__ import annotations

import gc
import math
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.worlds import (
    NAMESPACE,
    PER_DEPLOYMENT,
    deployment,
    new_cluster,
    ready_addresses,
    ready_pods,
    run_pods,
    service,
)
from tutor.engine import resources
from tutor.engine.network.http import HttpRequest

RUNS = 5


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


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"measured the wrong thing: {found} instead of {wanted}")


def small_service() -> Measurement:
    """A Deployment of 3 and a Service, until 3 addresses are ready."""

    def once() -> float:
        cluster = new_cluster()

        def work() -> None:
            cluster.api.create(deployment("web", 3), NAMESPACE)
            cluster.api.create(service("web", "web"), NAMESPACE)
            cluster.settle()

        seconds = cpu(work)
        _expect(ready_addresses(cluster, "web"), 3)
        return seconds

    once()
    return Measurement("Deployment of 3 + Service, ready", _ms(median(once() for _ in range(RUNS))), "5 ms")


def new_clusters() -> Measurement:
    """A new cluster, 14 days old."""
    new_cluster()
    return Measurement("a new cluster", _ms(median(cpu(new_cluster) for _ in range(RUNS))))


def services(sizes: Sequence[int] = (250, 500, 1000)) -> Measurement:
    """Many Services with three Pods each behind them, until every slice is right."""

    def once(count: int) -> float:
        cluster = new_cluster()
        cluster.api.create(deployment("web", 3), NAMESPACE)
        cluster.settle()

        def work() -> None:
            for number in range(count):
                cluster.api.create(service(f"s{number}", "web"), NAMESPACE)
            cluster.settle()

        seconds = cpu(work)
        _expect(sum(ready_addresses(cluster, f"s{number}") for number in range(count)), 3 * count)
        return seconds

    times = [median(once(size) for _ in range(3)) for size in sizes]
    return Measurement("1,000 Services until every slice is right", _ms(times[-1]), "250 ms", exponent(sizes, times))


def pods(sizes: Sequence[int] = (250, 500, 1000)) -> Measurement:
    """Many Pods until all are ready."""

    def once(count: int) -> float:
        cluster = new_cluster()
        seconds = cpu(lambda: run_pods(cluster, count))
        _expect(ready_pods(cluster), count)
        return seconds

    times = [median(once(size) for _ in range(3)) for size in sizes]
    return Measurement("1,000 Pods ready", _ms(times[-1]), "500 ms", exponent(sizes, times))


def large(sizes: Sequence[int] = (12_500, 25_000, 50_000)) -> list[Measurement]:
    """Five Pods a Service: 10,000 Services and 50,000 Pods at the largest size."""
    times = []
    for size in sizes:
        cluster = new_cluster()

        def work(size: int = size) -> None:
            for number in range(size // 5):
                app = number * 5 // PER_DEPLOYMENT * PER_DEPLOYMENT
                cluster.api.create(service(f"s{number}", f"app-{app}"), NAMESPACE)  # noqa: B023  # called at once
            run_pods(cluster, size)  # noqa: B023

        times.append(cpu(work))
        _expect(ready_pods(cluster), size)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Measurement("10,000 Services and 50,000 Pods", f"{times[-1]:.1f} s", "", exponent(sizes, times)),
        Measurement("  peak memory of it", f"{peak:.0f} MiB", "2048 MiB"),
    ]


def requests(count: int = 1000) -> Measurement:
    """Requests by name from a Pod, in the engine."""
    cluster = new_cluster()
    cluster.api.create(deployment("web", 3), NAMESPACE)
    cluster.api.create(service("web", "web"), NAMESPACE)
    cluster.settle()
    client = cluster.network.client_of(cluster.api.list(resources.POD, NAMESPACE)[0])

    def work() -> None:
        for _ in range(count):
            trace = cluster.network.request(client, HttpRequest("http://web", "web")).trace
            if trace.service is None or trace.status != 200:
                raise RuntimeError(f"measured the wrong thing: {trace.outcome}")

    work()
    return Measurement("1,000 requests by name", _ms(median(cpu(work) for _ in range(RUNS))), "35 ms")


def undo(objects: int = 1000) -> Measurement:
    """A snapshot, a change, and the way back, in a cluster of so many objects."""
    cluster = new_cluster()
    run_pods(cluster, objects)

    def once() -> float:
        before = cluster.snapshot()
        cluster.api.create(service("web", "app-0"), NAMESPACE)
        cluster.settle()
        return cpu(lambda: cluster.restore(before))

    return Measurement("undo at 1,000 objects", _ms(median(once() for _ in range(RUNS))), "5 ms")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
