"""Requests and answers recorded from a real API server (v1.36.2), made again to this one, in their order."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import yaml

RECORDED = Path(__file__).parents[1] / "golden" / "http-api.yaml"
MASKS = (
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uid>"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>"),
    (r"(resource version: )\d+(, current: )\d+", r"\1<version>\2<version>"),
    (r"(too old resource version: 1 )\(\d+\)", r"\1(<version>)"),
    (r"\b127\.0\.0\.1:\d+\b|\b192\.0\.2\.10:6443\b", "<server>"),
)
NOT_SERVED = {"ephemeralcontainers", "proxy", "resize"}
"""Subresources that the simulation lacks and does not name."""
NUMBERS = {"resourceVersion", "continue"}
AGE = re.compile(r"\d+[smhd](\d+[smh])?")


def masked(value: Any, key: str = "") -> Any:
    """What is recorded or answered, without what differs from run to run."""
    if isinstance(value, dict):
        return {name: masked(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item, key) for item in value]
    if key in NUMBERS:
        return "<any>"
    if key == "cells" and isinstance(value, str) and AGE.fullmatch(value):
        return "<age>"
    if isinstance(value, str):
        for pattern, shown in MASKS:
            value = re.sub(pattern, shown, value)
    return value


def recorded_part(want: Any, got: Any) -> Any:
    """Of lists of resources, those the recording has: it was cut down to some."""
    if isinstance(want, dict) and isinstance(got, dict):
        return {key: recorded_part(want.get(key), item) for key, item in got.items()}
    if isinstance(want, list) and isinstance(got, list):
        for key in ("resource", "subresource", "name", "version", "metadata"):
            if want and isinstance(want[0], dict) and key in want[0]:
                named = {json.dumps(item.get(key)): item for item in got}
                kept = [each for each in want if each[key] not in NOT_SERVED] if key == "subresource" else want
                return [recorded_part(each, named.get(json.dumps(each[key]))) for each in kept]
    return got


def served_part(want: Any) -> Any:
    """The recording without the subresources that are not served."""
    if isinstance(want, dict):
        return {key: served_part(item) for key, item in want.items()}
    if isinstance(want, list):
        return [
            served_part(item) for item in want if not (isinstance(item, dict) and item.get("subresource") in NOT_SERVED)
        ]
    return want


async def read_events(answer: aiohttp.ClientResponse, count: int) -> list[Any]:
    return [json.loads(await answer.content.readline()) for _ in range(count)]


async def test_every_recorded_answer_is_given(client: aiohttp.ClientSession) -> None:
    recordings = yaml.safe_load(RECORDED.read_text(encoding="utf-8"))
    assert len(recordings) == 35
    differing = []
    for number, recording in enumerate(recordings):
        request, want = recording["request"], recording["body"]
        headers = {"Accept": request["accept"], "User-Agent": "Python-urllib/3.13"}
        body = request.get("body")
        if "content_type" in request:
            headers["Content-Type"] = request["content_type"]
        if recording["status"] == 401:
            headers["Authorization"] = "Bearer wrong"
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        async with client.request(request["method"], request["path"], headers=headers, data=data) as answer:
            if "watch=1" in request["path"]:
                events = await read_events(answer, len(want) if isinstance(want, list) else 1)
                got: Any = events if isinstance(want, list) else events[0]
            elif answer.content_type == "text/plain":
                got = await answer.text()
            else:
                got = json.loads(await answer.read())
            if "discovery" in request["accept"] or (request["path"].startswith("/api/v1") and "resources" in got):
                want, got = served_part(want), recorded_part(want, got)
            shown = {key: answer.headers.get(key) for key in recording["headers"]}
            if (answer.status, shown, masked(got)) != (recording["status"], recording["headers"], masked(want)):
                differing.append(
                    f"{number} {request['method']} {request['path']}\n  want {recording['status']} "
                    f"{recording['headers']} {masked(want)}\n  got  {answer.status} {shown} {masked(got)}"
                )
    assert not differing, f"{len(differing)} differ:\n" + "\n".join(differing)
