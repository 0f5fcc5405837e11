"""A server in a loop of its own, for tests that are no coroutines."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp

from tutor.apiserver.server import ApiServer
from tutor.shell.simulation import Simulation


class Served:
    """A fresh cluster behind a server, asked one request after another."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._runner.run(self._open())

    async def _open(self) -> None:
        self.simulation = Simulation(live=True)
        await self.simulation.settle()
        self.server = ApiServer(self.simulation, token="secret")  # noqa: S106
        await self.server.start()
        trust = ssl.create_default_context(cadata=self.server.certificate.decode())
        self._http = aiohttp.ClientSession(
            self.server.url,
            connector=aiohttp.TCPConnector(ssl=trust),
            headers={"Authorization": "Bearer secret"},
            skip_auto_headers=["Content-Type"],
        )

    def ask(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes | None
    ) -> tuple[int, str, bytes]:
        """The status, media type and body of an answer."""
        return self._runner.run(self._ask(method, path, query, headers, body))

    async def _ask(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes | None
    ) -> tuple[int, str, bytes]:
        async with self._http.request(method, path, params=query, headers=headers, data=body) as answer:
            data = await answer.read()
            self.simulation.tick(0.1)
            return answer.status, answer.content_type, data

    def close(self) -> None:
        """Stop it."""
        self._runner.run(self._close())
        self._runner.close()

    async def _close(self) -> None:
        await self._http.close()
        await self.server.close()
        await self.simulation.close()
