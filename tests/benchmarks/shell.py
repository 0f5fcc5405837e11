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
ABUSE = (
    "while :; do :; done",
    "a=(); while :; do a+=(x); done",
    "declare -A m; i=0; while :; do m[$i]=$i; i=$((i+1)); done",
    "x=a; while :; do x=$x$x; done",
    "i=0; while :; do echo > f$i; i=$((i+1)); done",
    "yes | tee f | tail -n 1",
    "yes | xargs -n1 echo",
    "while :; do echo x; done",
    "for i in $(seq 2000); do ls; done",
)
"""Lines that take all they can get."""


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
        before, start = cluster.network.log.count, time.process_time()
        result = await simulation.terminal.submit(f"kubectl exec {pod} -- bash -c '{loop}'")
        times.append(time.process_time() - start)
        expect(result.exit_code if result else -1, 0)
        expect(cluster.network.log.count - before, count)
    await simulation.close()
    return Measurement("1,000 requests through the shell", milliseconds(times), "250 ms")


def longest_block() -> Measurement:
    """The longest the event loop does nothing else while abusive lines run."""
    return Measurement(
        "the event loop's longest block, abusive lines", f"{asyncio.run(_longest_block()) * 1000:.0f} ms", "50 ms"
    )


async def _longest_block() -> float:
    longest, simulation = 0.0, Simulation(live=True)

    async def beat() -> None:
        nonlocal longest
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - start - 0.001)

    await simulation.terminal.submit("true")
    heart = asyncio.create_task(beat())
    for line in ABUSE:
        await simulation.terminal.submit(line)
    heart.cancel()
    await simulation.close()
    return longest
