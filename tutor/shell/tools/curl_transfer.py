"""One transfer of curl: the request, where the answer goes, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from tutor.engine.network.http import Exchange, HttpResponse
from tutor.shell.command import Ctx
from tutor.shell.tools.curl_connect import Connector, source_port
from tutor.shell.tools.curl_display import Display, header_lines, status_line, warn
from tutor.shell.tools.curl_options import Settings
from tutor.shell.tools.curl_request import (
    EMPTY_REPLY,
    HTTP_ERROR,
    NO_CONNECTION,
    TIMED_OUT,
    TOO_MANY_REDIRECTS,
    UNTRUSTED,
    WRITE_ERROR,
    Failure,
    Job,
    build_request,
    patience_of,
    read_url,
)
from tutor.shell.tools.curl_versions import version_of
from tutor.shell.tools.curl_writeout import Values, write_out
from tutor.shell.tools.release import release_of
from tutor.shell.tools.urls import Url, join

_TELNET_SECONDS: Final = 60.0
"""How long a web server waits for a request that never comes (nginx's client_header_timeout)."""
_TRANSIENT: Final = {TIMED_OUT: ": timeout", NO_CONNECTION: ": connection refused", HTTP_ERROR: ": HTTP error"}
_RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
_UNTRUSTED_TEXT: Final = """More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
"""


@dataclass
class Connections:
    """What one command remembers from URL to URL.

    Args:
        open: the transfers whose connections are open, by host and port.
        addresses: the addresses of the hosts that were looked up.
        made: how many connections there have been.
    """

    open: dict[tuple[str, int], Transfer] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    made: int = 0


class Transfer:
    """Runs one job.

    Args:
        ctx: the command's surroundings.
        settings: its command line.
        job: what to do.
        connections: what earlier jobs of the command left behind.
    """

    def __init__(self, ctx: Ctx, settings: Settings, job: Job, connections: Connections) -> None:
        self._ctx, self._settings, self._job, self._connections = ctx, settings, job, connections
        self._version = version_of(release_of(ctx, "curl"))
        self._screen = job.output == "-" and ctx.stdout.isatty
        metered = not self._screen and not settings.has("silent", "no-progress-meter")
        self._display = Display(ctx, settings, self._version, metered=metered)
        self._exchange: Exchange | None = None
        self._url: Url | None = None
        self._method = "GET"
        self._redirects = 0
        self._received = 0
        self._header_bytes = 0
        self._file = ""
        self._tried = self._reused = False
        self.connection = connections.made

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
            self._url = read_url(self._settings, self._job, self._version)
            await self._check_name()
            await self._display.start(heading=not self._tried)
            self._tried = True
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
            await self._display.tell(f"Issue another request to this URL: '{url}'")

    async def _exchange_once(self, url: Url) -> HttpResponse:
        ctx, version = self._ctx, self._version
        again = self._connections.open.get((url.host, url.port))
        request = build_request(self._settings, self._job, version, url, again._exchange if again else None)
        cached = "" if again or request.address else self._connections.addresses.get(url.host, "")
        if cached:
            request = replace(request, address=cached)
            await self._display.tell(f"Hostname {url.host} was found in DNS cache")
        exchange = self._exchange = ctx.cluster.network.web.request(ctx.client, request)
        self._method = request.method
        if again is not None:
            self.connection, self._reused = again.connection, True
            await self._display.tell(f"Re-using existing connection #{self.connection} with host {url.host}")
        else:
            self._connections.made += 1
            if exchange.trace.questions:
                self._connections.addresses[url.host] = exchange.trace.address
            await Connector(ctx, self._settings, version, self._display, self.connection).connect(
                url, self._job.url, exchange, cached
            )
        await self._display.tell(*version.using("HTTP/2" if url.scheme == "https" else "HTTP/1.x"))
        await self._display.tell_request(request)
        await self._display.wait(max(exchange.trace.milliseconds / 1000 - self._display.seconds, 0.0))
        if exchange.response is None:
            await self._display.tell("Empty reply from server")
            await self._display.close(self.connection)
            raise Failure(EMPTY_REPLY, "Empty reply from server")
        if _stays_open(exchange.response):
            self._connections.open[url.host, url.port] = self
        else:
            self._connections.open.pop((url.host, url.port), None)
        return exchange.response

    async def _telnet(self, url: Url) -> None:
        network = self._ctx.cluster.network
        trace = network.connect(
            self._ctx.client, url.host, url.port, patience=patience_of(self._settings), target=self._job.url
        )
        self._exchange = exchange = Exchange(trace, resolved=trace.milliseconds if not trace.address else 0.0)
        connector = Connector(self._ctx, self._settings, self._version, self._display, self.connection)
        await connector.connect(url, self._job.url, exchange)
        await self._display.step()
        limit = self._settings.number("max-time")
        await self._display.wait(_TELNET_SECONDS if limit is None else min(limit, _TELNET_SECONDS))
        if limit is not None and limit < _TELNET_SECONDS:
            await self._display.tell("Time-out")
            await self._display.close(self.connection)
            raise Failure(TIMED_OUT, "Time-out")
        await self._display.close(self.connection)

    # The answer

    async def _deliver(self, response: HttpResponse) -> None:
        """Write the answer where it belongs."""
        if response.status >= 400 and self._settings.has("fail"):
            await self._display.tell_response(response)
            message = f"The requested URL returned error: {response.status}"
            await self._display.tell(message)
            await self._finish(response)
            await self._display.tell(*self._version.closing(self.connection))
            raise Failure(HTTP_ERROR, message)
        await self._headers(response)
        body = b"" if self._settings.has("head") else response.body
        if body and not self._screen and not self._settings.has("head"):
            await self._display.verbose(f"{{ [{len(body)} bytes data]\n")
        self._received = len(body)
        await self._write(body)
        await self._finish(response)
        url = self._url
        if url is None or not _stays_open(response):
            await self._display.tell(*self._version.shutting(self.connection))
        else:
            await self._display.tell(*self._version.kept(self.connection, url.host, url.port))
        if response.status >= 400 and self._settings.has("fail-with-body"):
            raise Failure(HTTP_ERROR, f"The requested URL returned error: {response.status}")

    async def _headers(self, response: HttpResponse) -> None:
        await self._display.tell_response(response)
        lines = [status_line(response), *header_lines(response.headers), ""]
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

    async def _finish(self, response: HttpResponse) -> None:
        sent = 0 if self._settings.has("get") else len(self._job.body or b"")
        await self._display.finish(int(response.header("Content-Length") or 0), self._received, sent)

    @property
    def _remote_name(self) -> str:
        """The file name in the URL; may be empty."""
        return self._url.path.partition("?")[0].rpartition("/")[2] if self._url else ""

    async def _check_name(self) -> None:
        if self._job.output is None and not self._remote_name:
            if not self._settings.has("silent"):
                await self._ctx.complain("curl: Remote file name has no length!\n")
            raise Failure(WRITE_ERROR, "Failed writing received data to disk/application")

    async def _write(self, data: bytes) -> None:
        output = self._job.output
        if not data and output in {"-", "/dev/null"}:
            return
        if output == "-":
            await self._ctx.say(data.decode("utf-8", "surrogateescape"))
            return
        name = self._remote_name if output is None else output
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
            await self._display.close(self.connection)
            raise Failure(WRITE_ERROR, "Failure writing output to destination") from error
        self._file = name

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
            "local_port": source_port(trace.number) if connected and trace else 0,
            "method": self._method,
            "num_certs": 0,
            "num_connects": int(bool(connected) and not self._reused),
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
            "speed_download": int(self._received / self._display.seconds) if self._display.seconds else 0,
            "speed_upload": 0,
            "ssl_verify_result": 20 if exchange and exchange.tls == "untrusted" else 0,
            "time_appconnect": 0.0,
            "time_connect": lookup + 0.0002 if connected else 0.0,
            "time_namelookup": lookup,
            "time_pretransfer": lookup + 0.00025 if connected else 0.0,
            "time_redirect": 0.0,
            "time_starttransfer": max(self._display.seconds - 0.00005, 0.0) if response else 0.0,
            "time_total": float(self._display.seconds),
            "url": self._job.url,
            "url_effective": str(url) if url else self._job.url,
            "urlnum": self._job.number,
        }


def _stays_open(response: HttpResponse) -> bool:
    """Whether the server leaves the connection open for the next request."""
    return response.version != "HTTP/1.0" and response.header("Connection").lower() != "close"


def _bold(line: str) -> str:
    name, colon, rest = line.partition(":")
    return f"\x1b[1m{name}\x1b[0m{colon}{rest}" if colon else line
