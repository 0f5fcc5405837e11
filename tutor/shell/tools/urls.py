"""URLs as curl and wget read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

PORTS: Final = {"http": 80, "https": 443, "telnet": 23}


class UrlError(ValueError):
    """A URL that cannot be used.

    Args:
        why: what is wrong, in the words of curl 8.
        scheme: the protocol, if that is what is wrong.
    """

    def __init__(self, why: str, scheme: str = "") -> None:
        super().__init__(why)
        self.scheme = scheme


@dataclass(frozen=True)
class Url:
    """The parts of a URL; `path` holds the query too, without a fragment."""

    scheme: str
    host: str
    port: int
    path: str
    user: str = ""
    has_path: bool = True

    @property
    def host_header(self) -> str:
        """What the Host header says."""
        return self.host if self.port == PORTS.get(self.scheme) else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.path}"


@lru_cache(maxsize=256)
def parse_url(text: str) -> Url:
    """Read a URL; without a scheme it is HTTP.

    Raises:
        UrlError: with what is wrong.
    """
    if any(character.isspace() or ord(character) < 32 for character in text):
        raise UrlError("Malformed input to a URL function")
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/{1,3}", text)
    scheme = found[1].lower() if found else "http"
    rest = text[found.end() :] if found else text
    if scheme not in PORTS:
        raise UrlError("Unsupported URL scheme", scheme)
    authority = re.match(r"[^/?#]*", rest)
    assert authority is not None  # noqa: S101  # matches the empty string
    tail = rest[authority.end() :].partition("#")[0]
    user, _, place = authority[0].rpartition("@")
    host, colon, port = place.partition(":")
    if not host:
        raise UrlError("No host part in the URL")
    if colon and port and (not port.isdecimal() or int(port) > 65535):
        raise UrlError("Port number was not a decimal number between 0 and 65535")
    if re.search(r"[\s<>\"`{}|\\^\[\]]", host):
        raise UrlError("Bad hostname")
    path = tail if tail.startswith("/") else "/" + tail
    return Url(scheme, host, int(port) if port else PORTS[scheme], path, user, bool(tail))


def join(base: Url, target: str) -> Url:
    """The URL a Location header means, seen from the URL that gave it."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target):
        return parse_url(target)
    if target.startswith("//"):
        return parse_url(f"{base.scheme}:{target}")
    folder = base.path.partition("?")[0].rpartition("/")[0]
    path = target if target.startswith("/") else f"{folder}/{target}"
    return Url(base.scheme, base.host, base.port, path)


def expand(pattern: str) -> Iterator[str]:
    """The URLs curl's `{a,b}` and `[1-3]` stand for; a pattern without them is itself."""
    if not {"{", "["} & set(pattern):
        yield pattern
        return
    braces = re.search(r"\{([^{}]*)\}", pattern)
    numbers = re.search(r"\[(\d+)-(\d+)(?::(\d+))?\]", pattern)
    if braces and (not numbers or braces.start() < numbers.start()):
        for part in braces[1].split(","):
            for rest in expand(pattern[braces.end() :]):
                yield pattern[: braces.start()] + part + rest
    elif numbers:
        width = len(numbers[1]) if numbers[1].startswith("0") else 0
        for number in range(int(numbers[1]), int(numbers[2]) + 1, int(numbers[3] or 1) or 1):
            for rest in expand(pattern[numbers.end() :]):
                yield f"{pattern[: numbers.start()]}{number:0{width}}{rest}"
    else:
        yield pattern
