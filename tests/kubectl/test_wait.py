"""`kubectl wait`."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl, Result


@pytest.mark.parametrize(
    ("condition", "stdout"),
    [
        ("condition=Ready", "pod/web condition met\n"),
        ("condition=ready=TRUE", "pod/web condition met\n"),
        ("jsonpath={.status.phase}=Running", "pod/web condition met\n"),
        ("jsonpath=.status.podIP", "pod/web condition met\n"),
        ("create", "pod/web condition met\n"),
    ],
)
async def test_met_in_time(kubectl: Kubectl, condition: str, stdout: str) -> None:
    await kubectl("run web --image=nginx:1.27", settle=False)
    result = await kubectl(f"wait --for={condition} pod/web --timeout=60s")
    assert (result.stdout, result.stderr, result.rc) == (stdout, "", 0)


@pytest.mark.parametrize(
    ("words", "stderr"),
    [
        ("--for=condition=Ready=false pod/web --timeout=2s",
         "error: timed out waiting for the condition on pods/web\n"),
        ("--for=delete pod/web --timeout=2s", "error: timed out waiting for the condition on pods/web\n"),
        ("--for=create pod/other --timeout=2s", "error: timed out waiting for the condition\n"),
        ("--for=condition=Ready pod/other", 'Error from server (NotFound): pods "other" not found\n'),
        ("--for=condition=Ready pod -l a=b", "error: no matching resources found\n"),
        ("pod/web", 'error: unrecognized condition: ""\n'),
        ("--for=jsonpath={.a}= pod/web", "error: jsonpath wait has to have a value after equal sign, "
         "like --for=jsonpath='{.status.readyReplicas}'=3\n"),
    ],
)  # fmt: skip
async def test_refusal(kubectl: Kubectl, words: str, stderr: str) -> None:
    await kubectl("run web --image=nginx:1.27")
    result = await kubectl(f"wait {words}")
    assert (result.stdout, result.stderr, result.rc) == ("", stderr, 1)


async def test_deleted(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx:1.27")
    await kubectl("delete pod web --wait=false", settle=False)
    assert (await kubectl("wait --for=delete pod/web --timeout=60s")).stdout == "pod/web condition met\n"
    assert (await kubectl("wait --for=delete pod/web")).rc == 0


async def test_every_object_is_waited_for(kubectl: Kubectl) -> None:
    for name in ("a", "b"):
        await kubectl(f"run {name} --image=nginx")
    assert (await kubectl("wait --for=condition=Foo pod --all --timeout=1s")).stderr == (
        "timed out waiting for the condition on pods/a\ntimed out waiting for the condition on pods/b\n"
    )
    late = await kubectl("wait --for=jsonpath={.metadata.name}=b pod a b --timeout=1s")
    assert late.stderr == (
        "timed out waiting for the condition on pods/a\ntimed out waiting for the condition on pods/b\n"
    )
    result = await kubectl("wait --for=condition=Ready pod nope b --timeout=1s")
    assert result == Result("pod/b condition met\n", 'Error from server (NotFound): pods "nope" not found\n', 1)
