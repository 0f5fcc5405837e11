"""A real namespace, mirrored into a store: listed once, then watched, so that conditions and panes read it as usual.

In the mirror the namespace is called `default`, as lessons call theirs.
Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import aiohttp

from tutor.engine.resources import (
    CONFIG_MAP,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    ENDPOINTS,
    EVENT,
    NETWORK_POLICY,
    NODE,
    POD,
    REPLICA_SET,
    SERVICE,
    Resource,
)
from tutor.engine.store import Store
from tutor.realcluster.access import Access, RealClusterError

MIRRORED: Final = (
    NODE, SERVICE, ENDPOINT_SLICE, ENDPOINTS, POD, REPLICA_SET, DEPLOYMENT, CONFIG_MAP, EVENT, NETWORK_POLICY,
)  # fmt: skip
HOME: Final = "default"
"""What the namespace is called in the mirror."""
START: Final = 15.0
"""Real seconds that kubectl's proxy has to start."""
AGAIN: Final = 1.0
"""Real seconds before a watch that broke is begun anew."""
LONGEST_LINE: Final = 4 << 20
"""Bytes of one event."""
_SERVING: Final = re.compile(rb"Starting to serve on (.+)")


class Mirror:
    """Keeps a store like a real namespace. Make it with `open`, end it with `close`.

    Args:
        access: the namespace.
        store: where its objects go.
    """

    def __init__(self, access: Access, store: Store) -> None:
        self._access, self._store = access, store
        self._proxy: asyncio.subprocess.Process | None = None
        self._http: aiohttp.ClientSession | None = None
        self._watches: list[asyncio.Task[None]] = []
        self.changed = asyncio.Event()

    @classmethod
    async def open(cls, access: Access, store: Store) -> Mirror:
        """Begin to mirror; comes back when every kind that may be read has been listed once.

        Raises:
            RealClusterError: the cluster cannot be read.
        """
        mirror = cls(access, store)
        try:
            await mirror._start()
        except BaseException:
            await mirror.close()
            raise
        return mirror

    async def _start(self) -> None:
        where = await self._serve()
        if isinstance(where, Path):
            self._http = aiohttp.ClientSession("http://localhost", connector=aiohttp.UnixConnector(str(where)))
        else:
            self._http = aiohttp.ClientSession(f"http://{where}")
        for resource in MIRRORED:
            revision = await self._list(resource)
            if revision is not None:
                self._watches.append(asyncio.create_task(self._follow(resource, revision)))

    async def _serve(self) -> Path | str:
        """Have kubectl speak for us; the socket it serves on, or the address where there are no such sockets."""
        socket = self._access.folder / "proxy"
        words = ["--port", "0"] if sys.platform == "win32" else ["--unix-socket", str(socket)]
        self._proxy = await asyncio.create_subprocess_exec(
            self._access.program,
            "proxy",
            *words,
            env=self._access.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._proxy.stdout is not None  # noqa: S101  # it is a pipe
        try:
            line = await asyncio.wait_for(self._proxy.stdout.readline(), START)
        except TimeoutError:
            raise RealClusterError("kubectl proxy does not start") from None
        serving = _SERVING.match(line)
        if serving is None:
            raise RealClusterError(f"kubectl proxy does not start: {line.decode('utf-8', 'replace').strip()}")
        return serving[1].decode().strip() if sys.platform == "win32" else socket

    def _path(self, resource: Resource) -> str:
        root = f"/apis/{resource.api_version}" if resource.group else f"/api/{resource.version}"
        place = f"/namespaces/{self._access.namespace}" if resource.namespaced else ""
        return f"{root}{place}/{resource.plural}"

    async def _list(self, resource: Resource) -> str | None:
        """Take over what there is; the resourceVersion to watch from, or None if the kind may not be read.

        Raises:
            RealClusterError: the cluster does not answer.
        """
        assert self._http is not None  # noqa: S101  # opened before
        try:
            async with self._http.get(self._path(resource)) as response:
                if response.status >= 400:
                    return None
                listed = await response.json()
        except aiohttp.ClientError as error:
            raise RealClusterError(f"the cluster does not answer: {error}") from error
        there = {item["metadata"]["name"]: item for item in listed.get("items") or ()}
        namespace = HOME if resource.namespaced else ""
        for gone in [obj["metadata"]["name"] for obj in self._store.list(resource.kind, namespace)]:
            if gone not in there:
                self._store.remove(resource.kind, namespace, gone)
        for item in there.values():
            self._take(resource, item)
        return str(listed["metadata"].get("resourceVersion", ""))

    async def _follow(self, resource: Resource, revision: str) -> None:
        """Watch a kind for ever; list it anew whenever the watch breaks."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, ValueError):
                await self._watch(resource, revision)
            await asyncio.sleep(AGAIN)
            with suppress(RealClusterError):
                revision = await self._list(resource) or revision

    async def _watch(self, resource: Resource, revision: str) -> None:
        assert self._http is not None  # noqa: S101  # opened before
        query = {"watch": "true", "resourceVersion": revision, "allowWatchBookmarks": "true"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._http.get(self._path(resource), params=query, timeout=timeout) as response:
            unread = b""
            async for chunk in response.content.iter_any():
                *lines, unread = (unread + chunk).split(b"\n")
                if len(unread) > LONGEST_LINE:
                    return
                for line in filter(None, lines):
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        return
                    if event["type"] == "DELETED":
                        self._drop(resource, event["object"])
                    elif event["type"] != "BOOKMARK":
                        self._take(resource, event["object"])

    def _take(self, resource: Resource, item: Mapping[str, Any]) -> None:
        obj = _renamed({**item, "apiVersion": resource.api_version, "kind": resource.kind}, self._access.namespace)
        self._store.put(obj)
        self.changed.set()

    def _drop(self, resource: Resource, item: Mapping[str, Any]) -> None:
        namespace = HOME if resource.namespaced else ""
        self._store.remove(resource.kind, namespace, item["metadata"]["name"])
        self.changed.set()

    async def close(self) -> None:
        """Stop."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
        if self._proxy is not None and self._proxy.returncode is None:
            self._proxy.terminate()
            await self._proxy.wait()


def _renamed(value: Any, namespace: str) -> Any:
    """A value in which the namespace is called `default` wherever its name stands by itself."""
    if isinstance(value, dict):
        return {key: _renamed(each, namespace) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, namespace) for each in value]
    return HOME if value == namespace else value
