"""Answers to requests for OpenAPI documents."""

from __future__ import annotations

import json
from functools import cache
from typing import Final

from aiohttp import web

from tutor.apiserver.answers import NOT_FOUND_PAGE, answer, plain
from tutor.apiserver.negotiate import accepted
from tutor.apiserver.openapi.documents import index, second, third
from tutor.apiserver.openapi.protobuf import document
from tutor.apiserver.refusals import not_acceptable

_PROTOBUF: Final = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
_ANSWERED: Final = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
"""What the answer calls it: Go cannot read a media type that has an `@`."""
_ROOT: Final = "/openapi/v3"


async def openapi(request: web.Request) -> web.Response | None:
    """The answer to a request for a document; None if the request is none.

    Raises:
        ApiError: NotAcceptable.
    """
    if request.method != "GET":
        return None
    if request.path == "/openapi/v2":
        return _second(request)
    if request.path.rstrip("/") == _ROOT:
        return answer(request, index())
    if not request.path.startswith(f"{_ROOT}/"):
        return None
    place = request.path.removeprefix(f"{_ROOT}/")
    if place not in {path.lstrip("/") for path in index()["paths"]}:
        return plain(NOT_FOUND_PAGE, 404)
    return web.Response(body=_third_bytes(place), content_type="application/json")


def _second(request: web.Request) -> web.Response:
    for media in accepted(request.headers.get("Accept", "")):
        if media.type in {_PROTOBUF, _ANSWERED}:
            return web.Response(body=_second_protobuf(), headers={"Content-Type": _ANSWERED})
        if media.type in {"application/json", "application/*", "*/*"}:
            return web.Response(body=_second_json(), content_type="application/json")
    raise not_acceptable()


@cache
def _third_bytes(place: str) -> bytes:
    return json.dumps(third(place), separators=(",", ":"), ensure_ascii=False).encode()


@cache
def _second_json() -> bytes:
    return json.dumps(second(), separators=(",", ":"), ensure_ascii=False).encode()


@cache
def _second_protobuf() -> bytes:
    return document(second())
