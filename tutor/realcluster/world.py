"""The learner's computer in front of a real cluster: the same shell and files, the real kubectl, a mirror to read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from tutor.engine.clock import Clock
from tutor.engine.cluster import Cluster
from tutor.engine.objects import Object, field
from tutor.kubectl.attachable import is_ready
from tutor.realcluster.access import Access
from tutor.realcluster.command import RealKubectl
from tutor.realcluster.mirror import HOME, Mirror
from tutor.realcluster.observed import traces_of, traces_of_line
from tutor.shell.command import Ctx
from tutor.shell.images import Registry
from tutor.shell.simulation import Simulation, SimulationState

PATIENCE: Final = 60.0
"""Real seconds to wait until what was told the cluster has come about."""
QUIET: Final = 0.4
"""Real seconds without news after which it counts as settled."""
_FINAL: Final = frozenset({"Succeeded", "Failed"})


class RealCluster(Simulation):
    """A world whose cluster is real. Make it with `open`.

    Args:
        access: the namespace.
        files: texts in the learner's home folder, by path relative to it.
        live: whether somebody else moves time with `tick`.
    """

    revocable = False

    def __init__(self, access: Access, files: Mapping[str, str], *, live: bool) -> None:
        born = datetime.now(UTC).replace(microsecond=0)
        super().__init__(files=files, live=live, cluster=Cluster(Registry(), clock=Clock(born), alive=False))
        self.access = access
        self._mirror: Mirror | None = None
        self._host.commands.add("kubectl", RealKubectl(access, self._ran, self._said))

    @classmethod
    async def open(cls, access: Access, *, files: Mapping[str, str], live: bool) -> RealCluster:
        """Begin to mirror the namespace.

        Args:
            access: the namespace; whoever opened it closes it.
            files: texts in the learner's home folder, by path relative to it.
            live: whether somebody else moves time with `tick`.

        Raises:
            RealClusterError: the cluster cannot be read.
        """
        world = cls(access, files, live=live)
        world._mirror = await Mirror.open(access, world.cluster.store)
        return world

    def _ran(self, ctx: Ctx, code: int, output: str) -> None:
        """Note the requests that a command made in Pods."""
        cluster, number = self.cluster, self.cluster.network.log.count + 1
        for trace in traces_of(ctx.argv, code, output, cluster.store, self.access.namespace, number, cluster.clock.now):
            cluster.network.log.note(trace)

    def _said(self, ctx: Ctx, line: str, output: str) -> None:
        """Note the requests that a line made which was typed into a shell in a Pod."""
        cluster, number = self.cluster, self.cluster.network.log.count + 1
        for trace in traces_of_line(
            ctx.argv, line, output, cluster.store, self.access.namespace, number, cluster.clock.now
        ):
            cluster.network.log.note(trace)

    async def settle(self) -> bool:
        """Wait until the Pods are what they are to be and nothing new comes; say whether it got there."""
        assert self._mirror is not None  # noqa: S101  # opened before
        loop = asyncio.get_running_loop()
        began = last = loop.time()
        while loop.time() - began < PATIENCE:
            self._mirror.changed.clear()
            try:
                async with asyncio.timeout(QUIET):
                    await self._mirror.changed.wait()
            except TimeoutError:
                if all(map(_at_rest, self.cluster.store.list("Pod", HOME))):
                    return True
            if not self.live:
                now = loop.time()
                self.tick(now - last)
                last = now
        return False

    def _apply(self, state: SimulationState) -> None:
        """Go back with the shell and its files only: what is in a real cluster stays."""
        super()._apply(SimulationState(**{**vars(state), "cluster": self.cluster.snapshot()}))

    async def close(self) -> None:
        """Stop all that runs."""
        await super().close()
        if self._mirror is not None:
            await self._mirror.close()


def _at_rest(pod: Object) -> bool:
    """Whether a Pod is what it is to be, or waits for something that time alone does not bring."""
    if field(pod, "metadata.deletionTimestamp"):
        return False
    if field(pod, "status.phase") in _FINAL or is_ready(pod):
        return True
    statuses = field(pod, "status.containerStatuses") or ()
    waiting = [(each.get("state") or {}).get("waiting", {}).get("reason", "") for each in statuses]
    return any(reason and reason not in {"ContainerCreating", "PodInitializing"} for reason in waiting)
