"""Images on nodes: what has been pulled where, how long a pull takes, and the events about it.

Source: k8s.io/kubernetes/pkg/kubelet/images/image_manager.go.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from rpds import HashTrieMap

from tutor.engine.clock import Clock
from tutor.engine.dice import Dice

if TYPE_CHECKING:  # rpds types take no parameters at run time
    _OnNodes: TypeAlias = HashTrieMap[tuple[str, str], float]
    PullState: TypeAlias = _OnNodes

BYTES_PER_SECOND: Final = 25_000_000.0
ASKING: Final = 0.6
"""Seconds to ask the registry about an image, all that is needed for one whose layers are there already."""


class NodeImages:
    """Which node has, or is pulling, which image."""

    def __init__(self, clock: Clock, dice: Dice) -> None:
        self._clock, self._dice = clock, dice
        self._on_nodes: _OnNodes = HashTrieMap()

    def has(self, node: str, image: str) -> bool:
        """Whether the image is on the node."""
        there = self._on_nodes.get((node, image))
        return there is not None and there <= self._clock.now

    def pull(self, node: str, image: str, size: int) -> float:
        """Begin to pull, or join the pull under way; return the seconds until it is done.

        Args:
            node: the node's name.
            image: the reference as the container has it.
            size: bytes to pull.
        """
        done = self._on_nodes.get((node, image))
        if done is None:
            took = (ASKING + size / BYTES_PER_SECOND) * self._dice.between(0.8, 1.3)
            done = self._clock.now + round(took, 3)
            self._on_nodes = self._on_nodes.insert((node, image), done)
        return max(done - self._clock.now, ASKING)

    def add(self, node: str, image: str) -> None:
        """Put an image on a node without a pull."""
        self._on_nodes = self._on_nodes.insert((node, image), self._clock.now)

    def snapshot(self) -> PullState:
        """All that changes here."""
        return self._on_nodes

    def restore(self, state: PullState) -> None:
        """Go back to a snapshot."""
        self._on_nodes = state


def go_duration(seconds: float) -> str:
    """A duration as Go prints it, to the millisecond: `815ms`, `2.5s`, `1m2.25s`."""
    thousandths = round(seconds * 1000)
    if thousandths < 1000:
        return f"{thousandths}ms"
    minutes, rest = divmod(thousandths, 60_000)
    shown = f"{rest / 1000:.3f}".rstrip("0").rstrip(".") + "s"
    return f"{minutes}m{shown}" if minutes else shown


@lru_cache(maxsize=256)
def full_name(image: str) -> str:
    """A reference with registry, repository and tag: `nginx` is `docker.io/library/nginx:latest`."""
    name, at, digest = image.partition("@")
    first, slash, _ = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif "." not in first and ":" not in first and first != "localhost":
        name = f"docker.io/{name}"
    if at:
        return f"{name}@{digest}"
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


@lru_cache(maxsize=256)
def image_id(image: str) -> str:
    """The digest reference a runtime reports; of ours, the digest of the full name."""
    name = full_name(image)
    repository = name.partition("@")[0]
    head, slash, tail = repository.rpartition("/")
    return f"{head}{slash}{tail.partition(':')[0]}@sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def failed_pull_message(image: str, *, repository_exists: bool) -> str:
    """What containerd answers for an image that cannot be had.

    Args:
        image: the reference as the container has it.
        repository_exists: whether only the tag is unknown.
    """
    name = full_name(image)
    shown = f'failed to pull and unpack image "{name}": failed to resolve reference "{name}": '
    if repository_exists or not name.startswith("docker.io/"):
        return f"rpc error: code = NotFound desc = {shown}{name}: not found"
    denied = "pull access denied, repository does not exist or may require authorization"
    refused = "server message: insufficient_scope: authorization failed"
    return f"rpc error: code = Unknown desc = {shown}{denied}: {refused}"
