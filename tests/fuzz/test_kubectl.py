"""Whatever is typed after `kubectl`, or stands in a manifest, it answers as kubectl does: a text and an exit code.

A handler that lets any other exception out than the API's and its own would fail these tests by itself: nothing
between `run` and the test catches it.
"""

from __future__ import annotations

import json
from functools import cache

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.materials import (
    COMMANDS,
    MANIFESTS,
    RECORDINGS,
    VALUES,
    declared_words,
    deep,
    no_hang,
    spoiled,
    spoiled_text,
    spoiled_words,
)
from tests.kubectl.conftest import Kubectl, Result
from tutor.engine.cluster import ClusterState
from tutor.kubectl.context import KubeConfig
from tutor.kubectl.main import run

EXAMPLES = settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@cache
def furnished() -> tuple[Kubectl, ClusterState]:
    """A kubectl over a cluster that holds all the manifests, and the way back to it."""
    files = {name: text for recording in RECORDINGS for name, text in recording.files.items()}
    kubectl = Kubectl(files)
    for manifest in MANIFESTS:
        kubectl.cluster.api.create(manifest)
    kubectl.cluster.settle()
    return kubectl, kubectl.cluster.snapshot()


def fresh() -> Kubectl:
    """That kubectl, as it was at first."""
    kubectl, start = furnished()
    kubectl.cluster.restore(start)
    kubectl.context.config = KubeConfig()
    kubectl.files.contents = {name: text for each in RECORDINGS for name, text in each.files.items()}
    return kubectl


async def answer(kubectl: Kubectl, words: list[str], stdin: str = "") -> Result:
    """Run a command line and insist on an answer."""
    kubectl.stdin.text = stdin
    with no_hang():
        rc = await run(words, kubectl.context)
        kubectl.cluster.clock.run_due()
    result = Result(kubectl.stdout.take(), kubectl.stderr.take(), rc)
    assert 0 <= result.rc <= 255
    assert result.rc == 0 or result.stderr or result.stdout, "a failure without a word"
    assert "Traceback" not in result.stdout + result.stderr
    return result


@EXAMPLES
@given(words=spoiled_words())
async def test_spoiled_command_lines(words: list[str]) -> None:
    await answer(fresh(), words)


@EXAMPLES
@given(words=declared_words())
async def test_flags_in_any_combination(words: list[str]) -> None:
    await answer(fresh(), words)


@pytest.mark.parametrize("verb", ["apply -f -", "create -f -", "replace -f -", "delete --wait=false -f -", "diff -f -"])
@settings(EXAMPLES, max_examples=60)
@given(text=st.one_of(spoiled_text(), st.text(max_size=30), VALUES.map(json.dumps)))
async def test_texts_of_manifests(verb: str, text: str) -> None:
    await answer(fresh(), verb.split(), text)


@EXAMPLES
@given(manifest=spoiled(MANIFESTS), create=st.booleans())
async def test_a_refused_manifest_leaves_no_trace(manifest: object, create: bool) -> None:
    kubectl = fresh()
    before = kubectl.cluster.store.snapshot()
    text = yaml.dump(manifest, Dumper=yaml.CSafeDumper, allow_unicode=True)
    result = await answer(kubectl, ["create" if create else "apply", "-f", "-"], text)
    if result.rc:
        assert kubectl.cluster.store.snapshot().objects is before.objects
    else:
        kubectl.cluster.settle()
        for words in (
            ["get", "all,ep,endpointslices,netpol,cm,no,ns,sa,ev", "-A", "-o", "wide"],
            ["describe", "-f", "-"],
        ):
            await answer(kubectl, words, text)
        assert (await answer(kubectl, ["get", "-o", "yaml", "-f", "-"], text)).rc == 0


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(deep(900)),
        "[" * 100_000,
        "{a: " * 5_000,
        "- " * 20_000 + "x",
        json.dumps({**MANIFESTS[0], "spec": deep(900)}),
        json.dumps({**MANIFESTS[0], "metadata": {"name": "x" * 1_000_000}}),
        json.dumps({**MANIFESTS[0], "metadata": {"name": "x", "labels": {f"k{n}": "v" for n in range(20_000)}}}),
        json.dumps({**MANIFESTS[0], "metadata": {"name": "x", "annotations": {"a": "v" * 300_000}}}),
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)),
        "a: &a [*a]\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: " + "9" * 5_000 + "}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 1" + "0" * 5_000 + "}]}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: .nan}, {port: 1e400}]}\n",
        "kind: List\napiVersion: v1\nitems: " + "[{kind: List, apiVersion: v1, items: " * 200 + "[]" + "}]" * 200,
        "\ufeffapiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: x, creationTimestamp: 2026-01-01}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {1: 2, true: null, [a]: b, 2026-01-01: x}\n",
        "? {a: b}\n: c\n",
        "!!python/object/apply:os.system ['true']\n",
        "\x00\x01\x02",
        "---\n---\n...\n--- |\n",
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
async def test_huge_nested_and_strange_manifests(text: str) -> None:
    kubectl = fresh()
    before = kubectl.cluster.store.snapshot()
    for words in (["apply", "-f", "-"], ["create", "--validate=false", "-f", "-"]):
        result = await answer(kubectl, words, text)
        assert result.rc == 0 or kubectl.cluster.store.snapshot().objects is before.objects
        before = kubectl.cluster.store.snapshot()


@settings(EXAMPLES, max_examples=150)
@given(
    template=st.text(alphabet="{}.[]()@?'\"\\*:,-0123 anmesrgtd=<>&|$", max_size=25),
    printer=st.sampled_from(["jsonpath", "jsonpath-as-json", "custom-columns", "go-template", "sort-by"]),
)
async def test_templates(template: str, printer: str) -> None:
    words = [f"--sort-by={template}"] if printer == "sort-by" else ["-o", f"{printer}={template}"]
    if printer == "custom-columns":
        words[1] = f"custom-columns=A:{template}"
    await answer(fresh(), ["get", "pods,svc", *words])


def test_the_recordings_have_command_lines() -> None:
    assert len(COMMANDS) > 150
