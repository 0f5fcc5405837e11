"""What all parts of a kubelet share: the Pods bound to nodes, their addresses, and how their state is reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from rpds import HashTrieMap

from tutor.engine.controllers import podstatus
from tutor.engine.controllers.podaddresses import PodAddresses
from tutor.engine.core import Core
from tutor.engine.events import Recorder, Source
from tutor.engine.images import Image
from tutor.engine.objects import Object, name_of, namespace_of, uid_of

if TYPE_CHECKING:  # rpds types take no parameters at run time
    from tutor.engine.controllers.podaddresses import AddressState

    _Places: TypeAlias = HashTrieMap[str, tuple[str, str]]
    _Waits: TypeAlias = HashTrieMap[tuple[str, str], float]
    RuntimeState: TypeAlias = tuple[_Places, _Waits, AddressState]

NOTICE: Final = 1.0
"""Seconds until a kubelet acts on a container that has ended (its relisting period)."""
FIRST_BACKOFF: Final = 10.0
LAST_BACKOFF: Final = 300.0


class PodRuntime:
    """The bound Pods by uid, with their addresses and back-offs. What their containers do is in their own status."""

    def __init__(self, core: Core, recorder: Recorder) -> None:
        self.core, self.recorder = core, recorder
        self.addresses = PodAddresses()
        self._places: _Places = HashTrieMap()
        self._waits: _Waits = HashTrieMap()

    def pod(self, uid: str) -> Object | None:
        """The bound Pod of a uid, if it still is there."""
        place = self._places.get(uid)
        found = self.core.store.get("Pod", *place) if place is not None else None
        return found if found is not None and uid_of(found) == uid else None

    def status(self, uid: str, name: str) -> tuple[Object, Object] | None:
        """A bound Pod and the status of one of its containers."""
        pod = self.pod(uid)
        status = podstatus.container_status(pod, name) if pod is not None else None
        return (pod, status) if pod is not None and status is not None else None

    def add(self, pod: Object) -> None:
        """A Pod has been bound to a node."""
        self._places = self._places.insert(uid_of(pod), (namespace_of(pod), name_of(pod)))

    def forget(self, pod: Object) -> None:
        """A Pod is gone."""
        uid = uid_of(pod)
        self._places = self._places.discard(uid)
        self.addresses.release(uid)
        for container in all_containers(pod):
            name = container["name"]
            self.reset_backoff(uid, name)
            found = podstatus.container_status(pod, name)
            self.core.logs.forget(uid, name, found["restartCount"] if found else 0)

    def node(self, pod: Object) -> Object | None:
        """The node a Pod is bound to."""
        return self.core.store.get("Node", "", pod["spec"]["nodeName"])

    def image(self, container: Mapping[str, Any]) -> Image | None:
        """The image of a container, if there is such an image."""
        return self.core.images.find(container["image"])

    def give_address(self, pod: Object) -> None:
        """Give a Pod an address of its node's range, or its node's own; one that has an address keeps it."""
        if self.addresses.of(uid_of(pod)):
            return
        node = self.node(pod)
        if pod["spec"].get("hostNetwork"):
            self.addresses.share(uid_of(pod), internal_ip(node) if node else "")
        else:
            self.addresses.lease(uid_of(pod), (node or {}).get("spec", {}).get("podCIDR") or "10.244.254.0/24")

    def write(self, pod: Object, *, sandbox: bool = True) -> Object:
        """Store a Pod whose container statuses changed, with phase and conditions to match.

        Args:
            pod: the Pod with its new container statuses.
            sandbox: whether its network is still set up.
        """
        now, ip = self.core.clock.timestamp(), self.addresses.of(uid_of(pod))
        return self.core.store.put(podstatus.refreshed(pod, now, ip=ip, sandbox=sandbox))

    def tell(self, pod: Object, container: str, reason: str, message: str, *, warning: bool = False) -> None:
        """Record an event about one container."""
        kind = "initContainers" if is_init(pod, container) else "containers"
        self.recorder.record(
            pod,
            Source("kubelet", pod["spec"]["nodeName"]),
            reason,
            message,
            warning=warning,
            field_path=f"spec.{kind}{{{container}}}",
        )

    # Back-offs

    def in_backoff(self, uid: str, name: str) -> bool:
        """Whether a container has failed lately."""
        return (uid, name) in self._waits

    def begin_backoff(self, uid: str, name: str) -> None:
        """A container failed for the first time: this once it is tried again at once."""
        self._waits = self._waits.insert((uid, name), FIRST_BACKOFF / 2)

    def next_backoff(self, uid: str, name: str) -> float:
        """Seconds to wait before a container is tried again: twice as many as before, up to five minutes."""
        wait = min((self._waits.get((uid, name)) or FIRST_BACKOFF / 2) * 2, LAST_BACKOFF)
        self._waits = self._waits.insert((uid, name), wait)
        return wait

    def reset_backoff(self, uid: str, name: str) -> None:
        """A container has run well, or is another now."""
        self._waits = self._waits.discard((uid, name))

    # Snapshots

    def snapshot(self) -> RuntimeState:
        """All that changes here."""
        return self._places, self._waits, self.addresses.snapshot()

    def restore(self, state: RuntimeState) -> None:
        """Go back to a snapshot."""
        self._places, self._waits, addresses = state
        self.addresses.restore(addresses)


# Reading Pods


def init_containers(pod: Object) -> list[Object]:
    """The init containers, in the order in which they run."""
    return list(pod["spec"].get("initContainers") or ())


def all_containers(pod: Object) -> list[Object]:
    """Init containers and containers in the order in which they start."""
    return [*init_containers(pod), *pod["spec"]["containers"]]


def is_init(pod: Object, name: str) -> bool:
    """Whether a container is an init container."""
    return any(one["name"] == name for one in pod["spec"].get("initContainers") or ())


def container_named(pod: Object, name: str) -> Object:
    """The container of that name, which the Pod has."""
    return next(one for one in all_containers(pod) if one["name"] == name)


def following(pod: Object, name: str) -> str | None:
    """The container to see to after this one, if any."""
    names = [one["name"] for one in all_containers(pod)]
    index = names.index(name) + 1
    return names[index] if index < len(names) else None


def grace_of(pod: Object) -> int | None:
    """Seconds a Pod that is to go has been given to stop; None if it is not to go."""
    grace: int | None = pod["metadata"].get("deletionGracePeriodSeconds")
    return grace


def internal_ip(node: Object) -> str:
    """A node's address inside the cluster."""
    addresses = (node.get("status") or {}).get("addresses") or ()
    return next((one["address"] for one in addresses if one["type"] == "InternalIP"), "")
