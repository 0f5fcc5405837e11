"""Load on `tutor api`: clients that watch, and requests at a steady rate. `python -m tests.benchmarks.api_load`.

Prints how many requests were answered and how fast, and how many events the watchers missed (it is to be none).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

PATH = "/api/v1/namespaces/default/services"
OBJECTS = 20
WRITES = 10
"""One request in so many changes something."""


class Load:
    """What has been sent and seen.

    Args:
        http: a client session, with its token.
        watchers: how many watch.
    """

    def __init__(self, http: aiohttp.ClientSession, watchers: int) -> None:
        self.http = http
        self.seen: list[set[str]] = [set() for _ in range(watchers)]
        self.written: set[str] = set()
        self.took: list[float] = []
        self.refused = 0

    async def prepare(self) -> str:
        """Make the objects; the version to watch from."""
        for number in range(OBJECTS):
            body = {"metadata": {"name": f"load-{number}"}, "spec": {"ports": [{"port": 80}]}}
            async with self.http.post(PATH, json=body) as answer:
                answer.raise_for_status()
        async with self.http.get(PATH) as answer:
            return str((await answer.json())["metadata"]["resourceVersion"])

    async def watch(self, number: int, start: str) -> None:
        """Note the version of every event."""
        query = {"watch": "1", "resourceVersion": start}
        async with self.http.get(PATH, params=query, timeout=aiohttp.ClientTimeout(total=None)) as answer:
            async for line in answer.content:
                self.seen[number].add(json.loads(line)["object"]["metadata"]["resourceVersion"])

    async def request(self, number: int) -> None:
        """One request: mostly a look, now and then a change."""
        name, began = f"load-{number % OBJECTS}", time.perf_counter()
        if number % WRITES:
            async with self.http.get(f"{PATH}/{name}") as answer:
                await answer.read()
        else:
            headers = {"Content-Type": "application/merge-patch+json"}
            body = json.dumps({"metadata": {"annotations": {"number": str(number)}}})
            async with self.http.patch(f"{PATH}/{name}", data=body, headers=headers) as answer:
                self.written.add((await answer.json())["metadata"]["resourceVersion"])
        self.refused += answer.status != 200
        self.took.append(time.perf_counter() - began)

    async def send(self, rate: int, seconds: int) -> float:
        """Send requests at a steady rate; how long it took until all were answered."""
        began, tasks = time.perf_counter(), set[asyncio.Task[None]]()
        for number in range(rate * seconds):
            ahead = began + number / rate - time.perf_counter()
            if ahead > 0:
                await asyncio.sleep(ahead)
            task = asyncio.create_task(self.request(number))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
        return time.perf_counter() - began

    async def catch_up(self) -> int:
        """Give the watchers a moment; how many events they have missed by then, all together."""
        for _ in range(50):
            missed = sum(len(self.written - seen) for seen in self.seen)
            if not missed:
                break
            await asyncio.sleep(0.1)
        return missed


async def measure(config: Mapping[str, Any], watchers: int, rate: int, seconds: int) -> int:
    """Put the load on a server and print what came of it; how many events were missed."""
    cluster = config["clusters"][0]["cluster"]
    trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    headers = {"Authorization": f"Bearer {config['users'][0]['user']['token']}"}
    connector = aiohttp.TCPConnector(ssl=trust, limit=0)
    async with aiohttp.ClientSession(cluster["server"], connector=connector, headers=headers) as http:
        load = Load(http, watchers)
        start = await load.prepare()
        watches = [asyncio.create_task(load.watch(number, start)) for number in range(watchers)]
        await asyncio.sleep(1)
        took = await load.send(rate, seconds)
        missed = await load.catch_up()
        for task in watches:
            task.cancel()
        await asyncio.gather(*watches, return_exceptions=True)
    times = sorted(load.took)
    print(
        f"{len(times)} requests in {took:.1f} s ({len(times) / took:.0f} a second), {load.refused} refused; "
        f"median {statistics.median(times) * 1000:.1f} ms, 99 % within {times[len(times) * 99 // 100] * 1000:.0f} ms"
    )
    print(f"{watchers} watchers, {len(load.written)} changes, {len(load.written) * watchers} events, {missed} missed")
    return missed


def main() -> int:
    """Start a server, load it, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watchers", type=int, default=50)
    parser.add_argument("--rate", type=int, default=500, help="requests a second")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "TUTOR_HOME": folder}
        server = subprocess.Popen(
            [sys.executable, "-m", "tutor", "api"], env=environ, stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            line = next(line for line in server.stdout if "KUBECONFIG" in line)
            config = json.loads(Path(line.partition("=")[2].strip()).read_text(encoding="utf-8"))
            return min(1, asyncio.run(measure(config, options.watchers, options.rate, options.seconds)))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
