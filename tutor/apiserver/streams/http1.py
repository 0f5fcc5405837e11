"""HTTP/1.1 on a connection that real clients opened: bytes to requests, answers to bytes (RFC 9112)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tutor.engine.network.http import HttpRequest, HttpResponse

LONGEST_HEAD: Final = 1 << 16
LONGEST_BODY: Final = 1 << 20
"""Bytes."""
_NO_BODY: Final = frozenset({204, 304})


class HttpError(Exception):
    """What came is no HTTP/1.1, or more of it than is taken."""


@dataclass(frozen=True)
class Received:
    """A request, and whether the client wants the connection kept."""

    request: HttpRequest
    keep: bool


class RequestReader:
    """Reads the requests of one connection.

    Args:
        port: the port of the server, for the requests.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._unread = b""

    def feed(self, data: bytes) -> Iterator[Received]:
        """The requests that are complete with these bytes.

        Raises:
            HttpError: they are no HTTP.
        """
        self._unread += data
        while True:
            head, end, rest = self._unread.partition(b"\r\n\r\n")
            if len(head) > LONGEST_HEAD:
                raise HttpError("request header too large")
            if not end:
                return
            line, *lines = head.decode("latin-1").split("\r\n")
            headers = tuple(_header(each) for each in lines)
            named = {name.lower(): value for name, value in headers}
            length = _length(named)
            if len(rest) < length:
                return
            self._unread = rest[length:]
            yield self._received(line, headers, named, rest[:length])

    def _received(
        self, line: str, headers: tuple[tuple[str, str], ...], named: dict[str, str], body: bytes
    ) -> Received:
        words = line.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise HttpError("malformed request line")
        method, path, version = words
        host = named.get("host", "localhost")
        keep = named.get("connection", "").lower() != "close" and version != "HTTP/1.0"
        request = HttpRequest(
            f"http://{host}{path if path != '/' else ''}",
            host.partition(":")[0],
            self._port,
            path,
            method,
            headers,
            body,
        )
        return Received(request, keep)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise HttpError("malformed header")
    return name, value.strip()


def _length(named: dict[str, str]) -> int:
    """The bytes of the body that follows."""
    if "transfer-encoding" in named:
        raise HttpError("bodies in chunks are not taken")
    text = named.get("content-length", "0")
    if not (text.isascii() and text.isdecimal()) or int(text) > LONGEST_BODY:
        raise HttpError("no such Content-Length is taken")
    return int(text)


def written(response: HttpResponse, method: str) -> tuple[bytes, bool]:
    """An answer as bytes, and whether the connection is kept afterwards."""
    headers = list(response.headers)
    if not response.header("Content-Length") and response.status not in _NO_BODY:
        headers.append(("Content-Length", str(len(response.body))))
    head = f"{response.version} {response.status} {response.reason}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers)
    body = b"" if method == "HEAD" or response.status in _NO_BODY else response.body
    return head.encode("latin-1", "replace") + b"\r\n" + body, response.header("Connection").lower() != "close"
