"""A whole simulated cluster: API, controllers, kubelets, network and clock, wired together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.engine.api import Api
from tutor.engine.bootstrap import populate
from tutor.engine.clock import Clock, ClockState
from tutor.engine.controllers import NoControllers, start_controllers
from tutor.engine.core import Core
from tutor.engine.dice import Dice
from tutor.engine.images import ContainerFiles, ContainerProcesses, ImageCatalog
from tutor.engine.logs import Logs
from tutor.engine.network.network import Network, NetworkState
from tutor.engine.objects import Object
from tutor.engine.store import Store, StoreState

SETTLE_LIMIT = 600.0
"""Simulated seconds `settle` waits at most: longer than any back-off or grace period takes to show itself."""


class NoFiles:
    """Containers without a shell of their own: no file can be read."""

    def read(self, pod_uid: str, container: str, path: str) -> bytes | None:  # noqa: ARG002
        """None, always."""
        return None

    def names(self, pod_uid: str, container: str, folder: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing, always."""
        return ()


class NoProcesses:
    """Containers without a shell of their own: the engine reads their commands itself."""

    def start(self, pod: Object, container: str, command: tuple[str, ...]) -> bool:  # noqa: ARG002
        """False, always."""
        return False


@dataclass(frozen=True)
class ClusterState:
    """A snapshot of a cluster. It shares structure with the cluster, so taking one costs nothing to speak of."""

    store: StoreState
    clock: ClockState
    dice: int
    api: object
    logs: object
    network: NetworkState
    controllers: object


class Cluster:
    """A cluster 14 days old, with three nodes and running cluster DNS.

    Args:
        images: the registry its kubelets pull from.
        seed: decides every generated name, address and choice.
        files: the files of its containers.
        next_cluster_ips: addresses the allocator hands out first, in order, where they are free.
        clock: its time; one that begins when learners usually meet it, if None.
        alive: whether anything is in it and moves by itself; else it is an empty place to put objects in.
    """

    def __init__(
        self,
        images: ImageCatalog,
        seed: int = 1,
        files: ContainerFiles | None = None,
        next_cluster_ips: Sequence[str] = (),
        *,
        clock: Clock | None = None,
        alive: bool = True,
    ) -> None:
        store, clock, dice, logs = Store(), clock or Clock(), Dice(seed), Logs()
        self.api = Api(store, clock, dice)
        self.core = Core(store, clock, dice, self.api, logs, images, files or NoFiles(), NoProcesses())
        self.network = Network(self.core)
        self._controllers = start_controllers(self.core, self.network.prober) if alive else NoControllers()
        if alive:
            populate(self.core)
        self.api.addresses.prefer(next_cluster_ips)

    @property
    def store(self) -> Store:
        """The objects; for reading. Write through `api`."""
        return self.core.store

    @property
    def clock(self) -> Clock:
        """The cluster's time."""
        return self.core.clock

    @property
    def logs(self) -> Logs:
        """What containers wrote."""
        return self.core.logs

    def advance(self, seconds: float) -> None:
        """Let simulated time pass; controllers and kubelets do what falls due."""
        self.clock.advance(seconds)

    def settle(self, limit: float = SETTLE_LIMIT) -> bool:
        """Let time pass until nothing is under way (or `limit` seconds have passed); say whether it got there.

        Probes go on for ever and are not waited for, but those that are about to find something changed are.
        """
        self.expect_changes()
        return self.clock.settle(limit)

    def expect_changes(self) -> None:
        """Count the probes that are about to find something changed as work under way."""
        self.clock.run_due()
        self._controllers.expect_changes()

    def attach(self, files: ContainerFiles, processes: ContainerProcesses) -> None:
        """Give containers the files and processes of a shell."""
        self.core.files, self.core.processes = files, processes

    def exit_container(self, pod_uid: str, container: str, code: int) -> None:
        """Tell the kubelet that a container's process has ended; a Pod that is gone is no error."""
        self._controllers.exit_container(pod_uid, container, code)

    def snapshot(self) -> ClusterState:
        """The cluster as it is now."""
        core = self.core
        return ClusterState(
            core.store.snapshot(),
            core.clock.snapshot(),
            core.dice.state,
            core.api.snapshot(),
            core.logs.snapshot(),
            self.network.snapshot(),
            self._controllers.snapshot(),
        )

    def restore(self, state: ClusterState) -> None:
        """Make the cluster what it was at a snapshot."""
        core = self.core
        core.store.restore(state.store)
        core.clock.restore(state.clock)
        core.dice.state = state.dice
        core.api.restore(state.api)
        core.logs.restore(state.logs)
        self.network.restore(state.network)
        self._controllers.restore(state.controllers)
