"""What listens in a Pod: for each running container, its ports and what answers there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tutor.engine.images import Image, ImageCatalog
from tutor.engine.objects import Object, uid_of
from tutor.engine.process import SHELLS, command_of, mode_of, read_command

_DNS_PORT: Final = 53
_PORT_OPTION: Final = re.compile(r"--(?:http-|listen-)?port=(\d+)|-listen=:(\d+)|--port (\d+)")


@dataclass(frozen=True)
class Listener:
    """One open port.

    Args:
        container: whose process listens.
        restarts: how often that container had been restarted.
        port: the port.
        protocol: `TCP` or `UDP`.
        image: what answers.
        arguments: the words its process was started with, for servers that are told what to say.
    """

    container: str
    restarts: int
    port: int
    protocol: str
    image: Image
    arguments: tuple[str, ...] = ()


class Listeners:
    """What listens in each Pod, worked out once for each state of it."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Object, tuple[Listener, ...]]] = {}

    def of(self, pod: Object, images: ImageCatalog) -> tuple[Listener, ...]:
        """Everything that listens in a stored Pod now."""
        uid = uid_of(pod)
        known = self._known.get(uid)
        if known is None or known[0] is not pod:
            known = self._known[uid] = (pod, tuple(_listeners(pod, images)))
        return known[1]

    def at(self, pod: Object, images: ImageCatalog, port: int, protocol: str) -> Listener | None:
        """What listens at one port."""
        for listener in self.of(pod, images):
            if listener.port == port and listener.protocol == protocol:
                return listener
        return None

    def forget(self, uid: str) -> None:
        """A Pod is gone."""
        self._known.pop(uid, None)


def _listeners(pod: Object, images: ImageCatalog) -> Iterator[Listener]:
    spec, status = pod["spec"], pod.get("status") or {}
    for group in ("", "init"):
        containers = spec.get("initContainers" if group else "containers") or ()
        statuses = status.get("initContainerStatuses" if group else "containerStatuses") or ()
        running = {one["name"]: one for one in statuses if "running" in (one.get("state") or {})}
        for container in containers:
            state = running.get(container["name"])
            image = images.find(container.get("image", "")) if state else None
            if state and image:
                for port, protocol in _ports(container, image):
                    command = command_of(container, image)
                    yield Listener(container["name"], state.get("restartCount", 0), port, protocol, image, command)


def _ports(container: Mapping[str, Any], image: Image) -> Iterator[tuple[int, str]]:
    """The ports a container's process listens at."""
    mode = mode_of(command_of(container, image), image)
    if mode is not None:
        ports = image.modes[mode]
        for port in (_told_ports(container) or ports) if ports else ():
            yield port, "TCP"
        return
    if image.behaviour not in {"http", "tcp", "dns"} or not _serves(container, image):
        return
    if image.behaviour == "dns":
        yield _DNS_PORT, "UDP"
        yield _DNS_PORT, "TCP"
    for port in _told_ports(container) or image.ports:
        if image.behaviour != "dns" or port != _DNS_PORT:
            yield port, "TCP"


def _serves(container: Mapping[str, Any], image: Image) -> bool:
    if not container.get("command") and not container.get("args"):
        return True
    program = read_command(container, image)
    if program is not None:
        return program.listens
    # A script, or arguments for the image's own entry point: it serves if its server is what they end in.
    words = " ".join((*(container.get("command") or ()), *(container.get("args") or ())))
    servers = {word.rpartition("/")[2] for word in image.command} | {image.name.rpartition("/")[2]}
    named = any(re.search(rf"(?<![\w-]){re.escape(server)}(?![\w-])", words) for server in servers if server)
    return named or (not container.get("command") and container["args"][0] not in SHELLS)


def _told_ports(container: Mapping[str, Any]) -> list[int]:
    words = " ".join(container.get("args") or container.get("command") or ())
    return [int(next(group for group in found.groups() if group)) for found in _PORT_OPTION.finditer(words)]
