"""`kubectl get`, beyond what the recordings show."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl

WEB = """
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web, example.com/tier: front}}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, labels: {app: api}}
spec: {selector: {app: api}, ports: [{port: 8080}]}
"""


@pytest.fixture
async def web(kubectl: Kubectl) -> Kubectl:
    await kubectl.apply(WEB)
    return kubectl


async def test_label_columns_take_the_last_part_of_the_key(web: Kubectl) -> None:
    text = (await web("get svc web api -L app,example.com/tier --no-headers=false")).stdout
    assert text.splitlines()[0].split()[-2:] == ["APP", "TIER"]
    assert text.splitlines()[1].split()[-2:] == ["web", "front"]


async def test_single_object_with_its_kind(web: Kubectl) -> None:
    assert (await web("get svc web --show-kind --no-headers")).stdout.startswith("service/web ")


async def test_list_and_single_object_as_json(web: Kubectl) -> None:
    listed = (await web("get svc -l app=web -o json")).stdout
    assert listed.startswith('{\n    "apiVersion": "v1",\n    "items": [\n        {\n            "apiVersion": "v1",\n')
    assert listed.endswith('    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')
    assert '"kind": "Service"' in (await web("get svc/web -o json")).stdout


async def test_empty_list_as_yaml(web: Kubectl) -> None:
    result = await web("get pods -o yaml")
    assert (result.stdout, result.stderr) == (
        'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n',
        "",
    )


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("get pods -A -l a=b", "No resources found\n"),
        ("get nodes -l a=b", "No resources found\n"),
        ("get pods,nodes -l a=b", "No resources found\n"),
        ("get all -l a=b -n shop", "No resources found in shop namespace.\n"),
    ],
)
async def test_nothing_found(kubectl: Kubectl, line: str, stderr: str) -> None:
    result = await kubectl(line)
    assert (result.stdout, result.stderr, result.rc) == ("", stderr, 0)


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("get svc/web pods", "error: there is no need to specify a resource type as a separate argument when passing "
         "arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
         "'kubectl get resource resource/<resource_name>'\n"),
        ("get a/b/c", "error: arguments in resource/name form may not have more than one slash\n"),
        ("get /web", "error: arguments in resource/name form must have a single resource and name\n"),
        ("get nope/web", 'error: the server doesn\'t have a resource type "nope"\n'),
        ("get svc web -A", "error: a resource cannot be retrieved by name across all namespaces\n"),
        ("get svc web -l a=b", "error: name cannot be provided when a selector is specified\n"),
        ("get svc/web -l a=b",
         "error: selectors and the all flag cannot be used when passing resource/name arguments\n"),
        ("get svc -f a.yaml", 'error: the path "a.yaml" does not exist\n'),
        ("get svc web -o yaml --show-labels", "error: --show-labels option cannot be used with yaml printer\n"),
        ("get svc --output-watch-events",
         "error: --output-watch-events option can only be used with --watch or --watch-only\n"),
        ("get svc,pods -w", "error: you may only specify a single resource type\n"),
        ("get svc -o jsonpath", "error: template format specified but no template given\n"),
        ("get svc -o custom-columns=A",
         "error: unexpected custom-columns spec: A, expected <header>:<json-path-expr>\n"),
        ("get svc -o custom-columns", "error: custom-columns format specified but no custom columns given\n"),
        ("get svc --sort-by=.nope",
         'error: couldn\'t find any field with path "{.nope}" in the list of objects\n'),
    ],
)  # fmt: skip
async def test_refusal(web: Kubectl, line: str, stderr: str) -> None:
    result = await web(line)
    assert (result.stdout, result.stderr, result.rc) == ("", stderr, 1)


async def test_ignore_not_found(kubectl: Kubectl) -> None:
    result = await kubectl("get pod nope --ignore-not-found")
    assert (result.stdout, result.stderr, result.rc) == ("", "", 0)


async def test_sort_by_number(web: Kubectl) -> None:
    for words in ("get svc api web", "get svc -l app"):
        assert (await web(f"{words} -o name")).stdout == "service/api\nservice/web\n"
        assert (await web(f"{words} --sort-by=.spec.ports[0].port -o name")).stdout == "service/web\nservice/api\n"
    assert (await web("get svc web api --sort-by={.metadata.name} -o name")).stdout == "service/api\nservice/web\n"


async def test_files_name_objects(web: Kubectl) -> None:
    web.files.contents["dir/a.yaml"] = WEB
    assert (await web("get -f dir -o name")).stdout == "service/web\nservice/api\n"
    await web("delete svc web")
    result = await web("get -f dir/a.yaml -o name")
    assert (result.stdout, result.stderr, result.rc) == (
        "service/api\n",
        'Error from server (NotFound): services "web" not found\n',
        1,
    )


async def test_columns_and_templates(web: Kubectl) -> None:
    columns = "get svc web api -o custom-columns=NAME:.metadata.name,PORT:.spec.ports[*].port,X:.spec.nope"
    assert (await web(columns)).stdout == "NAME   PORT   X\nweb    80     <none>\napi    8080   <none>\n"
    template = "'{{range .items}}{{.metadata.name}}:{{(index .spec.ports 0).port}} {{end}}'"
    assert (await web(f"get svc web api -o go-template={template}")).stdout == "web:80 api:8080 "
    assert (await web("get svc web --template={{.spec.type}}")).stdout == "ClusterIP"
    web.files.contents["t.txt"] = "{.spec.type}"
    assert (await web("get svc web -o jsonpath-file=t.txt")).stdout == "ClusterIP"
    assert (await web("get svc web -o jsonpath-as-json={.spec.ports[*].port}")).stdout == "[\n    80\n]\n"


async def test_watch_prints_what_comes_and_keeps_columns_in_place(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx:1.27", settle=False)
    lines = (await kubectl("get pods -w")).stdout.splitlines()
    assert [line.split()[2] for line in lines[1:]] == ["Pending", "Pending", "ContainerCreating", "Running"]
    assert lines[0].index("STATUS") == lines[1].index("Pending")
    only = (await kubectl("get pods --watch-only")).stdout
    assert only == ""


async def test_watch_events_column(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx:1.27", settle=False)
    lines = (await kubectl("get pods -w --output-watch-events")).stdout.splitlines()
    assert lines[0].split()[:2] == ["EVENT", "NAME"]
    assert {line.split()[0] for line in lines[1:]} == {"ADDED", "MODIFIED"}


async def test_watch_as_yaml_separates_documents(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx:1.27", settle=False)
    text = (await kubectl("get deploy web -w -o yaml")).stdout
    assert text.count("---\n") == text.count("kind: Deployment\n") - 1 > 0
    assert not text.startswith("---")
