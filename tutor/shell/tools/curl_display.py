"""What curl shows while it works: the progress meter, and what -v tells."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from tutor.engine.network.http import HttpRequest, HttpResponse
from tutor.shell.command import Ctx
from tutor.shell.tools.curl_meter import HEADING, meter_line
from tutor.shell.tools.curl_options import Settings
from tutor.shell.tools.curl_versions import CurlVersion

_TICK: Final = 0.01
"""Seconds before a timeout in which the meter's next step is left to the end of the transfer."""


class Display:
    """Tells of one transfer on standard error, and lets its time pass.

    Args:
        ctx: the command's surroundings.
        settings: its command line.
        version: the release, for its words.
        metered: whether the meter is shown.
    """

    def __init__(self, ctx: Ctx, settings: Settings, version: CurlVersion, *, metered: bool) -> None:
        self._ctx, self._version, self._metered = ctx, version, metered
        self._talkative = settings.has("verbose")
        self.seconds = 0.0
        """Time since the transfer began."""

    async def _show(self, text: str) -> None:
        if self._metered:
            await self._ctx.complain(text)

    async def start(self, *, heading: bool) -> None:
        """Begin the meter."""
        self.seconds = 0.0
        if not self._metered:
            return
        await self._show((HEADING if heading else "") + meter_line(0, 0, 0, 0.0, 0))

    async def step(self) -> None:
        """Draw the meter again."""
        await self._show(meter_line(0, 0, 0, self.seconds, 0))

    async def wait(self, seconds: float) -> None:
        """Let time pass, moving the meter each second."""
        end = self.seconds + seconds
        while self._metered and int(self.seconds) + 1 < end - _TICK:
            pause = int(self.seconds) + 1 - self.seconds
            await self._ctx.pacing.sleep(pause)
            self.seconds += pause
            await self.step()
        if end > self.seconds:
            await self._ctx.pacing.sleep(end - self.seconds)
            self.seconds = end

    async def finish(self, expected: int, received: int, sent: int) -> None:
        """End the meter; sizes are in bytes, `expected` is 0 if not announced."""
        if not self._metered:
            return
        seconds = max(self.seconds, 0.001)
        current = (received + sent) * 1000 // max(1, int(seconds * 1000))
        total = expected + sent if expected else 0
        await self._show(meter_line(total, received, sent, seconds, current) + "\n")

    async def close(self, number: int) -> None:
        """End the meter of a transfer that came to nothing, and close its connection."""
        await self.step()
        await self._show("\n")
        await self.tell(*self._version.closing(number))

    async def verbose(self, text: str) -> None:
        """Say something that only -v shows."""
        if self._talkative:
            await self._ctx.complain(text)

    async def tell(self, *texts: str) -> None:
        """Say what happens, a line each."""
        await self.verbose("".join(f"* {text}\n" for text in texts))

    async def tell_request(self, request: HttpRequest) -> None:
        """Show what is sent."""
        if not self._talkative:
            return
        version = "HTTP/2" if request.tls else "HTTP/1.1"
        lines = [f"{request.method} {request.path} {version}", *header_lines(request.headers), ""]
        await self.verbose("".join(f"> {line}\r\n" for line in lines))
        if request.body:
            await self.verbose(f"}} [{len(request.body)} bytes data]\n")
        await self.tell(*self._version.sent)

    async def tell_response(self, response: HttpResponse) -> None:
        """Show the headers that came back."""
        if not self._talkative:
            return
        await self.tell(*self._version.no_multiplexing)
        lines = [status_line(response), *header_lines(response.headers), ""]
        await self.verbose("".join(f"< {line}\r\n" for line in lines))


def status_line(response: HttpResponse) -> str:
    """The first line of an answer; HTTP/2 has no reason in it."""
    reason = "" if response.version == "HTTP/2" else response.reason
    return f"{response.version} {response.status} {reason}"


def header_lines(headers: Sequence[tuple[str, str]]) -> list[str]:
    """Headers as they are sent."""
    return [f"{name}: {value}" for name, value in headers]


async def warn(ctx: Ctx, settings: Settings, text: str) -> None:
    """Print a warning as curl does: folded at 79 columns, each line with its prefix; nothing with -s."""
    if settings.has("silent") and not settings.has("show-error"):
        return
    # The newline counts as one of the 79 columns.
    lines = textwrap.wrap(text, 78 - len("Warning: "), break_on_hyphens=False)
    await ctx.complain("".join(f"Warning: {line}{' ' if line is not lines[-1] else ''}\n" for line in lines))
