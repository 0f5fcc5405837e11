"""Our kubectl and the real one, asked the same of the same cluster."""

from __future__ import annotations

import os
import random
import shlex
from pathlib import Path

import pytest

from tests.apiserver.real_kubectl import bench
from tests.apiserver.test_real_kubectl import FOUND, NEWEST
from tests.kubectl.recordings import mask
from tutor.shell.simulation import Simulation

COUNT = 200 if os.environ.get("TUTOR_FULL") else 40
SETUP = (
    "kubectl create deployment web --image=nginx:1.27 --replicas=2",
    "kubectl expose deployment web --port=80",
    "kubectl create namespace shop",
    "kubectl create service clusterip cart --tcp=8080:80 -n shop",
    "kubectl create configmap settings --from-literal=colour=blue",
    "kubectl label service web tier=front",
)
KINDS = (
    "pods",
    "svc",
    "deploy",
    "rs",
    "cm",
    "nodes",
    "ns",
    "endpointslices",
    "sa",
    "ep",
    "deploy,svc",
    "netpol",
    "all",
)
NAMED = (
    "svc/web",
    "deploy/web",
    "svc web",
    "svc nope",
    "deploy nope",
    "node node-1",
    "ns shop",
    "cm settings",
    "nope x",
)
PLACES = ("", "", "-n shop", "-A", "-n nowhere", "-n kube-system")
FORMS = (
    "", "-o wide", "-o name", "-o yaml", "-o json", "--show-labels", "--no-headers", "-L tier",
    "-o jsonpath='{.items[*].metadata.name}'", "-o custom-columns=NAME:.metadata.name,KIND:.kind",
    "--sort-by=.metadata.name", "-o go-template='{{range .items}}{{.kind}} {{end}}'",
)  # fmt: skip
SELECTORS = (
    "",
    "",
    "-l app=web",
    "-l 'app in (web,cart)'",
    "-l '!app'",
    "-l tier=front",
    "--field-selector metadata.name=web",
)
CHANGES = (
    "kubectl label svc web {word}={word} --overwrite",
    "kubectl annotate deploy web {word}=1 --overwrite",
    "kubectl scale deploy web --replicas={number}",
    "kubectl create configmap {word} --from-literal=a=b",
    "kubectl delete configmap {word}",
    "kubectl set image deploy/web nginx=nginx:1.{number}",
    "kubectl create namespace {word}",
    "kubectl expose deployment web --name {word} --port {number}",
    'kubectl patch svc web -p \'{{"spec":{{"ports":[{{"port":{number}}}]}}}}\'',
    "kubectl create service clusterip {word} --tcp={number}",
    "kubectl delete svc {word}",
)
OTHERS = (
    "kubectl explain {kind}", "kubectl api-versions", "kubectl auth can-i list pods",
    "kubectl describe svc web", "kubectl describe deploy web", "kubectl describe cm settings",
    "kubectl rollout status deploy/web", "kubectl rollout history deploy/web", "kubectl get nope",
    "kubectl wait --for=condition=available deploy/web --timeout=5s", "kubectl version",
)  # fmt: skip


def generated(seed: int, count: int) -> list[str]:
    """Command lines, mostly ones that look."""
    dice = random.Random(seed)
    words = ("red", "blue", "green", "web", "Bad_")
    found = []
    while len(found) < count:
        kind = dice.random()
        if kind < 0.5:
            place, selector = dice.choice(PLACES), dice.choice(SELECTORS)
            found.append(
                " ".join(filter(None, ("kubectl get", dice.choice(KINDS), place, dice.choice(FORMS), selector)))
            )
        elif kind < 0.7:
            place = dice.choice(("", "-n shop"))
            found.append(" ".join(filter(None, ("kubectl get", dice.choice(NAMED), place, dice.choice(FORMS[:5])))))
        elif kind < 0.85:
            found.append(dice.choice(CHANGES).format(word=dice.choice(words), number=dice.choice((1, 2, 3, 80))))
        else:
            found.append(dice.choice(OTHERS).format(kind=dice.choice(("svc.spec.ports", "pod.spec", "deploy", "ns"))))
    return found


@pytest.mark.skipif(not NEWEST, reason="this machine has no real kubectl")
async def test_both_answer_alike(tmp_path: Path) -> None:
    async with bench(FOUND[NEWEST], tmp_path) as at:
        simulation = at.simulation
        for command in SETUP:
            await at.run(command)
        differing = []
        for command in generated(7, COUNT):
            state = simulation.snapshot()
            real = await at.run(command)
            simulation.restore(state)
            ours = await ask_ours(simulation, command)
            if (shown(real.stdout, real.stderr), real.rc) != ours:
                differing.append(f"$ {command}\n  real {real.rc} {real.stdout!r} {real.stderr!r}\n  ours {ours}")
        assert not differing, f"{len(differing)} differ:\n" + "\n".join(differing)


def shown(stdout: str, stderr: str) -> list[str]:
    """What is printed, whatever stream it comes on, without what differs from run to run."""
    return sorted(mask(stdout + stderr))


async def ask_ours(simulation: Simulation, command: str) -> tuple[list[str], int]:
    """What our kubectl prints, and its exit code."""
    with simulation.at_once():
        result = await simulation.terminal.submit(command)
        await simulation.settle()
    assert result is not None, shlex.split(command)
    return shown(result.output, ""), result.exit_code
