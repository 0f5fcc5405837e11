"""The controllers, the scheduler and the kubelets: everything that reacts to what is in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.engine.controllers.backends import Backends
from tutor.engine.controllers.common import Watches
from tutor.engine.controllers.deployment import DeploymentController
from tutor.engine.controllers.endpoints import WORKER as ENDPOINTS_WORKER
from tutor.engine.controllers.endpoints import EndpointsController
from tutor.engine.controllers.endpointslice import WORKER as SLICE_WORKER
from tutor.engine.controllers.endpointslice import EndpointSliceController
from tutor.engine.controllers.garbage import GarbageCollector
from tutor.engine.controllers.kubelet import Kubelets
from tutor.engine.controllers.kubernetes_service import KubernetesService
from tutor.engine.controllers.namespace import NamespaceController
from tutor.engine.controllers.nodelifecycle import NodeLifecycle
from tutor.engine.controllers.probes import Prober
from tutor.engine.controllers.replicaset import ReplicaSetController
from tutor.engine.controllers.scheduler import Scheduler
from tutor.engine.controllers.tainteviction import TaintEviction
from tutor.engine.core import Core
from tutor.engine.events import Recorder

if TYPE_CHECKING:
    from tutor.engine.controllers.kubelet import KubeletState
    from tutor.engine.controllers.nodelifecycle import NodeLifecycleState
    from tutor.engine.controllers.scheduler import SchedulerState
    from tutor.engine.controllers.selectorindex import IndexState
    from tutor.engine.controllers.tainteviction import TaintEvictionState
    from tutor.engine.events import RecorderState


@dataclass(frozen=True)
class ControllersState:
    """A snapshot of what controllers remember beside the store."""

    recorder: RecorderState
    services: IndexState
    replica_sets: IndexState
    deployments: IndexState
    scheduler: SchedulerState
    kubelets: KubeletState
    nodes: NodeLifecycleState
    evictions: TaintEvictionState


class Controllers:
    """All controllers of one cluster.

    Args:
        core: the cluster's shared parts.
        prober: the network, for the kubelets' probes.
    """

    def __init__(self, core: Core, prober: Prober) -> None:
        watches = Watches(core)
        self.recorder = Recorder(core.store, core.clock, core.dice)
        GarbageCollector(core, watches)
        NamespaceController(core, watches)
        KubernetesService(core, watches)
        self._deployments = DeploymentController(core, watches, self.recorder)
        self._replica_sets = ReplicaSetController(core, watches, self.recorder)
        self._nodes = NodeLifecycle(core, watches, self.recorder)
        self._evictions = TaintEviction(core, watches, self.recorder)
        self._scheduler = Scheduler(core, watches, self.recorder)
        self.kubelets = Kubelets(core, watches, self.recorder, prober)
        self._backends = Backends(core, watches, (SLICE_WORKER, ENDPOINTS_WORKER))
        EndpointSliceController(core, watches, self._backends)
        EndpointsController(core, watches)

    def exit_container(self, pod_uid: str, container: str, code: int) -> None:
        """A container's process has ended; a Pod that is gone is no error."""
        self.kubelets.exit_container(pod_uid, container, code)

    def expect_changes(self) -> None:
        """Have the clock wait for what the kubelets' probes will soon find changed."""
        self.kubelets.probes.expect_changes()

    def snapshot(self) -> ControllersState:
        """All that controllers remember beside the store, shared."""
        return ControllersState(
            self.recorder.snapshot(),
            self._backends.index.snapshot(),
            self._replica_sets.index.snapshot(),
            self._deployments.index.snapshot(),
            self._scheduler.snapshot(),
            self.kubelets.snapshot(),
            self._nodes.snapshot(),
            self._evictions.snapshot(),
        )

    def restore(self, state: object) -> None:
        """Go back to a snapshot."""
        assert isinstance(state, ControllersState)  # noqa: S101  # only ever what snapshot() gave
        self.recorder.restore(state.recorder)
        self._backends.index.restore(state.services)
        self._replica_sets.index.restore(state.replica_sets)
        self._deployments.index.restore(state.deployments)
        self._scheduler.restore(state.scheduler)
        self.kubelets.restore(state.kubelets)
        self._nodes.restore(state.nodes)
        self._evictions.restore(state.evictions)


class NoControllers:
    """Nothing reacts to anything: for a place that only holds objects."""

    def exit_container(self, pod_uid: str, container: str, code: int) -> None:
        """Nothing comes of it."""

    def expect_changes(self) -> None:
        """There are none to expect."""

    def snapshot(self) -> None:
        """Nothing is remembered."""

    def restore(self, state: object) -> None:
        """Nothing was remembered."""


def start_controllers(core: Core, prober: Prober) -> Controllers:
    """Start everything that reacts to changes.

    Args:
        core: the cluster's shared parts.
        prober: the network, for the kubelets' probes.
    """
    return Controllers(core, prober)
