"""What `python -m http.server` answers, and what it logs.

Source: CPython 3.11.7, asked by hand.
"""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from typing import Final
from urllib.parse import quote

from tutor.engine.network.http import HttpRequest, HttpResponse, http_date
from tutor.engine.network.servers import TYPES, Place, Reply, clean_path, request_line

_PYTHON_FOLDER: Final = re.compile(r"(?:--directory[ =]|-d )(/\S*)")
_PYTHON_ERROR: Final = """<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: {0}</p>
        <p>Message: {1}.</p>
        <p>Error code explanation: {0} - {2}.</p>
    </body>
</html>
"""
_PYTHON_LIST: Final = """<!DOCTYPE HTML>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Directory listing for {0}</title>
</head>
<body>
<h1>Directory listing for {0}</h1>
<hr>
<ul>
{1}
</ul>
<hr>
</body>
</html>
"""


def python(request: HttpRequest, place: Place, client: str, now: datetime) -> Reply:
    """`python -m http.server`: the files of a folder."""
    response, said = _python_response(request, place, now)
    if request.method == "HEAD":
        response = HttpResponse(response.status, response.headers, b"", response.reason_phrase, version="HTTP/1.0")
    stamp = f"{client} - - [{now:%d/%b/%Y %H:%M:%S}]"
    lines = (f"{stamp} code {response.status}, message {said}",) if said else ()
    return Reply(response, (*lines, f'{stamp} "{request_line(request)}" {response.status} -'))


def _python_response(request: HttpRequest, place: Place, now: datetime) -> tuple[HttpResponse, str]:
    server = (("Server", place.image.server), ("Date", http_date(now)))
    if request.method not in {"GET", "HEAD"}:
        said = f"Unsupported method ('{request.method}')"
        return _python_error(501, said, "Server does not support this operation", server), said
    told = _PYTHON_FOLDER.search(" ".join(place.arguments))
    path = clean_path(request.path) or "/"
    file = (told[1] if told else place.folder).rstrip("/") + path
    body, index = place.read(file.rstrip("/")), place.read(f"{file.rstrip('/')}/index.html")
    names = place.names(file.rstrip("/") or "/") if body is None else ()
    if body is None and (names or index) and not path.endswith("/"):
        moved = (*server, ("Location", f"{path}/"), ("Content-Length", "0"))
        return HttpResponse(301, moved, version="HTTP/1.0"), ""
    if body is None and index is None and names:
        folders = {name for name in names if place.names(f"{file}{name}")}
        shown = [f"{name}/" if name in folders else name for name in sorted(names, key=str.lower)]
        rows = "\n".join(f'<li><a href="{quote(name)}">{escape(name)}</a></li>' for name in shown)
        page = _PYTHON_LIST.format(escape(path), rows).encode()
        kind = ("Content-type", "text/html; charset=utf-8")
        return HttpResponse(200, (*server, kind, ("Content-Length", str(len(page)))), page, version="HTTP/1.0"), ""
    body = index if index is not None else body
    if body is None or (path.endswith("/") and index is None):
        return _python_error(404, "File not found", "Nothing matches the given URI", server), "File not found"
    name = "index.html" if index is not None else path
    suffix = name.rpartition(".")[2].lower()
    written = place.modified(f"{file.rstrip('/')}/index.html" if index is not None else file) or now
    headers = (
        *server,
        ("Content-type", TYPES.get(suffix, "application/octet-stream")),
        ("Content-Length", str(len(body))),
        ("Last-Modified", http_date(written)),
    )
    return HttpResponse(200, headers, body, version="HTTP/1.0"), ""


def _python_error(status: int, said: str, why: str, server: tuple[tuple[str, str], ...]) -> HttpResponse:
    body = _PYTHON_ERROR.format(status, escape(said, quote=False), why).encode()
    kind = (("Connection", "close"), ("Content-Type", "text/html;charset=utf-8"))
    headers = (*server, *kind, ("Content-Length", str(len(body))))
    return HttpResponse(status, headers, body, said if status == 501 else "File not found", version="HTTP/1.0")
