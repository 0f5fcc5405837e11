"""From a command line to a verb: finding it, its help, and errors before anything is done."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl
from tutor.engine.errors import FieldError, invalid, not_found
from tutor.kubectl import overview
from tutor.kubectl.errors import AggregateError, KubectlError, PlainError, report
from tutor.kubectl.verbs import find_verb


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("get svc --bogus", "error: unknown flag: --bogus\nSee 'kubectl get --help' for usage.\n"),
        ("create service clusterip --bogus", "error: unknown flag: --bogus\n"
         "See 'kubectl create service clusterip --help' for usage.\n"),
        ("gte svc", 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'),
        ("qqqqqq", 'error: unknown command "qqqqqq" for "kubectl"\n'),
        ("rollout foo", "error: unknown command \"foo\"\nSee 'kubectl rollout -h' for help and examples\n"),
        ("drain node-1", "error: kubectl drain is not simulated; try: kubectl delete pod, kubectl scale\n"),
        ("get --raw /version", "error: --raw is not simulated; see 'kubectl get --help' for the flags that are\n"),
        ("get pods --context=nope", 'error: context "nope" does not exist\n'),
        ("help nope", "error: Unknown help topic [`nope`]\n"),
    ],
)  # fmt: skip
async def test_refusal(kubectl: Kubectl, line: str, stderr: str) -> None:
    result = await kubectl(line)
    assert (result.stdout, result.stderr, result.rc) == ("", stderr, 1)


async def test_global_flags_before_the_verb(kubectl: Kubectl) -> None:
    assert (await kubectl("-n kube-system get deploy -o name")).stdout == "deployment.apps/coredns\n"
    assert (await kubectl("--namespace=kube-system get deploy -o name")).stdout == "deployment.apps/coredns\n"


@pytest.mark.parametrize("verb", [name for name in overview.verb_names() if name not in overview.NEAR])
async def test_every_simulated_verb_helps(kubectl: Kubectl, verb: str) -> None:
    result = await kubectl(f"{verb} --help")
    command = find_verb(verb)
    assert command is not None
    assert command.short == dict(pair for _, group in overview.GROUPS for pair in group)[verb]
    assert result.rc == 0
    assert f"\n\nUsage:\n  kubectl {verb}" in result.stdout
    assert result.stdout.endswith("applies to all commands).\n")
    assert (await kubectl(f"help {verb}")).stdout == result.stdout


def test_every_verb_is_there_or_declared_missing() -> None:
    assert {name for name in overview.verb_names() if find_verb(name) is None} <= set(overview.NEAR)


async def test_help_of_a_flag_is_laid_out_as_kubectl_does(kubectl: Kubectl) -> None:
    text = (await kubectl("get -h")).stdout
    assert "    -w, --watch=false:\n\tAfter listing/getting the requested object, watch for changes.\n\n" in text
    assert "    -o, --output='':\n\tOutput format. One of: (json, yaml," in text
    assert "\nExamples:\n  # List all pods in ps output format\n  kubectl get pods\n" in text


async def test_options_lists_the_global_flags(kubectl: Kubectl) -> None:
    text = (await kubectl("options")).stdout
    assert text.startswith("The following options can be passed to any command:\n\n    --context='':\n")
    assert "    -n, --namespace='':\n\tIf present, the namespace scope for this CLI request\n" in text


def test_several_causes_become_a_list() -> None:
    error = invalid(
        "Service", "", "web", [FieldError("a", "FieldValueRequired"), FieldError("b", "FieldValueInvalid", 1, "no")]
    )
    assert report(error) == (
        'The Service "web" is invalid: \n* a: Required value\n* b: Invalid value: 1: no\n',
        1,
    )


def test_several_errors_stand_one_a_line() -> None:
    errors = AggregateError([not_found("pods", "", "a"), KubectlError("what")])
    assert report(errors) == ('Error from server (NotFound): pods "a" not found\nwhat\n', 1)
    assert report(AggregateError([KubectlError("what")])) == ("error: what\n", 1)


def test_plain_error_has_no_prefix() -> None:
    assert report(PlainError("edit cancelled", 3)) == ("edit cancelled\n", 3)
