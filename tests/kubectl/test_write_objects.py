"""`kubectl scale`, `patch`, `replace`, `expose` and `set` beyond what the recordings show."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import pytest

from tests.kubectl.conftest import Kubectl, Result
from tutor.engine.objects import field

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture
async def web(kubectl: Kubectl) -> Kubectl:
    """A Deployment and a Service called web."""
    await kubectl("create deployment web --image=nginx:1.27 --port=80 --replicas=2")
    await kubectl("create -f -", stdin=SERVICE)
    return kubectl


def value(kubectl: Kubectl, kind: str, name: str, path: str) -> Any:
    obj = kubectl.cluster.store.get(kind, "default", name)
    return field(obj, path) if obj else None


# scale


async def test_scale_checks_what_it_is_told_to(web: Kubectl) -> None:
    refused = await web("scale deploy web --replicas=3 --current-replicas=5")
    assert (refused.stderr, refused.rc) == ("error: Expected replicas to be 5, was 2\n", 1)
    assert (await web("scale deploy web --replicas=3 --current-replicas=2")).rc == 0
    assert value(web, "Deployment", "web", "spec.replicas") == 3


async def test_scale_of_many_and_of_what_cannot_scale(web: Kubectl) -> None:
    result = await web("scale deploy web nope --replicas=1")
    assert (result.stdout, result.rc) == ("deployment.apps/web scaled\n", 1)
    assert result.stderr == 'Error from server (NotFound): deployments.apps "nope" not found\n'
    assert (await web("scale svc web --replicas=1")).stderr == (
        "Error from server (NotFound): the server could not find the requested resource\n"
    )
    assert (await web("scale deploy web --replicas=-1")).stderr == (
        "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n"
    )


async def test_scale_can_wait(web: Kubectl) -> None:
    limits: list[float | None] = []

    async def until(condition: Callable[[], bool], timeout: float | None = None) -> bool:
        limits.append(timeout)
        return condition()

    web.context.pacing.until = until  # type: ignore[method-assign]
    result = await web("scale deploy web --replicas=4 --timeout=1m")
    assert limits == [60]
    assert result.stderr == 'error: timed out waiting for "web" to be synced\n'


# patch


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("strategic", '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}'),
        ("merge", '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}'),
        ("json", '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'),
    ],
)
async def test_patches_of_every_type(web: Kubectl, kind: str, patch: str) -> None:
    assert (await web(f"patch svc web --type={kind} -p '{patch}'")).stdout == "service/web patched\n"
    assert value(web, "Service", "web", "spec.ports")[0]["targetPort"] == 8080
    assert (await web(f"patch svc web --type={kind} -p '{patch}'")).stdout == "service/web patched (no change)\n"


async def test_patches_in_yaml_and_in_files(web: Kubectl) -> None:
    web.files.write("patch.yaml", "spec:\n  type: NodePort\n")
    assert (await web("patch svc web --patch-file=patch.yaml --dry-run=client")).stdout == ("service/web patched\n")
    assert value(web, "Service", "web", "spec.type") == "ClusterIP"
    assert (await web("patch svc web --patch-file=patch.yaml")).rc == 0
    assert value(web, "Service", "web", "spec.type") == "NodePort"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "error: must specify --patch or --patch-file containing the contents of the patch"),
        ("-p {} --type=x", 'error: --type must be one of [json merge strategic], not "x"'),
        ("-p {} --patch-file=x", "error: cannot specify --patch and --patch-file together"),
        ("--patch-file=x", "error: unable to read patch file: open x: no such file or directory"),
        ("-p 'a: b: c'", 'error: unable to parse "a: b: c": yaml: mapping values are not allowed in this context'),
        (
            "-p nope",
            "Error from server (BadRequest): json: cannot unmarshal string into Go value of type "
            "map[string]interface {}",
        ),
    ],
)
async def test_patches_that_are_none(web: Kubectl, words: str, message: str) -> None:
    result = await web(f"patch svc web {words}")
    assert (result.stderr, result.rc) == (f"{message}\n", 1)


# replace


async def test_replace_keeps_the_address_and_drops_the_rest(web: Kubectl) -> None:
    address = value(web, "Service", "web", "spec.clusterIP")
    await web("label svc web a=b")
    result = await web("replace -f -", stdin=SERVICE.replace("80", "81"))
    assert result.stdout == "service/web replaced\n"
    assert value(web, "Service", "web", "spec.clusterIP") == address
    assert value(web, "Service", "web", "metadata.labels") is None
    missing = await web("replace -f -", stdin=SERVICE.replace("{name: web}", "{name: nope}"))
    assert missing.stderr == 'Error from server (NotFound): error when replacing "STDIN": services "nope" not found\n'


async def test_replace_by_force_deletes_first(web: Kubectl) -> None:
    uid = value(web, "Service", "web", "metadata.uid")
    result = await web("replace --force -f -", stdin=SERVICE)
    assert result.stdout == 'service "web" deleted\nservice/web replaced\n'
    assert value(web, "Service", "web", "metadata.uid") != uid


async def test_what_was_saved_can_be_replaced_by_force(web: Kubectl) -> None:
    saved = (await web("get svc web -o yaml")).stdout
    assert (await web("replace --force -f -", stdin=saved)).stdout == 'service "web" deleted\nservice/web replaced\n'
    assert value(web, "Service", "web", "spec.clusterIP") in saved


async def test_replace_flags_that_need_force(web: Kubectl) -> None:
    assert (await web("replace -f x --grace-period=1")).stderr == "error: --grace-period must have --force specified\n"
    assert (await web("replace -f x --timeout=1s")).stderr == "error: --timeout must have --force specified\n"


# expose


async def test_expose_takes_ports_labels_and_selector_from_the_object(web: Kubectl) -> None:
    assert (await web("expose deploy web --name=front --type=NodePort --session-affinity=ClientIP")).rc == 0
    service = web.cluster.store.get("Service", "default", "front")
    assert service is not None
    assert service["metadata"]["labels"] == {"app": "web"}
    assert service["spec"]["selector"] == {"app": "web"}
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(80, 80)]
    assert (service["spec"]["type"], service["spec"]["sessionAffinity"]) == ("NodePort", "ClientIP")


async def test_several_ports_get_names(web: Kubectl) -> None:
    result = await web("expose deploy web --name=x --port=80,443 --dry-run=client -o jsonpath={.spec.ports[*].name}")
    assert result.stdout == "port-1 port-2"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("expose cm kube-root-ca.crt --port=1", "cannot expose a ConfigMap"),
        ("expose deploy web --name=x --session-affinity=Cookie", "unknown session affinity: Cookie"),
        ("expose deploy web --name=x --selector=a", "unexpected label spec: a"),
        (
            "expose svc kubernetes --name=x --port=1",
            "couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set",
        ),
    ],
)
async def test_what_cannot_be_exposed(web: Kubectl, words: str, message: str) -> None:
    result = await web(words)
    assert (result.stderr, result.rc) == (f"error: {message}\n", 1)


# set


async def test_set_image(web: Kubectl) -> None:
    assert (await web("set image deploy/web nginx=nginx:1.28")).stdout == "deployment.apps/web image updated\n"
    assert value(web, "Deployment", "web", "spec.template.spec.containers")[0]["image"] == "nginx:1.28"
    assert (await web("set image deploy/web nginx=nginx:1.28")).stdout == ""
    assert (await web("set image deploy --all '*=nginx:1.27'")).stdout == "deployment.apps/web image updated\n"
    assert (await web("set image deploy/web other=x")).stderr == 'error: unable to find container named "other"\n'
    assert (await web("set image deploy/web")).stderr == "error: at least one image update is required\n"


async def test_set_env(web: Kubectl) -> None:
    await web("create cm settings --from-literal=log-level=debug")
    assert (await web("set env deploy/web A=1 B=2")).stdout == "deployment.apps/web env updated\n"
    await web("set env deploy/web A-")
    await web("set env deploy/web --from=cm/settings --prefix=APP_")
    assert (await web("set env deploy/web --list")).stdout == (
        "# Deployment web, container nginx\nB=2\n# APP_LOG_LEVEL from configmap settings, key log-level\n"
    )
    refused = await web("set env deploy/web B=3 --overwrite=false")
    assert "'B' already has a value (2), and --overwrite is false" in refused.stderr


async def test_set_selector(web: Kubectl) -> None:
    assert (await web("set selector svc web app=x,tier=y")).stdout == "service/web selector updated\n"
    assert value(web, "Service", "web", "spec.selector") == {"app": "x", "tier": "y"}
    assert (await web("set selector deploy web app=x")).stderr == (
        "error: setting a selector is only supported for Services\n"
    )


_MISSING = "error: You must provide one or more resources by argument or filename.\n"


@pytest.mark.parametrize(
    ("words", "stderr"),
    [
        ("selector svc web 'app in (a)'", "error: match expression [{app In [a]}] not supported on this object\n"),
        ("selector svc web app", "error: match expression [{app Exists []}] not supported on this object\n"),
        ("selector svc web 'x,app notin (b,a)'",
         "error: match expression [{app NotIn [a b]} {x Exists []}] not supported on this object\n"),
        ("selector svc web 'app!=a'", 'error: "!=" is not a valid label selector operator\n'),
        ("selector svc web", "error: resource(s) were provided, but no name was specified\n"),
        ("image deploy/web", "error: at least one image update is required\n"),
        ("image deploy web nginx", 'Error from server (NotFound): deployments.apps "nginx" not found\n'),
        ("image deploy/web x=y", 'error: unable to find container named "x"\n'),
        ("env deploy/web A=b A-",
         "error: can not both modify and remove the same environment variable in the same command\n"),
        ("resources deploy/web",
         "error: you must specify an update to requests or limits (in the form of --requests/--limits)\n"),
        ("resources deploy/web --limits=cpu",
         "error: Invalid argument syntax cpu, expected <resource>=<value>\n"),
        ("resources deploy/web --limits=cpu=1ii", "error: unable to parse quantity's suffix\n"),
        ("resources deploy/web --limits=cpu=1 -c nope", "error: unable to find container named nope\n"),
        ("resources svc/web --limits=cpu=1",
         "error: services/web the object is not a pod or does not have a pod template: *v1.Service\n"),
        ("sa", "error: serviceaccount is required\n"),
        ("sa deploy web", "error: resource(s) were provided, but no name was specified\n"),
        ("subject", "error: 'kubectl set subject' is not simulated; the nearest that works is 'kubectl set sa'\n"),
    ],
)  # fmt: skip
async def test_slips_of_set(web: Kubectl, words: str, stderr: str) -> None:
    assert await web(f"set {words}") == Result("", stderr, 1)
    assert value(web, "Service", "web", "spec.selector") == {"app": "web"}


@pytest.mark.parametrize("words", ["image", "image nginx=nginx:2", "selector a=b", "resources", "sa web"])
async def test_set_needs_to_know_of_what(web: Kubectl, words: str) -> None:
    assert (await web(f"set {words}")).stderr.startswith(_MISSING)


async def test_set_env_may_have_nothing_to_do(web: Kubectl) -> None:
    assert await web("set env deploy/web") == Result("", "", 0)
    assert await web("set env deploy/web -c nope A=b") == Result(
        "", 'Warning: Deployment/web does not have any containers matching "nope"\n', 0
    )


async def test_set_env_names_the_object_whose_variable_it_leaves(web: Kubectl) -> None:
    await web("set env deploy/web A=b")
    assert (await web("set env deploy/web A=c --overwrite=false")).stderr == (
        "error: deployments/web 'A' already has a value (b), and --overwrite is false\n"
    )


async def test_set_resources(web: Kubectl) -> None:
    result = await web("set resources deploy/web --limits=cpu=0.5,memory=1024Mi --requests=cpu=100m")
    assert result.stdout == "deployment.apps/web resource requirements updated\n"
    (container,) = value(web, "Deployment", "web", "spec.template.spec.containers")
    assert container["resources"]["limits"] == {"cpu": "500m", "memory": "1Gi"}
    assert container["resources"]["requests"]["cpu"] == "100m"


async def test_set_service_account(web: Kubectl) -> None:
    await web("create sa builder")
    assert (await web("set sa deploy web builder")).stdout == "deployment.apps/web serviceaccount updated\n"
    assert value(web, "Deployment", "web", "spec.template.spec.serviceAccountName") == "builder"


@pytest.mark.parametrize(
    "words",
    [
        "create deployment x --image=nginx", "create cm x", "expose deploy web --port=81 --name=x",
        "run x --image=nginx", "scale deploy web --replicas=5", "annotate deploy web a=b",
        "set image deploy/web nginx=b", "set sa deploy/web x", "set resources deploy/web --limits=cpu=1",
        "set selector svc web a=b",
    ],
)  # fmt: skip
@pytest.mark.parametrize("output", ["wide", "foo", "jsonpath={"])
async def test_an_unknown_format_changes_nothing(web: Kubectl, words: str, output: str) -> None:
    before = web.cluster.store.revision
    result = await web(f"{words} -o {output}")
    assert (result.stdout, result.rc) == ("", 1)
    assert web.cluster.store.revision == before


@pytest.mark.parametrize(
    "words",
    [
        "create cm x", "expose deploy web --port=81 --name=x", "run x --image=nginx", "set image deploy/web nginx=b",
        "rollout restart deploy/web", "rollout history deploy/web", "create sa x --dry-run=client",
    ],
)  # fmt: skip
async def test_objects_held_as_structs_show_their_order(web: Kubectl, words: str) -> None:
    lines = (await web(f"{words} -o json")).stdout.splitlines()
    assert [line.strip().split(":")[0] for line in lines[1:5]] == ['"kind"', '"apiVersion"', '"metadata"', '"name"']


async def test_templates_of_structs_have_a_time_of_creation(web: Kubectl) -> None:
    text = (await web("rollout restart deploy/web -o yaml")).stdout
    assert "    metadata:\n      annotations:\n" in text
    assert "      creationTimestamp: null\n      labels:\n        app: web\n" in text


async def test_objects_held_as_maps_are_sorted(web: Kubectl) -> None:
    for words in ("scale deploy web --replicas=2", "label svc web x=y", "get svc web"):
        assert (await web(f"{words} -o json")).stdout.splitlines()[1].strip() == (
            '"apiVersion": "apps/v1",' if words.startswith("scale") else '"apiVersion": "v1",'
        )


async def test_a_template_needs_no_format(web: Kubectl) -> None:
    assert (await web("label svc web x=y --template={{.metadata.name}}")).stdout == "web"


async def test_several_exposed_share_what_the_first_gave(web: Kubectl) -> None:
    await web("create deployment api --image=nginx")
    await web("expose deploy api web --port=81 --name=both --dry-run=client")
    text = (await web("expose deploy api web --port=80 --dry-run=client -o jsonpath={.spec.selector.app},")).stdout
    assert text == "api,api,"


async def test_errors_come_in_the_order_of_the_arguments(web: Kubectl) -> None:
    assert (await web("expose deploy/web cm/x ns/default --port=80")).stderr == (
        'Error from server (AlreadyExists): services "web" already exists\n'
        'Error from server (NotFound): configmaps "x" not found\ncannot expose a Namespace\n'
    )


@pytest.mark.parametrize("words", ["label svc web x=y", "annotate svc/web x=y", "set env deploy web A=b"])
async def test_all_is_forgotten_where_a_name_is_given(web: Kubectl, words: str) -> None:
    assert (await web(f"{words} --all")).rc == 0


async def test_an_object_without_a_name_is_shown_so(kubectl: Kubectl) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {containers: [{name: a, image: b}]}\n"
    assert (await kubectl("create -f - --dry-run=client", stdin=pod)).stdout == "pod/<unknown> created (dry run)\n"


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ("{'spec':{'type':'NodePort'}}", "invalid character '\\'' looking for beginning of object key string"),
        ("{bad", "invalid character 'b' looking for beginning of object key string"),
        ('{"spec": {}', "unexpected end of JSON input"),
    ],
)
async def test_a_patch_in_braces_is_json(web: Kubectl, patch: str, problem: str) -> None:
    line = f"patch svc web -p {shlex.quote(patch)}"
    assert await web(line) == Result("", f"Error from server (BadRequest): {problem}\n", 1)
    assert await web(f"{line} --type=merge") == Result(
        "", f"Error from server (BadRequest): error decoding patch: {problem}\n", 1
    )
    assert await web(f"{line} --dry-run=client") == Result("", "error: invalid JSON document\n", 1)
    assert (await web("patch svc web -p 'spec: {type: NodePort}'")).stdout == "service/web patched\n"


async def test_unknown_fields_of_a_patch_are_warned_of(web: Kubectl) -> None:
    result = await web("""patch svc web -p '{"spec":{"foo":1}}'""")
    assert result == Result("service/web patched (no change)\n", 'Warning: unknown field "spec.foo"\n', 0)


async def test_a_patch_says_nothing_of_dry_runs(web: Kubectl) -> None:
    for dry_run in ("client", "server"):
        result = await web(f"""patch svc web -p '{{"spec":{{"type":"NodePort"}}}}' --dry-run={dry_run}""")
        assert result == Result("service/web patched\n", "", 0)


async def test_what_changes_nothing_but_the_managers_is_a_patch(web: Kubectl) -> None:
    await web("create service clusterip own --tcp=80 --clusterip=10.254.7.7")
    line = """patch svc own -p '{"spec":{"clusterIP":null}}'"""
    assert (await web(line)).stdout == "service/own patched\n"
    assert (await web(line)).stdout == "service/own patched (no change)\n"
    assert value(web, "Service", "own", "spec.clusterIP") == "10.254.7.7"


async def test_a_patch_of_files_does_not_look_for_them_first(web: Kubectl) -> None:
    assert (await web("patch -f - -p {}", stdin=SERVICE)).stdout == "service/web patched\n"
    nowhere = SERVICE.replace("name: web", "name: web, namespace: nowhere")
    assert (await web("patch -f - -p {}", stdin=nowhere)).stderr == (
        'Error from server (NotFound): services "web" not found\n'
    )


async def test_saved_configurations_are_written_as_structs(web: Kubectl) -> None:
    key = "metadata.annotations"
    await web("create cm data --from-literal=a=b --save-config")
    assert value(web, "ConfigMap", "data", key) == {
        "kubectl.kubernetes.io/last-applied-configuration": '{"kind":"ConfigMap","apiVersion":"v1","metadata":'
        '{"name":"data","creationTimestamp":null},"data":{"a":"b"}}\n'
    }
    await web("create service clusterip bare --tcp=80 --save-config")
    assert value(web, "Service", "bare", key) is None
