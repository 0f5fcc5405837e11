"""Which part of the server answers a request."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from tutor.apiserver import discovery
from tutor.apiserver.answers import NOT_FOUND_PAGE, answer, plain, refuse, too_many
from tutor.apiserver.bodies import read_body
from tutor.apiserver.limits import SECONDS, Limits
from tutor.apiserver.openapi.serving import openapi
from tutor.apiserver.options import flag
from tutor.apiserver.parts import Parts
from tutor.apiserver.paths import Target, group_version_of, target_of
from tutor.apiserver.reading import Reader, warnings_of
from tutor.apiserver.refusals import NO_SUCH_RESOURCE, NOT_ALLOWED, TIMED_OUT, fault
from tutor.apiserver.reviews import review
from tutor.apiserver.streams import routes
from tutor.apiserver.visits import Host, visit_of
from tutor.apiserver.writing import Writer
from tutor.engine.errors import ApiError
from tutor.engine.resources import POD
from tutor.shell.simulation import Simulation

LOGGER = logging.getLogger(__name__)
"""Takes note of faults. It says nothing unless somebody listens: the terminal belongs to the learner."""
LOGGER.addHandler(logging.NullHandler())
_HEALTH = frozenset({"/healthz", "/livez", "/readyz"})


class Dispatcher:
    """Answers every request that has been let in.

    Args:
        simulation: the world.
        host: whoever plays in it.
    """

    def __init__(self, simulation: Simulation, host: Host) -> None:
        self._simulation, self._host = simulation, host
        self._streams = routes()
        self._reader = Reader(simulation)
        self._writer = Writer(simulation.cluster.api, simulation.cluster.store)
        self._parts = Parts(simulation.cluster.api)
        self._limits = Limits()

    def close(self) -> None:
        """End what streams."""
        self._reader.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, within its limits."""
        if not self._limits.take():
            return too_many()
        target = target_of(request.path)
        try:
            if target is not None and self._is_stream(request, target):
                with self._limits.stream() as allowed:
                    return await self._stream(request, target) if allowed else too_many()
            async with asyncio.timeout(SECONDS):
                return await self._answer(request, target)
        except ApiError as error:
            return refuse(request, error.status, warnings_of(target.served) if target is not None else ())
        except TimeoutError:
            return refuse(request, TIMED_OUT)
        except web.HTTPException:
            raise
        except Exception as error:  # the client is to be told, and the server goes on
            LOGGER.exception("%s %s", request.method, request.path)
            return refuse(request, fault(error))

    async def _answer(self, request: web.Request, target: Target | None) -> web.StreamResponse:
        if target is not None:
            return await self._resource(request, target)
        for special in (review, openapi):
            found = await special(request)
            if found is not None:
                return found
        if request.method == "GET":
            described = discovery.document(request.path, request.headers.get("Accept", ""), request.host)
            if described is not None:
                return answer(request, described[0], content_type=described[1])
            if request.path in _HEALTH:
                return plain("ok")
        if group_version_of(request.path) is not None:
            raise ApiError(NO_SUCH_RESOURCE)
        return plain(NOT_FOUND_PAGE, 404)

    # Streams

    def _is_stream(self, request: web.Request, target: Target) -> bool:
        """Whether a request may last."""
        if target.subresource:
            return target.resource is POD and target.subresource in self._streams
        return request.method == "GET" and (target.watch or flag(request.query.get("watch")))

    async def _stream(self, request: web.Request, target: Target) -> web.StreamResponse:
        visit = visit_of(request, target)
        if visit.changes:
            await self._host.admit(visit)
        self._host.served(visit)
        if not target.subresource:
            return await self._reader.read(request, target)
        handler = self._streams[target.subresource]
        return await handler(request, self._simulation, target.namespace or "", target.name)

    # Objects

    async def _resource(self, request: web.Request, target: Target) -> web.StreamResponse:
        visit = visit_of(request, target)
        if visit.changes:
            # The body is read first, so that nothing can happen between the leave to make a change and the change.
            await read_body(request)
            await self._host.admit(visit)
        answered = await (self._part(request, target) if target.subresource else self._object(request, target))
        self._host.served(visit)
        return answered

    async def _part(self, request: web.Request, target: Target) -> web.StreamResponse:
        if target.subresource not in {part.name for part in discovery.subresources_of(target.served)}:
            raise ApiError(NO_SUCH_RESOURCE)
        if target.subresource == "status" and request.method in {"GET", "PUT", "PATCH"}:
            return await self._object(request, target)
        return await self._parts.answer(request, target)

    async def _object(self, request: web.Request, target: Target) -> web.StreamResponse:
        """Answer a request about a whole object, its status, or several objects."""
        everywhere = target.served.namespaced and target.namespace is None
        match request.method:
            case "GET":
                return await self._reader.read(request, target)
            case "POST" if not target.name and not everywhere:
                return await self._writer.create(request, target)
            case "PUT" if target.name:
                return await self._writer.update(request, target)
            case "PATCH" if target.name:
                return await self._writer.patch(request, target)
            case "DELETE" if target.name:
                return await self._writer.delete(request, target)
            case "DELETE" if "deletecollection" in target.served.verbs and not everywhere:
                return await self._writer.delete_all(request, target)
        raise ApiError(NOT_ALLOWED)
