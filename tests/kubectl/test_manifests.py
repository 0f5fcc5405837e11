"""What `-f` names and cannot be read, or can although it looks wrong."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl, Result

SERVICE = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}'


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ("{name: web, labels: {a: 5}}", "number into Go struct field ObjectMeta.metadata.labels of type string"),
        ("{name: web, labels: {a: true}}", "bool into Go struct field ObjectMeta.metadata.labels of type string"),
        ("{name: web, labels: x}", "string into Go struct field ObjectMeta.metadata.labels of type map[string]string"),
        ("{name: web, annotations: {a: 1.5}}",
         "number into Go struct field ObjectMeta.metadata.annotations of type string"),
        ("{name: 5}", "number into Go struct field ObjectMeta.metadata.name of type string"),
        ("{name: web, namespace: 5}", "number into Go struct field ObjectMeta.metadata.namespace of type string"),
        ("{name: web, creationTimestamp: 5}",
         "number into Go struct field ObjectMeta.metadata.creationTimestamp of type string"),
        ("name:web", "string into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"),
        ("[a]", "array into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"),
    ],
)  # fmt: skip
async def test_metadata_is_read_before_anything_is_sent(kubectl: Kubectl, metadata: str, problem: str) -> None:
    kubectl.files.write(
        "web.yaml", f"apiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {{ports: [{{port: 80}}]}}\n"
    )
    message = f'unable to decode "web.yaml": json: cannot unmarshal {problem}\n'
    for line in (
        "create -f web.yaml", "apply -f web.yaml --dry-run=client", "delete -f web.yaml", "replace -f web.yaml",
        "label -f web.yaml a=b", "get -f web.yaml -o yaml",
    ):  # fmt: skip
        assert await kubectl(line) == Result("", f"error: {message}", 1)
    assert await kubectl("diff -f web.yaml") == Result("", f"error: {message}", 2)
    for line in ("get -f web.yaml", "describe -f web.yaml"):
        assert await kubectl(line) == Result("", message, 1)


@pytest.mark.parametrize(
    "text",
    [
        SERVICE.replace("}]}}", "}],}}"),
        SERVICE.replace('"', "'"),
        SERVICE.replace('"', ""),
        f"---\n{SERVICE}",
    ],
)
async def test_json_that_is_none_may_be_yaml(kubectl: Kubectl, text: str) -> None:
    kubectl.files.write("web.json", text)
    assert await kubectl("create -f web.json") == Result("service/web created\n", "", 0)


async def test_yaml_may_follow_json(kubectl: Kubectl) -> None:
    kubectl.files.write("web.json", f"{SERVICE}\n---\n{SERVICE.replace('web', 'other').replace('}]', '},]')}\n")
    assert (await kubectl("create -f web.json")).stdout == "service/web created\nservice/other created\n"


async def test_json_that_is_no_yaml_either_is_reported_as_json(kubectl: Kubectl) -> None:
    kubectl.files.write("web.json", SERVICE[:-1])
    assert (await kubectl("create -f web.json")).stderr == "error: error parsing web.json: unexpected EOF\n"


async def test_items_of_a_list_of_one_kind_need_none(kubectl: Kubectl) -> None:
    text = "apiVersion: v1\nkind: {}\nitems:\n- metadata: {{name: web}}\n  spec: {{ports: [{{port: 80}}]}}\n"
    assert (await kubectl("create -f -", stdin=text.format("ServiceList"))).stdout == "service/web created\n"
    assert (await kubectl("create -f -", stdin=text.format("List"))).stderr == (
        'error: error validating "STDIN": error validating data: [apiVersion not set, kind not set]; if you choose to '
        "ignore these errors, turn validation off with --validate=false\n"
    )
    assert (await kubectl("create -f - --validate=false", stdin=text.format("List"))).stderr == (
        'unable to get type info from the object "*unstructured.Unstructured": '
        "Object 'Kind' is missing in 'object has no kind field '\n"
    )


async def test_a_namespace_that_is_not_there_is_the_error(kubectl: Kubectl) -> None:
    await kubectl("create service clusterip web --tcp=80")
    await kubectl("create deployment web --image=nginx")
    message = 'namespaces "nowhere" not found'
    kubectl.files.write("web.json", SERVICE.replace('"name"', '"namespace": "nowhere", "name"'))
    for line in (
        "get svc web", "get svc/web -o yaml", "describe svc web", "label svc web a=b", "annotate svc web a=b",
        "patch svc web -p {}", "edit svc web", "expose deploy web --port=80", "set image deploy/web nginx=nginx:1",
        "set selector svc web a=b", "rollout status deploy/web", "exec web -- ls", "attach web",
        "port-forward svc/web 8080:80", "wait svc/web --for=condition=Ready", "get svc web -w", "get -f web.json",
        "apply view-last-applied svc web",
    ):  # fmt: skip
        words, dashes, rest = line.partition(" -- ")
        result = await kubectl(f"{words} -n nowhere{dashes}{rest}")
        assert result == Result("", f"Error from server (NotFound): {message}\n", 1), line
    logs = await kubectl("logs web -n nowhere")
    assert logs.stderr == f'error: error from server (NotFound): {message} in namespace "nowhere"\n'
    scale = await kubectl("scale deploy web --replicas=2 -n nowhere")
    assert scale.stderr == f"error: no objects passed to scale {message}\n"
    assert (await kubectl("get svc nope -n default")).stderr == (
        'Error from server (NotFound): services "nope" not found\n'
    )
