"""A simulation to type into, and the manifests that the tests apply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tutor.shell.simulation import Simulation
from tutor.shell.terminal import CommandResult

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx-deployment
  labels: {app: nginx}
spec:
  replicas: 3
  selector:
    matchLabels: {app: nginx}
  template:
    metadata:
      labels: {app: nginx}
    spec:
      containers:
      - name: nginx
        image: nginx:1.14.2
        ports:
        - containerPort: 80
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: nginx-clusterip
spec:
  type: ClusterIP
  selector: {app: nginx}
  ports:
  - name: http
    protocol: TCP
    port: 80
"""
FILES = {"nginx-deployment.yaml": DEPLOYMENT, "nginx-clusterip.yaml": SERVICE}
Type = Callable[[str], Awaitable[CommandResult]]


@pytest.fixture
async def simulation() -> AsyncIterator[Simulation]:
    """A world whose waiting commands take no real time."""
    simulation = Simulation(files=FILES, next_cluster_ips=["10.254.201.125"])
    yield simulation
    await simulation.close()


@pytest.fixture
def run(simulation: Simulation) -> Type:
    """Types a line, lets the cluster settle, and gives the result."""

    async def type_line(line: str) -> CommandResult:
        result = await simulation.terminal.submit(line)
        assert result is not None, "the input is incomplete"
        await simulation.settle()
        return result

    return type_line


@pytest.fixture
async def live() -> AsyncIterator[Simulation]:
    """A world at whose terminal a person sits; time stands still unless `tick` is called."""
    simulation = Simulation(files=FILES, live=True)
    yield simulation
    await simulation.close()
