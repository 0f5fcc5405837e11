"""Which part of the server answers a request."""

from __future__ import annotations

from aiohttp import web

from tutor.apiserver import discovery
from tutor.apiserver.answers import NOT_FOUND_PAGE, answer, plain, refuse
from tutor.apiserver.openapi.serving import openapi
from tutor.apiserver.parts import Parts
from tutor.apiserver.paths import Target, group_version_of, target_of
from tutor.apiserver.reading import Reader, warnings_of
from tutor.apiserver.refusals import NO_SUCH_RESOURCE, NOT_ALLOWED
from tutor.apiserver.reviews import review
from tutor.apiserver.streams import routes
from tutor.apiserver.writing import Writer
from tutor.engine.errors import ApiError
from tutor.engine.resources import POD
from tutor.shell.simulation import Simulation

_HEALTH = frozenset({"/healthz", "/livez", "/readyz"})


class Dispatcher:
    """Answers every request that has been let in.

    Args:
        simulation: the world.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._streams = routes()
        self._reader = Reader(simulation)
        self._writer = Writer(simulation.cluster.api, simulation.cluster.store)
        self._parts = Parts(simulation.cluster.api)

    def close(self) -> None:
        """End what streams."""
        self._reader.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        try:
            return await self._answer(request)
        except ApiError as error:
            target = target_of(request.path)
            return refuse(request, error.status, warnings_of(target.served) if target is not None else ())

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        for special in (review, openapi):
            found = await special(request)
            if found is not None:
                return found
        target = target_of(request.path)
        if target is not None:
            return await self._resource(request, target)
        if request.method == "GET":
            described = discovery.document(request.path, request.headers.get("Accept", ""), request.host)
            if described is not None:
                return answer(request, described[0], content_type=described[1])
            if request.path in _HEALTH:
                return plain("ok")
        if group_version_of(request.path) is not None:
            raise ApiError(NO_SUCH_RESOURCE)
        return plain(NOT_FOUND_PAGE, 404)

    async def _resource(self, request: web.Request, target: Target) -> web.StreamResponse:
        if not target.subresource:
            return await self._object(request, target)
        stream = self._streams.get(target.subresource) if target.resource is POD else None
        if stream is not None:
            return await stream(request, self._simulation, target.namespace or "", target.name)
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
