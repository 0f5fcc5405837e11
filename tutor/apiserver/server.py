"""The server: a simulation, answering on a port of this computer."""

from __future__ import annotations

import secrets
from typing import Final

from aiohttp import web

from tutor.apiserver.access import Access
from tutor.apiserver.bodies import BODY_LIMIT
from tutor.apiserver.dispatch import LOGGER, Dispatcher
from tutor.apiserver.kubeconfig import kubeconfig
from tutor.apiserver.tls import make_certificate
from tutor.apiserver.visits import Host, NoHost
from tutor.shell.simulation import Simulation

ADDRESS: Final = "127.0.0.1"
"""The only address it listens on."""
SHUTDOWN: Final = 1.0
"""Seconds that requests under way are given when the server stops."""


class ApiServer:
    """A simulation served as a Kubernetes API. Whoever makes it moves the simulation's time.

    Args:
        simulation: the world.
        token: what clients must show; made up if None.
        host: whoever plays in it; nobody if None.
    """

    def __init__(self, simulation: Simulation, *, token: str | None = None, host: Host | None = None) -> None:
        self.simulation = simulation
        self.token = token or secrets.token_urlsafe(24)
        self._certificate = make_certificate()
        self._host = host or NoHost()
        self._dispatcher: Dispatcher | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens, once started."""
        return f"https://{ADDRESS}:{self._port}"

    @property
    def certificate(self) -> bytes:
        """Its certificate, PEM."""
        return self._certificate.certificate

    @property
    def kubeconfig(self) -> dict[str, object]:
        """The kubeconfig that points a client at it, once started."""
        return kubeconfig(self.url, self.token, self.certificate)

    async def start(self, port: int = 0) -> None:
        """Begin to listen.

        Args:
            port: which port; any free one if 0.

        Raises:
            OSError: the port is taken.
        """
        dispatcher = Dispatcher(self.simulation, self._host)
        application = web.Application(client_max_size=BODY_LIMIT + 1, middlewares=[Access(self.token)])
        application.router.add_route("*", "/{path:.*}", dispatcher.handle)
        runner = web.AppRunner(
            application, access_log=None, logger=LOGGER, shutdown_timeout=SHUTDOWN, handler_cancellation=True
        )
        await runner.setup()
        site = web.TCPSite(runner, ADDRESS, port, ssl_context=self._certificate.context())
        try:
            await site.start()
        except OSError:
            dispatcher.close()
            await runner.cleanup()
            raise
        self._runner, self._dispatcher, self._port = runner, dispatcher, runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening; what streams ends."""
        if self._runner is not None and self._dispatcher is not None:
            self._dispatcher.close()
            await self._runner.cleanup()
            self._runner = self._dispatcher = None
