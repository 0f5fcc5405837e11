"""Answers of the server: JSON objects, and Status objects for what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from tutor.engine.errors import Status

JSON: Final = "application/json"


def compact(value: Any) -> bytes:
    """JSON as the API server sends it: no spaces, a newline at the end."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def wants_pretty(request: web.BaseRequest) -> bool:
    """Whether a person reads the answer.

    Source: `isPrettyPrint` of k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go.
    """
    asked = request.query.get("pretty", "")
    if asked:
        return asked in {"1", "t", "T", "true", "TRUE", "True"}
    return request.headers.get("User-Agent", "").startswith(("curl", "Wget", "Mozilla/5.0"))


def answer(
    request: web.BaseRequest,
    value: Mapping[str, Any],
    status: int = 200,
    *,
    content_type: str = JSON,
    warnings: Sequence[str] = (),
) -> web.Response:
    """A response with a JSON body.

    Args:
        request: what is answered.
        value: the body.
        status: the HTTP status code.
        content_type: the media type, parameters included.
        warnings: texts for the client to show.
    """
    pretty = wants_pretty(request)
    body = (json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n") if pretty else compact(value)
    response = web.Response(body=body, status=status, headers={"Content-Type": content_type})
    for text in warnings:
        response.headers.add("Warning", warning(text))
    return response


def warning(text: str) -> str:
    """A text as a Warning header: `299 - "…"`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{escaped}"'


def refuse(request: web.BaseRequest, status: Status) -> web.Response:
    """A Status as a response."""
    return answer(request, status.to_object(), status.code)


NOT_FOUND_PAGE: Final = "404 page not found\n"


def plain(text: str, status: int = 200) -> web.Response:
    """A text without markup, as Go's own handlers send it."""
    return web.Response(
        text=text,
        status=status,
        headers={"X-Content-Type-Options": "nosniff"},
        content_type="text/plain",
        charset="utf-8",
    )
