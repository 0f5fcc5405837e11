"""BusyBox's own wget.

Sources: tests/golden/network, and BusyBox 1.35 itself.
"""

from __future__ import annotations

import posixpath
from typing import Final

from tutor.engine.network.http import HttpRequest
from tutor.shell.command import Ctx
from tutor.shell.tools.urls import Url, UrlError, join, parse_url

BANNER: Final = "BusyBox v1.37.0 (2025-08-05 16:40:33 UTC) multi-call binary.\n\n"
_WGET_USAGE: Final = """Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy
"""


class _WgetFailure(Exception):  # noqa: N818  # an ending, told by its message
    """wget ends with code 1 and this message."""


async def wget(ctx: Ctx) -> int:
    """Fetch each URL into a file."""
    values: dict[str, str] = {}
    flags: set[str] = set()
    urls: list[str] = []
    headers: list[tuple[str, str]] = []
    rest = list(ctx.args)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name in {"header", "post-data", "post-file", "output-document", "timeout", "user-agent"}:
                value = value if equals else (rest.pop(0) if rest else "")
                if name == "header":
                    key, _, text = value.partition(":")
                    headers.append((key.strip(), text.strip()))
                values[{"output-document": "O", "timeout": "T", "user-agent": "U"}.get(name, name)] = value
            elif name in {"spider", "no-check-certificate", "quiet", "continue", "server-response"}:
                flags.add({"quiet": "q", "server-response": "S"}.get(name, name))
            else:
                await ctx.complain(f"wget: unrecognized option: {name}\n{BANNER}{_WGET_USAGE}")
                return 1
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter in "OoPUYTt":
                    values[letter], letters = letters or (rest.pop(0) if rest else ""), ""
                elif letter in "cqS46":
                    flags.add(letter)
                else:
                    await ctx.complain(f"wget: unrecognized option: {letter}\n{BANNER}{_WGET_USAGE}")
                    return 1
        else:
            urls.append(word)
    if not urls:
        await ctx.complain(f"{BANNER}{_WGET_USAGE}")
        return 1
    try:
        for url in urls:
            await _fetch(ctx, _url(url), url, flags, values, headers)
    except _WgetFailure as failure:
        await ctx.complain(f"wget: {failure}\n")
        return 1
    return 0


def _url(text: str) -> Url:
    try:
        return parse_url(text)
    except UrlError as error:
        if str(error).startswith("Port"):
            raise _WgetFailure(f"bad port '{text.rpartition(':')[2]}'") from error
        raise _WgetFailure(f"not an http or ftp url: {text}" if error.scheme else f"bad address '{text}'") from error


async def _fetch(
    ctx: Ctx,
    url: Url,
    text: str,
    flags: set[str],
    values: dict[str, str],
    headers: list[tuple[str, str]],
    hops: int = 0,
) -> None:
    noisy = "q" not in flags
    body = values.get("post-data")
    method = "HEAD" if "spider" in flags and body is None else "GET" if body is None else "POST"
    sent = [("Host", url.host_header), ("User-Agent", values.get("U", "Wget")), ("Connection", "close"), *headers]
    patience = float(values["T"]) if values.get("T", "").isdigit() else None
    request = HttpRequest(
        text, url.host, url.port, url.path, method, tuple(sent), (body or "").encode(), url.scheme == "https",
        "no-check-certificate" in flags, patience=patience,
    )  # fmt: skip
    exchange = ctx.cluster.network.web.request(ctx.client, request)
    trace = exchange.trace
    if trace.address and noisy:
        await ctx.complain(f"Connecting to {url.host} ({trace.address}:{url.port})\n")
    await ctx.pacing.sleep(trace.milliseconds / 1000)
    if not trace.address:
        raise _WgetFailure(f"bad address '{url.host}'")
    if trace.outcome == "timeout" and patience is not None:
        raise _WgetFailure("download timed out")
    if trace.outcome in {"refused", "timeout"}:
        why = "Connection refused" if trace.outcome == "refused" else "Operation timed out"
        raise _WgetFailure(f"can't connect to remote host ({trace.address}): {why}")
    if exchange.tls:
        raise _WgetFailure("error getting response: Connection reset by peer")
    response = exchange.response
    if response is None:
        raise _WgetFailure("error getting response")
    if "S" in flags:
        await ctx.complain(
            f"  {response.version} {response.status} {response.reason}\n"
            + "".join(f"  {name}: {value}\n" for name, value in response.headers)
            + "  \n"
        )
    if 300 <= response.status < 400 and response.header("Location"):
        if hops >= 5:
            raise _WgetFailure("too many redirections")
        await _fetch(ctx, join(url, response.header("Location")), text, flags, values, headers, hops + 1)
        return
    if response.status >= 400:
        raise _WgetFailure(f"server returned error: {response.version} {response.status} {response.reason}")
    if "spider" in flags:
        if noisy:
            await ctx.complain("remote file exists\n")
        return
    await _save(ctx, url, response.body, values, noisy=noisy)


async def _save(ctx: Ctx, url: Url, data: bytes, values: dict[str, str], *, noisy: bool) -> None:
    text = data.decode("utf-8", "surrogateescape")
    target = values.get("O") or ""
    if target == "-":
        if noisy:
            await ctx.complain("writing to stdout\n" + _progress(ctx, "-", len(data)) + "written to stdout\n")
        await ctx.say(text)
        return
    if not target:
        target = posixpath.join(values.get("P", ""), url.path.partition("?")[0].rpartition("/")[2] or "index.html")
        if ctx.files.exists(target):
            raise _WgetFailure(f"can't open '{target}': File exists")
    if target != "/dev/null":
        try:
            ctx.files.write(target, text)
        except (FileNotFoundError, IsADirectoryError) as error:
            why = "Is a directory" if isinstance(error, IsADirectoryError) else "No such file or directory"
            raise _WgetFailure(f"can't open '{target}': {why}") from error
    if noisy:
        name = target.rpartition("/")[2]
        await ctx.complain(f"saving to '{target}'\n" + _progress(ctx, name, len(data)) + f"'{target}' saved\n")


def _progress(ctx: Ctx, name: str, size: int) -> str:
    start = "\r" if ctx.stderr.isatty else ""
    amount = f"{size:6}" if size < 100_000 else f"{size >> 10:5}k"
    return f"{start}{name[:20]:<20} 100% |{'*' * 32}|{amount}  0:00:00 ETA\n"
