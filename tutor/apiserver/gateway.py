"""A server with its kubeconfig: what a switch turns on and off."""

from __future__ import annotations

from pathlib import Path

from tutor.apiserver.kubeconfig import pointer_lines, write_kubeconfig
from tutor.apiserver.server import ApiServer
from tutor.apiserver.visits import Host
from tutor.shell.simulation import Simulation


class Gateway:
    """The way into a simulated cluster for other programs. Make it with `Gateway.open`.

    Args:
        server: the server, started.
        path: its kubeconfig.
    """

    def __init__(self, server: ApiServer, path: Path) -> None:
        self._server = server
        self.path = path

    @classmethod
    async def open(cls, simulation: Simulation, folder: Path, *, port: int = 0, host: Host | None = None) -> Gateway:
        """Start a server and write a kubeconfig for it.

        Args:
            simulation: the world.
            folder: where the kubeconfig goes.
            port: where to listen; any free port if 0.
            host: whoever plays in the world.

        Raises:
            OSError: the port is taken, or the file cannot be written.
        """
        server = ApiServer(simulation, host=host)
        await server.start(port)
        try:
            return cls(server, write_kubeconfig(server.kubeconfig, folder))
        except OSError:
            await server.close()
            raise

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self._server.url

    @property
    def lines(self) -> tuple[str, str]:
        """What to type into another terminal."""
        return pointer_lines(self.path)

    async def close(self) -> None:
        """Stop the server and remove its kubeconfig."""
        self.path.unlink(missing_ok=True)
        await self._server.close()
