"""Which part of the server answers a request."""

from __future__ import annotations

from aiohttp import web

from tutor.apiserver import discovery
from tutor.apiserver.answers import NOT_FOUND_PAGE, answer, plain, refuse
from tutor.apiserver.paths import Target, target_of
from tutor.apiserver.streams import routes
from tutor.engine.errors import ApiError
from tutor.engine.resources import POD
from tutor.shell.simulation import Simulation


class Dispatcher:
    """Answers every request that has been let in.

    Args:
        simulation: the world.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._streams = routes()

    def close(self) -> None:
        """End what streams."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        try:
            return await self._answer(request)
        except ApiError as error:
            return refuse(request, error.status)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        document = discovery.document(request.path)
        if document is not None:
            return answer(request, document)
        target = target_of(request.path)
        if target is None:
            return plain(NOT_FOUND_PAGE, 404)
        stream = self._streams.get(target.subresource) if target.resource is POD else None
        if stream is not None:
            return await stream(request, self._simulation, target.namespace or "", target.name)
        return self._read(request, target)

    def _read(self, request: web.Request, target: Target) -> web.Response:
        api, resource = self._simulation.cluster.api, target.resource
        if target.name:
            return answer(request, api.get(resource, target.name, target.namespace or ""))
        items = api.list(resource, target.namespace)
        revision = str(self._simulation.cluster.store.revision)
        return answer(request, {
            "kind": f"{resource.kind}List",
            "apiVersion": resource.api_version,
            "metadata": {"resourceVersion": revision},
            "items": items,
        })  # fmt: skip
