"""A served cluster in the place of a real one, and the kubeconfig that leads to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.programs import kubectls
from tutor.apiserver.server import ApiServer
from tutor.engine.objects import Object, name_of
from tutor.shell.simulation import Simulation

SPEED = 20.0
"""Simulated seconds a real second."""


@dataclass(frozen=True)
class Served:
    """A cluster and the kubeconfig for it."""

    simulation: Simulation
    kubeconfig: Path

    def namespaces(self) -> list[Object]:
        """The namespaces of lessons that are not about to go."""
        found = self.simulation.cluster.store.list("Namespace")
        return [
            each for each in found if name_of(each).startswith("tutor-") and "deletionTimestamp" not in each["metadata"]
        ]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    if not kubectls():
        pytest.skip("this machine has no kubectl")
    simulation = Simulation(live=True)
    with simulation.at_once():
        await simulation.settle()
    server = ApiServer(simulation)
    await server.start()
    document = server.kubeconfig
    document["contexts"] = [*document["contexts"], {"name": "other", "context": {"cluster": "tutor", "user": "nobody"}}]  # type: ignore[misc]
    document["users"] = [*document["users"], {"name": "nobody", "user": {"token": "wrong"}}]  # type: ignore[misc]
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(document), encoding="utf-8")

    async def pass_time() -> None:
        while True:
            await asyncio.sleep(0.02)
            simulation.tick(0.02 * SPEED)

    time = asyncio.create_task(pass_time())
    yield Served(simulation, kubeconfig)
    time.cancel()
    with suppress(asyncio.CancelledError):
        await time
    await server.close()
    await simulation.close()
