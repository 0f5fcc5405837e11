"""One transfer of curl: the request, what is shown meanwhile, where the answer goes, and the exit code."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tutor.engine.network.http import Exchange, HttpRequest, HttpResponse
from tutor.shell.command import Ctx
from tutor.shell.tools.curl_meter import HEADING, meter_line
from tutor.shell.tools.curl_options import Settings
from tutor.shell.tools.curl_versions import version_of
from tutor.shell.tools.curl_writeout import Values, write_out
from tutor.shell.tools.release import release_of
from tutor.shell.tools.urls import Url, UrlError, join, parse_url

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
_TELNET_SECONDS: Final = 60.0
"""How long a web server waits for a request that never comes (nginx's client_header_timeout)."""
_TICK: Final = 0.01
"""Seconds before a timeout in which the meter's next step is left to the end of the transfer."""
_KERNEL_LIMIT: Final = 135.0
"""Seconds after which the kernel gives up connecting, if curl's own limits have not run out by then."""
_TRANSIENT: Final = {TIMED_OUT: ": timeout", NO_CONNECTION: ": connection refused", HTTP_ERROR: ": HTTP error"}
_RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
_CLUSTER_CA: Final = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
_UNTRUSTED_TEXT: Final = """More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
"""


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


class Transfer:
    """Runs one job.

    Args:
        ctx: the command's surroundings.
        settings: its command line.
        job: what to do.
        kept: the transfers whose connections are open, by host and port.
    """

    def __init__(self, ctx: Ctx, settings: Settings, job: Job, kept: dict[tuple[str, int], Transfer]) -> None:
        self._ctx, self._settings, self._job, self._kept = ctx, settings, job, kept
        self._version = version_of(release_of(ctx, "curl"))
        self._screen = job.output == "-" and ctx.stdout.isatty
        self._show_meter = not self._screen and not settings.has("silent", "no-progress-meter")
        self._metered = False
        self._seconds = 0.0
        self._exchange: Exchange | None = None
        self._url: Url | None = None
        self._redirects = 0
        self._received = 0
        self._header_bytes = 0
        self._file = ""
        self.connection = len(kept)

    async def run(self) -> int:
        """Do the job, with retries; the exit code."""
        left = int(self._settings.number("retry") or 0)
        delay = 1.0
        while True:
            code = await self._once()
            if not left or not self._should_retry(code):
                return code
            seconds = self._settings.number("retry-delay") or delay
            problem = _TRANSIENT.get(code, ": HTTP error")
            noun = f"Problem {problem}. Will retry in {int(seconds)} seconds. {left} retries left."
            await warn(self._ctx, self._settings, noun)
            await self._ctx.pacing.sleep(seconds)
            left, delay = left - 1, min(delay * 2, 600.0)
            self._metered, self._seconds = False, 0.0

    def _should_retry(self, code: int) -> bool:
        if code == NO_CONNECTION:
            return self._settings.has("retry-connrefused", "retry-all-errors")
        if code == TIMED_OUT or (code and self._settings.has("retry-all-errors")):
            return True
        response = self._exchange.response if self._exchange else None
        return response is not None and response.status in _RETRIED_STATUSES

    async def _once(self) -> int:
        code, message = 0, ""
        try:
            self._url = self._read_url(self._job.url)
            await self._start_meter()
            if self._url.scheme == "telnet":
                await self._telnet(self._url)
            else:
                await self._follow(self._url)
        except Failure as failure:
            code, message = failure.code, str(failure)
        if message and (not self._settings.has("silent") or self._settings.has("show-error")):
            await self._ctx.complain(f"curl: ({code}) {message}\n" + (_UNTRUSTED_TEXT if code == UNTRUSTED else ""))
        await self._write_out(code, message)
        return code

    # The request

    def _read_url(self, text: str) -> Url:
        try:
            url = parse_url(text)
        except UrlError as error:
            if error.scheme:
                raise Failure(UNSUPPORTED, self._version.bad_scheme(error.scheme)) from error
            raise Failure(MALFORMED, self._version.bad_url(str(error))) from error
        queries = self._settings.all("url-query")
        if self._settings.has("get") and self._job.body is not None:
            queries = [*queries, self._job.body.decode(errors="replace")]
        if queries:
            url = replace(url, path=url.path + ("&" if "?" in url.path else "?") + "&".join(queries))
        return url

    def _request(self, url: Url) -> HttpRequest:
        settings = self._settings
        body = None if settings.has("get") else self._job.body
        method = settings.last("request") or ("HEAD" if settings.has("head") else "GET" if body is None else "POST")
        headers = [("Host", url.host_header), *(pair for pair in self._job.headers if pair[0] == "Authorization")]
        headers.append(("User-Agent", settings.last("user-agent") or f"curl/{self._version.number}"))
        headers.append(("Accept", "*/*"))
        if settings.last("referer"):
            headers.append(("Referer", settings.last("referer") or ""))
        if settings.last("cookie"):
            headers.append(("Cookie", settings.last("cookie") or ""))
        if body is not None:
            headers.append(("Content-Length", str(len(body))))
            headers += [pair for pair in self._job.headers if pair[0] != "Authorization"]
        for line in settings.all("header"):
            name, colon, value = line.partition(":")
            headers = [pair for pair in headers if pair[0].lower() != name.strip().lower()]
            if colon and value.strip():
                place = 0 if name.strip().lower() == "host" else len(headers)
                headers.insert(place, (name.strip(), value.strip()))
        trust = settings.has("insecure") or (settings.last("cacert") or "") == _CLUSTER_CA
        before = self._kept.get((url.host, url.port))
        return HttpRequest(
            url=self._job.url,
            host=url.host,
            port=url.port,
            path=url.path,
            method=method,
            headers=tuple(headers),
            body=body or b"",
            tls=url.scheme == "https",
            trust=trust,
            address=self._pinned(url),
            patience=self._patience,
            over=before._exchange if before else None,
        )

    def _pinned(self, url: Url) -> str:
        for entry in self._settings.all("resolve"):
            host, _, rest = entry.lstrip("+").partition(":")
            port, _, address = rest.partition(":")
            if host in {url.host, "*"} and port in {str(url.port), "*"}:
                return address.split(",")[0]
        return ""

    @property
    def _patience(self) -> float | None:
        limits = [self._settings.number("connect-timeout"), self._settings.number("max-time")]
        return min((limit for limit in limits if limit is not None), default=None)

    async def _follow(self, url: Url) -> None:
        """Make the request, and those it is sent on to."""
        while True:
            response = await self._exchange_once(url)
            target = response.header("Location")
            if not (self._settings.has("location") and 300 <= response.status < 400 and target):
                await self._deliver(response)
                return
            limit = self._settings.number("max-redirs")
            if self._redirects >= (50 if limit is None else limit):
                raise Failure(TOO_MANY_REDIRECTS, f"Maximum ({int(limit or 50)}) redirects followed")
            self._redirects += 1
            await self._headers(response)
            self._url = url = join(url, target)
            await self._tell(f"Issue another request to this URL: '{url}'")

    async def _exchange_once(self, url: Url) -> HttpResponse:
        ctx, version = self._ctx, self._version
        request = self._request(url)
        again = self._kept.get((url.host, url.port))
        exchange = self._exchange = ctx.cluster.network.request(ctx.client, request)
        trace = exchange.trace
        if again is not None:
            self.connection = again.connection
            await self._tell(f"Found bundle for host: {hex(id(again) & 0xFFFFFFFFFFFF)} [serially]")
            await self._tell("Can not multiplex, even if we wanted to")
            await self._tell(f"Re-using existing connection #{self.connection} with host {url.host}")
        else:
            await self._connect(url, exchange)
        if exchange.tls:
            await self._wait(1.0)
            await self._tls_failed(exchange)
        await self._tell(*version.using(exchange.response.version if exchange.response else "HTTP/1.x"))
        await self._tell_request(request)
        await self._wait(max(trace.milliseconds / 1000 - self._seconds, 0.0))
        if exchange.response is None:
            await self._tell("Empty reply from server")
            await self._close()
            raise Failure(EMPTY_REPLY, "Empty reply from server")
        self._kept[url.host, url.port] = self
        return exchange.response

    async def _connect(self, url: Url, exchange: Exchange) -> None:
        """Show how the connection is made; Failure if it is not."""
        trace, version, client = exchange.trace, self._version, self._ctx.client
        if not version.at_least(7, 60) and not url.has_path:
            await self._tell(f"Rebuilt URL to: {self._job.url.rstrip('/')}/")
        if not trace.address:
            await self._unresolved(url, exchange)
        if trace.questions:
            await self._tell(*version.resolved(url.host, url.port, trace.questions[-1].answers))
        await self._tell(*version.trying(trace.address, url.port))
        source_port = 32768 + trace.number * 37 % 28000
        if trace.outcome in {"refused", "timeout"}:
            await self._wait(trace.milliseconds / 1000)
            took = int(trace.milliseconds)
            code, why = self._no_connection(trace.outcome)
            if why == "patience":
                await self._tell(*version.gave_up(took - 2 if took % 1000 < 2 else took))
            elif why != "expired":
                await self._tell(*version.attempt_failed(trace.address, url.port, why, client.ip, source_port))
            if why == "expired":
                message = f"Connection timed out after {took} milliseconds"
            else:
                message = version.connect_failed(url.host, url.port, took, why)
            await self._tell(message)
            await self._close()
            raise Failure(code, message)
        await self._wait(exchange.resolved / 1000)
        await self._tell(*version.connected(url.host, trace.address, url.port, self.connection, client.ip, source_port))

    def _no_connection(self, outcome: str) -> tuple[int, str]:
        """The exit code, and whether it was refused, the kernel gave up, or one of curl's own limits ran out."""
        if outcome == "refused":
            return NO_CONNECTION, "refused"
        if self._patience is None or self._patience >= _KERNEL_LIMIT:
            return self._version.timeout_code(), "timeout"
        if self._settings.number("max-time") == self._patience:
            return TIMED_OUT, "expired"
        return TIMED_OUT, "patience"

    async def _unresolved(self, url: Url, exchange: Exchange) -> None:
        seconds = exchange.resolved / 1000
        if self._patience is not None and seconds > self._patience:
            await self._wait(self._patience)
            message = f"Resolving timed out after {int(self._patience * 1000)} milliseconds"
            code = TIMED_OUT
        else:
            await self._wait(seconds)
            message, code = f"Could not resolve host: {url.host}", NO_HOST
        await self._tell(message)
        await self._tell(*self._version.closing(self.connection))
        raise Failure(code, message)

    async def _tls_failed(self, exchange: Exchange) -> None:
        if exchange.tls == "not-tls":
            await self._tell(self._version.wrong_tls)
            await self._close()
            raise Failure(TLS_FAILED, self._version.wrong_tls)
        problem = "SSL certificate problem: unable to get local issuer certificate"
        await self._tell("TLSv1.3 (OUT), TLS alert, unknown CA (560):", problem)
        await self._close()
        raise Failure(UNTRUSTED, problem)

    async def _telnet(self, url: Url) -> None:
        network = self._ctx.cluster.network
        trace = network.connect(self._ctx.client, url.host, url.port, patience=self._patience, target=self._job.url)
        self._exchange = exchange = Exchange(trace, resolved=trace.milliseconds if not trace.address else 0.0)
        await self._connect(url, exchange)
        await self._show(meter_line(0, 0, 0, 0.0, 0))
        limit = self._settings.number("max-time")
        await self._wait(_TELNET_SECONDS if limit is None else min(limit, _TELNET_SECONDS))
        if limit is not None and limit < _TELNET_SECONDS:
            await self._tell("Time-out")
            await self._close()
            raise Failure(TIMED_OUT, "Time-out")
        await self._close()

    # The answer

    async def _deliver(self, response: HttpResponse) -> None:
        """Write the answer where it belongs."""
        if response.status >= 400 and self._settings.has("fail"):
            await self._tell_response(response)
            message = f"The requested URL returned error: {response.status}"
            await self._tell(message)
            await self._close(response)
            raise Failure(HTTP_ERROR, message)
        await self._headers(response)
        body = b"" if self._settings.has("head") else response.body
        if body and not self._screen and not self._settings.has("head"):
            await self._verbose(f"{{ [{len(body)} bytes data]\n")
        self._received = len(body)
        await self._write(body)
        await self._final_meter(response)
        url = self._url
        if response.version == "HTTP/1.0" or url is None:
            await self._tell(*self._version.closing(self.connection))
        else:
            await self._tell(*self._version.kept(self.connection, url.host, url.port))
        if response.status >= 400 and self._settings.has("fail-with-body"):
            raise Failure(HTTP_ERROR, f"The requested URL returned error: {response.status}")

    async def _headers(self, response: HttpResponse) -> None:
        await self._tell_response(response)
        lines = [f"{response.version} {response.status} {response.reason}", *_lines(response.headers), ""]
        if response.version == "HTTP/2":
            lines[0] = f"HTTP/2 {response.status} "
        self._header_bytes += sum(len(line) + 2 for line in lines)
        dump = self._settings.last("dump-header")
        if dump is not None:
            text = "".join(f"{line}\r\n" for line in lines)
            if dump == "-":
                await self._ctx.say(text)
            else:
                self._ctx.files.write(dump, text)
        if self._settings.has("include", "head"):
            bold = self._screen and self._version.at_least(7, 61) and not self._settings.has("no-styled-output")
            shown = (_bold(line) if bold and number else line for number, line in enumerate(lines))
            await self._write("".join(f"{line}\r\n" for line in shown).encode())

    async def _write(self, data: bytes) -> None:
        output = self._job.output
        if not data and output in {"-", "/dev/null"}:
            return
        if output == "-":
            await self._ctx.say(data.decode("utf-8", "surrogateescape"))
            return
        name = output
        if name is None:
            name = (self._url.path.partition("?")[0].rpartition("/")[2] if self._url else "") or ""
            if not name:
                raise Failure(WRITE_ERROR, "Failed writing received data to disk/application")
        if name == "/dev/null":
            self._file = name
            return
        text = data.decode("utf-8", "surrogateescape")
        try:
            earlier = self._ctx.files.read(name) if self._file == name else ""
            self._ctx.files.write(name, earlier + text)
        except (FileNotFoundError, IsADirectoryError) as error:
            why = "Is a directory" if isinstance(error, IsADirectoryError) else "No such file or directory"
            await self._ctx.complain(f"Warning: Failed to open the file {name}: {why}\n")
            await self._close()
            raise Failure(WRITE_ERROR, "Failure writing output to destination") from error
        self._file = name

    # What is shown meanwhile

    async def _show(self, text: str) -> None:
        if self._show_meter:
            await self._ctx.complain(text)

    async def _start_meter(self) -> None:
        if self._job.output is None and not (self._url and self._url.path.partition("?")[0].rpartition("/")[2]):
            if not self._settings.has("silent"):
                await self._ctx.complain("curl: Remote file name has no length!\n")
            self._show_meter = False
            raise Failure(WRITE_ERROR, "Failed writing received data to disk/application")
        if not self._metered:
            self._metered = True
            heading = HEADING if not self._job.number or not self._exchange else ""
            await self._show(heading + meter_line(0, 0, 0, 0.0, 0))

    async def _wait(self, seconds: float) -> None:
        """Let time pass, moving the meter each second."""
        end = self._seconds + seconds
        while self._show_meter and int(self._seconds) + 1 < end - _TICK:
            step = int(self._seconds) + 1 - self._seconds
            await self._ctx.pacing.sleep(step)
            self._seconds += step
            await self._show(meter_line(0, 0, 0, self._seconds, 0))
        if end > self._seconds:
            await self._ctx.pacing.sleep(end - self._seconds)
            self._seconds = end

    async def _final_meter(self, response: HttpResponse | None) -> None:
        sent = len(self._job.body or b"") if not self._settings.has("get") else 0
        announced = int(response.header("Content-Length") or 0) if response else 0
        seconds = max(self._seconds, 0.001)
        current = (self._received + sent) * 1000 // max(1, int(seconds * 1000))
        line = meter_line(announced + sent if announced else 0, self._received, sent, seconds, current)
        await self._show(line + "\n")

    async def _close(self, response: HttpResponse | None = None) -> None:
        """The end of a transfer that failed once its connection was under way."""
        if response is not None:
            await self._final_meter(response)
        else:
            await self._show(meter_line(0, 0, 0, self._seconds, 0) + "\n")
        await self._tell(*self._version.closing(self.connection))

    async def _verbose(self, text: str) -> None:
        if self._settings.has("verbose"):
            await self._ctx.complain(text)

    async def _tell(self, *texts: str) -> None:
        await self._verbose("".join(f"* {text}\n" for text in texts))

    async def _tell_request(self, request: HttpRequest) -> None:
        version = "HTTP/2" if request.tls else "HTTP/1.1"
        lines = [f"{request.method} {request.path} {version}", *_lines(request.headers), ""]
        await self._verbose("".join(f"> {line}\r\n" for line in lines))
        if request.body:
            await self._verbose(f"}} [{len(request.body)} bytes data]\n")
        await self._tell(*self._version.sent)

    async def _tell_response(self, response: HttpResponse) -> None:
        await self._tell(*self._version.no_multiplexing)
        lines = [f"{response.version} {response.status} {response.reason}".rstrip(), *_lines(response.headers), ""]
        await self._verbose("".join(f"< {line}\r\n" for line in lines))

    # -w

    async def _write_out(self, code: int, message: str) -> None:
        pattern = self._settings.last("write-out")
        if pattern is None:
            return
        if pattern.startswith("@"):
            pattern = await self._ctx.stdin.read() if pattern == "@-" else self._ctx.files.read(pattern[1:])
        unknown: list[str] = []
        out, err = write_out(pattern, self._values(code, message), unknown.append)
        await self._ctx.complain("".join(f"curl: unknown --write-out variable: '{name}'\n" for name in unknown) + err)
        await self._ctx.say(out)

    def _values(self, code: int, message: str) -> Values:
        exchange, url = self._exchange, self._url
        trace = exchange.trace if exchange else None
        response = exchange.response if exchange else None
        connected = trace is not None and trace.address and trace.outcome not in {"refused", "timeout"}
        lookup = exchange.resolved / 1000 if exchange else 0.0
        status = response.status if response else 0
        location = response.header("Location") if response else ""
        return {
            "content_type": response.header("Content-Type") if response else None,
            "errormsg": message or None,
            "exitcode": code,
            "filename_effective": self._file or None,
            "http_code": f"{status:03}",
            "http_connect": "000",
            "http_version": {"HTTP/2": "2", "HTTP/1.0": "1"}.get(response.version, "1.1") if response else "0",
            "local_ip": self._ctx.client.ip if connected else "",
            "local_port": 32768 + trace.number * 37 % 28000 if connected and trace else 0,
            "method": self._request(url).method if url else "GET",
            "num_certs": 0,
            "num_connects": 1 if connected else 0,
            "num_headers": len(response.headers) if response else 0,
            "num_redirects": self._redirects,
            "redirect_url": str(join(url, location))
            if url and location and not self._settings.has("location")
            else None,
            "referer": self._settings.last("referer"),
            "remote_ip": trace.address if connected and trace else "",
            "remote_port": trace.port if connected and trace else 0,
            "response_code": f"{status:03}",
            "scheme": url.scheme.upper() if url and trace else None,
            "size_download": self._received,
            "size_header": self._header_bytes,
            "size_request": 60 + len(url.path) if url and connected else 0,
            "size_upload": len(self._job.body or b"") if connected else 0,
            "speed_download": int(self._received / self._seconds) if self._seconds else 0,
            "speed_upload": 0,
            "ssl_verify_result": 20 if exchange and exchange.tls == "untrusted" else 0,
            "time_appconnect": 0.0,
            "time_connect": lookup + 0.0002 if connected else 0.0,
            "time_namelookup": lookup,
            "time_pretransfer": lookup + 0.00025 if connected else 0.0,
            "time_redirect": 0.0,
            "time_starttransfer": max(self._seconds - 0.00005, 0.0) if response else 0.0,
            "time_total": float(self._seconds),
            "url": self._job.url,
            "url_effective": str(url) if url else self._job.url,
            "urlnum": self._job.number,
        }


def _lines(headers: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers]


def _bold(line: str) -> str:
    name, colon, rest = line.partition(":")
    return f"\x1b[1m{name}\x1b[0m{colon}{rest}" if colon else line


async def warn(ctx: Ctx, settings: Settings, text: str) -> None:
    """Print a warning as curl does: folded at 79 columns, each line with its prefix; nothing with -s."""
    if settings.has("silent") and not settings.has("show-error"):
        return
    lines = textwrap.wrap(text, 79 - len("Warning: "), break_on_hyphens=False)
    await ctx.complain("".join(f"Warning: {line}{' ' if line is not lines[-1] else ''}\n" for line in lines))
