"""The HTTP servers that run in containers: what they answer, and what they write into their logs.

Sources: tests/golden/network (nginx 1.22.1), the nginx and httpd sources and the configuration of their images,
https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Protocol, TypeAlias
from urllib.parse import parse_qs, unquote

from tutor.engine.images import Image
from tutor.engine.network.http import HttpRequest, HttpResponse, http_date, log_date

TYPES: Final = {
    "css": "text/css",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/x-icon",
    "jpg": "image/jpeg",
    "js": "application/javascript",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "xml": "text/xml",
}
# When the page that ships with each nginx was made (the Last-Modified of its `/`), in seconds since 1970.
_NGINX_RELEASES: Final = {
    "1.14.2": 0x5C0692E1,
    "1.22.1": 0x634FAF0C,
    "1.27.0": 0x6655DA96,
    "1.27.1": 0x66BA1A4D,
    "1.27.2": 0x66FD630F,
    "1.27.3": 0x6745EF54,
    "1.27.4": 0x67A34638,
    "1.27.5": 0x67FF9C07,
    "1.28.0": 0x6808D3A6,
    "1.29.0": 0x685ADEE1,
}
_APACHE_PAGE: Final = 0x466D9A1A
_APACHE_404: Final = b"""<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>404 Not Found</title>
</head><body>
<h1>Not Found</h1>
<p>The requested URL was not found on this server.</p>
</body></html>
"""
_NGINX_REASONS: Final = {405: "Not Allowed"}
_LAST_WITH_COLOUR: Final = (1, 15)
"""nginx up to here paints its error pages white."""


class Place(Protocol):
    """The container a server runs in."""

    @property
    def image(self) -> Image:
        """The container's image."""
        ...

    @property
    def host_name(self) -> str:
        """The Pod's host name."""
        ...

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words the server was started with."""
        ...

    @property
    def connection(self) -> int:
        """The number of this connection, counted from 1."""
        ...

    @property
    def folder(self) -> str:
        """The folder the server was started in."""
        ...

    def read(self, path: str) -> bytes | None:
        """A file's contents, or None."""
        ...

    def names(self, folder: str) -> Sequence[str]:
        """What is in a folder; nothing if it is none."""
        ...

    def modified(self, path: str) -> datetime | None:
        """When a file was last written by somebody; None if it is as the image has it."""
        ...


@dataclass(frozen=True)
class Reply:
    """A server's answer and the lines it logs."""

    response: HttpResponse
    log: tuple[str, ...] = ()


Server: TypeAlias = Callable[[HttpRequest, Place, str, datetime], Reply]
"""Answers a request, made from an address, at a moment (UTC)."""


def server_of(image: Image) -> Server:
    """The server that an image runs."""
    from tutor.engine.network.python_server import python

    program = image.server.partition("/")[0].lower()
    if program == "nginx":
        return nginx
    if program == "apache":
        return apache
    if program == "simplehttp":
        return python
    name = image.name.rpartition("/")[2].replace("_", "-")
    if name in {"agnhost", "serve-hostname"}:
        return agnhost
    return plain


# nginx


def nginx(request: HttpRequest, place: Place, client: str, now: datetime) -> Reply:
    """A static site as the image's default configuration serves it."""
    response, error = _nginx_response(request, place, now)
    if request.method == "HEAD":
        response = HttpResponse(response.status, response.headers, b"", response.reason_phrase)
    lines = []
    if error:
        context = f'client: {client}, server: localhost, request: "{request_line(request)}"'
        host = request.header("Host") or request.host
        lines.append(f'{now:%Y/%m/%d %H:%M:%S} [error] 29#29: *{place.connection} {error}, {context}, host: "{host}"')
    forwarded = request.header("X-Forwarded-For") or "-"
    lines.append(f'{_combined(request, client, now, response, len(response.body))} "{forwarded}"')
    return Reply(response, tuple(lines))


def _nginx_response(request: HttpRequest, place: Place, now: datetime) -> tuple[HttpResponse, str]:
    path = clean_path(request.path)
    if path is None:
        return _nginx_page(400, place.image, now), ""
    root = place.image.root.rstrip("/")
    if request.method not in {"GET", "HEAD"}:
        return _nginx_page(405, place.image, now), ""
    if path.endswith("/"):
        for index in ("index.html", "index.htm"):
            found = _nginx_file(root + path + index, place, now)
            if found is not None:
                return found, ""
        if path == "/":
            return _nginx_page(403, place.image, now), f'directory index of "{root}/" is forbidden'
        return _nginx_page(
            404, place.image, now
        ), f'"{root}{path}index.html" is not found (2: No such file or directory)'
    found = _nginx_file(root + path, place, now)
    if found is not None:
        return found, ""
    if place.read(f"{root}{path}/index.html") is not None:
        host = request.header("Host") or request.host
        moved = _nginx_page(301, place.image, now, (("Location", f"http://{host}{path}/"),))
        return moved, ""
    return _nginx_page(404, place.image, now), f'open() "{root}{path}" failed (2: No such file or directory)'


def _nginx_file(path: str, place: Place, now: datetime) -> HttpResponse | None:
    body = place.read(path)
    if body is None:
        return None
    written = place.modified(path)
    version = place.image.server.partition("/")[2]
    stamp = int(written.timestamp()) if written else _NGINX_RELEASES.get(version, _NGINX_RELEASES["1.27.5"])
    kind = TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")
    return _nginx_found(place.image.server, kind, body, stamp, now)


@lru_cache(maxsize=64)
def _nginx_found(server: str, kind: str, body: bytes, stamp: int, now: datetime) -> HttpResponse:
    headers = (
        ("Server", server),
        ("Date", http_date(now)),
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Last-Modified", http_date(datetime.fromtimestamp(stamp, UTC))),
        ("Connection", "keep-alive"),
        ("ETag", f'"{stamp:x}-{len(body):x}"'),
        ("Accept-Ranges", "bytes"),
    )
    return HttpResponse(200, headers, body)


def _nginx_page(status: int, image: Image, now: datetime, extra: tuple[tuple[str, str], ...] = ()) -> HttpResponse:
    reason = _NGINX_REASONS.get(status, "")
    response = HttpResponse(status, reason_phrase=reason)
    title = f"{status} {response.reason}"
    version = tuple(int(part) for part in image.server.partition("/")[2].split(".")[:2] if part.isdigit())
    body_tag = '<body bgcolor="white">' if version and version <= _LAST_WITH_COLOUR else "<body>"
    lines = (
        "<html>",
        f"<head><title>{title}</title></head>",
        body_tag,
        f"<center><h1>{title}</h1></center>",
        f"<hr><center>{image.server}</center>",
        "</body>",
        "</html>",
        "",
    )
    body = "\r\n".join(lines).encode()
    headers = (
        ("Server", image.server),
        ("Date", http_date(now)),
        ("Content-Type", "text/html"),
        ("Content-Length", str(len(body))),
        *extra[:1],
        ("Connection", "close" if status == 400 else "keep-alive"),
    )
    return HttpResponse(status, headers, body, reason)


# Apache


def apache(request: HttpRequest, place: Place, client: str, now: datetime) -> Reply:
    """A static site as the httpd image serves it."""
    response = _apache_response(request, place, now)
    if request.method == "HEAD":
        response = HttpResponse(response.status, response.headers)
    size = str(len(response.body)) if response.body else "-"
    line = f'{client} - - [{log_date(now)}] "{request_line(request)}" {response.status} {size}'
    return Reply(response, (line,))


def _apache_response(request: HttpRequest, place: Place, now: datetime) -> HttpResponse:
    path = clean_path(request.path)
    server = (("Date", http_date(now)), ("Server", place.image.server))
    root = place.image.root.rstrip("/")
    file = root + (path or "") + ("index.html" if (path or "").endswith("/") else "")
    body = place.read(file) if path is not None else None
    if body is None:
        kind = ("Content-Type", "text/html; charset=iso-8859-1")
        return HttpResponse(404, (*server, ("Content-Length", str(len(_APACHE_404))), kind), _APACHE_404)
    written = place.modified(file)
    stamp = int(written.timestamp()) if written else _APACHE_PAGE
    headers = (
        *server,
        ("Last-Modified", http_date(datetime.fromtimestamp(stamp, UTC))),
        ("ETag", f'"{len(body):x}-{stamp * 1_000_000:x}"'),
        ("Accept-Ranges", "bytes"),
        ("Content-Length", str(len(body))),
        ("Content-Type", TYPES.get(file.rpartition(".")[2].lower(), "text/plain")),
    )
    return HttpResponse(200, headers, body)


# Small servers written in Go


def agnhost(request: HttpRequest, place: Place, client: str, now: datetime) -> Reply:
    """`agnhost serve-hostname` and `agnhost netexec`: they tell which Pod answered."""
    path, _, query = request.path.partition("?")
    if "netexec" not in place.arguments:
        return Reply(_go(200, place.host_name, now))
    match path:
        case "/hostname" | "/hostName":
            return Reply(_go(200, place.host_name, now))
        case "/clientip":
            return Reply(_go(200, f"{client}:{40000 + place.connection % 20000}", now))
        case "/echo":
            return Reply(_go(200, parse_qs(query).get("msg", [""])[0], now))
        case "/healthz":
            return Reply(_go(200, "", now))
        case "/":
            return Reply(_go(200, f"NOW: {now:%Y-%m-%d %H:%M:%S}.{now.microsecond:06d} +0000 UTC", now))
        case _:
            return Reply(_go(404, "404 page not found\n", now))


def plain(request: HttpRequest, _place: Place, _client: str, now: datetime) -> Reply:
    """A Go server that knows its health and nothing else, such as CoreDNS."""
    known = {"/health": "OK", "/ready": "OK", "/healthz": "ok"}
    path = request.path.partition("?")[0]
    if path in known:
        return Reply(_go(200, known[path], now))
    return Reply(_go(404, "404 page not found\n", now))


def _go(status: int, text: str, now: datetime) -> HttpResponse:
    body = text.encode()
    kind = ("Content-Type", "text/plain; charset=utf-8")
    sniff = (("X-Content-Type-Options", "nosniff"),) if status >= 400 else ()
    typed = (kind, *sniff) if status >= 400 else ()
    rest = (("Date", http_date(now)), ("Content-Length", str(len(body))), *(() if typed else (kind,)))
    return HttpResponse(status, (*typed, *rest), body)


# The API server

_VERSION: Final = """{
  "major": "1",
  "minor": "36",
  "emulationMajor": "1",
  "emulationMinor": "36",
  "minCompatibilityMajor": "1",
  "minCompatibilityMinor": "35",
  "gitVersion": "v1.36.2",
  "gitTreeState": "clean",
  "compiler": "gc",
  "platform": "linux/amd64"
}"""


def api_server(request: HttpRequest, now: datetime) -> HttpResponse:
    """What the API server tells a client it does not know: health and version, and no to all else."""
    path = request.path.partition("?")[0]
    if path in {"/healthz", "/livez", "/readyz"}:
        return _api_answer(200, "ok", "text/plain; charset=utf-8", now)
    if path == "/version":
        return _api_answer(200, _VERSION, "application/json", now)
    verb = {"GET": "get", "HEAD": "head", "POST": "post", "PUT": "put", "DELETE": "delete"}.get(request.method, "get")
    message = f'forbidden: User \\"system:anonymous\\" cannot {verb} path \\"{path}\\"'
    lines = (
        "{",
        '  "kind": "Status",',
        '  "apiVersion": "v1",',
        '  "metadata": {},',
        '  "status": "Failure",',
        f'  "message": "{message}",',
        '  "reason": "Forbidden",',
        '  "details": {},',
        '  "code": 403',
        "}",
    )
    return _api_answer(403, "\n".join(lines), "application/json", now)


def api_server_in_plain() -> HttpResponse:
    """What a TLS port tells a client that speaks plain HTTP (net/http of Go)."""
    return HttpResponse(400, version="HTTP/1.0", body=b"Client sent an HTTP request to an HTTPS server.\n")


def _api_answer(status: int, text: str, kind: str, now: datetime) -> HttpResponse:
    body = text.encode()
    headers = (
        ("cache-control", "no-cache, private"),
        ("content-type", kind),
        ("x-content-type-options", "nosniff"),
        ("content-length", str(len(body))),
        ("date", http_date(now)),
    )
    return HttpResponse(status, headers, body, version="HTTP/2")


# Common


@lru_cache(maxsize=256)
def clean_path(path: str) -> str | None:
    """A request's path, decoded and without dots; None if it leads above the root."""
    decoded = unquote(path.partition("?")[0].partition("#")[0])
    depth = 0
    for part in decoded.split("/"):
        depth += -1 if part == ".." else part not in {"", "."}
        if depth < 0:
            return None
    cleaned = posixpath.normpath("/" + decoded.lstrip("/"))
    return cleaned + "/" if decoded.endswith(("/", "/.", "/..")) and cleaned != "/" else cleaned


def request_line(request: HttpRequest) -> str:
    """A request's first line, as servers log it."""
    return f"{request.method} {request.path} HTTP/1.1"


def _combined(request: HttpRequest, client: str, now: datetime, response: HttpResponse, size: int) -> str:
    referrer = request.header("Referer") or "-"
    agent = request.header("User-Agent") or "-"
    return f'{client} - - [{log_date(now)}] "{request_line(request)}" {response.status} {size} "{referrer}" "{agent}"'
