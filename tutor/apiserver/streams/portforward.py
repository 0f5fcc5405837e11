"""`…/pods/NAME/portforward`: connections of this computer that end in a simulated Pod.

Source: k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go; KEP-4006 for the tunnel through a WebSocket.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from tutor.apiserver.streams.http1 import HttpError, RequestReader, written
from tutor.apiserver.streams.links import Link, TunnelLink, Upgraded, upgrade
from tutor.apiserver.streams.spdy import GoneAway, Opened, Received, Reset, Spdy
from tutor.apiserver.streams.target import spdy_protocol
from tutor.engine import objects
from tutor.engine.errors import bad_request
from tutor.engine.network.http import HttpRequest
from tutor.engine.objects import Object, name_of, namespace_of, uid_of
from tutor.engine.resources import POD
from tutor.kubectl.verbs.port_forward import refusal
from tutor.shell.simulation import Simulation

PROTOCOL: Final = "portforward.k8s.io"
TUNNELED: Final = f"SPDY/3.1+{PROTOCOL}"
CONNECTIONS: Final = 256
"""How many may be open at once."""


async def portforward(request: web.Request, simulation: Simulation, namespace: str, name: str) -> web.StreamResponse:
    """Take connections until the client leaves or the Pod is gone."""
    pod = simulation.cluster.api.get(POD, name, namespace)
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name} does not have a host assigned")
    phase = objects.field(pod, "status.phase")
    if phase != "Running":
        raise bad_request(f"unable to forward port because pod is not running. Current status={phase}")
    if request.headers.get("Upgrade", "").lower() == "websocket":
        socket = web.WebSocketResponse(protocols=(TUNNELED,))
        await socket.prepare(request)
        await _Forwarder(simulation, pod, TunnelLink(socket)).run()
        await socket.close()
        return socket
    protocol = spdy_protocol(request, (PROTOCOL,))
    link = await upgrade(request, "SPDY/3.1", [("X-Stream-Protocol-Version", protocol)])
    await _Forwarder(simulation, pod, link).run()
    link.close()
    return Upgraded()


@dataclass
class _Connection:
    """One connection: a stream for its bytes and one for what went wrong."""

    port: int
    data: int = 0
    error: int = 0
    reader: RequestReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = RequestReader(self.port)


class _Forwarder:
    """Serves the connections of one client to one Pod."""

    def __init__(self, simulation: Simulation, pod: Object, link: Link) -> None:
        self._simulation, self._pod, self._link = simulation, pod, link
        self._spdy = Spdy()
        self._connections: dict[str, _Connection] = {}
        self._streams: dict[int, _Connection] = {}

    async def run(self) -> None:
        """Serve until the client leaves or the Pod is gone."""
        serving = asyncio.ensure_future(self._serve())
        watching = asyncio.ensure_future(self._until_gone())
        try:
            await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (serving, watching):
                task.cancel()
            await asyncio.gather(serving, watching, return_exceptions=True)

    async def _until_gone(self) -> None:
        store, pod = self._simulation.cluster.store, self._pod
        while True:
            now = store.get("Pod", namespace_of(pod), name_of(pod))
            if now is None or uid_of(now) != uid_of(pod):
                return
            await self._simulation.pacing.idle()

    async def _serve(self) -> None:
        while data := await self._link.read():
            for event in self._spdy.receive(data):
                if isinstance(event, Opened):
                    self._open(event)
                elif isinstance(event, Received):
                    self._take(event)
                elif isinstance(event, Reset):
                    self._forget(event.stream)
                elif isinstance(event, GoneAway):
                    return
            await self._link.write(self._spdy.take())

    def _open(self, event: Opened) -> None:
        """A stream of a connection; both are needed before it is one."""
        kind, port = event.headers.get("streamtype", ""), event.headers.get("port", "")
        if kind not in {"data", "error"} or not port.isdecimal() or len(self._streams) >= 2 * CONNECTIONS:
            self._spdy.reset(event.stream)
            return
        number = event.headers.get("requestid", port)
        connection = self._connections.setdefault(number, _Connection(int(port)))
        if kind == "data":
            connection.data = event.stream
        else:
            connection.error = event.stream
        self._streams[event.stream] = connection
        self._spdy.reply(event.stream)
        if connection.data and connection.error:
            del self._connections[number]
            self._dial(connection)

    def _dial(self, connection: _Connection) -> None:
        network = self._simulation.cluster.network
        if not network.listens(self._pod, connection.port):
            # The request that will never come leaves its trace all the same.
            url = f"http://localhost:{connection.port}"
            network.web.request_into(self._pod, HttpRequest(url, "localhost", connection.port))
            self._spdy.send(connection.error, refusal(self._pod, connection.port).encode("utf-8"))
            self._hang_up(connection)

    def _take(self, event: Received) -> None:
        connection = self._streams.get(event.stream)
        if connection is None or event.stream != connection.data:
            return
        if not event.data:
            self._hang_up(connection)
            return
        try:
            for received in connection.reader.feed(event.data):
                exchange = self._simulation.cluster.network.web.request_into(self._pod, received.request)
                if exchange.response is None:
                    self._hang_up(connection)
                    return
                data, keep = written(exchange.response, received.request.method)
                self._spdy.send(connection.data, data)
                if not (keep and received.keep):
                    self._hang_up(connection)
                    return
        except HttpError as error:
            text = f"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request: {error}\n"
            self._spdy.send(connection.data, text.encode("ascii"))
            self._hang_up(connection)

    def _hang_up(self, connection: _Connection) -> None:
        """End a connection from the Pod's side."""
        for stream in (connection.error, connection.data):
            if stream in self._streams:
                self._spdy.send(stream, b"")
                del self._streams[stream]

    def _forget(self, stream: int) -> None:
        connection = self._streams.pop(stream, None)
        if connection is not None and stream == connection.data:
            self._hang_up(connection)
