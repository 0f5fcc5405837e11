"""`kubectl get`, beyond what the recordings show."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl, Result

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
        ("get svc --sort-by=.nope -o name",
         'error: couldn\'t find any field with path "{.nope}" in the list of objects\n'),
        ("get svc,pods --sort-by=.metadata.name",
         'error: couldn\'t find any field with path "{.metadata.name}" in the list of objects\n'),
        ("get svc web kubernetes --sort-by=.metadata.name",
         'error: couldn\'t find any field with path "{.metadata.name}" in the list of objects\n'),
    ],
)  # fmt: skip
async def test_refusal(web: Kubectl, line: str, stderr: str) -> None:
    result = await web(line)
    assert (result.stdout, result.stderr, result.rc) == ("", stderr, 1)


async def test_texts_are_sorted_plainly(kubectl: Kubectl) -> None:
    for name in ("svc-11", "svc-2", "svc-10", "svc-1"):
        await kubectl(f"create service clusterip {name} --tcp=80")
    lines = (await kubectl("get svc --sort-by=.metadata.name --no-headers")).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["kubernetes", "svc-1", "svc-10", "svc-11", "svc-2"]


async def test_amounts_are_sorted_by_size_after_objects_without(kubectl: Kubectl) -> None:
    for name, size in (("a", "9"), ("b", "10"), ("c", "1Gi"), ("d", "500m")):
        await kubectl(f"create cm {name} --from-literal=size={size}")
    for name in ("x", "y"):
        await kubectl(f"create cm {name} --from-literal=other=1")
    names = (await kubectl("get cm --sort-by=.data.size -o name")).stdout.replace("configmap/", "").split()
    assert names == ["y", "x", "kube-root-ca.crt", "d", "a", "b", "c"]


@pytest.mark.parametrize("path", [".nope", "{.nope", ".spec["])
async def test_a_table_that_cannot_be_sorted_is_not_shown(web: Kubectl, path: str) -> None:
    assert await web(f"get svc --sort-by='{path}'") == Result("", "No resources found in default namespace.\n", 0)
    assert (await web(f"get svc web --sort-by='{path}' -o name")).stdout == "service/web\n"


async def test_what_has_no_order_ends_kubectl(web: Kubectl) -> None:
    result = await web("get svc --sort-by=.spec.ports")
    assert (result.stdout, result.rc) == ("", 1)
    assert result.stderr.endswith(
        " sorter.go:375] Field {.spec.ports} in [][][]reflect.Value is an unsortable type: interface, err: "
        "unsortable type: []interface {}\n"
    )


async def test_columns_have_headers_before_their_paths_are_read(web: Kubectl) -> None:
    result = await web("get svc -o custom-columns=A:.metadata.name,B:.metadata.[")
    assert result == Result("A     B\n", "error: unterminated array\n", 1)


async def test_a_short_name_of_two_kinds_is_warned_of(kubectl: Kubectl) -> None:
    assert (await kubectl("get ev")).stderr == (
        'Warning: short name "ev" could also match lower priority resource events.events.k8s.io\n'
        "No resources found in default namespace.\n"
    )


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


async def test_kinds_have_names_in_any_case_and_short_names_in_one(web: Kubectl) -> None:
    shown = (await web("get svc")).stdout
    for word in ("Services", "SERVICE", "services.v1.", "svc.v1.", "services."):
        assert (await web(f"get {word}")).stdout == shown
    for word in ("SVC", "Svc", "services.v1", "services.v2."):
        assert (await web(f"get {word}")).stderr == (
            f'error: the server doesn\'t have a resource type "{word.partition(".")[0]}"\n'
        )
    for word in ("deploy.apps", "deployments.v1.apps", "Deployment.app"):
        assert (await web(f"get {word}")).stderr == "No resources found in default namespace.\n"


async def test_some_formats_may_be_in_capitals(web: Kubectl) -> None:
    for output in ("yaml", "json", "name"):
        assert await web(f"get svc web -o {output.upper()}") == await web(f"get svc web -o {output}")
    assert (await web("get svc web -o WIDE")).rc == 1


async def test_watch_events_of_names_and_as_json(web: Kubectl) -> None:
    assert (await web("get svc web -w --output-watch-events -o name")).stdout == "service/web\n"
    shown = (await web("get svc web -w --output-watch-events -o json")).stdout
    assert shown.startswith('{"type":"ADDED","object":{"apiVersion":"v1","kind":"Service","metadata":{')
    assert (shown.count("\n"), "managedFields" in shown) == (1, True)


async def test_several_objects_are_shown_and_not_watched(web: Kubectl) -> None:
    result = await web("get svc web kubernetes -w --no-headers")
    assert [row.split()[0] for row in result.stdout.splitlines()] == ["web", "kubernetes"]
    assert (result.stderr, result.rc) == (
        "error: you may only watch a single resource or type of resource at a time\n", 1
    )  # fmt: skip


async def test_what_is_not_there_cannot_be_watched(web: Kubectl) -> None:
    result = await web("get svc nope -w --ignore-not-found")
    assert result == Result("", 'Error from server (NotFound): services "nope" not found\n', 1)


async def test_managers_are_those_of_the_verbs(web: Kubectl) -> None:
    await web("create deployment app --image=nginx")
    await web("expose deployment app --port=80")
    await web("run box --image=nginx")
    await web("label deployment app a=b")
    managers = "-o jsonpath='{.metadata.managedFields[*].manager}'"
    assert (await web(f"get svc app {managers}")).stdout == "kubectl-expose"
    assert (await web(f"get svc kubernetes {managers}")).stdout == "kube-apiserver"
    assert (await web(f"get pod box {managers}")).stdout.split()[0] == "kubectl-run"
    assert set((await web(f"get deployment app {managers}")).stdout.split()) == {
        "kube-controller-manager", "kubectl-create", "kubectl-label"
    }  # fmt: skip
    assert "managedFields" not in (await web("get deployment app -o yaml")).stdout
    assert "manager: kube-apiserver\n" in (await web("get svc kubernetes -o yaml --show-managed-fields")).stdout
