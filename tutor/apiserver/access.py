"""Who may ask: local clients that name this computer as the host and show the token."""

from __future__ import annotations

import hmac
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from tutor.apiserver.answers import plain, refuse
from tutor.apiserver.refusals import UNAUTHORIZED

LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost"})


@web.middleware
class Access:
    """A middleware that lets through what may come in.

    A page in a browser that makes its own name resolve to this computer sends that name as the host, and is turned
    away whatever it knows.

    Args:
        token: what clients must show.
    """

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request."""
        if request.host.rpartition(":")[0] not in LOCAL_NAMES and request.host not in LOCAL_NAMES:
            return plain("misdirected request\n", 421)
        shown = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(shown, self._expected):
            return refuse(request, UNAUTHORIZED)
        return await handler(request)
