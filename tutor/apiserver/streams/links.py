"""Connections that carry bytes both ways once a request has been upgraded: taken over from HTTP, or in a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from aiohttp import WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

UNREAD_LIMIT: Final = 1 << 20
"""Bytes that may wait to be read before the other side is made to wait."""


class Link(Protocol):
    """Bytes both ways."""

    async def read(self) -> bytes:
        """The bytes that came; empty when no more will."""
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes; in vain if the other side is gone."""
        ...

    def close(self) -> None:
        """End the connection once everything has been sent."""
        ...


class UpgradedLink(asyncio.Protocol):
    """A connection taken over from HTTP."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._unread = bytearray()
        self._ended = False
        self._came = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()

    def take_over(self, transport: asyncio.Transport) -> None:
        """Speak on this transport from now on."""
        self._transport = transport
        transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        """Keep what came until it is read."""
        self._unread += data
        self._came.set()
        if len(self._unread) > UNREAD_LIMIT and self._transport is not None:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The other side will send no more."""
        self.connection_lost(None)
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio.Protocol's own signature
        """The connection is gone."""
        self._ended = True
        self._came.set()
        self._may_write.set()

    def pause_writing(self) -> None:
        """The other side is slow."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """The other side has caught up."""
        self._may_write.set()

    async def read(self) -> bytes:
        """The bytes that came; empty when no more will."""
        while not self._unread and not self._ended:
            self._came.clear()
            await self._came.wait()
        data = bytes(self._unread)
        self._unread.clear()
        if self._transport is not None and not self._ended:
            self._transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes; in vain if the other side is gone."""
        await self._may_write.wait()
        if self._transport is not None and not self._ended and data:
            self._transport.write(data)

    def close(self) -> None:
        """End the connection once everything has been sent."""
        if self._transport is not None:
            self._transport.close()


class Upgraded(web.StreamResponse):
    """A response that has already been given, by hand: the connection speaks something else by now."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002  # aiohttp's
        """Send nothing."""
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Send nothing."""


async def upgrade(request: web.Request, protocol: str, headers: Sequence[tuple[str, str]]) -> UpgradedLink:
    """Answer 101 and take the connection over.

    aiohttp upgrades to WebSockets only, so the transport is given another protocol by hand. The client sends nothing
    before it has read the answer, so nothing is lost in between.

    Args:
        request: the request, which asks for it.
        protocol: what is spoken from now on, such as `SPDY/3.1`.
        headers: further headers of the answer.
    """
    transport = request.transport
    assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a TCP connection that is open
    lines = [("Connection", "Upgrade"), ("Upgrade", protocol), *headers]
    head = "HTTP/1.1 101 Switching Protocols\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines)
    link = UpgradedLink()
    transport.write(f"{head}\r\n".encode("ascii"))
    link.take_over(transport)
    return link


class TunnelLink:
    """Bytes in the binary messages of a WebSocket.

    Args:
        socket: the WebSocket, open.
    """

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def read(self) -> bytes:
        """The bytes that came; empty when no more will."""
        while True:
            message = await self._socket.receive()
            if message.type is not WSMsgType.BINARY:
                return b""
            if message.data:
                return bytes(message.data)

    async def write(self, data: bytes) -> None:
        """Send bytes; in vain if the other side is gone."""
        if data and not self._socket.closed:
            try:
                await self._socket.send_bytes(data)
            except (ConnectionError, RuntimeError):
                # Gone between the look and the sending; `read` tells of it.
                return

    def close(self) -> None:
        """The response closes the WebSocket when its handler ends."""
