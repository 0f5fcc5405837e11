"""Verbs that tell of the cluster and of kubectl itself: explain, api-resources, config, auth, version and the like."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl, Result


async def test_explain_lists_fields(kubectl: Kubectl) -> None:
    text = (await kubectl("explain services")).stdout
    assert text.startswith("KIND:       Service\nVERSION:    v1\n\nDESCRIPTION:\n    Service is a named abstraction")
    assert "\nFIELDS:\n  apiVersion\t<string>\n    APIVersion defines the versioned schema" in text
    assert "\n  spec\t<ServiceSpec>\n    Spec defines the behavior of a service.\n" in text


async def test_explain_shows_the_values_of_a_field(kubectl: Kubectl) -> None:
    text = (await kubectl("explain svc.spec.type")).stdout
    assert "FIELD: type <string>\nENUM:\n    ClusterIP\n    ExternalName\n" in text
    assert '    Possible enum values:\n     - `"ClusterIP"` means' in text


async def test_explain_recursive_has_no_descriptions(kubectl: Kubectl) -> None:
    text = (await kubectl("explain service.spec.ports --recursive")).stdout
    assert text.endswith(
        "FIELDS:\n  appProtocol\t<string>\n  name\t<string>\n  nodePort\t<integer>\n  port\t<integer> -required-\n"
        "  protocol\t<string>\n  enum: SCTP, TCP, UDP\n  targetPort\t<IntOrString>\n\n"
    )


async def test_explain_names_the_kind_of_a_field_that_is_not_there(kubectl: Kubectl) -> None:
    result = await kubectl("explain svc.spec.foo")
    assert result == Result("KIND:       Service\nVERSION:    v1\n\n", 'error: field "foo" does not exist\n', 1)


async def test_whoami(kubectl: Kubectl) -> None:
    assert (await kubectl("auth whoami")).stdout == (
        "ATTRIBUTE   VALUE\nUsername    learner\nGroups      [system:masters system:authenticated]\n"
    )
    assert (await kubectl("auth whoami -o yaml")).stdout == (
        "apiVersion: authentication.k8s.io/v1\nkind: SelfSubjectReview\nmetadata:\n  creationTimestamp: null\n"
        "status:\n  userInfo:\n    groups:\n    - system:masters\n    - system:authenticated\n    username: learner\n"
    )
    assert (await kubectl("auth whoami -o name")).stdout == "selfsubjectreview.authentication.k8s.io/<unknown>\n"


async def test_explain_names_the_group(kubectl: Kubectl) -> None:
    text = (await kubectl("explain deployments.apps.spec.replicas")).stdout
    assert text.startswith("GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\nFIELD: replicas <integer>\n")


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("explain", "error: You must specify the type of resource to explain. "
         'Use "kubectl api-resources" for a complete list of supported resources.\n'),
        ("explain a b", "error: We accept only this format: explain RESOURCE\n"),
        ("explain nope", 'the server doesn\'t have a resource type "nope"\n'),
        ("explain .spec", "error: invalid jsonpath syntax, first node must be field node\n"),
        ("explain svc.spec.ports[0]", "error: invalid jsonpath syntax, first node must be field node\n"),
        ("explain ''", "error: a resource must be present, got: /, Resource=\n"),
        ("explain deploy --api-version=v1",
         "error: GVR (/v1, Resource=deployments) not found in OpenAPI schema\n"),
        ("explain service.nope", 'error: field "nope" does not exist\n'),
        ("api-resources -o yaml", "error: --output yaml is not available\n"),
        ("api-resources --sort-by=x", "error: --sort-by accepts only name or kind\n"),
        ("api-versions x", "error: unexpected arguments: [x]\nSee 'kubectl api-versions -h' for help and examples\n"),
        ("config use-context nope", 'error: no context exists with the name: "nope"\n'),
        ("config set-context", "error: you must specify a non-empty context name or --current\n"),
        ("config get-contexts -o yaml", "error: --output yaml is not available in kubectl config get-contexts; "
         "resetting to default output format\n"),
        ("config set-cluster x",
         "error: 'kubectl config set-cluster' is not simulated; see 'kubectl config --help' for what is\n"),
        ("auth can-i create", "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
         "See 'kubectl auth can-i -h' for help and examples.\n"),
        ("version -o x", "error: --output must be 'yaml' or 'json'\n"),
        ("top pod", "error: Metrics API not available\n"),
        ("completion", "error: Shell not specified.\nSee 'kubectl completion -h' for help and examples\n"),
    ],
)  # fmt: skip
async def test_refusal(kubectl: Kubectl, line: str, stderr: str) -> None:
    result = await kubectl(line)
    assert (result.stderr, result.rc) == (stderr, 1)


async def test_api_resources(kubectl: Kubectl) -> None:
    lines = (await kubectl("api-resources --namespaced=false -o wide")).stdout.splitlines()
    assert lines[0].split() == ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", "VERBS", "CATEGORIES"]
    assert [line.split()[0] for line in lines[1:]] == ["namespaces", "nodes"]
    names = (await kubectl("api-resources --categories=all -o name")).stdout
    assert names == "pods\nservices\ndeployments.apps\nreplicasets.apps\n"
    versions = (await kubectl("api-versions")).stdout.split()
    assert versions == ["apps/v1", "discovery.k8s.io/v1", "events.k8s.io/v1", "networking.k8s.io/v1", "v1"]


async def test_can_i_warns_of_what_it_does_not_know(kubectl: Kubectl) -> None:
    result = await kubectl("auth can-i fly nopes")
    assert result.stdout == "yes\n"
    assert result.stderr == (
        "Warning: the server doesn't have a resource type 'nopes'\n\nWarning: verb 'fly' is not a known verb\n\n"
    )


async def test_cluster_info(kubectl: Kubectl) -> None:
    assert (await kubectl("cluster-info")).stdout == (
        "Kubernetes control plane is running at https://192.0.2.10:6443\n"
        "CoreDNS is running at https://192.0.2.10:6443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\n"
        "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
    )


async def test_version(kubectl: Kubectl) -> None:
    assert (await kubectl("version --client")).stdout == "Client Version: v1.33.1\nKustomize Version: v5.6.0\n"
    assert "Server Version: v1.36.2\n" in (await kubectl("version")).stdout


async def test_events(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx:1.27")
    lines = (await kubectl("events --for pod/web --types=normal")).stdout.splitlines()
    assert lines[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert {line.split()[2] for line in lines[1:3]} == {"Scheduled", "Pulling"}
    assert (await kubectl("events -n kube-public")).stderr == "No events found in kube-public namespace.\n"
    assert (await kubectl("events --types=Odd")).stderr == "error: valid --types are Normal or Warning\n"


@pytest.mark.parametrize(
    ("line", "plural"),
    [
        ("get secrets", "secrets"),
        ("get sts -A", "statefulsets"),
        ("describe ing web", "ingresses"),
        ("delete jobs.batch x", "jobs"),
    ],
)
async def test_kinds_of_a_real_cluster_that_are_missing_say_so(kubectl: Kubectl, line: str, plural: str) -> None:
    result = await kubectl(line)
    assert result.rc == 1
    assert result.stderr.startswith(f"error: {plural} are not simulated; the kinds that are: configmaps, endpoints")


async def test_a_manifest_of_a_missing_kind_says_so(kubectl: Kubectl) -> None:
    kubectl.context.files.write("s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: token}\n")
    result = await kubectl("apply -f s.yaml")
    assert result.rc == 1
    assert result.stderr.startswith('error: "token" from "s.yaml": secrets are not simulated; the kinds that are: ')
