"""What every `nc` has in common: its options, and talking to a web server by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tutor.engine.network.http import HttpRequest, HttpResponse
from tutor.shell.command import Ctx

_IDLE: Final = 60.0
"""Seconds a web server waits for a request that never comes."""


@dataclass
class NcOptions:
    """A command line, read."""

    flags: set[str] = field(default_factory=set)
    wait: float | None = None
    words: list[str] = field(default_factory=list)
    bad: str = ""


def read_nc_options(words: tuple[str, ...], with_value: str) -> NcOptions:
    """The options both kinds of nc have."""
    options = NcOptions()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            options.words.append(word)
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if not letter.isalnum():
                options.bad = f"invalid option -- '{letter}'"
                return options
            options.flags.add(letter)
            if letter in with_value:
                value, letters = letters or (rest.pop(0) if rest else ""), ""
                if not value:
                    options.bad = f"option requires an argument -- '{letter}'"
                    return options
                if letter == "w":
                    options.wait = float(value) if value.isdigit() else None
                    if options.wait is None:
                        options.bad = f"timeout invalid: {value}"
    return options


async def talk(ctx: Ctx, host: str, port: int, address: str, wait: float | None) -> None:
    """Send standard input and print what a web server answers to it."""
    lines: list[str] = []
    while True:
        line = await ctx.stdin.readline()
        if not line:
            break
        lines.append(line)
        if ctx.stdin.isatty and not line.strip():
            break
    request = read_request("".join(lines), host, port, address)
    if request is None:
        if lines and ctx.stdin.isatty:
            await ctx.pacing.sleep(min(wait or _IDLE, _IDLE))
        return
    exchange = ctx.cluster.network.web.request(ctx.client, request)
    await ctx.pacing.sleep(exchange.trace.milliseconds / 1000)
    if exchange.response is not None:
        await ctx.say(raw_answer(exchange.response, request.method))


def read_request(text: str, host: str, port: int, address: str) -> HttpRequest | None:
    """The HTTP request somebody has typed; None if it is none."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first, *rest = head.split("\n")
    found = re.fullmatch(r"([A-Z]+) (\S+)(?: HTTP/1\.[01])?", first.strip())
    if not found:
        return None
    headers = tuple(
        (name.strip(), value.strip()) for name, colon, value in (one.partition(":") for one in rest) if colon
    )
    target = f"http://{host}:{port}{found[2]}"
    return HttpRequest(target, host, port, found[2], found[1], headers, body.encode(), address=address)


def raw_answer(response: HttpResponse, method: str) -> str:
    """An answer as it comes over the wire."""
    lines = [
        f"{response.version} {response.status} {response.reason}",
        *(f"{name}: {value}" for name, value in response.headers),
    ]
    body = "" if method == "HEAD" else response.body.decode("utf-8", "surrogateescape")
    return "\r\n".join(lines) + "\r\n\r\n" + body
