"""`kubectl scale`, `patch`, `replace`, `expose` and `set` beyond what the recordings show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.kubectl.conftest import Kubectl
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
    assert (await web("patch svc web --patch-file=patch.yaml --dry-run=client")).stdout == (
        "service/web patched (dry run)\n"
    )
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


async def test_what_set_cannot_do_says_so(web: Kubectl) -> None:
    assert (await web("set resources deploy web --limits=cpu=1")).stderr == (
        "error: 'kubectl set resources' is not simulated; the nearest that works is 'kubectl patch'\n"
    )
