"""GET: one object, a list, or a watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from aiohttp import web

from tutor.apiserver.answers import answer, warning
from tutor.apiserver.listing import list_chunk
from tutor.apiserver.negotiate import form_of
from tutor.apiserver.options import list_options
from tutor.apiserver.paths import Target
from tutor.apiserver.views import View
from tutor.apiserver.watching import Watches
from tutor.engine.resources import ENDPOINTS, Resource
from tutor.kubectl.client import ENDPOINTS_WARNING
from tutor.shell.simulation import Simulation

_NO_WARNINGS: Final = ()


def warnings_of(resource: Resource) -> Sequence[str]:
    """What the server says to every request for a resource."""
    return (ENDPOINTS_WARNING,) if resource is ENDPOINTS else _NO_WARNINGS


class Reader:
    """Answers requests that only look.

    Args:
        simulation: the world.
    """

    def __init__(self, simulation: Simulation) -> None:
        cluster = simulation.cluster
        self._api, self._store = cluster.api, cluster.store
        self._oldest = cluster.store.revision
        self._watches = Watches(self._api, self._store, self._oldest)

    def close(self) -> None:
        """End all watches."""
        self._watches.close()

    async def read(self, request: web.Request, target: Target) -> web.StreamResponse:
        """Answer with an object, a list, or a watch.

        Raises:
            ApiError: NotFound, NotAcceptable, BadRequest, Invalid, Expired or Timeout.
        """
        view = View(self._api, target, form_of(request))
        if target.name and not target.watch:
            obj = self._api.get(target.resource, target.name, target.namespace or "")
            return self._answer(request, target, view, view.one(obj))
        options = list_options(request, watch=target.watch)
        if target.name:
            options = replace(options, fields=f"metadata.name={target.name}")
        if options.watch:
            headers = [warning(text) for text in warnings_of(target.served)]
            return await self._watches.serve(request, target, options, view, headers)
        chunk = list_chunk(self._api, self._store, self._oldest, target, options)
        return self._answer(request, target, view, view.many(chunk.objects, chunk.metadata))

    @staticmethod
    def _answer(request: web.Request, target: Target, view: View, value: object) -> web.Response:
        return answer(request, value, content_type=view.form.content_type, warnings=warnings_of(target.served))
