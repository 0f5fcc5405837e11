"""`curl`: transfers a URL, over the cluster's network.

Sources: tests/golden/network, the sources of curl (see `curl_versions`), and curl 7.88.1 itself.
"""

from __future__ import annotations

import base64
from urllib.parse import quote_plus

from tutor.shell.command import Ctx
from tutor.shell.tools.curl_display import warn
from tutor.shell.tools.curl_options import TRY, CurlUsageError, Settings, help_text, parse
from tutor.shell.tools.curl_request import Job
from tutor.shell.tools.curl_transfer import Connections, Transfer
from tutor.shell.tools.curl_versions import version_of
from tutor.shell.tools.release import release_of
from tutor.shell.tools.urls import expand

FAILED_INIT = 2
READ_ERROR = 26


async def curl(ctx: Ctx) -> int:
    """Transfer each URL; the exit code is the last one's."""
    version = version_of(release_of(ctx, "curl"))
    try:
        settings = parse(ctx.args)
    except CurlUsageError as error:
        await ctx.complain(f"curl: {error}\n{TRY}")
        return FAILED_INIT
    if settings.has("help"):
        text, code = help_text(settings.last("help") or "")
        await ctx.say(text)
        return code
    if settings.has("version"):
        await ctx.say(version.banner)
        return 0
    if settings.unsimulated:
        await ctx.complain(
            f"curl: {settings.unsimulated[0]} is not simulated here; `curl --help` lists the usual options, "
            "and most of them work\n"
        )
        return FAILED_INIT
    if not settings.urls:
        await ctx.complain(f"{version.no_url}{TRY}")
        return FAILED_INIT
    try:
        body, headers = await _body(ctx, settings)
    except FileNotFoundError as error:
        await ctx.complain(f'Warning: Couldn\'t read data from file "{error}", this makes an empty POST.\n')
        body, headers = b"", []
    if settings.has("include", "head") and settings.has("request-target"):
        return FAILED_INIT
    if settings.has("head") and body is not None and not settings.has("get"):
        await warn(
            ctx,
            settings,
            "You can only select one HTTP request method! You asked for both POST (-d, --data) and HEAD (-I, --head).",
        )
        return FAILED_INIT
    return await _transfer_all(ctx, settings, body, headers)


async def _transfer_all(ctx: Ctx, settings: Settings, body: bytes | None, headers: list[tuple[str, str]]) -> int:
    code = 0
    outputs = list(settings.outputs)
    connections = Connections()
    number = 0
    for pattern in settings.urls:
        output = outputs.pop(0) if outputs else "-"
        urls = [pattern] if settings.has("globoff") else list(expand(pattern))
        for url in urls:
            transfer = Transfer(ctx, settings, Job(url, output, body, tuple(headers), number), connections)
            code = await transfer.run()
            number += 1
            if code and settings.has("fail-early"):
                return code
    return code


async def _body(ctx: Ctx, settings: Settings) -> tuple[bytes | None, list[tuple[str, str]]]:
    """What -d and its like send, and the headers that go with it."""
    parts: list[str] = []
    for name in ("data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json"):
        for value in settings.all(name):
            parts.append(await _part(ctx, name, value))
    headers: list[tuple[str, str]] = []
    if settings.all("json"):
        return "".join(parts).encode(), [("Content-Type", "application/json"), ("Accept", "application/json")]
    if parts:
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    user = settings.last("user")
    if user is not None:
        headers.append(("Authorization", "Basic " + base64.b64encode(user.encode()).decode()))
    return ("&".join(parts).encode() if parts else None), headers


async def _part(ctx: Ctx, name: str, value: str) -> str:
    if name == "data-urlencode":
        key, equals, text = value.partition("=")
        return f"{key}={quote_plus(text)}" if equals and key else quote_plus(text if equals else value)
    if name == "data-raw" or not value.startswith("@"):
        return value
    text = await ctx.stdin.read() if value == "@-" else _read(ctx, value[1:])
    return text if name in {"data-binary", "json"} else text.replace("\r", "").replace("\n", "")


def _read(ctx: Ctx, path: str) -> str:
    try:
        return ctx.files.read(path)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise FileNotFoundError(path) from error
