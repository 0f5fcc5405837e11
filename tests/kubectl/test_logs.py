"""`kubectl logs`."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl

TWO = """
apiVersion: v1
kind: Pod
metadata: {name: two, labels: {app: two}}
spec: {containers: [{name: nginx, image: nginx}, {name: side, image: nginx}]}
"""


@pytest.fixture
async def two(kubectl: Kubectl) -> Kubectl:
    await kubectl.apply(TWO)
    for container, count in (("nginx", 3), ("side", 1)):
        write(kubectl, container, *(f"{container} {number}" for number in range(count)))
    return kubectl


def write(kubectl: Kubectl, container: str, *lines: str) -> None:
    """Let a container of the Pod `two` write lines, each a second after the last."""
    pod = kubectl.cluster.store.get("Pod", "default", "two")
    assert pod is not None
    run = (pod["metadata"]["uid"], container, 0)
    for line in lines:
        kubectl.cluster.logs.write(run, kubectl.cluster.clock.now, line)
        kubectl.cluster.advance(1)


@pytest.mark.parametrize(
    ("line", "stdout"),
    [
        ("logs two -c side", "side 0\n"),
        ("logs two side", "side 0\n"),
        ("logs pod/two -c nginx", "nginx 0\nnginx 1\nnginx 2\n"),
        ("logs two -c nginx --tail=1", "nginx 2\n"),
        ("logs two -c nginx --tail=0", ""),
        ("logs two -c nginx --since=2s", "nginx 2\n"),
        ("logs two -c side --prefix", "[pod/two/side] side 0\n"),
        ("logs -l app=two --all-containers", "nginx 0\nnginx 1\nnginx 2\nside 0\n"),
        ("logs two -c nginx --limit-bytes=10", "nginx 0\nng"),
    ],
)
async def test_lines(two: Kubectl, line: str, stdout: str) -> None:
    result = await two(line)
    assert (result.stdout, result.stderr, result.rc) == (stdout, "", 0)


async def test_first_container_is_the_default(two: Kubectl) -> None:
    result = await two("logs two")
    assert result.stdout == "nginx 0\nnginx 1\nnginx 2\n"
    assert result.stderr == 'Defaulted container "nginx" out of: nginx, side\n'


async def test_timestamps(two: Kubectl) -> None:
    assert (await two("logs two -c side --timestamps")).stdout.endswith("Z side 0\n")
    assert (await two("logs two -c side --timestamps")).stdout.startswith("2026-11-23T09:00:")


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("logs two -c nope", "error: container nope is not valid for pod two\n"),
        ("logs two -p -c nginx",
         'Error from server (BadRequest): previous terminated container "nginx" in pod "two" not found\n'),
        ("logs two --all-containers -c nginx",
         "error: --all-containers=true should not be specified with container name nginx\n"),
        ("logs", "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
         "POD or TYPE/NAME is a required argument for the logs command\n"
         "See 'kubectl logs -h' for help and examples\n"),
        ("logs two -l a=b", "error: only a selector (-l) or a POD name is allowed\n"
         "See 'kubectl logs -h' for help and examples\n"),
        ("logs two -c nginx --tail=-2", "error: --tail must be greater than or equal to -1\n"),
    ],
)  # fmt: skip
async def test_refusal(two: Kubectl, line: str, stderr: str) -> None:
    result = await two(line)
    assert (result.stdout, result.stderr, result.rc) == ("", stderr, 1)


async def test_container_that_waits(kubectl: Kubectl) -> None:
    await kubectl("run bad --image=nope:1")
    assert (await kubectl("logs bad")).stderr == (
        'Error from server (BadRequest): container "bad" in pod "bad" is waiting to start: '
        "trying and failing to pull image\n"
    )


async def test_one_pod_of_many(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx:1.27 --replicas=2")
    result = await kubectl("logs deploy/web")
    assert result.stderr.startswith("Found 2 pods, using pod/web-")
    assert (await kubectl("logs -l app=nope")).stderr == "No resources found in default namespace.\n"


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("node/node-1", "*v1.Node: selector for *v1.Node not implemented"),
        ("svc/kubernetes",
         "*v1.Service: invalid service 'kubernetes': Service is defined without a selector"),
    ],
)  # fmt: skip
async def test_what_has_no_logs(kubectl: Kubectl, word: str, why: str) -> None:
    assert (await kubectl(f"logs {word}")).stderr == f"error: cannot get the logs from {why}\n"
    assert (await kubectl(f"attach {word}")).stderr == f"error: cannot attach to {why}\n"
