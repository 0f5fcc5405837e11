"""What Tab offers on a kubectl command line."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl
from tutor.kubectl.completion import complete


@pytest.fixture
async def shop(kubectl: Kubectl) -> Kubectl:
    await kubectl("run web --image=nginx:1.27")
    await kubectl("expose pod web --port=80")
    await kubectl("create ns shop")
    await kubectl("create deployment cart --image=nginx:1.27 -n shop")
    return kubectl


@pytest.mark.parametrize(
    ("line", "candidates"),
    [
        ("des", ["describe"]),
        ("dr", ["drain"]),
        ("autos", []),  # autoscale is not simulated
        ("drain ", ["node-1", "node-2", "node-3"]),
        ("drain node-1 ", []),
        ("uncordon --dry-run=s", ["--dry-run=server"]),
        ("taint no", ["no", "node", "nodes"]),
        ("taint nodes node-2 ", ["node-1", "node-3"]),
        ("get serv", ["service", "serviceaccount", "serviceaccounts", "services"]),
        ("get pods,sv", ["pods,svc"]),
        ("get svc ", ["kubernetes", "web"]),
        ("get svc web k", ["kubernetes"]),
        ("get svc/w", ["svc/web"]),
        ("-n shop get deploy ", ["cart"]),
        ("get deploy -n shop c", ["cart"]),
        ("get pods -n sh", ["shop"]),
        ("get pods --namespace=sh", ["--namespace=shop"]),
        ("get pods -o js", ["json", "jsonpath", "jsonpath-as-json", "jsonpath-file"]),
        ("get pods --show-l", ["--show-labels"]),
        ("logs we", ["web"]),
        ("logs web -c ", ["web"]),
        ("exec w", ["web"]),
        ("exec web -- l", []),
        ("logs deploy", ["deployments/"]),
        ("create serv", ["service", "serviceaccount"]),
        ("create service c", ["clusterip"]),
        ("rollout res", ["restart", "resume"]),
        ("rollout restart de", ["deploy", "deployment", "deployments"]),
        ("config use-context ", ["tutor"]),
        ("apply -f ", []),
        ("", None),
    ],
)
async def test_candidates(shop: Kubectl, line: str, candidates: list[str] | None) -> None:
    found = complete(line.split(" "), shop.cluster, shop.context.config)
    if candidates is None:
        assert {"get", "apply", "describe"} <= set(found)
        assert "autoscale" not in found
    else:
        assert found == candidates
