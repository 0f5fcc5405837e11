"""Answers of the server: JSON objects, and Status objects for what it refuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from tutor.engine.errors import Status

JSON: Final = "application/json"
YAML: Final = "application/yaml"


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
    value: Any,
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
    headers = {"Content-Type": content_type, "Cache-Control": "no-cache, private"}
    response = web.Response(body=_body(request, value, content_type), status=status, headers=headers)
    for text in warnings:
        response.headers.add("Warning", warning(text))
    return response


def _body(request: web.BaseRequest, value: Any, content_type: str) -> bytes:
    if content_type == YAML:
        import yaml

        text: str = yaml.dump(value, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True)
        return text.encode()
    if wants_pretty(request):
        return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
    return compact(value)


def warning(text: str) -> str:
    """A text as a Warning header: `299 - "…"`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{escaped}"'


def refuse(request: web.BaseRequest, status: Status, warnings: Sequence[str] = ()) -> web.Response:
    """A Status as a response.

    Args:
        request: what is answered.
        status: why it is refused.
        warnings: texts for the client to show.
    """
    response = answer(request, status.to_object(), status.code, warnings=warnings)
    if status.retry_after:
        response.headers["Retry-After"] = str(status.retry_after)
    return response


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


def too_many() -> web.Response:
    """429: the client is to come again later.

    Source: k8s.io/apiserver/pkg/server/filters/priority-and-fairness.go.
    """
    response = plain("Too many requests, please try again later.\n", 429)
    response.headers["Retry-After"] = "1"
    return response
