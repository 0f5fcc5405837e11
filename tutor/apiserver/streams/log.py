"""`…/pods/NAME/log`: what a container wrote, and what it goes on to write.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (read log of the specified Pod).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from aiohttp import web

from tutor.apiserver.streams.target import container_in, wanted
from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError, bad_request, invalid
from tutor.engine.logs import LogLine
from tutor.engine.podlog import goes_on, run_to_read, stamp
from tutor.engine.resources import POD
from tutor.shell.simulation import Simulation

_LEAST: Final = {"tailLines": 0, "sinceSeconds": 1, "limitBytes": 1}
"""The least that each number of the query may be."""


async def log(request: web.Request, simulation: Simulation, namespace: str, name: str) -> web.StreamResponse:
    """Answer with the log, and with `follow` go on until the container ends or the client leaves."""
    cluster = simulation.cluster
    pod = cluster.api.get(POD, name, namespace)
    numbers = _numbers(request)
    container = container_in(request, pod)
    run = run_to_read(pod, container, previous=wanted(request, "previous"))
    lines = cluster.logs.read(run)
    printed = lines[-1].number if lines else 0
    lines = _since(request, cluster.clock, lines, numbers.get("sinceSeconds"))
    if "tailLines" in numbers:
        lines = lines[max(0, len(lines) - numbers["tailLines"]) :]
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    left = await _send(request, response, cluster.clock, lines, numbers.get("limitBytes"))
    while wanted(request, "follow") and left != 0:
        going = goes_on(cluster.store, pod, run)
        lines = cluster.logs.read(run, printed)
        printed = lines[-1].number if lines else printed
        left = await _send(request, response, cluster.clock, lines, left)
        if not going:
            break
        await simulation.pacing.idle()
    await response.write_eof()
    return response


def _numbers(request: web.Request) -> dict[str, int]:
    """The numbers of the query.

    Raises:
        ApiError: one is none, or too small.
    """
    numbers = {}
    for key, least in _LEAST.items():
        text = request.query.get(key)
        if text is None:
            continue
        try:
            numbers[key] = int(text)
        except ValueError:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None
        if numbers[key] < least:
            bound = "greater than or equal to 0" if least == 0 else "greater than 0"
            error = FieldError(key, "FieldValueInvalid", numbers[key], f"must be {bound}")
            raise invalid("PodLogOptions", "", "", [error])
    return numbers


def _since(request: web.Request, clock: Clock, lines: list[LogLine], seconds: int | None) -> list[LogLine]:
    """The lines that sinceSeconds and sinceTime leave.

    Raises:
        ApiError: the time is none.
    """
    start = None if seconds is None else clock.now - seconds
    text = request.query.get("sinceTime")
    if text:
        try:
            start = (datetime.fromisoformat(text.replace("Z", "+00:00")) - clock.born).total_seconds()
        except (ValueError, TypeError):
            why = f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"'
            raise bad_request(why) from None
    return lines if start is None else [line for line in lines if line.at >= start]


async def _send(
    request: web.Request, response: web.StreamResponse, clock: Clock, lines: Sequence[LogLine], left: int | None
) -> int | None:
    """Send lines, no more than `left` bytes of them; how many are left after it."""
    stamps = wanted(request, "timestamps")
    text = "".join(f"{stamp(clock, line.at) if stamps else ''}{line.text}\n" for line in lines)
    data = text.encode("utf-8", "surrogateescape")[:left]
    if data:
        await response.write(data)
    return None if left is None else left - len(data)
