"""`kubectl apply` beyond what the recordings show."""

from __future__ import annotations

from tests.kubectl.conftest import Kubectl, Result

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


async def test_a_field_no_longer_in_the_file_is_removed_and_others_stay(kubectl: Kubectl) -> None:
    await kubectl.apply(SERVICE.replace("{name: web}", "{name: web, labels: {a: b, c: d}}"))
    await kubectl("label svc web by=hand")
    await kubectl.apply(SERVICE.replace("{name: web}", "{name: web, labels: {a: b}}"))
    service = kubectl.cluster.store.get("Service", "default", "web")
    assert service is not None
    assert service["metadata"]["labels"] == {"a": "b", "by": "hand"}
    assert service["spec"]["clusterIP"].startswith("10.254.")


async def test_what_is_said_of_each_object(kubectl: Kubectl) -> None:
    said = [
        (await kubectl("apply -f -", stdin=text)).stdout
        for text in (SERVICE, SERVICE, SERVICE.replace("80", "81"), SERVICE.replace("80", "81"))
    ]
    assert said == [
        "service/web created\n",
        "service/web unchanged\n",
        "service/web configured\n",
        "service/web unchanged\n",
    ]


async def test_an_object_made_otherwise_is_warned_of_once(kubectl: Kubectl) -> None:
    await kubectl("create -f -", stdin=SERVICE)
    first = await kubectl("apply -f -", stdin=SERVICE)
    assert first.stderr == (
        f"Warning: resource services/web is missing the {LAST_APPLIED} annotation which is required by kubectl apply. "
        "kubectl apply should only be used on resources created declaratively by either kubectl create --save-config "
        "or kubectl apply. The missing annotation will be patched automatically.\n"
    )
    assert first.stdout == "service/web configured\n"
    assert (await kubectl("apply -f -", stdin=SERVICE)).stderr == ""


async def test_dry_runs_change_nothing(kubectl: Kubectl) -> None:
    revision = kubectl.cluster.store.revision
    assert (await kubectl("apply -f - --dry-run=client", stdin=SERVICE)).stdout == "service/web created (dry run)\n"
    server = await kubectl("apply -f - --dry-run=server", stdin=SERVICE)
    assert server.stdout == "service/web created (server dry run)\n"
    assert kubectl.cluster.store.revision == revision
    assert (await kubectl("apply -f - --dry-run=maybe", stdin=SERVICE)).stderr == (
        'error: Invalid dry-run value (maybe). Must be "none", "server", or "client".\n'
    )


async def test_folders_and_patterns(kubectl: Kubectl) -> None:
    for path, name in (("a.yaml", "a"), ("b.yml", "b"), ("sub/c.json", "c")):
        kubectl.files.write(
            f"dir/{path}", f'{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{name}"}}}}'
        )
    kubectl.files.write("dir/readme.txt", "not a manifest")
    assert (await kubectl("apply -f dir")).stdout == "configmap/a created\nconfigmap/b created\n"
    recursive = await kubectl("apply -f dir -R")
    assert recursive.stdout == "configmap/a unchanged\nconfigmap/b unchanged\nconfigmap/c created\n"
    assert (await kubectl("apply -f 'dir/*.yml'")).stdout == "configmap/b unchanged\n"
    assert (await kubectl("apply -f 'dir/*.nothing'")).stderr == 'error: the path "dir/*.nothing" does not exist\n'


async def test_a_namespace_asked_for_must_be_the_one_in_the_file(kubectl: Kubectl) -> None:
    text = SERVICE.replace("{name: web}", "{name: web, namespace: a}")
    assert (await kubectl("apply -f - -n b", stdin=text)).stderr == (
        'error: the namespace from the provided object "a" does not match the namespace "b". '
        "You must pass '--namespace=a' to perform this operation.\n"
    )
    assert (await kubectl("apply -f -", stdin=text)).stderr == (
        'Error from server (NotFound): error when creating "STDIN": namespaces "a" not found\n'
    )


async def test_unknown_fields_can_be_left_out(kubectl: Kubectl) -> None:
    text = SERVICE.replace("spec: {", "spec: {selectors: {a: b}, ")
    strict = await kubectl("apply -f -", stdin=text)
    assert 'strict decoding error: unknown field "spec.selectors"' in strict.stderr
    warned = await kubectl("apply -f - --validate=warn", stdin=text)
    assert (warned.stdout, warned.stderr) == ("service/web created\n", 'Warning: unknown field "spec.selectors"\n')
    silent = await kubectl("apply -f - --validate=false", stdin=text.replace("80", "81"))
    assert (silent.stdout, silent.stderr) == ("service/web configured\n", "")


async def test_a_patch_the_server_refuses_leaves_the_object_alone(kubectl: Kubectl) -> None:
    await kubectl.apply(SERVICE)
    before = kubectl.cluster.store.get("Service", "default", "web")
    result = await kubectl("apply -f -", stdin=SERVICE.replace("80", "99999"))
    assert result.stderr.startswith('The Service "web" is invalid: ')
    assert result.rc == 1
    assert kubectl.cluster.store.get("Service", "default", "web") == before


async def test_force_recreates_what_cannot_be_changed(kubectl: Kubectl) -> None:
    await kubectl.apply(SERVICE)
    fixed = SERVICE.replace("spec: {", "spec: {clusterIP: 10.254.9.9, ")
    assert "may not change once set" in (await kubectl("apply -f -", stdin=fixed)).stderr
    assert (await kubectl("apply --force -f -", stdin=fixed)).stdout == "service/web configured\n"
    assert (await kubectl("get svc web -o jsonpath={.spec.clusterIP}")).stdout == "10.254.9.9"


async def test_lists_are_taken_apart_and_printed_as_one(kubectl: Kubectl) -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
        f"- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}\n" for name in "ab"
    )
    result = await kubectl("apply -f - -o jsonpath={.kind}{.items[*].metadata.name}", stdin=text)
    assert result.stdout == "Lista b"


async def test_what_is_not_simulated_says_so(kubectl: Kubectl) -> None:
    for flags in ("--server-side", "--prune", "-k dir"):
        result = await kubectl(f"apply -f x {flags}")
        assert "is not simulated" in result.stderr
        assert result.rc == 1
    assert "no internet" in (await kubectl("apply -f https://k8s.io/x.yaml")).stderr


async def test_view_last_applied(kubectl: Kubectl) -> None:
    await kubectl.apply(SERVICE)
    assert (await kubectl("apply view-last-applied svc web")).stdout.startswith("apiVersion: v1\nkind: Service\n")
    shown = await kubectl("apply view-last-applied svc/kubernetes svc/web -o json")
    assert shown.stdout.startswith('{\n  "apiVersion": "v1",\n  "kind": "Service",\n  "metadata": {\n')
    assert await kubectl("apply view-last-applied svc kubernetes") == Result("", "", 0)
    assert (await kubectl("apply view-last-applied svc")).stderr == (
        "error: resource(s) were provided, but no name was specified\n"
    )


async def test_diff_shows_what_apply_would_change(kubectl: Kubectl) -> None:
    await kubectl.apply(SERVICE)
    assert (await kubectl("diff -f -", stdin=SERVICE)).rc == 0
    result = await kubectl("diff -f -", stdin=SERVICE.replace("80", "81"))
    lines = result.stdout.splitlines()
    assert lines[0].startswith("diff -u -N /tmp/LIVE-")
    assert lines[1].startswith("--- /tmp/LIVE-")
    assert lines[2].startswith("+++ /tmp/MERGED-")
    assert [line for line in lines[3:] if line[0] in "+-"] == [
        "-  - port: 80", "+  - port: 81", "-    targetPort: 80", "+    targetPort: 81",
    ]  # fmt: skip
    assert result.rc == 1
    assert (await kubectl("diff -f missing.yaml")).rc == 2


async def test_diff_warns_of_unknown_fields(kubectl: Kubectl) -> None:
    await kubectl.apply(SERVICE)
    same = await kubectl("diff -f -", stdin=SERVICE.replace("spec: {", "spec: {foo: bar, "))
    assert same == Result("", 'Warning: unknown field "spec.foo"\n', 0)
    other = await kubectl("diff -f -", stdin=SERVICE.replace("spec: {", "spec: {foo: bar, ").replace("80", "81"))
    assert (other.stderr, other.rc) == ('Warning: unknown field "spec.foo"\n', 1)
    assert "-  - port: 80\n+  - port: 81\n" in other.stdout


async def test_a_kind_written_small_is_found_and_refused_by_the_server(kubectl: Kubectl) -> None:
    small = SERVICE.replace("kind: Service", "kind: service")
    refusal = (
        'service in version "v1" cannot be handled as a Service: no kind "service" is registered for version "v1" in '
        'scheme "pkg/api/legacyscheme/scheme.go:30"\n'
    )
    for verb in ("create", "apply"):
        result = await kubectl(f"{verb} -f -", stdin=small)
        assert result == Result("", f'Error from server (BadRequest): error when creating "STDIN": {refusal}', 1)
    await kubectl("create -f -", stdin=SERVICE)
    assert (await kubectl("get -f - -o name", stdin=small)).stdout == "service/web\n"
    applied = await kubectl("apply -f -", stdin=small)
    assert 'GroupVersionKind: "/v1, Kind=service"' in applied.stderr
    assert "for:: precondition failed for: map[kind:service metadata:map[annotations:" in applied.stderr
    assert (await kubectl("delete -f -", stdin=small)).stdout == 'service "web" deleted\n'


async def test_a_list_that_cannot_be_merged_is_warned_of(kubectl: Kubectl) -> None:
    await kubectl("create -f -", stdin=SERVICE)
    result = await kubectl("diff -f -", stdin=SERVICE.replace("[{port: 80}]", "[{port: 80}, {name: x}]"))
    problem = "map: map[name:x] does not contain declared merge key: port"
    assert result.stderr.startswith(
        f"warning: error calculating patch from openapi v3 spec: {problem}\n"
        f"warning: error calculating patch from openapi spec: {problem}\n"
        'error: error when patching "STDIN": creating patch with:\noriginal:\n\nmodified:\n{"apiVersion"'
    )
    assert '"managedFields":[{' in result.stderr


async def test_set_last_applied_changes_the_annotation_alone(kubectl: Kubectl) -> None:
    await kubectl.apply(SERVICE)
    assert await kubectl("apply set-last-applied -f -", stdin=SERVICE) == Result("service/web configured\n", "", 0)
    same = await kubectl("apply set-last-applied -f -", stdin=SERVICE)
    assert same == Result("set-last-applied web: no changes required.\n", "", 0)
    other = SERVICE.replace("80", "81")
    result = await kubectl("apply set-last-applied -f - --dry-run=client", stdin=other)
    assert result == Result("service/web configured (dry run)\n", "", 0)
    assert await kubectl("apply set-last-applied -f -", stdin=other) == Result("service/web configured\n", "", 0)
    service = kubectl.cluster.store.get("Service", "default", "web")
    assert service is not None
    assert service["spec"]["ports"][0]["port"] == 80
    assert service["metadata"]["annotations"][LAST_APPLIED] == (
        '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"default"},'
        '"spec":{"ports":[{"port":81}],"selector":{"app":"web"}}}\n'
    )


async def test_set_last_applied_needs_to_be_told_to_add_it(kubectl: Kubectl) -> None:
    await kubectl("create -f -", stdin=SERVICE)
    assert (await kubectl("apply set-last-applied -f -", stdin=SERVICE)).stderr == (
        "error: no last-applied-configuration annotation found on resource: web, to create the annotation, run the "
        "command with --create-annotation\n"
    )
    result = await kubectl("apply set-last-applied -f - --create-annotation", stdin=SERVICE)
    assert result.stdout == "service/web configured\n"


async def test_the_command_is_recorded(kubectl: Kubectl) -> None:
    result = await kubectl("apply -f - --record -n default", stdin=SERVICE)
    notice = "Flag --record has been deprecated, --record will be removed in the future\n"
    assert result == Result("service/web created\n", notice, 0)
    cause = "jsonpath={.metadata.annotations.kubernetes\\\\.io/change-cause}"
    shown = await kubectl(f"get svc web -o {cause}")
    assert shown.stdout == "kubectl apply --filename=- --record=true --namespace=default"
    await kubectl("create deployment web --image=nginx")
    assert (await kubectl("set image deploy/web nginx=nginx:1.27 --record")).stderr == notice
    assert (await kubectl(f"get deploy web -o {cause}")).stdout == (
        "kubectl set image deploy/web nginx=nginx:1.27 --record=true"
    )
    await kubectl("scale deploy web --replicas=2 --record")
    assert (await kubectl(f"get deploy web -o {cause}")).stdout == (
        "kubectl scale deploy web --replicas=2 --record=true"
    )
    assert (await kubectl("replace -f - --record", stdin=SERVICE)).stderr.startswith("error: unknown flag: --record\n")
