"""`python -m http.server`: what CPython 3.11.7 answered and logged for the same files."""

from datetime import UTC, datetime

import pytest

from tutor.engine.images import Image
from tutor.engine.network.http import HttpRequest
from tutor.engine.network.python_server import python

NOW = datetime(2026, 11, 26, 3, 15, 33, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 26, 3, 15, 31, tzinfo=UTC)
FILES = {"/srv/index.html": b"hi\n", "/srv/sub/a b": b"", "/srv/sub/z": b"", "/srv/sub/deep/x": b""}
ERROR = """<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: {}</p>
        <p>Message: {}.</p>
        <p>Error code explanation: {}.</p>
    </body>
</html>
"""
LISTING = """<!DOCTYPE HTML>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Directory listing for /sub/</title>
</head>
<body>
<h1>Directory listing for /sub/</h1>
<hr>
<ul>
<li><a href="a%20b">a b</a></li>
<li><a href="deep/">deep/</a></li>
<li><a href="z">z</a></li>
</ul>
<hr>
</body>
</html>
"""


class Here:
    """A container with `FILES`."""

    image = Image("python", "3.11", server="SimpleHTTP/0.6 Python/3.11.7")
    host_name, connection, folder = "web", 1, "/srv"

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments

    def read(self, path: str) -> bytes | None:
        return FILES.get(path)

    def names(self, folder: str) -> list[str]:
        start = f"{folder.rstrip('/')}/"
        return sorted({path.removeprefix(start).partition("/")[0] for path in FILES if path.startswith(start)})

    def modified(self, path: str) -> datetime | None:
        return WRITTEN


@pytest.mark.parametrize(
    ("method", "path", "status", "headers", "body", "log"),
    [
        (
            "GET",
            "/",
            "200 OK",
            "Content-type: text/html; Content-Length: 3; Last-Modified: Thu, 26 Nov 2026 03:15:31 GMT",
            "hi\n",
            ['"GET / HTTP/1.1" 200 -'],
        ),
        (
            "GET",
            "/nope",
            "404 File not found",
            "Connection: close; Content-Type: text/html;charset=utf-8; Content-Length: 335",
            ERROR.format(404, "File not found", "404 - Nothing matches the given URI"),
            ["code 404, message File not found", '"GET /nope HTTP/1.1" 404 -'],
        ),
        (
            "POST",
            "/",
            "501 Unsupported method ('POST')",
            "Connection: close; Content-Type: text/html;charset=utf-8; Content-Length: 357",
            ERROR.format(501, "Unsupported method ('POST')", "501 - Server does not support this operation"),
            ["code 501, message Unsupported method ('POST')", '"POST / HTTP/1.1" 501 -'],
        ),
        (
            "GET",
            "/sub/",
            "200 OK",
            "Content-type: text/html; charset=utf-8; Content-Length: 290",
            LISTING,
            ['"GET /sub/ HTTP/1.1" 200 -'],
        ),
        (
            "GET",
            "/sub",
            "301 Moved Permanently",
            "Location: /sub/; Content-Length: 0",
            "",
            ['"GET /sub HTTP/1.1" 301 -'],
        ),
    ],
)
def test_what_it_answers(method: str, path: str, status: str, headers: str, body: str, log: list[str]) -> None:
    reply = python(HttpRequest("", "web", 8000, path, method), Here(), "127.0.0.1", NOW)
    response = reply.response
    assert f"{response.version} {response.status} {response.reason}" == f"HTTP/1.0 {status}"
    assert response.headers[:2] == (
        ("Server", "SimpleHTTP/0.6 Python/3.11.7"),
        ("Date", "Thu, 26 Nov 2026 03:15:33 GMT"),
    )
    assert "; ".join(f"{name}: {value}" for name, value in response.headers[2:]) == headers
    assert response.body.decode() == body
    assert reply.log == tuple(f"127.0.0.1 - - [26/Nov/2026 03:15:33] {line}" for line in log)


def test_it_serves_the_folder_it_is_told() -> None:
    reply = python(HttpRequest("", "web", 8000, "/z"), Here("python", "-d", "/srv/sub"), "127.0.0.1", NOW)
    assert reply.response.status == 200
