"""The shell's rows: what a learner's commands cost, in processor time of this process."""

from __future__ import annotations

import asyncio
import time

from tests.benchmarks.measure import Measurement, expect, milliseconds
from tests.benchmarks.worlds import NAMESPACE, deployment, service
from tutor.engine import resources
from tutor.engine.objects import name_of
from tutor.shell.simulation import Simulation

RUNS = 5


def requests(count: int = 1000) -> Measurement:
    """Requests by name from a Pod, by a loop of curl in its shell."""
    return asyncio.run(_requests(count))


async def _requests(count: int) -> Measurement:
    simulation = Simulation()
    cluster = simulation.cluster
    cluster.api.create(deployment("web", 3), NAMESPACE)
    cluster.api.create(service("web", "web"), NAMESPACE)
    await simulation.settle()
    pod = name_of(cluster.api.list(resources.POD, NAMESPACE)[0])
    loop = f"for i in $(seq {count}); do curl -s -o /dev/null http://web; done"
    times = []
    for _ in range(RUNS):
        before, start = cluster.network.trace_count, time.process_time()
        result = await simulation.terminal.submit(f"kubectl exec {pod} -- bash -c '{loop}'")
        times.append(time.process_time() - start)
        expect(result.exit_code if result else -1, 0)
        expect(cluster.network.trace_count - before, count)
    await simulation.close()
    return Measurement("1,000 requests through the shell", milliseconds(times), "250 ms")
