"""`kubectl config`, and what contexts lead to."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl, Result

_FILE = "/home/learner/.kube/config"


async def test_contexts(kubectl: Kubectl) -> None:
    made = await kubectl("config set-context shop --namespace=shop --cluster=tutor --user=learner")
    assert made.stdout == 'Context "shop" created.\n'
    assert (await kubectl("config use-context shop")).stdout == 'Switched to context "shop".\n'
    assert (await kubectl("config get-contexts --no-headers")).stdout.splitlines()[0].split() == [
        "*", "shop", "tutor", "learner", "shop",
    ]  # fmt: skip
    assert (await kubectl("get pods")).stderr == "No resources found in shop namespace.\n"
    assert (await kubectl("get svc --context=tutor -o name")).stdout == "service/kubernetes\n"
    minified = await kubectl("config view --minify -o jsonpath={..namespace}")
    assert minified.stdout == "shop"


async def test_clusters_and_users(kubectl: Kubectl) -> None:
    assert (await kubectl("config get-clusters")).stdout == "NAME\ntutor\n"
    assert (await kubectl("config get-users")).stdout == "NAME\nlearner\n"


async def test_a_context_is_renamed_and_stays_current(kubectl: Kubectl) -> None:
    assert (await kubectl("config rename-context tutor home")).stdout == 'Context "tutor" renamed to "home".\n'
    assert (await kubectl("config current-context")).stdout == "home\n"
    assert (await kubectl("get svc -o name")).stdout == "service/kubernetes\n"
    assert (await kubectl("config rename-context nope x")).stderr == (
        f'error: cannot rename the context "nope", it\'s not in {_FILE}\n'
    )
    assert (await kubectl("config rename-context home home")).stderr == (
        f'error: cannot rename the context "home", the context "home" already exists in {_FILE}\n'
    )


async def test_the_current_context_is_deleted(kubectl: Kubectl) -> None:
    assert await kubectl("config delete-context tutor") == Result(
        f"deleted context tutor from {_FILE}\n",
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
        0,
    )
    assert (await kubectl("get pods")).stderr == (
        "Error in configuration: context was not found for specified context: tutor\n"
    )
    assert (await kubectl("config delete-context tutor")).stderr == (
        f"error: cannot delete context tutor, not in {_FILE}\n"
    )
    without = await kubectl("config delete-context")
    assert (without.stdout[:51], without.rc) == ("Delete the specified context from the kubeconfig.\n\n", 0)


async def test_single_values(kubectl: Kubectl) -> None:
    assert (await kubectl("config set contexts.dev.namespace shop")).stdout == (
        'Property "contexts.dev.namespace" set.\n'
    )
    await kubectl("config set contexts.dev.cluster tutor")
    await kubectl("config set contexts.dev.user learner")
    assert (await kubectl("config set current-context dev")).stdout == 'Property "current-context" set.\n'
    assert (await kubectl("get pods")).stderr == "No resources found in shop namespace.\n"
    assert (await kubectl("config unset contexts.dev.namespace")).stdout == (
        'Property "contexts.dev.namespace" unset.\n'
    )
    assert (await kubectl("get pods")).stderr == "No resources found in default namespace.\n"
    assert (await kubectl("config unset current-context")).rc == 0
    assert (await kubectl("config current-context")).stderr == "error: current-context is not set\n"
    assert (await kubectl("get pods")).stderr == (
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n"
    )
    await kubectl("config unset contexts.dev")
    assert (await kubectl("config get-contexts -o name")).stdout == "tutor\n"


@pytest.mark.parametrize(
    ("words", "stderr"),
    [
        ("set a b", "unable to parse a after [] at api.Config"),
        ("set contexts.tutor.namespace.x y", "unable to parse one or more field values of contexts.tutor.namespace.x"),
        ("set clusters.tutor.server x", "changing clusters is not simulated; what is: current-context and contexts"),
        ("unset contexts.nope.namespace", "current map key `nope` is invalid"),
        ("view --minify --context=nope", "cannot locate context nope"),
        ("use-context ''", "empty context names are not allowed"),
    ],
)
async def test_refusal(kubectl: Kubectl, words: str, stderr: str) -> None:
    assert await kubectl(f"config {words}") == Result("", f"error: {stderr}\n", 1)


@pytest.mark.parametrize(
    ("words", "args"),
    [
        ("use-context", ""), ("use-context a b", "a b"), ("set-context a b", "a b"), ("rename-context a", "a"),
        ("set a", "a"), ("unset", ""),
    ],
)  # fmt: skip
async def test_a_wrong_number_of_words_shows_the_help_first(kubectl: Kubectl, words: str, args: str) -> None:
    result = await kubectl(f"config {words}")
    assert (result.stderr, result.rc) == (f"error: Unexpected args: [{args}]\n", 1)
    assert result.stdout == (await kubectl(f"config {words.split()[0]} --help")).stdout


async def test_a_context_may_lead_nowhere(kubectl: Kubectl) -> None:
    await kubectl("config set-context dev --user=learner")
    assert (await kubectl("get pods --context=dev")).stderr.startswith("The connection to the server localhost:8080 ")
    await kubectl("config set-context other --cluster=tutor --user=jane")
    assert (await kubectl("get pods --context=other")).stderr == (
        'error: the user "jane" of the context "other" is not simulated; the one that is: learner\n'
    )
    assert (await kubectl("config view --minify --context=other")).stderr == "error: cannot locate user jane\n"


async def test_view(kubectl: Kubectl) -> None:
    lines = (await kubectl("config view -o json")).stdout.splitlines()
    assert lines[1:3] == ['    "kind": "Config",', '    "apiVersion": "v1",']
    assert (await kubectl("config view")).stdout.startswith("apiVersion: v1\nclusters:\n- cluster:\n")
    assert "DATA+OMITTED" in (await kubectl("config view")).stdout
    for flag in ("--raw", "--flatten"):
        raw = (await kubectl(f"config view {flag}")).stdout
        assert "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t" in raw
