"""Where nginx's configuration tells it to listen, and what nginx says of a configuration it cannot use.

Source: nginx 1.22.1, asked by `nginx -t`; https://nginx.org/en/docs/http/ngx_http_core_module.html#listen .
What the configuration says of anything but `include`, `server` and `listen` is not looked at.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tutor.engine.sockets import ANY, ANY_6, EITHER, LOCALHOST, LOCALHOST_6, Socket, is_ipv4

Read = Callable[[str], "bytes | None"]
"""A file's contents, or None."""
Names = Callable[[str], Sequence[str]]
"""What is in a folder."""

_BLOCKS: Final = frozenset({"http", "stream", "server"})
_LOOKED_AT: Final = _BLOCKS | {"include", "listen"}
_PORT: Final = 80
_LAST_PORT: Final = 65535
_TOKEN: Final = re.compile(
    r"""\s+|\#[^\n]*|(?P<mark>[;{}])|(?P<word>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s;{}"']+)"""
)
_PARAMETER: Final = re.compile(
    r"default(_server)?|bind|deferred|reuseport|ssl|http2|spdy|quic|proxy_protocol|udp|ipv6only=(on|off)|"
    r"(backlog|rcvbuf|sndbuf|setfib|fastopen|accept_filter|so_keepalive)=.+"
)
_LISTEN: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>.*))?")


class ConfError(Exception):
    """nginx does not start with this configuration; the text is its own."""


@dataclass(frozen=True)
class _Directive:
    words: tuple[str, ...]
    line: int
    block: tuple[_Directive, ...] | None = None


def nginx_sockets(path: str, read: Read, names: Names, address: str) -> tuple[Socket, ...] | None:
    """Where nginx listens with a configuration; None if there is none.

    Args:
        path: the configuration's main file.
        read: reads files of the container.
        names: lists folders of the container.
        address: the container's own address.

    Raises:
        ConfError: nginx would not start.
    """
    text = read(path)
    if text is None:
        return None
    found: list[Socket] = []
    for socket in _listens(path, text, (), read, names):
        if is_ipv4(socket.address) and not socket.address.startswith("127.") and socket.address not in {ANY, address}:
            where = f"{socket.address}:{socket.port}"
            raise ConfError(f"bind() to {where} failed (99: Cannot assign requested address)")
        if socket not in found:
            found.append(socket)
    # Of the sockets of one port, the one for all addresses takes the others' part.
    every = {socket.port for socket in found if socket.address == ANY}
    return tuple(one for one in found if not (is_ipv4(one.address) and one.address != ANY and one.port in every))


def _listens(path: str, text: bytes, within: tuple[str, ...], read: Read, names: Names) -> Iterator[Socket]:
    yield from _in_block(_parse(text.decode("utf-8", "replace"), path), within, path, read, names)


def _in_block(
    block: tuple[_Directive, ...], within: tuple[str, ...], path: str, read: Read, names: Names
) -> Iterator[Socket]:
    own: list[Socket] = []
    for each in block:
        name, *words = each.words
        place = f"in {path}:{each.line}"
        if name == "include" and words:
            for file in _included(words[0], path, names):
                text = read(file)
                if text is None:
                    raise ConfError(f'open() "{file}" failed (2: No such file or directory) {place}')
                own += _listens(file, text, within, read, names)
        elif name == "listen":
            if within[-1:] != ("server",):
                raise ConfError(f'"listen" directive is not allowed here {place}')
            if not words:
                raise ConfError(f'invalid number of arguments in "listen" directive {place}')
            for socket in _sockets(words, place):
                if socket in own:
                    raise ConfError(f"a duplicate listen {socket.address}:{socket.port} {place}")
                own.append(socket)
        elif each.block is not None and name in _BLOCKS:
            inside = list(_in_block(each.block, (*within, name), path, read, names))
            if name == "server" and within == ("http",) and not any(one.words[0] == "listen" for one in each.block):
                inside = inside or [Socket(ANY, _PORT)]
            yield from inside
    yield from own


def _included(pattern: str, path: str, names: Names) -> list[str]:
    pattern = posixpath.join(posixpath.dirname(path) if path.startswith("/") else "/etc/nginx", pattern)
    folder, name = posixpath.split(pattern)
    if not any(mark in name for mark in "*?["):
        return [pattern]
    return [posixpath.join(folder, one) for one in sorted(names(folder)) if fnmatch.fnmatchcase(one, name)]


def _sockets(words: Sequence[str], place: str) -> Iterator[Socket]:
    text, *options = words
    if text.startswith("unix:"):
        return
    found = _LISTEN.fullmatch(f"*:{text}" if text.isdigit() else text)
    host, written = (found["host"], found["port"]) if found else (text, None)
    port = int(written) if written and written.isdigit() else _PORT if written is None else 0
    if not 0 < port <= _LAST_PORT:
        raise ConfError(f'invalid port in "{text}" of the "listen" directive {place}')
    for option in options:
        if not _PARAMETER.fullmatch(option):
            raise ConfError(f'invalid parameter "{option}" {place}')
    for address in _addresses(host.strip("[]").lower(), "ipv6only=off" in options):
        if not address:
            raise ConfError(f'host not found in "{text}" of the "listen" directive {place}')
        yield Socket(address, port)


def _addresses(host: str, dual: bool) -> tuple[str, ...]:
    match host:
        case "*":
            return (ANY,)
        case "::":
            return (EITHER if dual else ANY_6,)
        case "localhost":
            return (LOCALHOST,)
        case "::1":
            return (LOCALHOST_6,)
    return (host,) if is_ipv4(host) else ("",)


@lru_cache(maxsize=256)
def _parse(text: str, path: str) -> tuple[_Directive, ...]:
    """The directives of a file, as far as they are looked at."""
    blocks: list[tuple[tuple[str, ...], int, list[_Directive]]] = [((), 0, [])]
    words: list[str] = []
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:  # a quotation that does not end
            words.append(text[at:])
            line += text.count("\n", at)
            break
        at = found.end()
        match found["mark"]:
            case None:
                if found["word"]:
                    words.append(found["word"].strip("\"'") or found["word"])
            case ";":
                if not words:
                    raise ConfError(f'unexpected ";" in {path}:{line}')
                if words[0] in _LOOKED_AT:
                    blocks[-1][2].append(_Directive(tuple(words), line))
                words = []
            case "{":
                if not words:
                    raise ConfError(f'unexpected "{{" in {path}:{line}')
                blocks.append((tuple(words), line, []))
                words = []
            case _:
                if words or len(blocks) == 1:
                    raise ConfError(f'unexpected "}}" in {path}:{line}')
                head, begun, inside = blocks.pop()
                if head[0] in _LOOKED_AT:
                    blocks[-1][2].append(_Directive(head, begun, tuple(inside)))
        line += found[0].count("\n")
    if words:
        raise ConfError(f'unexpected end of file, expecting ";" or "}}" in {path}:{line}')
    if len(blocks) > 1:
        raise ConfError(f'unexpected end of file, expecting "}}" in {path}:{line}')
    return tuple(blocks[0][2])
