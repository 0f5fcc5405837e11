"""The engine's rows: what a cluster costs, in processor time of this process."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence

from tests.benchmarks.measure import Measurement, cpu, expect, exponent, milliseconds
from tests.benchmarks.worlds import (
    NAMESPACE,
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


def small_service() -> Measurement:
    """A Deployment of 3 and a Service, until 3 addresses are ready."""

    def once() -> float:
        cluster = new_cluster()

        def work() -> None:
            cluster.api.create(deployment("web", 3), NAMESPACE)
            cluster.api.create(service("web", "web"), NAMESPACE)
            cluster.settle()

        seconds = cpu(work)
        expect(ready_addresses(cluster, "web"), 3)
        return seconds

    once()
    return Measurement("Deployment of 3 + Service, ready", milliseconds([once() for _ in range(RUNS)]), "5 ms")


def new_clusters() -> Measurement:
    """A new cluster, 14 days old."""
    new_cluster()
    return Measurement("a new cluster", milliseconds([cpu(new_cluster) for _ in range(RUNS)]))


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
        expect(sum(ready_addresses(cluster, f"s{number}") for number in range(count)), 3 * count)
        return seconds

    times = [[once(size) for _ in range(3)] for size in sizes]
    growth = exponent(sizes, [min(each) for each in times])
    return Measurement("1,000 Services until every slice is right", milliseconds(times[-1]), "250 ms", growth)


def pods(sizes: Sequence[int] = (250, 500, 1000)) -> Measurement:
    """Many Pods until all are ready."""

    def once(count: int) -> float:
        cluster = new_cluster()
        seconds = cpu(lambda: run_pods(cluster, count))
        expect(ready_pods(cluster), count)
        return seconds

    times = [[once(size) for _ in range(3)] for size in sizes]
    growth = exponent(sizes, [min(each) for each in times])
    return Measurement("1,000 Pods ready", milliseconds(times[-1]), "500 ms", growth)


def large(sizes: Sequence[int] = (12_500, 25_000, 50_000)) -> list[Measurement]:
    """Services with five Pods of their own each: 10,000 Services and 50,000 Pods at the largest size."""

    def once(count: int) -> float:
        cluster = new_cluster()

        def work() -> None:
            for number in range(count // 5):
                cluster.api.create(service(f"s{number}", f"app-{number}"), NAMESPACE)
            run_pods(cluster, count, per_deployment=5)

        seconds = cpu(work)
        expect(ready_pods(cluster), count)
        return seconds

    times = [once(size) for size in sizes]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
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
    client = cluster.network.clients.of(cluster.api.list(resources.POD, NAMESPACE)[0])

    def work() -> None:
        for _ in range(count):
            trace = cluster.network.web.request(client, HttpRequest("http://web", "web")).trace
            if trace.service is None or trace.status != 200:
                raise RuntimeError(f"measured the wrong thing: {trace.outcome}")

    work()
    return Measurement("1,000 requests by name", milliseconds([cpu(work) for _ in range(RUNS)]), "35 ms")


def undo(objects: int = 1000) -> Measurement:
    """A snapshot, a change, and the way back, in a cluster of so many objects."""
    cluster = new_cluster()
    run_pods(cluster, objects)

    def once() -> float:
        before = cluster.snapshot()
        cluster.api.create(service("web", "app-0"), NAMESPACE)
        cluster.settle()
        return cpu(lambda: cluster.restore(before))

    return Measurement("undo at 1,000 objects", milliseconds([once() for _ in range(RUNS)]), "5 ms")
