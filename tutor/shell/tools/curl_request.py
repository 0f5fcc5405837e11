"""What curl sends: the URL and the request that a command line asks for, and the ways it may end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tutor.engine.network.http import Exchange, HttpRequest
from tutor.shell.tools.curl_options import Settings
from tutor.shell.tools.curl_versions import CurlVersion
from tutor.shell.tools.urls import Url, UrlError, parse_url

UNSUPPORTED: Final = 1
MALFORMED: Final = 3
NO_HOST: Final = 6
NO_CONNECTION: Final = 7
HTTP_ERROR: Final = 22
WRITE_ERROR: Final = 23
TIMED_OUT: Final = 28
TLS_FAILED: Final = 35
TOO_MANY_REDIRECTS: Final = 47
EMPTY_REPLY: Final = 52
UNTRUSTED: Final = 60
_CLUSTER_CA: Final = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"


@dataclass(frozen=True)
class Job:
    """What to transfer.

    Args:
        url: the URL as given.
        output: where the answer goes: a file name, `-`, or None for the name in the URL.
        body: what -d sends; None without it.
        headers: the headers that go with it.
        number: how many URLs came before.
    """

    url: str
    output: str | None
    body: bytes | None
    headers: tuple[tuple[str, str], ...]
    number: int


class Failure(Exception):  # noqa: N818  # an ending, told by its code
    """The transfer ends with this exit code and, unless empty, this message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_url(settings: Settings, job: Job, version: CurlVersion) -> Url:
    """The URL of a job, with what -G and --url-query add.

    Raises:
        Failure: it cannot be used.
    """
    try:
        url = parse_url(job.url)
    except UrlError as error:
        if error.scheme:
            raise Failure(UNSUPPORTED, version.bad_scheme(error.scheme)) from error
        raise Failure(MALFORMED, version.bad_url(str(error))) from error
    queries = settings.all("url-query")
    if settings.has("get") and job.body is not None:
        queries = [*queries, job.body.decode(errors="replace")]
    if queries:
        url = replace(url, path=url.path + ("&" if "?" in url.path else "?") + "&".join(queries))
    return url


def build_request(settings: Settings, job: Job, version: CurlVersion, url: Url, over: Exchange | None) -> HttpRequest:
    """The request for a URL, over an open connection if there is one."""
    body = None if settings.has("get") else job.body
    method = settings.last("request") or ("HEAD" if settings.has("head") else "GET" if body is None else "POST")
    headers = [("Host", url.host_header), *(pair for pair in job.headers if pair[0] == "Authorization")]
    headers.append(("User-Agent", settings.last("user-agent") or f"curl/{version.number}"))
    headers.append(("Accept", "*/*"))
    if settings.last("referer"):
        headers.append(("Referer", settings.last("referer") or ""))
    if settings.last("cookie"):
        headers.append(("Cookie", settings.last("cookie") or ""))
    if body is not None:
        headers.append(("Content-Length", str(len(body))))
        headers += [pair for pair in job.headers if pair[0] != "Authorization"]
    for line in settings.all("header"):
        name, colon, value = line.partition(":")
        headers = [pair for pair in headers if pair[0].lower() != name.strip().lower()]
        if colon and value.strip():
            place = 0 if name.strip().lower() == "host" else len(headers)
            headers.insert(place, (name.strip(), value.strip()))
    trust = settings.has("insecure") or (settings.last("cacert") or "") == _CLUSTER_CA
    return HttpRequest(
        url=job.url,
        host=url.host,
        port=url.port,
        path=url.path,
        method=method,
        headers=tuple(headers),
        body=body or b"",
        tls=url.scheme == "https",
        trust=trust,
        address=_pinned(settings, url),
        patience=patience_of(settings),
        over=over,
    )


def _pinned(settings: Settings, url: Url) -> str:
    for entry in settings.all("resolve"):
        host, _, rest = entry.lstrip("+").partition(":")
        port, _, address = rest.partition(":")
        if host in {url.host, "*"} and port in {str(url.port), "*"}:
            return address.split(",")[0]
    return ""


def patience_of(settings: Settings) -> float | None:
    """Seconds curl waits for a connection at most; None if it sets no limit."""
    limits = [settings.number("connect-timeout"), settings.number("max-time")]
    return min((limit for limit in limits if limit is not None), default=None)
