"""Whether a repair holds: it is tried in a copy of the cluster whose Pods have all been replaced.

A patch-up by hand (a label written on a Pod, a file changed in one, an address that was copied) works until then, and
any update of a Deployment replaces Pods: https://kubernetes.io/docs/concepts/workloads/pods/ .
"""

from __future__ import annotations

from tutor.course.conditions.evidence import Evidence
from tutor.course.conditions.tree import look
from tutor.course.schema import Rehearsal
from tutor.course.stage import Stage
from tutor.engine.bootstrap import SYSTEM_NAMESPACES
from tutor.engine.cluster import Cluster
from tutor.engine.objects import name_of, namespace_of
from tutor.engine.resources import POD
from tutor.shell.simulation import Simulation


async def rehearse(simulation: Simulation, rehearsal: Rehearsal) -> str:
    """Why a repair does not hold; empty if it does. The simulation itself is left as it is.

    Args:
        simulation: the world with the repair.
        rehearsal: what it has to stand.
    """
    copy = simulation.rehearsal()
    try:
        _replace_pods(copy.cluster)
        await copy.settle()
        stage = Stage(copy)
        before, newest = stage.before(copy.cluster.store.snapshot()), copy.cluster.network.log.count
        played = await stage.play_unseen(rehearsal.do)
        evidence = Evidence(copy.cluster.store, before, copy.cluster.network.log.since(newest), played)
        return next((line.missing for line in look(rehearsal.until, evidence) if not line.met), "")
    finally:
        await copy.close()


def _replace_pods(cluster: Cluster) -> None:
    """Delete every Pod outside the cluster's own namespaces, without grace: those that have owners come again."""
    for pod in cluster.store.list("Pod"):
        if namespace_of(pod) not in SYSTEM_NAMESPACES:
            cluster.api.delete(POD, name_of(pod), namespace_of(pod), grace=0)
