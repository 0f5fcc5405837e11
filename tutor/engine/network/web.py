"""HTTP in a cluster: the requests of its clients, and the servers that answer them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from rpds import HashTrieMap

from tutor.engine.core import Core
from tutor.engine.images import Image
from tutor.engine.network.clients import HOST
from tutor.engine.network.dns import Record
from tutor.engine.network.http import Exchange, HttpRequest, HttpResponse, TlsFault
from tutor.engine.network.listeners import Listener
from tutor.engine.network.names import Names
from tutor.engine.network.proxy import Proxy, Route
from tutor.engine.network.resolver import Lookup
from tutor.engine.network.servers import api_server, api_server_in_plain, server_of
from tutor.engine.network.trace import Client
from tutor.engine.network.tracelog import Attempt, TraceLog
from tutor.engine.objects import Object, field, name_of, uid_of
from tutor.engine.store import Change

if TYPE_CHECKING:  # rpds types take no parameters at run time
    Connections: TypeAlias = HashTrieMap[str, int]


class Web:
    """HTTP between the clients and the servers of a cluster."""

    def __init__(self, core: Core, proxy: Proxy, names: Names, log: TraceLog) -> None:
        self._core = core
        self._proxy = proxy
        self._names = names
        self._log = log
        self._connections: Connections = HashTrieMap()
        core.store.subscribe(self._on_change, "Pod")

    def _on_change(self, change: Change) -> None:
        if change.type == "DELETED":
            self._connections = self._connections.discard(uid_of(change.object))

    def request(self, client: Client, request: HttpRequest) -> Exchange:
        """Send an HTTP request and record its trace; the server writes its log."""
        if request.over is not None and request.over.route is not None:
            lookup = Lookup(request.host, records=(Record(request.host, "A", request.over.trace.address),))
            return self._exchange(client, request, lookup, request.over.route)
        if request.address:
            lookup = Lookup(request.host, records=(Record(request.host, "A", request.address),))
        else:
            lookup = self._names.find_host(client, request.host)
        if not lookup.addresses:
            trace = self._log.unresolved(_attempt(client, request), lookup)
            return Exchange(trace, resolved=lookup.milliseconds)
        return self._exchange(
            client, request, lookup, self._proxy.route(client, lookup.addresses[0], request.port, "TCP")
        )

    def _exchange(self, client: Client, request: HttpRequest, lookup: Lookup, route: Route) -> Exchange:
        tls: TlsFault = ""
        response = None
        if route.outcome == "ok":
            if request.tls and not (route.api_server and request.trust):
                tls = "untrusted" if route.api_server else "not-tls"
            else:
                response = self._respond(client, request, route)
        trace = self._log.connected(
            _attempt(client, request), lookup, route, request.patience, response.status if response else None
        )
        return Exchange(trace, response, tls, lookup.milliseconds, route)

    def _respond(self, client: Client, request: HttpRequest, route: Route) -> HttpResponse | None:
        now = self._core.clock.datetime.replace(microsecond=0)  # HTTP and access logs know whole seconds
        if route.api_server:
            return api_server(request, now) if request.tls else api_server_in_plain()
        if route.pod is None or route.listener is None or route.listener.image.behaviour == "tcp":
            return None
        return self.serve(request, route.pod, route.listener, self._source(client, route), now)

    def _source(self, client: Client, route: Route) -> str:
        """The address the server sees: a Pod's own; what comes in from outside bears the address of a node."""
        if not client.is_host or route.service is None:
            return client.ip
        node = self._core.store.get("Node", "", route.backend.node if route.backend else "")
        return next((entry["address"] for entry in field(node or {}, "status.addresses") or ()), client.ip)

    def serve(self, request: HttpRequest, pod: Object, listener: Listener, source: str, now: datetime) -> HttpResponse:
        """Let the server behind a listener answer a request, and write its log.

        Args:
            request: the request.
            pod: the Pod it has come to.
            listener: what took the connection.
            source: the address the server sees it come from.
            now: when it came.
        """
        uid = uid_of(pod)
        count = (self._connections.get(uid) or 0) + 1
        self._connections = self._connections.insert(uid, count)
        reply = server_of(listener.image)(request, _Container(self._core, pod, listener, count), source, now)
        if reply.log:
            self._core.logs.write((uid, listener.container, listener.restarts), self._core.clock.now, *reply.log)
        return reply.response.closing() if request.header("Connection").lower() == "close" else reply.response

    def request_into(self, pod: Object, request: HttpRequest) -> Exchange:
        """Send an HTTP request of the learner's computer straight into a Pod, through a tunnel, and record its trace.

        Args:
            pod: where the tunnel ends.
            request: the request, with the port of the Pod.
        """
        lookup = Lookup(request.host, records=(Record(request.host, "A", "127.0.0.1"),))
        return self._exchange(HOST, request, lookup, self._proxy.connect_inside(pod, request.port))

    def snapshot(self) -> Connections:
        """All that changes here: how many connections each Pod has served."""
        return self._connections

    def restore(self, state: Connections) -> None:
        """Go back to a snapshot."""
        self._connections = state


class _Container:
    """The container a server runs in, as the server sees it."""

    def __init__(self, core: Core, pod: Object, listener: Listener, connection: int) -> None:
        self._core, self._pod, self._listener, self._connection = core, pod, listener, connection

    @property
    def image(self) -> Image:
        return self._listener.image

    @property
    def connection(self) -> int:
        return self._connection

    @property
    def arguments(self) -> tuple[str, ...]:
        return self._listener.arguments

    @property
    def host_name(self) -> str:
        return self._pod["spec"].get("hostname") or name_of(self._pod)

    @property
    def folder(self) -> str:
        return self._listener.folder

    def read(self, path: str) -> bytes | None:
        return self._core.files.read(uid_of(self._pod), self._listener.container, path)

    def names(self, folder: str) -> Sequence[str]:
        return self._core.files.names(uid_of(self._pod), self._listener.container, folder)

    def modified(self, path: str) -> datetime | None:
        written = getattr(self._core.files, "modified", None)
        at = written(uid_of(self._pod), self._listener.container, path) if written else None
        return None if at is None else self._core.clock.born + timedelta(seconds=at)


def _attempt(client: Client, request: HttpRequest) -> Attempt:
    return Attempt(client, request.url, request.host, request.port)
