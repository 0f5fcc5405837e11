"""What the cluster needs to know of a container image: that it exists, and what its process does.

The rest of an image (its files, commands and packages) belongs to the shell, which extends this record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from tutor.engine.objects import Object

Behaviour: TypeAlias = Literal[
    "http",  # serves HTTP on `ports` until stopped
    "tcp",  # listens on `ports` until stopped, speaks no HTTP
    "dns",  # serves cluster DNS on port 53
    "sleep",  # runs until stopped, listens to nothing
    "shell",  # an interactive shell: lives while a terminal is attached, else ends at once with code 0
    "exit",  # runs its command and ends
]


@dataclass(frozen=True)
class Image:
    """One image as the kubelet sees it.

    Args:
        name: repository without registry defaults and tag, such as `nginx` or `curlimages/curl`.
        tag: the tag, such as `1.27`.
        behaviour: what its own command does when a container does not override it.
        command: that command, as ENTRYPOINT and CMD give it.
        ports: TCP ports it listens on.
        env: environment variables it sets.
        user: numeric uid its processes run as.
        working_dir: where its commands start.
        size: bytes to pull.
        start_log: lines its process writes when it starts.
        root: for `http`, the folder its pages are in.
        server: for `http`, the value of its Server header, such as `nginx/1.27.5`.
        modes: for a program with several servers in it, the TCP ports of each by the argument that starts it; one
            without ports runs until stopped.
        config: the file that says where its server listens; empty if its command line does.
        libc: its C library, which looks names up: `musl` notices no refusal, and waits.
        binds: the addresses its server binds its ports to unless told otherwise (`Socket.address`).
    """

    name: str
    tag: str
    behaviour: Behaviour = "exit"
    command: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    user: int = 0
    working_dir: str = "/"
    size: int = 50_000_000
    start_log: tuple[str, ...] = ()
    root: str = ""
    server: str = ""
    modes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    config: str = ""
    libc: Literal["glibc", "musl"] = "glibc"
    binds: tuple[str, ...] = ("0.0.0.0",)  # noqa: S104  # shown, never bound


class ImageCatalog(Protocol):
    """Where images come from; what a registry is to a real cluster."""

    def find(self, reference: str) -> Image | None:
        """The image a container's `image:` names (`nginx`, `nginx:1.27`, `docker.io/library/nginx`), or None."""
        ...


class ContainerFiles(Protocol):
    """The files of running containers, as far as the network and probes need them."""

    def read(self, pod_uid: str, container: str, path: str) -> bytes | None:
        """A file's contents as the container has it now, or None."""
        ...

    def names(self, pod_uid: str, container: str, folder: str) -> Sequence[str]:
        """What is in a folder of the container now; nothing if it is none."""
        ...


class ContainerProcesses(Protocol):
    """Runs container commands that the engine cannot read by itself; the shell's part of a container runtime."""

    def start(self, pod: Object, container: str, command: tuple[str, ...]) -> bool:
        """Take over a command that begins now, and call `Cluster.exit_container` when it ends.

        False leaves the command to the engine's own reading of it (`process.py`).
        """
        ...
