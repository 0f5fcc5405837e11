"""`kubectl delete` beyond what the recordings show."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl, Result

_IMMEDIATE = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The "
    "resource may continue to run on the cluster indefinitely.\n"
)


async def test_it_comes_back_when_the_pod_is_gone(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    started = kubectl.cluster.clock.now
    result = await kubectl("delete pod web", settle=False)
    assert result.stdout == 'pod "web" deleted\n'
    assert kubectl.cluster.store.get("Pod", "default", "web") is None
    assert kubectl.cluster.clock.now > started


async def test_without_waiting_the_pod_is_terminating(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    await kubectl("delete pod web --wait=false", settle=False)
    pod = kubectl.cluster.store.get("Pod", "default", "web")
    assert pod is not None
    assert "deletionTimestamp" in pod["metadata"]


async def test_a_wait_that_takes_too_long(kubectl: Kubectl) -> None:
    await kubectl("run web --image=busybox --command -- sleep 1000")
    result = await kubectl("delete pod web --timeout=100ms", settle=False)
    assert result.stdout == 'pod "web" deleted\n'
    assert result.stderr == "error: timed out waiting for the condition on pods/web\n"
    assert result.rc == 1


async def test_force(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    result = await kubectl("delete pod web --force", settle=False)
    assert (result.stdout, result.stderr) == ('pod "web" force deleted\n', _IMMEDIATE)
    assert kubectl.cluster.store.get("Pod", "default", "web") is None


async def test_a_pod_of_a_deployment_is_replaced_and_the_wait_is_for_the_old_one(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx --replicas=1")
    (name,) = (await kubectl("get pods -o name")).stdout.split()
    result = await kubectl(f"delete {name}")
    assert result.stdout == f'pod "{name.removeprefix("pod/")}" deleted\n'
    (other,) = (await kubectl("get pods -o name")).stdout.split()
    assert other != name


async def test_a_namespace_goes_with_all_that_is_in_it(kubectl: Kubectl) -> None:
    await kubectl("create ns shop")
    await kubectl("-n shop create deployment cart --image=nginx")
    await kubectl("-n shop expose deployment cart --port=80")
    assert (await kubectl("delete ns shop", settle=False)).stdout == 'namespace "shop" deleted\n'
    store = kubectl.cluster.store
    assert store.get("Namespace", "", "shop") is None
    assert not [kind for kind in ("Pod", "Service", "Deployment", "EndpointSlice") if store.count(kind, "shop")]


@pytest.mark.parametrize("answer", ["n\n", ""])
async def test_interactive_asks_first(kubectl: Kubectl, answer: str) -> None:
    await kubectl("create cm a --from-literal=a=b")
    result = await kubectl("delete cm a -i", stdin=answer)
    assert result.stdout == (
        "You are about to delete the following 1 resource(s):\nconfigmap/a\n"
        "Do you want to continue? (y/n): deletion is cancelled\n"
    )
    assert (await kubectl("delete cm a -i", stdin="y\n")).stdout.endswith('(y/n): configmap "a" deleted\n')


async def test_nothing_found_is_no_error_for_selectors(kubectl: Kubectl) -> None:
    assert (await kubectl("delete pods -l app=none")).stdout == "No resources found\n"
    assert (await kubectl("delete pod none --ignore-not-found")).rc == 0
    missing = await kubectl("delete pod none")
    assert (missing.stderr, missing.rc) == ('Error from server (NotFound): pods "none" not found\n', 1)


async def test_the_others_are_deleted_though_one_is_missing(kubectl: Kubectl) -> None:
    await kubectl("create cm a --from-literal=a=b")
    result = await kubectl("delete cm nope a")
    assert (result.stdout, result.rc) == ('configmap "a" deleted\n', 1)


async def test_files(kubectl: Kubectl) -> None:
    kubectl.files.write("cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    await kubectl("apply -f cm.yaml")
    assert (await kubectl("delete -f cm.yaml -o name")).stdout == "configmap/a\n"
    assert (await kubectl("delete -f cm.yaml")).stderr == (
        'Error from server (NotFound): error when deleting "cm.yaml": configmaps "a" not found\n'
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("pod x --now --grace-period=3", "--now and --grace-period cannot be specified together"),
        ("pod x --force --grace-period=3", "--force and --grace-period greater than 0 cannot be specified together"),
        ("pods --all -l a=b", "setting 'all' parameter but found a non empty selector. "),
        ("pod x --cascade=maybe", 'invalid cascade value (maybe). Must be "background", "foreground", or "orphan"'),
        ("pod x -o yaml", "unexpected -o output mode: yaml. We only support '-o name'"),
        ("foo x", 'the server doesn\'t have a resource type "foo"'),
    ],
)
async def test_flags_that_make_no_sense(kubectl: Kubectl, flags: str, message: str) -> None:
    result = await kubectl(f"delete {flags}")
    assert (result.stderr, result.rc) == (f"error: {message}\n", 1)


async def test_what_is_not_there_may_be_ignored(kubectl: Kubectl) -> None:
    assert await kubectl("delete pod,svc a b --ignore-not-found") == Result("", "", 0)
    assert await kubectl("delete pod --all") == Result("No resources found\n", "", 0)


@pytest.mark.parametrize(("old", "new"), [("false", "orphan"), ("True", "background")])
async def test_old_ways_to_cascade_are_warned_of(kubectl: Kubectl, old: str, new: str) -> None:
    result = await kubectl(f"delete svc kubernetes --dry-run=client --cascade={old}")
    assert result.stderr == (
        f"warning: --cascade={old} is deprecated (boolean value) and can be replaced with --cascade={new}.\n"
    )
