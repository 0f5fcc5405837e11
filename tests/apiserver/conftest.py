"""A server over a fresh cluster, and a client of it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.apiserver.served import Served
from tutor.apiserver.server import ApiServer
from tutor.shell.simulation import Simulation


@pytest.fixture
async def server() -> AsyncIterator[ApiServer]:
    simulation = Simulation()
    await simulation.settle()
    server = ApiServer(simulation, token="secret")  # noqa: S106
    await server.start()
    yield server
    await server.close()
    await simulation.close()


@pytest.fixture
async def client(server: ApiServer) -> AsyncIterator[aiohttp.ClientSession]:
    trust = ssl.create_default_context(cadata=server.certificate.decode())
    async with aiohttp.ClientSession(
        server.url, connector=aiohttp.TCPConnector(ssl=trust), headers={"Authorization": "Bearer secret"}
    ) as session:
        yield session


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    served = Served()
    yield served
    served.close()
