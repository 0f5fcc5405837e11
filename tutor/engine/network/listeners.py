"""What listens in a Pod: for each running container, its sockets and what answers there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from rpds import HashTrieMap

from tutor.engine.core import Core
from tutor.engine.images import Image
from tutor.engine.listening import ConfError, is_as_shipped, sockets_of
from tutor.engine.objects import Object, uid_of
from tutor.engine.process import command_of
from tutor.engine.sockets import Socket

Run: TypeAlias = tuple[str, str, int]
"""One run of a container: the Pod's uid, its name, and how often it had been restarted."""

if TYPE_CHECKING:  # rpds types take no parameters at run time
    ListenerState: TypeAlias = HashTrieMap[Run, tuple[Socket, ...]]


@dataclass(frozen=True)
class Listener:
    """One socket, and who listens at it.

    Args:
        container: whose process listens.
        restarts: how often that container had been restarted.
        socket: the socket.
        image: what answers.
        arguments: the words its process was started with, for servers that are told what to say.
        folder: the folder its process was started in.
    """

    container: str
    restarts: int
    socket: Socket
    image: Image
    arguments: tuple[str, ...] = ()
    folder: str = "/"


class Listeners:
    """What listens in each Pod, worked out once for each state of it.

    A server reads its configuration when it starts, and again only when it is told to.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._known: dict[str, tuple[Object, tuple[Listener, ...]]] = {}
        self._read: ListenerState = HashTrieMap()
        self._noted = set[Run]()
        self._alike: dict[tuple[str, ...], tuple[Socket, ...]] = {}

    def of(self, pod: Object) -> tuple[Listener, ...]:
        """Everything that listens in a stored Pod now."""
        uid = uid_of(pod)
        known = self._known.get(uid)
        if known is None or known[0] is not pod:
            known = self._known[uid] = (pod, tuple(self._listeners(pod)))
        return known[1]

    def at(self, pod: Object, address: str, port: int, protocol: str) -> Listener | None:
        """What takes connections to one address of a Pod, its own or `127.0.0.1`, at one port."""
        for listener in self.of(pod):
            socket = listener.socket
            if socket.port == port and socket.protocol == protocol and socket.takes(address):
                return listener
        return None

    def note(self, pod: Object) -> None:
        """A Pod has changed: servers that have started meanwhile have read their configuration."""
        statuses = (pod.get("status") or {}).get("containerStatuses") or ()
        running = (one for one in statuses if "running" in one.get("state", ()))
        runs = {(uid_of(pod), one["name"], one.get("restartCount", 0)) for one in running}
        if runs <= self._noted:
            return
        self._noted |= runs
        for container, restarts, image in _running(pod, self._core):
            if image.config:
                self._sockets(pod, container, restarts, image)

    def reread(self, pod: Object, name: str) -> None:
        """The server of a container reads its configuration again, and keeps what it had if that is of no use."""
        for container, restarts, image in _running(pod, self._core):
            if container["name"] == name:
                try:
                    sockets = sockets_of(pod, container, image, self._core.files)
                except ConfError:
                    continue
                self._read = self._read.insert((uid_of(pod), name, restarts), sockets)
        self._known.pop(uid_of(pod), None)

    def forget(self, pod: Object) -> None:
        """A Pod is gone."""
        self._known.pop(uid_of(pod), None)
        for status in (pod.get("status") or {}).get("containerStatuses") or ():
            for restarts in range(status.get("restartCount", 0) + 1):
                run = (uid_of(pod), status["name"], restarts)
                self._read = self._read.discard(run)
                self._noted.discard(run)

    def snapshot(self) -> ListenerState:
        """All that changes here and is not in the store."""
        return self._read

    def restore(self, state: ListenerState) -> None:
        """Go back to a snapshot."""
        self._read = state
        self._known.clear()
        self._noted.clear()

    def _listeners(self, pod: Object) -> Iterator[Listener]:
        for container, restarts, image in _running(pod, self._core):
            command = command_of(container, image)
            folder = container.get("workingDir") or image.working_dir
            for socket in self._sockets(pod, container, restarts, image):
                yield Listener(container["name"], restarts, socket, image, command, folder)

    def _sockets(self, pod: Object, container: Mapping[str, Any], restarts: int, image: Image) -> Iterable[Socket]:
        run = (uid_of(pod), container["name"], restarts)
        sockets = self._read.get(run)
        if sockets is not None:
            return sockets
        alike = (image.name, image.tag, *command_of(container, image)) if is_as_shipped(container, image) else ()
        sockets = self._alike.get(alike)
        if sockets is None:
            try:
                sockets = sockets_of(pod, container, image, self._core.files)
            except ConfError:
                sockets = ()
            if alike:
                self._alike[alike] = sockets
        if image.config:
            self._read = self._read.insert(run, sockets)
        return sockets


def _running(pod: Object, core: Core) -> Iterator[tuple[Mapping[str, Any], int, Image]]:
    """The containers of a Pod that run, how often each has restarted, and its image."""
    spec, status = pod["spec"], pod.get("status") or {}
    for containers, statuses in (
        (spec.get("containers"), status.get("containerStatuses")),
        (spec.get("initContainers"), status.get("initContainerStatuses")),
    ):
        running = {one["name"]: one for one in statuses or () if "running" in (one.get("state") or {})}
        for container in containers or ():
            state = running.get(container["name"])
            image = core.images.find(container.get("image", "")) if state else None
            if state and image:
                yield container, state.get("restartCount", 0), image
