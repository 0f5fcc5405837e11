"""Where a container's server listens: as its configuration says, its command line, or else its image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tutor.engine.images import ContainerFiles, Image
from tutor.engine.nginx_conf import ConfError, nginx_sockets
from tutor.engine.objects import Object, field, uid_of
from tutor.engine.process import SHELLS, command_of, mode_of, read_command
from tutor.engine.sockets import ANY, EITHER, LOCALHOST, Socket

__all__ = ["ConfError", "is_as_shipped", "sockets_of", "start_failure"]

_DNS_PORT: Final = 53
_PORT_OPTION: Final = re.compile(r"--(?:http-|listen-)?port=(\d+)|-listen=:(\d+)|--port (\d+)")
_ADDRESS: Final = r"(?:\d+(?:\.\d+){3}|\[?[\da-f]*:[\da-f:]*\]?|\*|localhost|\$\(\w+\))"
_BIND_OPTION: Final = re.compile(rf"(?<!\S)(?:--bind[ =]|-b )({_ADDRESS}(?: {_ADDRESS}(?!\S))*)")
_PYTHON_PORT: Final = re.compile(r"http\.server(?:(?: --?\w+[ =]\S+)*) (\d+)(?!\S)")
_CONF_OPTION: Final = re.compile(r"(?<!\S)-c (/\S+)")
_APACHE_LISTEN: Final = re.compile(
    r"^[ \t]*Listen[ \t]+(?:(?P<host>\[[^\]]*\]|[^:\s]*):)?(?P<port>\d+)", re.MULTILINE | re.IGNORECASE
)


def sockets_of(pod: Object, container: Mapping[str, Any], image: Image, files: ContainerFiles) -> tuple[Socket, ...]:
    """Where the server of a container that runs listens; nowhere, if its process is none.

    Raises:
        ConfError: it would not start with its configuration.
    """
    command = command_of(container, image)
    words = " ".join(command)
    mode = mode_of(command, image) or _mode_in_script(command, image)
    if mode is not None:
        ports = image.modes[mode]
        told = _told_ports(words) or ports if ports else ()
        return tuple(_bound(pod, words, image, told))
    if image.behaviour not in {"http", "tcp", "dns"} or not _serves(container, image):
        return ()
    configured = _configured(pod, container, image, files)
    if configured is not None:
        return configured
    ports = _told_ports(" ".join(container.get("args") or container.get("command") or ())) or image.ports
    if image.behaviour != "dns":
        return tuple(_bound(pod, words, image, ports))
    asked = (Socket(EITHER, _DNS_PORT, "UDP"), Socket(EITHER, _DNS_PORT))
    return (*asked, *(Socket(EITHER, port) for port in ports if port != _DNS_PORT))


def is_as_shipped(container: Mapping[str, Any], image: Image) -> bool:
    """Whether a container starts with the configuration of its image: then all such containers listen alike."""
    folder = posixpath.dirname(image.config)
    mounts = (mount["mountPath"].rstrip("/") for mount in container.get("volumeMounts") or ())
    covered = any(f"{path}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{path}/") for path in mounts)
    return bool(image.config) and not covered and not _CONF_OPTION.search(" ".join(command_of(container, image)))


def start_failure(pod: Object, container: Mapping[str, Any], image: Image, files: ContainerFiles) -> str:
    """Why a container's server does not start, in its own words; empty if it does."""
    if not image.config or is_as_shipped(container, image):
        return ""
    try:
        sockets_of(pod, container, image, files)
    except ConfError as error:
        return str(error)
    return ""


def _mode_in_script(command: Sequence[str], image: Image) -> str | None:
    """Which of an image's servers the script of a shell starts."""
    if not command or command[0] not in SHELLS:
        return None
    words = " ".join(command[1:])
    return next((mode for mode in image.modes if re.search(rf"(?<![\w.-]){re.escape(mode)}(?![\w-])", words)), None)


def _configured(
    pod: Object, container: Mapping[str, Any], image: Image, files: ContainerFiles
) -> tuple[Socket, ...] | None:
    if not image.config:
        return None
    uid, name = uid_of(pod), container["name"]
    if image.server.startswith("nginx"):
        other = _CONF_OPTION.search(" ".join(command_of(container, image)))
        return nginx_sockets(
            other[1] if other else image.config,
            lambda path: files.read(uid, name, path),
            lambda folder: files.names(uid, name, folder),
            field(pod, "status.podIP") or "",
        )
    text = files.read(uid, name, image.config)
    if text is None:
        return None
    found = _APACHE_LISTEN.finditer(text.decode("utf-8", "replace"))
    return tuple(Socket(_address(each["host"] or EITHER), int(each["port"])) for each in found)


def _bound(pod: Object, words: str, image: Image, ports: Sequence[int]) -> Iterator[Socket]:
    """The sockets of some ports, with the addresses that the command line binds them to."""
    told = _BIND_OPTION.search(words)
    address = field(pod, "status.podIP") or ANY
    binds = [_address(word) if "$" not in word else address for word in told[1].split()] if told else image.binds
    for port in ports:
        for bind in binds:
            yield Socket(bind, port)


def _address(word: str) -> str:
    word = word.strip("[]").lower()
    return {"localhost": LOCALHOST, "::": EITHER, "*": EITHER, "": EITHER}.get(word, word)


def _told_ports(words: str) -> tuple[int, ...]:
    python = _PYTHON_PORT.search(words)
    if python:
        return (int(python[1]),)
    return tuple(int(next(group for group in found.groups() if group)) for found in _PORT_OPTION.finditer(words))


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
