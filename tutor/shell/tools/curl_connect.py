"""How curl's connection comes about, or why it does not."""

from __future__ import annotations

from typing import Final

from tutor.engine.network.http import Exchange
from tutor.shell.command import Ctx
from tutor.shell.tools.curl_display import Display
from tutor.shell.tools.curl_options import Settings
from tutor.shell.tools.curl_request import (
    NO_CONNECTION,
    NO_HOST,
    TIMED_OUT,
    TLS_FAILED,
    UNTRUSTED,
    Failure,
    patience_of,
)
from tutor.shell.tools.curl_versions import CurlVersion
from tutor.shell.tools.urls import Url

_KERNEL_LIMIT: Final = 135.0
"""Seconds after which the kernel gives up connecting, if curl's own limits have not run out by then."""


class Connector:
    """Tells of one connection, and lets the time pass that it takes.

    Args:
        ctx: the command's surroundings.
        settings: its command line.
        version: the release, for its words.
        display: where to tell it.
        number: the connection's number.
    """

    def __init__(self, ctx: Ctx, settings: Settings, version: CurlVersion, display: Display, number: int) -> None:
        self._ctx, self._settings, self._version, self._display = ctx, settings, version, display
        self._number = number

    async def connect(self, url: Url, given: str, exchange: Exchange, cached: str = "") -> None:
        """Tell how an exchange's connection was made.

        Args:
            url: where to.
            given: the URL as written.
            exchange: what came of it.
            cached: the address, if the host had been looked up before.

        Raises:
            Failure: it was not.
        """
        trace, version, display, client = exchange.trace, self._version, self._display, self._ctx.client
        if not version.at_least(7, 60) and not url.has_path:
            await display.tell(f"Rebuilt URL to: {given}/")
        if not trace.address:
            await self._unresolved(url, exchange)
        if trace.questions or cached:
            answers = (cached,) if cached else trace.questions[-1].answers
            await display.tell(*version.resolved(url.host, url.port, answers))
        await display.tell(*version.trying(trace.address, url.port))
        port = source_port(trace.number)
        if trace.outcome in {"refused", "timeout"}:
            await display.wait(trace.milliseconds / 1000)
            await self._failed(url, exchange, port)
        await display.wait(exchange.resolved / 1000)
        await display.tell(*version.connected(url.host, trace.address, url.port, self._number, client.ip, port))
        if exchange.tls:
            await self._tls_failed(exchange)

    async def _failed(self, url: Url, exchange: Exchange, port: int) -> None:
        trace, version, display = exchange.trace, self._version, self._display
        took = int(trace.milliseconds)
        code, why = self._reason(trace.outcome)
        if why == "expired":
            message = f"Connection timed out after {took} milliseconds"
        else:
            message = version.connect_failed(url.host, url.port, took, why)
        if why == "patience":
            await display.tell(*version.gave_up(took - 2 if took % 1000 < 2 else took))
        elif why != "expired":
            client = self._ctx.client.ip
            await display.tell(*version.attempt_failed(trace.address, url.port, why, client, port))
        await display.tell(message)
        await display.close(self._number)
        raise Failure(code, message)

    def _reason(self, outcome: str) -> tuple[int, str]:
        """The exit code, and whether it was refused, the kernel gave up, or one of curl's own limits ran out."""
        patience = patience_of(self._settings)
        if outcome == "refused":
            return NO_CONNECTION, "refused"
        if patience is None or patience >= _KERNEL_LIMIT:
            return self._version.timeout_code(), "timeout"
        return TIMED_OUT, "expired" if self._settings.number("max-time") == patience else "patience"

    async def _unresolved(self, url: Url, exchange: Exchange) -> None:
        seconds, patience = exchange.resolved / 1000, patience_of(self._settings)
        message, code = f"Could not resolve host: {url.host}", NO_HOST
        if patience is not None and seconds > patience:
            seconds, code = patience, TIMED_OUT
            message = f"Resolving timed out after {int(patience * 1000)} milliseconds"
        await self._display.wait(seconds)
        await self._display.tell(message, *self._version.closing(self._number))
        raise Failure(code, message)

    async def _tls_failed(self, exchange: Exchange) -> None:
        if exchange.tls == "not-tls":
            message, code = self._version.wrong_tls, TLS_FAILED
            await self._display.tell(message)
        else:
            message, code = "SSL certificate problem: unable to get local issuer certificate", UNTRUSTED
            await self._display.tell("TLSv1.3 (OUT), TLS alert, unknown CA (560):", message)
        await self._display.close(self._number)
        raise Failure(code, message)


def source_port(number: int) -> int:
    """The port a connection comes from, by the number of its trace."""
    return 32768 + number * 37 % 28000
