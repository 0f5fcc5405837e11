"""Watches: what changes is streamed to whoever asked to see it.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes and
k8s.io/apiserver/pkg/endpoints/handlers/watch.go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from aiohttp import web

from tutor.apiserver.answers import compact
from tutor.apiserver.options import ListOptions, version_number
from tutor.apiserver.paths import Target
from tutor.apiserver.refusals import expired, too_new
from tutor.apiserver.views import View
from tutor.engine.api import Api
from tutor.engine.objects import namespace_of
from tutor.engine.queries import Query
from tutor.engine.store import Change, Store

BOOKMARK_EVERY: Final = 60.0
"""Real seconds between two bookmarks of a watch that has nothing to say."""
LONGEST: Final = 3600.0
"""Real seconds a watch lasts if the client does not say."""
_KEPT: Final = 4096
"""How many encoded events are kept for other watches that will want the same."""
_INITIAL_END: Final = {"k8s.io/initial-events-end": "true"}


class Watches:
    """All watches of a server.

    Args:
        api: the cluster's API.
        store: its objects.
        oldest: the earliest resourceVersion still known.
    """

    def __init__(self, api: Api, store: Store, oldest: int) -> None:
        self._api, self._store, self._oldest = api, store, oldest
        self._changed: asyncio.Future[None] | None = None
        self._encoded: dict[tuple[object, ...], bytes] = {}
        self._closing = False
        store.follow(self._notice)

    def close(self) -> None:
        """End every watch."""
        self._store.unfollow(self._notice)
        self._closing = True
        self._notice()

    def _notice(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    async def _change(self) -> None:
        """Come back after the next change."""
        if self._changed is None or self._changed.done():
            self._changed = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._changed)

    async def serve(
        self, request: web.Request, target: Target, options: ListOptions, view: View, warnings: Sequence[str] = ()
    ) -> web.StreamResponse:
        """Stream changes until the client leaves, its time is up or the server stops.

        Args:
            request: the request.
            target: which objects.
            options: which of them, and from when.
            view: how they are to look.
            warnings: headers for the client to show.

        Raises:
            ApiError: BadRequest for a selector that cannot be read, or Timeout for a version that has not come yet.
        """
        watch = _Watch(self, target, options, view)
        response = web.StreamResponse(headers={"Content-Type": view.form.content_type})
        for text in warnings:
            response.headers.add("Warning", text)
        with suppress(TimeoutError, ConnectionError):
            await response.prepare(request)
            async with asyncio.timeout(options.seconds or LONGEST):
                await self._stream(watch, response)
        return response

    async def _stream(self, watch: _Watch, response: web.StreamResponse) -> None:
        begun = watch.begin()
        if begun:
            await response.write(b"".join(begun))
        while not (watch.ended or self._closing):
            try:
                async with asyncio.timeout(BOOKMARK_EVERY if watch.bookmarks else None):
                    await self._change()
            except TimeoutError:
                await response.write(watch.bookmark())
                continue
            news = watch.news()
            if news:
                await response.write(b"".join(news))

    def encoded(self, key: tuple[object, ...] | None, kind: str, make: Any) -> bytes:
        """An event as it is sent; events that several watches send alike are encoded once.

        Args:
            key: what makes an event the same as another; None if it is nobody else's.
            kind: the type of the event.
            make: makes its object.
        """
        if key is None:
            return _event(kind, make())
        found = self._encoded.get(key)
        if found is None:
            if len(self._encoded) >= _KEPT:
                self._encoded.clear()
            found = self._encoded[key] = _event(kind, make())
        return found

    @property
    def api(self) -> Api:
        """The cluster's API."""
        return self._api

    @property
    def store(self) -> Store:
        """Its objects."""
        return self._store

    @property
    def oldest(self) -> int:
        """The earliest resourceVersion still known."""
        return self._oldest


class _Watch:
    """One of them.

    Args:
        watches: what it belongs to.
        target: which objects.
        options: which of them, and from when.
        view: how they are to look.
    """

    def __init__(self, watches: Watches, target: Target, options: ListOptions, view: View) -> None:
        self._watches, self._target, self._options, self._view = watches, target, options, view
        self._query = Query(target.resource, options.labels, options.fields)
        self._from = version_number(options.version)
        if self._from > watches.store.revision:
            raise too_new(self._from, watches.store.revision)
        self._at = self._from or watches.store.revision
        self._columns = True
        self.bookmarks = options.bookmarks
        self.ended = False

    def begin(self) -> list[bytes]:
        """What is sent at once: the objects there are, or what happened since the version asked for."""
        options, store = self._options, self._watches.store
        initial = self._from == 0 if options.initial is None else options.initial
        if initial:
            self._at = store.revision
            objects = self._watches.api.list(
                self._target.resource, self._target.namespace, labels=options.labels, fields=options.fields
            )
            events = [self._sent("ADDED", obj, None) for obj in objects]
            if options.initial and options.bookmarks:
                events.append(self.bookmark(_INITIAL_END))
            return events
        if 0 < self._from < self._watches.oldest:
            self.ended = True
            error = expired(f"too old resource version: {self._from} ({self._watches.oldest})")
            return [_event("ERROR", error.status.to_object())]
        return self.news()

    def news(self) -> list[bytes]:
        """What has happened since the last look."""
        changes = self._watches.store.changes_since(self._at)
        if changes:
            self._at = changes[-1].revision
        return list(self._events(changes))

    def _events(self, changes: Sequence[Change]) -> Iterator[bytes]:
        kind, namespace = self._target.resource.kind, self._target.namespace
        for change in changes:
            if change.kind != kind or namespace not in {None, namespace_of(change.object)}:
                continue
            event = self._query.event(change)
            if event is not None:
                yield self._sent(event.type, event.object, change.revision)

    def _sent(self, kind: str, obj: Any, revision: int | None) -> bytes:
        columns, self._columns = self._columns, False
        form = self._view.form
        if form.shape == "Table":
            # Ages in cells go by the moment, and only the first table says what its columns are.
            return self._watches.encoded(None, kind, lambda: self._view.one(obj, with_columns=columns))
        key = (revision, kind, self._target.served, form) if revision is not None else None
        return self._watches.encoded(key, kind, lambda: self._view.one(obj))

    def bookmark(self, annotations: Mapping[str, str] | None = None) -> bytes:
        """How far the watch has come."""
        metadata: dict[str, Any] = {"resourceVersion": str(self._watches.store.revision), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        served = self._target.served
        obj: dict[str, Any] = {"kind": served.kind, "apiVersion": served.api_version, "metadata": metadata}
        return _event("BOOKMARK", obj)


def _event(kind: str, obj: Mapping[str, Any]) -> bytes:
    return compact({"type": kind, "object": obj})
