"""HTTP requests and what servers answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tutor.engine.network.trace import Trace

if TYPE_CHECKING:
    from tutor.engine.network.proxy import Route

Headers: TypeAlias = tuple[tuple[str, str], ...]
TlsFault: TypeAlias = Literal["", "untrusted", "not-tls"]
"""Why no secure channel came about: a certificate nobody vouches for, or a server that does not speak TLS."""

REASONS: Final[Mapping[int, str]] = {
    200: "OK",
    301: "Moved Permanently",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class HttpRequest:
    """One request.

    Args:
        url: the URL as written, for the trace.
        host: its host part: a name or an address.
        port: the port.
        path: path and query, as sent.
        method: such as `GET`.
        headers: what is sent besides the request line, in order.
        body: what is sent after them.
        tls: whether to speak HTTPS.
        trust: whether to believe any certificate, or one that the cluster's own authority signed.
        address: connect to this address instead of looking the host up.
        patience: seconds to wait for a connection; None for as long as the kernel tries.
        over: an exchange whose connection is used again, so that nothing is looked up or chosen anew.
    """

    url: str
    host: str
    port: int = 80
    path: str = "/"
    method: str = "GET"
    headers: Headers = ()
    body: bytes = b""
    tls: bool = False
    trust: bool = False
    address: str = ""
    patience: float | None = None
    over: Exchange | None = None

    def header(self, name: str) -> str:
        """The value of a header; empty if it is not sent."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return ""


@dataclass(frozen=True)
class HttpResponse:
    """One answer."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    reason_phrase: str = ""
    version: str = "HTTP/1.1"

    @property
    def reason(self) -> str:
        """The words after the status."""
        return self.reason_phrase or REASONS.get(self.status, "")

    def header(self, name: str) -> str:
        """The value of a header; empty if there is none."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return ""

    def closing(self) -> HttpResponse:
        """The same answer by a server that closes the connection behind it."""
        rest = tuple(pair for pair in self.headers if pair[0].lower() != "connection")
        place = next((n for n, pair in enumerate(self.headers) if pair[0].lower() == "connection"), len(rest))
        return replace(self, headers=(*rest[:place], ("Connection", "close"), *rest[place:]))


@dataclass(frozen=True)
class Exchange:
    """A request's way and its answer.

    Args:
        trace: how far it got.
        response: what came back; None if nothing did, also when the server speaks no HTTP.
        tls: why the connection could not be secured, if that is what failed.
        resolved: the milliseconds the name took, out of the trace's.
        route: where the connection leads.
    """

    trace: Trace
    response: HttpResponse | None = None
    tls: TlsFault = ""
    resolved: float = 0.0
    route: Route | None = None


@lru_cache(maxsize=256)
def http_date(moment: datetime) -> str:
    """A moment (UTC) as HTTP writes it: `Mon, 23 Nov 2026 09:00:00 GMT` (RFC 9110, 5.6.7)."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02} {month} {moment.year} {moment:%H:%M:%S} GMT"


@lru_cache(maxsize=256)
def log_date(moment: datetime) -> str:
    """A moment (UTC) as access logs write it: `23/Nov/2026:09:00:00 +0000`."""
    return f"{moment.day:02}/{_MONTHS[moment.month - 1]}/{moment.year}:{moment:%H:%M:%S} +0000"
