"""SPDY/3.1 without a connection: frames in, events and frames out."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.apiserver.streams.spdy import GoneAway, Opened, Received, Reset, Spdy, SpdyError
from tutor.apiserver.streams.spdy_dictionary import DICTIONARY

CONTROL = 0x8003_0000


class Client:
    """The other side, as spdystream writes it."""

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(zdict=DICTIONARY)

    def open(self, stream: int, headers: Mapping[str, str], flags: int = 0) -> bytes:
        block = struct.pack(">I", len(headers))
        for text in (each for pair in headers.items() for each in pair):
            block += struct.pack(">I", len(text)) + text.encode()
        packed = self._deflate.compress(block) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return frame(1, struct.pack(">IIH", stream, 0, 0) + packed, flags)


def frame(kind: int, body: bytes, flags: int = 0) -> bytes:
    return struct.pack(">II", CONTROL | kind, flags << 24 | len(body)) + body


def data(stream: int, payload: bytes, flags: int = 0) -> bytes:
    return struct.pack(">II", stream, flags << 24 | len(payload)) + payload


def test_the_dictionary_is_the_one_of_the_specification() -> None:
    assert (len(DICTIONARY), zlib.adler32(DICTIONARY)) == (1423, 0xE3C6A7C2)


def test_streams_are_opened_and_bring_bytes() -> None:
    client, spdy = Client(), Spdy()
    sent = client.open(1, {"streamtype": "error"}) + client.open(3, {"streamtype": "data", "port": "80"})
    sent += data(3, b"hello") + data(3, b"", flags=1)
    assert list(spdy.receive(sent)) == [
        Opened(1, {"streamtype": "error"}),
        Opened(3, {"streamtype": "data", "port": "80"}),
        Received(3, b"hello"),
        Received(3, b""),
    ]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_it_does_not_matter_how_bytes_are_cut(sizes: list[int]) -> None:
    client, spdy = Client(), Spdy()
    whole = client.open(1, {"streamtype": "stdin"}) + data(1, b"x" * 100) + frame(3, struct.pack(">II", 1, 5))
    events, at = [], 0
    for size in (*sizes, len(whole)):
        events += list(spdy.receive(whole[at : at + size]))
        at += size
    assert events == [Opened(1, {"streamtype": "stdin"}), Received(1, b"x" * 100), Reset(1)]


def test_a_ping_is_answered_and_going_away_noticed() -> None:
    spdy = Spdy()
    ping = frame(6, struct.pack(">I", 7))
    assert list(spdy.receive(ping + frame(7, struct.pack(">II", 1, 0)))) == [GoneAway()]
    assert spdy.take() == ping
    assert spdy.take() == b""


def test_what_is_sent_can_be_read() -> None:
    spdy = Spdy()
    spdy.reply(1)
    spdy.send(1, b"abc")
    spdy.send(1, b"")
    sent = spdy.take()
    size = struct.unpack(">I", sent[4:8])[0]
    assert struct.unpack(">I", sent[:4])[0] == CONTROL | 2
    block = zlib.decompressobj(zdict=DICTIONARY).decompress(sent[12 : 8 + size])
    assert block == struct.pack(">I", 0)
    assert sent[8 + size :] == data(1, b"abc") + data(1, b"", flags=1)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (struct.pack(">II", 0x8002_0001, 0), "SPDY version 2"),
        (struct.pack(">II", 1, (1 << 20) + 1), "a frame of 1048577 bytes"),
        (frame(1, struct.pack(">IIH", 1, 0, 0) + b"nonsense"), "a broken frame"),
        (frame(3, b""), "a broken frame"),
        (b"GET / HTTP/1.1\r\n\r\n", "a frame of"),
    ],
)
def test_what_is_no_spdy_is_refused(sent: bytes, why: str) -> None:
    with pytest.raises(SpdyError, match=why):
        list(Spdy().receive(sent))


def test_headers_that_swell_are_refused() -> None:
    with pytest.raises(SpdyError, match="too many headers"):
        list(Spdy().receive(Client().open(1, {"x": "a" * 200_000})))
