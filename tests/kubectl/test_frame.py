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
        ("autoscale deploy web", "error: kubectl autoscale is not simulated; try: kubectl scale\n"),
        ("get --raw /version", "error: --raw is not simulated; see 'kubectl get --help' for the flags that are\n"),
        ("rollout retsart deploy/web",
         "error: unknown command \"retsart deploy/web\"\nSee 'kubectl rollout -h' for help and examples\n"),
        ("gett", 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'),
        ("rm x", 'error: unknown command "rm" for "kubectl"\n\nDid you mean this?\n\trun\n\tdelete\n\tcp\n'),
        ("ps", 'error: unknown command "ps" for "kubectl"\n\nDid you mean this?\n\tget\n\tcp\n\twait\n'),
        ("LIST", 'error: unknown command "LIST" for "kubectl"\n\nDid you mean this?\n\tget\n\twait\n'),
        ("api-",
         'error: unknown command "api-" for "kubectl"\n\nDid you mean this?\n\tapi-versions\n\tapi-resources\n'),
        ("-n shop foo", "Error: flags cannot be placed before plugin name: -n\n"),
        ("get pods --context=nope",
         "Error in configuration: context was not found for specified context: nope\n"),
        ("create cm x --context=nope", 'error: context "nope" does not exist\n'),
        ("get pods --as=jane", "error: --as is not simulated; see 'kubectl options' for the flags that are\n"),
        ("get pods --kubeconfig=x",
         "error: --kubeconfig is not simulated; see 'kubectl options' for the flags that are\n"),
        ("get pods --request-timeout=foo",
         "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
         "corresponding time unit (e.g. 1s | 2m | 3h)\n"),
    ],
)  # fmt: skip
async def test_refusal(kubectl: Kubectl, line: str, stderr: str) -> None:
    result = await kubectl(line)
    assert (result.stdout, result.stderr, result.rc) == ("", stderr, 1)


async def test_an_unknown_help_topic_shows_the_overview(kubectl: Kubectl) -> None:
    result = await kubectl("help foo bar")
    assert (result.stdout, result.rc) == ("", 0)
    assert result.stderr == f"Unknown help topic [`foo` `bar`]\n\n\n{overview.usage()}"
    assert result.stderr.startswith("Unknown help topic [`foo` `bar`]\n\n\nBasic Commands (Beginner):\n  create ")


@pytest.mark.parametrize("words", ["create service", "set", "config", "auth", "top"])
async def test_a_group_alone_shows_its_help_as_an_error(kubectl: Kubectl, words: str) -> None:
    result = await kubectl(words)
    assert (result.stdout, result.rc) == ("", 1)
    assert result.stderr == (await kubectl(f"{words} --help")).stdout


async def test_rollout_alone_shows_its_help_on_standard_output(kubectl: Kubectl) -> None:
    result = await kubectl("rollout")
    assert (result.stderr, result.rc) == ("", 1)
    assert result.stdout == (await kubectl("rollout --help")).stdout


async def test_warnings_may_count_as_errors(kubectl: Kubectl) -> None:
    result = await kubectl("get ep kubernetes -o name --warnings-as-errors")
    assert (result.stdout, result.rc) == ("endpoints/kubernetes\n", 1)
    assert result.stderr == (
        "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n"
        "error: 1 warning received\n"
    )
    assert (await kubectl("get svc --warnings-as-errors")).rc == 0


@pytest.mark.parametrize("timeout", ["0", "5", "1m30s"])
async def test_a_timeout_of_requests_is_taken(kubectl: Kubectl, timeout: str) -> None:
    assert (await kubectl(f"get svc --request-timeout={timeout}")).rc == 0


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
