"""`wget`: GNU's, and (by flavour) BusyBox's.

Sources: tests/golden/network, and wget 1.21.3 itself.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tutor.engine.network.http import Exchange, HttpRequest, HttpResponse
from tutor.paths import assets_dir
from tutor.shell.command import Ctx
from tutor.shell.tools import busybox_wget
from tutor.shell.tools.resolving import resolver_error_of
from tutor.shell.tools.urls import Url, UrlError, join, parse_url

VERSION: Final = "1.21.3"
GENERIC: Final = 1
USAGE_ERROR: Final = 2
NETWORK_FAILURE: Final = 4
TLS_FAILURE: Final = 5
SERVER_ERROR: Final = 8
_TRY: Final = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"
_MOST_REDIRECTS: Final = 20
_TRIES: Final = 20
_SHORT: Final = {
    "q": "quiet", "nv": "no-verbose", "v": "verbose", "O": "output-document", "T": "timeout", "t": "tries",
    "S": "server-response", "P": "directory-prefix", "U": "user-agent", "c": "continue",
    "N": "timestamping",
    "nc": "no-clobber", "4": "inet4-only", "o": "output-file", "V": "version", "h": "help", "d": "debug",
    "b": "background",
    "w": "wait", "nd": "no-directories", "nH": "no-host-directories",
}  # fmt: skip
_WITH_VALUE: Final = frozenset(
    {
        "output-document", "timeout", "tries", "directory-prefix", "user-agent", "output-file", "header",
        "post-data", "connect-timeout", "read-timeout", "dns-timeout", "waitretry", "max-redirect", "method",
        "body-data", "user",
        "password", "ca-certificate", "wait", "http-user", "http-password", "execute",
    }
)  # fmt: skip
_PLAIN: Final = frozenset(
    {
        "quiet", "no-verbose", "verbose", "server-response", "spider", "continue", "timestamping", "no-clobber",
        "inet4-only", "version", "help", "no-check-certificate", "debug", "background", "retry-connrefused", "no-proxy",
        "content-on-error", "no-directories", "no-host-directories", "show-progress", "no-dns-cache",
        "trust-server-names",
    }
)  # fmt: skip


@dataclass
class _Options:
    """A command line, read."""

    flags: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    @property
    def tries(self) -> int:
        """How often to try; 0 for without end."""
        value = self.values.get("tries", "")
        return int(value) if value.isdigit() else 0 if value == "inf" else _TRIES

    @property
    def patience(self) -> float | None:
        """Seconds to wait for a connection."""
        for name in ("connect-timeout", "timeout"):
            try:
                return float(self.values[name]) or None
            except (KeyError, ValueError):
                continue
        return None


class _UsageError(Exception):
    """The command line cannot be read; the message is wget's."""


class _Failure(Exception):  # noqa: N818  # an ending, told by its code
    """The transfer has ended with this exit code; all has been said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def wget(ctx: Ctx) -> int:
    """Fetch each URL into a file."""
    if ctx.flavour == "busybox":
        return await busybox_wget.wget(ctx)
    try:
        options = _read(ctx.args)
    except _UsageError as error:
        await ctx.complain(f"wget: {error}\n{_TRY}")
        return USAGE_ERROR
    if "help" in options.flags:
        await ctx.say((assets_dir() / "tools" / "wget-help.txt").read_text(encoding="utf-8"))
        return 0
    if "version" in options.flags:
        await ctx.say(f"GNU Wget {VERSION} built on linux-gnu.\n")
        return 0
    if not options.urls:
        await ctx.complain(f"wget: missing URL\n{_TRY}")
        return GENERIC
    code = 0
    for url in options.urls:
        try:
            await _Fetch(ctx, options, url).run()
        except _Failure as failure:
            code = failure.code
    return code


def _read(words: Sequence[str]) -> _Options:
    options = _Options()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--") and len(word) > 2:
            name, equals, value = word[2:].partition("=")
            if name not in _WITH_VALUE | _PLAIN:
                raise _UsageError(f"unrecognized option '{word}'")
            if name in _WITH_VALUE and not equals:
                if not rest:
                    raise _UsageError(f"option '--{name}' requires an argument")
                value = rest.pop(0)
            _set(options, name, value)
        elif word.startswith("-") and len(word) > 1:
            _read_short(options, word, rest)
        else:
            options.urls.append(word)
    return options


def _read_short(options: _Options, word: str, rest: list[str]) -> None:
    letters = word[1:]
    while letters:
        letter = letters[:2] if letters[:2] in _SHORT else letters[0]
        letters = letters[len(letter) :]
        name = _SHORT.get(letter)
        if name is None:
            raise _UsageError(f"invalid option -- '{letter}'")
        if name not in _WITH_VALUE:
            _set(options, name, "")
            continue
        if not letters and not rest:
            raise _UsageError(f"option requires an argument -- '{letter}'")
        _set(options, name, letters or rest.pop(0))
        return


def _set(options: _Options, name: str, value: str) -> None:
    if name == "header":
        key, _, text = value.partition(":")
        options.headers.append((key.strip(), text.strip()))
    elif name in _WITH_VALUE:
        options.values[name] = value
    else:
        options.flags.add(name)


class _Fetch:
    """Fetches one URL."""

    def __init__(self, ctx: Ctx, options: _Options, text: str) -> None:
        self._ctx, self._options, self._text = ctx, options, text
        self._noisy = "quiet" not in options.flags
        self._chatty = self._noisy and "no-verbose" not in options.flags

    async def _log(self, text: str) -> None:
        if self._chatty:
            await self._ctx.complain(text)

    async def _error(self, text: str) -> None:
        if self._noisy:
            await self._ctx.complain(text)

    def _now(self, form: str = "%Y-%m-%d %H:%M:%S") -> str:
        return self._ctx.cluster.clock.datetime.strftime(form)

    async def run(self) -> None:
        """Fetch it; _Failure if it cannot be had."""
        try:
            url = parse_url(self._text)
        except UrlError as error:
            why = f"Unsupported scheme ‘{error.scheme}’" if error.scheme else _url_problem(str(error))
            await self._error(f"{self._text}: {why}.\n")
            raise _Failure(GENERIC) from error
        if "spider" in self._options.flags:
            await self._log("Spider mode enabled. Check if remote file exists.\n")
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._attempts(url)
            target = response.header("Location")
            if not (300 <= response.status < 400 and target):
                await self._finish(url, response)
                return
            await self._log(f"Location: {target} [following]\n")
            url = join(url, target)
        await self._log(f"{_MOST_REDIRECTS} redirections exceeded.\n")
        raise _Failure(SERVER_ERROR)

    async def _attempts(self, url: Url) -> HttpResponse:
        attempt = 0
        while True:
            attempt += 1
            again = f"  (try:{attempt:2})" if attempt > 1 else ""
            await self._log(f"--{self._now()}--{again}  {url}\n")
            exchange = self._request(url)
            failure = await self._connected(url, exchange)
            if failure is None and exchange.response is not None:
                return exchange.response
            if failure is not None and failure != "retry":
                raise _Failure(NETWORK_FAILURE)
            if self._options.tries and attempt >= self._options.tries:
                await self._log("Giving up.\n\n")
                raise _Failure(NETWORK_FAILURE)
            await self._log("Retrying.\n\n")
            await self._ctx.pacing.sleep(min(attempt, 10))

    def _request(self, url: Url) -> Exchange:
        options = self._options
        body = options.values.get("post-data", options.values.get("body-data"))
        method = options.values.get("method") or ("GET" if body is None else "POST")
        if "spider" in options.flags:
            method = "HEAD"
        headers = [
            ("Host", url.host_header),
            ("User-Agent", options.values.get("user-agent", f"Wget/{VERSION}")),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
            ("Connection", "Keep-Alive"),
            *options.headers,
        ]
        return self._ctx.cluster.network.web.request(
            self._ctx.client,
            HttpRequest(
                self._text,
                url.host,
                url.port,
                url.path,
                method,
                tuple(headers),
                (body or "").encode(),
                url.scheme == "https",
                "no-check-certificate" in options.flags or bool(options.values.get("ca-certificate")),
                patience=options.patience,
            ),
        )

    async def _connected(self, url: Url, exchange: Exchange) -> str | None:
        """Tell how the connection went: None if well, `retry` if it is worth another try, else `fatal`."""
        trace = exchange.trace
        literal = url.host == trace.address
        if not literal:
            await self._log(f"Resolving {url.host} ({url.host})... ")
        if not trace.address:
            await self._ctx.pacing.sleep(trace.milliseconds / 1000)
            await self._log(f"failed: {resolver_error_of(trace.outcome)}.\n")
            await self._error(f"wget: unable to resolve host address ‘{url.host}’\n")
            return "fatal"
        place = f"{trace.address}:{url.port}" if literal else f"{url.host} ({url.host})|{trace.address}|:{url.port}"
        addresses = trace.questions[-1].answers if trace.questions else (trace.address,)
        await self._log(("" if literal else f"{', '.join(addresses)}\n") + f"Connecting to {place}... ")
        await self._ctx.pacing.sleep(trace.milliseconds / 1000)
        if trace.outcome == "refused":
            await self._log("failed: Connection refused.\n")
            # wget closes its log and the kernel's error stands: it does not try again unless told to.
            return "retry" if "retry-connrefused" in self._options.flags else "fatal"
        if trace.outcome == "timeout":
            await self._log("failed: Connection timed out.\n")
            return "retry"
        await self._log("connected.\n")
        if exchange.tls:
            await self._tls(url, exchange)
        await self._log("HTTP request sent, awaiting response... ")
        if exchange.response is None:
            await self._log("No data received.\n")
            return "retry"
        await self._heading(exchange.response)
        return None

    async def _tls(self, url: Url, exchange: Exchange) -> None:
        if exchange.tls == "untrusted":
            await self._error(
                f"ERROR: The certificate of ‘{url.host}’ is not trusted.\n"
                f"ERROR: The certificate of ‘{url.host}’ doesn't have a known issuer.\n"
            )
            raise _Failure(TLS_FAILURE)
        await self._error("GnuTLS: An unexpected TLS packet was received.\nUnable to establish SSL connection.\n")
        raise _Failure(NETWORK_FAILURE)

    async def _heading(self, response: HttpResponse) -> None:
        if "server-response" in self._options.flags:
            lines = [
                f"{response.version} {response.status} {response.reason}",
                *(f"{k}: {v}" for k, v in response.headers),
            ]
            await self._log("\n" + "".join(f"  {line}\n" for line in lines))
        else:
            await self._log(f"{response.status} {response.reason}\n")

    async def _finish(self, url: Url, response: HttpResponse) -> None:
        if response.status >= 400:
            if "spider" in self._options.flags and response.status == 404:
                await self._log("Remote file does not exist -- broken link!!!\n\n")
            else:
                await self._error(
                    f"{self._now()} ERROR {response.status}: {response.reason}.\n" + ("\n" if self._chatty else "")
                )
            raise _Failure(SERVER_ERROR)
        kind = response.header("Content-Type").partition(";")[0]
        size = int(response.header("Content-Length") or len(response.body))
        await self._log(f"Length: {size}{_human(size)} [{kind}]\n")
        if "spider" in self._options.flags:
            await self._log(
                "Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n"
                if kind == "text/html"
                else "Remote file exists.\n\n"
            )
            return
        await self._save(url, response.body)

    async def _save(self, url: Url, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        target = self._options.values.get("output-document") or self._free_name(url)
        await self._log(f"Saving to: ‘{'STDOUT' if target == '-' else target}’\n\n")
        if target == "-":
            await self._ctx.say(text)
        elif target != "/dev/null":
            try:
                self._ctx.files.write(target, text)
            except (FileNotFoundError, IsADirectoryError) as error:
                why = "Is a directory" if isinstance(error, IsADirectoryError) else "No such file or directory"
                await self._error(f"{target}: {why}\n")
                raise _Failure(3) from error
        await self._log(self._progress("-" if target == "-" else target, len(data)))
        size = len(data)
        speed = "255 MB/s"
        if target == "-":
            await self._log(f"{self._now()} ({speed}) - written to stdout [{size}/{size}]\n\n")
        else:
            await self._log(f"{self._now()} ({speed}) - ‘{target}’ saved [{size}/{size}]\n\n")
        if self._noisy and not self._chatty:
            await self._error(f'{self._now()} URL:{url} [{size}/{size}] -> "{target}" [1]\n')

    def _free_name(self, url: Url) -> str:
        name = url.path.lstrip("/").rpartition("/")[2] or "index.html"
        base = posixpath.join(self._options.values.get("directory-prefix", ""), name)
        target, number = base, 0
        while self._ctx.files.exists(target):
            number += 1
            target = f"{base}.{number}"
        return target

    def _progress(self, name: str, size: int) -> str:
        if not self._ctx.stderr.isatty:
            return _dots(size)
        columns = max(self._ctx.columns, 60) - 1
        width = columns // 4
        bar = columns - width - 40
        shown = f"{posixpath.basename(name) if '/' in name and name != '/dev/null' else name:<{width}.{width}}"
        start = f"\r{shown}   0%[{' ' * bar}] {_short_size(0):>7}  --.-KB/s               "
        end = f"\r{shown} 100%[{'=' * (bar - 1)}>] {_short_size(size):>7}  --.-KB/s    in 0s      "
        return f"{start}{end}\n\n"


def _dots(size: int) -> str:
    """The progress of a transfer where there is no terminal: a dot a kilobyte, fifty to a line."""
    text = ""
    for first in range(0, max(1, -(-size // 1024)), 50):
        dots = "." * max(0, min(50, size // 1024 - first))
        groups = " ".join(dots[at : at + 10] for at in range(0, 50, 10))
        done = min(100, 100 * (first + 50) * 1024 // max(size, 1))
        last = done == 100
        text += f"{first:6}K {groups:<53} {done:3}%  315M{'=' if last else ' '}0s\n"
    return text + "\n"


def _url_problem(why: str) -> str:
    if why.startswith("Port"):
        return "Bad port number"
    return "Invalid host name"


def _human(size: int) -> str:
    return f" ({_short_size(size)})" if size >= 1024 else ""


def _short_size(size: int) -> str:
    if size < 1024:
        return str(size)
    value, units = size / 1024, "KMGT"
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.1f}{units[0]}" if value < 10 else f"{value:.0f}{units[0]}"
