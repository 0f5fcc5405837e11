"""The channels of exec and attach: standard streams, errors and the terminal's size, over a WebSocket or SPDY.

Source: k8s.io/apimachinery/pkg/util/remotecommand/constants.go, k8s.io/kubelet/pkg/cri/streaming/remotecommand, and
KEP-4006.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, Protocol

from aiohttp import WSMsgType, web

from tutor.apiserver.streams.links import Link, TunnelLink
from tutor.apiserver.streams.spdy import GoneAway, Opened, Received, Spdy

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
CLOSE: Final = 255
"""The channel on which v5 says that another one will bring no more."""
NAMES: Final[Mapping[str, int]] = {
    "stdin": STDIN, "stdout": STDOUT, "stderr": STDERR, "error": ERROR, "resize": RESIZE,
}  # fmt: skip
WEBSOCKET_PROTOCOLS: Final = (
    "v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io", "base64.channel.k8s.io",
)  # fmt: skip
SPDY_PROTOCOLS: Final = ("v4.channel.k8s.io",)
LONGEST_MESSAGE: Final = 1 << 20
"""Bytes of one WebSocket message."""


class Channels(Protocol):
    """Numbered channels to a client."""

    double_wrapped: bool
    """Whether the API server, in between, wraps the runtime's errors once more, as it does for WebSockets."""

    def receive(self) -> AsyncIterator[tuple[int, bytes]]:
        """What comes, and on which channel; no bytes say that nothing more will come on it. Ends with the client."""
        ...

    async def send(self, channel: int, data: bytes) -> None:
        """Send bytes on a channel."""
        ...

    async def finish(self, status: Mapping[str, Any]) -> None:
        """Say how it ended and send nothing more."""
        ...


class WebSocketChannels:
    """Channels in the first byte of each message.

    Args:
        socket: the WebSocket, open, with one of `WEBSOCKET_PROTOCOLS`.
    """

    double_wrapped = True

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._base64 = "base64" in (socket.ws_protocol or "")

    async def receive(self) -> AsyncIterator[tuple[int, bytes]]:
        """What comes, and on which channel."""
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                digit, text = message.data[:1], message.data[1:]
                channel, data = int(digit) if digit.isdecimal() else ERROR, _unpacked(text)
            elif message.type is WSMsgType.BINARY and message.data:
                channel, data = message.data[0], bytes(message.data[1:])
            else:
                continue
            if channel == CLOSE:
                yield (data[0] if data else STDIN), b""
            elif data:
                yield channel, data

    async def send(self, channel: int, data: bytes) -> None:
        """Send bytes on a channel; in vain if the client is gone."""
        if self._socket.closed:
            return
        try:
            if self._base64:
                await self._socket.send_str(f"{channel}{base64.b64encode(data).decode('ascii')}")
            else:
                await self._socket.send_bytes(bytes([channel]) + data)
        except (ConnectionError, RuntimeError):
            # Gone between the look and the sending; `receive` tells of it.
            return

    async def finish(self, status: Mapping[str, Any]) -> None:
        """Say how it ended and close."""
        await self.send(ERROR, json.dumps(status).encode("utf-8"))
        if not self._socket.closed:
            await self._socket.close()


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return text.encode("utf-8")


class SpdyChannels:
    """Channels that are streams of their own, named by the header `streamType`.

    Args:
        link: the connection, upgraded.
        wanted: the channels that the client is to open.
    """

    double_wrapped = False

    def __init__(self, link: Link, wanted: frozenset[int]) -> None:
        self._link, self._wanted = link, wanted
        self._spdy = Spdy()
        self._streams: dict[int, int] = {}
        self._early: list[tuple[int, bytes]] = []

    async def opened(self) -> bool:
        """Wait until the client has opened every channel; whether it has."""
        while not self._wanted <= self._streams.keys():
            data = await self._link.read()
            if not data:
                return False
            self._early += await self._taken(data)
        return True

    async def receive(self) -> AsyncIterator[tuple[int, bytes]]:
        """What comes, and on which channel.

        Raises:
            SpdyError: nothing that can be understood.
        """
        for each in self._early:
            yield each
        while data := await self._link.read():
            for each in await self._taken(data):
                yield each

    async def _taken(self, data: bytes) -> list[tuple[int, bytes]]:
        """What these bytes bring on channels that are open; streams the client opens are accepted."""
        came = []
        for event in self._spdy.receive(data):
            if isinstance(event, Opened):
                channel = NAMES.get(event.headers.get("streamtype", ""))
                if channel is None:
                    self._spdy.reset(event.stream)
                else:
                    self._streams[channel] = event.stream
                    self._spdy.reply(event.stream)
            elif isinstance(event, Received):
                came += [(channel, event.data) for channel, stream in self._streams.items() if stream == event.stream]
            elif isinstance(event, GoneAway):
                came.append((STDIN, b""))
        await self._link.write(self._spdy.take())
        return came

    async def send(self, channel: int, data: bytes) -> None:
        """Send bytes on a channel."""
        if channel in self._streams and data:
            self._spdy.send(self._streams[channel], data)
            await self._link.write(self._spdy.take())

    async def finish(self, status: Mapping[str, Any]) -> None:
        """Say how it ended, end every channel, and close when the client has."""
        await self.send(ERROR, json.dumps(status).encode("utf-8"))
        for channel in (ERROR, STDOUT, STDERR):
            if channel in self._streams:
                self._spdy.send(self._streams[channel], b"")
        await self._link.write(self._spdy.take())
        self._link.close()


__all__ = ["Channels", "SpdyChannels", "TunnelLink", "WebSocketChannels"]
