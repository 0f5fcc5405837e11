"""Our kubectl and the real one, asked the same of nodes: cordon, uncordon, drain and taint.

Lines are compared whatever their order: the real one evicts all Pods at the same time.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.apiserver.real_kubectl import bench
from tests.apiserver.test_real_kubectl import FOUND, NEWEST
from tests.apiserver.test_same_kubectl import ask_ours, shown

SETUP = (
    "kubectl create deployment web --image=nginx:1.27 --replicas=3",
    "kubectl run solo --image=nginx:1.27",
)
CORDONED = (
    "kubectl cordon",
    "kubectl cordon node-1 -l a=b",
    "kubectl cordon node-1 --dry-run=server",
    "kubectl cordon node-1 nope node-2",
    "kubectl cordon node/node-1 node-3",
    "kubectl cordon node-1 --dry-run=client",
    "kubectl cordon pod/solo",
    "kubectl get nodes",
    "kubectl uncordon -l 'a b'",
    "kubectl uncordon -l kubernetes.io/os=linux",
)
DRAINED = (
    "kubectl drain",
    "kubectl drain node-1 --pod-selector='a b'",
    "kubectl drain node-1 node-2 node-3 --dry-run=client",
    "kubectl drain node-1 node-2 node-3 --force --dry-run=server",
    "kubectl drain node-1 node-2 node-3",
    "kubectl drain node-2 --force --pod-selector=run=solo --grace-period=1",
    "kubectl drain node-2 --disable-eviction",
    "kubectl get deployments",
    "kubectl uncordon node-1 node-2 node-3",
)
TAINTED = (
    "kubectl taint nodes a:NoSchedule",
    "kubectl taint pods solo a:NoSchedule",
    "kubectl taint nope solo a:NoSchedule",
    "kubectl taint nodes node-1 a=b:Nope",
    "kubectl taint nodes node-1 'a=b c:NoSchedule'",
    "kubectl taint nodes node-1 a/b/c:NoSchedule",
    "kubectl taint nodes node-1 a=b:NoSchedule a=c:NoSchedule",
    "kubectl taint nodes node-1 a=b:NoSchedule a-",
    "kubectl taint nodes node-1 a=b:NoSchedule --dry-run=client",
    "kubectl taint nodes node-1 nope node-2 a=b:NoSchedule",
    "kubectl taint nodes node-1 a=c:NoSchedule",
    "kubectl taint nodes node-1 b:PreferNoSchedule a:NoSchedule-",
    "kubectl taint nodes --all z=1:NoSchedule --overwrite",
    "kubectl taint nodes --all a- b-",
    "kubectl taint nodes node-3 x=1:NoExecute -o jsonpath='{.spec.taints}'",
    "kubectl get nodes -o jsonpath='{.items[*].spec.taints}'",
)


@pytest.mark.skipif(not NEWEST, reason="this machine has no real kubectl")
@pytest.mark.parametrize("commands", [CORDONED, DRAINED, TAINTED], ids=["cordon", "drain", "taint"])
async def test_both_say_and_do_the_same(commands: tuple[str, ...], tmp_path: Path) -> None:
    async with bench(FOUND[NEWEST], tmp_path) as at:
        for command in SETUP:
            await at.run(command)
        differing = []
        for command in commands:
            state = at.simulation.snapshot()
            real = await at.run(command)
            at.simulation.restore(state)
            ours = await ask_ours(at.simulation, command)
            if (shown(real.stdout, real.stderr), real.rc) != ours:
                differing.append(f"$ {command}\n  real {real.rc} {real.stdout!r} {real.stderr!r}\n  ours {ours}")
        assert not differing, f"{len(differing)} differ:\n" + "\n".join(differing)
