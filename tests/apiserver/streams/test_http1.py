"""HTTP/1.1 requests of real clients, read from bytes."""

from __future__ import annotations

import pytest

from tutor.apiserver.streams.http1 import HttpError, RequestReader, written
from tutor.engine.network.http import HttpResponse

GET = b"GET / HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\n\r\n"


def test_requests_come_one_after_the_other_however_they_are_cut() -> None:
    reader = RequestReader(80)
    post = b"POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
    both = GET + post
    found = [received for at in range(len(both)) for received in reader.feed(both[at : at + 1])]
    assert [(each.request.url, each.request.method, each.request.body, each.keep) for each in found] == [
        ("http://localhost:8080", "GET", b"", True),
        ("http://x/a?b", "POST", b"abc", False),
    ]
    assert (found[0].request.host, found[0].request.port, found[0].request.path) == ("localhost", 80, "/")
    assert found[0].request.header("accept") == "*/*"


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n\r\n",
        b"GET / SPDY/3\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /" + b"x" * 70_000,
    ],
)
def test_what_is_no_http_is_refused(sent: bytes) -> None:
    with pytest.raises(HttpError):
        list(RequestReader(80).feed(sent))


def test_an_answer_says_how_long_it_is() -> None:
    response = HttpResponse(200, (("Server", "nginx"),), b"hi")
    assert written(response, "GET") == (b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 2\r\n\r\nhi", True)
    assert written(response, "HEAD")[0].endswith(b"Content-Length: 2\r\n\r\n")
    closing = HttpResponse(400, (("Connection", "close"), ("Content-Length", "0")))
    assert written(closing, "GET") == (
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        False,
    )
