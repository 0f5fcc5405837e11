"""`kubectl label` and `kubectl annotate` beyond what the recordings show."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl


@pytest.fixture
async def web(kubectl: Kubectl) -> Kubectl:
    """A Service called web, labelled app=web."""
    await kubectl("create deployment web --image=nginx --port=80")
    await kubectl("expose deploy web")
    return kubectl


async def test_what_is_said_of_each_change(web: Kubectl) -> None:
    lines = [
        ("label svc web a=b", "service/web labeled\n"),
        ("label svc web a=b", "service/web not labeled\n"),
        ("label svc web a-", "service/web unlabeled\n"),
        ("label svc web a=b c=d --dry-run=client", "service/web labeled (dry run)\n"),
        ("label svc web a- --overwrite", 'label "a" not found.\nservice/web not labeled\n'),
        ("annotate svc web note=hi", "service/web annotated\n"),
        ("annotate svc web note-", "service/web annotated\n"),
    ]
    for line, said in lines:
        assert (await web(line)).stdout == said


async def test_every_object_is_tried(web: Kubectl) -> None:
    await web("label svc kubernetes tier=back")
    result = await web("label svc --all tier=front")
    assert result.stdout == "service/web labeled\n"
    assert result.stderr == "error: 'tier' already has a value (back), and --overwrite is false\n"
    assert result.rc == 1


async def test_list(web: Kubectl) -> None:
    await web("label svc web tier=front")
    assert (await web("label svc web --list")).stdout == "app=web\ntier=front\n"
    assert (await web("label svc --all --list")).stdout == (
        "Listing labels for Service./kubernetes:\n component=apiserver\n provider=kubernetes\n"
        "Listing labels for Service./web:\n app=web\n tier=front\n"
    )


async def test_a_stale_resource_version_is_a_conflict(web: Kubectl) -> None:
    result = await web("label svc web a=b --resource-version=1")
    assert result.stderr.startswith('Error from server (Conflict): Operation cannot be fulfilled on services "web": ')
    assert (await web("label svc --all a=b --resource-version=1")).stderr == (
        "error: --resource-version may only be used with a single resource\n"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("label svc web", "at least one label update is required"),
        ("label a=b", "one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("label svc web a=b x", "all resources must be specified before label changes: x"),
        ("label svc web a=b a-", "can not both modify and remove a label in the same command"),
        ("label svc web a=b=c", "invalid label spec: a=b=c"),
        ("label svc --all -l a=b c=d", "cannot set --all and --selector at the same time"),
        ("label svc web --list -o yaml", "--list and --output may not be specified together"),
        ("annotate svc web", "at least one annotation update is required"),
        (
            "annotate svc web a=b a-",
            "can not both modify and remove the following annotation(s) in the same command: a",
        ),
    ],
)
async def test_slips(web: Kubectl, line: str, message: str) -> None:
    result = await web(line)
    assert (result.stderr, result.rc) == (f"error: {message}\n", 1)


async def test_a_bad_value_is_found_before_anything_is_sent(web: Kubectl) -> None:
    result = await web("label svc web 'a=b c'")
    assert result.stderr.startswith('error: invalid label value: "a=b c": a valid label must be an empty string or ')


async def test_annotations_are_kept_unless_overwritten(web: Kubectl) -> None:
    await web("annotate svc web note=hi")
    refused = await web("annotate svc web note=bye")
    assert refused.stderr == (
        "error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (hi)\n"
    )
    assert (await web("annotate svc web note=bye --overwrite")).rc == 0
    assert (await web("annotate svc web kubernetes.io/change-cause=a")).rc == 0
    assert (await web("annotate svc web kubernetes.io/change-cause=b")).rc == 0
