"""SPDY/3.1 as far as Kubernetes' streams use it: one side of a connection, bytes in and bytes out.

Older clients multiplex the streams of exec, attach and port-forward over SPDY after an HTTP upgrade; newer ones tunnel
the same frames through a WebSocket for port-forward.
Sources: https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/ and https://github.com/moby/spdystream,
which knows no flow control.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from tutor.apiserver.streams.spdy_dictionary import DICTIONARY

VERSION: Final = 3
LONGEST_FRAME: Final = 1 << 20
"""Bytes; more than any client sends at once."""
LONGEST_HEADERS: Final = 1 << 16
"""Bytes of one header block when it is no longer compressed."""
_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING, _GOAWAY = 1, 2, 3, 6, 7
_FIN: Final = 0x01
_CONTROL: Final = 0x8000_0000
_CANCEL: Final = 5
_PREFIX: Final = 8

Headers: TypeAlias = Mapping[str, str]


class SpdyError(Exception):
    """The other side does not speak SPDY/3.1, or too much of it."""


@dataclass(frozen=True)
class Opened:
    """The other side opened a stream."""

    stream: int
    headers: Headers


@dataclass(frozen=True)
class Received:
    """Bytes came on a stream; none if the other side will send no more."""

    stream: int
    data: bytes


@dataclass(frozen=True)
class Reset:
    """The other side wants nothing more of a stream."""

    stream: int


@dataclass(frozen=True)
class GoneAway:
    """The other side will open no more streams."""


Event: TypeAlias = Opened | Received | Reset | GoneAway


class Spdy:
    """The server's side of one connection. What is to be sent collects until `take` fetches it."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)
        self._deflate = zlib.compressobj(zdict=DICTIONARY)
        self._unread = bytearray()
        self._unsent = bytearray()

    def take(self) -> bytes:
        """What is to be sent now."""
        data = bytes(self._unsent)
        self._unsent.clear()
        return data

    def receive(self, data: bytes) -> Iterator[Event]:
        """What the other side says with these bytes.

        Raises:
            SpdyError: nothing that can be understood.
        """
        self._unread += data
        while len(self._unread) >= _PREFIX:
            head, size = struct.unpack(">II", self._unread[:_PREFIX])
            flags, size = size >> 24, size & 0xFF_FFFF
            if size > LONGEST_FRAME:
                raise SpdyError(f"a frame of {size} bytes")
            if len(self._unread) < _PREFIX + size:
                return
            body = bytes(self._unread[_PREFIX : _PREFIX + size])
            del self._unread[: _PREFIX + size]
            if head & _CONTROL:
                yield from self._control(head, flags, body)
            else:
                if body:
                    yield Received(head, body)
                if flags & _FIN:
                    yield Received(head, b"")

    def _control(self, head: int, flags: int, body: bytes) -> Iterator[Event]:
        if head >> 16 & 0x7FFF != VERSION:
            raise SpdyError(f"SPDY version {head >> 16 & 0x7FFF}")
        kind = head & 0xFFFF
        try:
            if kind == _SYN_STREAM:
                stream = struct.unpack_from(">I", body)[0] & ~_CONTROL
                yield Opened(stream, self._headers(body[10:]))
                if flags & _FIN:
                    yield Received(stream, b"")
            elif kind == _RST_STREAM:
                yield Reset(struct.unpack_from(">I", body)[0] & ~_CONTROL)
            elif kind == _PING:
                self._frame(_PING, body)
            elif kind == _GOAWAY:
                yield GoneAway()
        except (struct.error, zlib.error, UnicodeDecodeError) as error:
            raise SpdyError(f"a broken frame: {error}") from error

    def _headers(self, block: bytes) -> Headers:
        plain = self._inflate.decompress(block, LONGEST_HEADERS)
        if self._inflate.unconsumed_tail:
            raise SpdyError("too many headers")
        texts, at = [], 4
        for _ in range(2 * struct.unpack_from(">I", plain)[0]):
            size = struct.unpack_from(">I", plain, at)[0]
            at += 4 + size
            if at > len(plain):
                raise SpdyError("headers that end too soon")
            texts.append(plain[at - size : at].decode("utf-8"))
        return dict(zip(texts[::2], texts[1::2], strict=True))

    # Sending

    def reply(self, stream: int) -> None:
        """Accept a stream the other side opened."""
        block = self._deflate.compress(struct.pack(">I", 0)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        self._frame(_SYN_REPLY, struct.pack(">I", stream) + block)

    def send(self, stream: int, data: bytes) -> None:
        """Send bytes on a stream; none say that no more will come."""
        self._unsent += struct.pack(">II", stream, (0 if data else _FIN) << 24 | len(data)) + data

    def reset(self, stream: int) -> None:
        """Give a stream up."""
        self._frame(_RST_STREAM, struct.pack(">II", stream, _CANCEL))

    def go_away(self, last: int) -> None:
        """Say that no further streams are taken, `last` being the last one that was."""
        self._frame(_GOAWAY, struct.pack(">II", last, 0))

    def _frame(self, kind: int, body: bytes) -> None:
        self._unsent += struct.pack(">II", _CONTROL | VERSION << 16 | kind, len(body)) + body
