"""Subresources of Pods that are streams: their logs, commands in their containers, their ports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from tutor.shell.simulation import Simulation

Handler: TypeAlias = Callable[[web.Request, Simulation, str, str], Awaitable[web.StreamResponse]]
"""Answers a request, given the simulation, the namespace and the name of the Pod. It may raise ApiError."""


def routes() -> Mapping[str, Handler]:
    """Who answers which subresource of a Pod, whatever the method."""
    from tutor.apiserver.streams.commands import attach, exec_
    from tutor.apiserver.streams.log import log
    from tutor.apiserver.streams.portforward import portforward

    return {"exec": exec_, "attach": attach, "log": log, "portforward": portforward}
