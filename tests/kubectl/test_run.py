"""`kubectl run`: Pods, sessions in them, and what is said when they end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.kubectl.conftest import FakeContainers, Kubectl
from tutor.engine.cluster import Cluster
from tutor.engine.objects import Object, uid_of
from tutor.kubectl.context import Context

POD = """\
apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: null
  labels:
    run: web
  name: web
spec:
  containers:
  - image: nginx
    name: web
    resources: {}
  dnsPolicy: ClusterFirst
  restartPolicy: Always
status: {}
"""
PROMPT = "If you don't see a command prompt, try pressing enter.\n"


class Sessions(FakeContainers):
    """Containers whose process ends as soon as somebody attached to it."""

    def __init__(self, cluster: Cluster, code: int = 0) -> None:
        super().__init__()
        self.cluster, self.code = cluster, code

    async def attach(self, pod: Object, container: str, *, stdin: bool, tty: bool, context: Context) -> int:
        self.ran.append((pod["metadata"]["name"], container, ("tty",) if tty else ()))
        await context.stdout.write("/ $ exit\n")
        self.cluster.exit_container(uid_of(pod), container, self.code)
        return self.code


def sessions(kubectl: Kubectl, code: int = 0) -> Sessions:
    containers = Sessions(kubectl.cluster, code)
    kubectl.context.containers = containers
    kubectl.stdin.isatty = True
    return containers


async def test_a_dry_run_shows_what_go_would_send(kubectl: Kubectl) -> None:
    assert (await kubectl("run web --image=nginx --dry-run=client -o yaml")).stdout == POD


async def test_flags_become_fields(kubectl: Kubectl) -> None:
    await kubectl(
        "run web --image=nginx --port=80 --env=A=1 --env=B=x=y -l app=web,tier=front --annotations=note=hi "
        "--restart=Never --command -- nginx -g 'daemon off;'"
    )
    pod = kubectl.cluster.store.get("Pod", "default", "web")
    assert pod is not None
    assert pod["metadata"]["labels"] == {"app": "web", "tier": "front"}
    assert pod["metadata"]["annotations"] == {"note": "hi"}
    assert pod["spec"]["restartPolicy"] == "Never"
    container = pod["spec"]["containers"][0]
    assert container["command"] == ["nginx", "-g", "daemon off;"]
    assert container["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "x=y"}]
    assert container["ports"][0]["containerPort"] == 80


async def test_overrides(kubectl: Kubectl) -> None:
    result = await kubectl("""run web --image=nginx --overrides='{"spec":{"nodeName":"node-2"}}' -o name""")
    assert result.stdout == "pod/web\n"
    assert (await kubectl("get pod web -o jsonpath={.spec.nodeName}")).stdout == "node-2"


async def test_a_session_ends_with_the_pods_deletion(kubectl: Kubectl) -> None:
    containers = sessions(kubectl)
    result = await kubectl("run temp-curl -it --rm --image=curlimages/curl -- sh")
    assert result.stderr == PROMPT
    assert result.stdout == (
        "/ $ exit\n"
        "Session ended, resume using 'kubectl attach temp-curl -c temp-curl -i -t' command when the pod is running\n"
        'pod "temp-curl" deleted\n'
    )
    assert containers.ran == [("temp-curl", "temp-curl", ("tty",))]
    assert kubectl.cluster.store.get("Pod", "default", "temp-curl") is None
    assert result.rc == 0


async def test_a_pod_that_never_restarts_gives_its_exit_code(kubectl: Kubectl) -> None:
    sessions(kubectl, code=3)
    result = await kubectl("run temp -it --rm --restart=Never --image=busybox -- sh")
    assert result.stdout == '/ $ exit\npod "temp" deleted\n'
    assert result.stderr == f"{PROMPT}pod default/temp terminated (Error)\n"
    assert result.rc == 3


async def test_quiet(kubectl: Kubectl) -> None:
    sessions(kubectl)
    result = await kubectl("run temp -q -it --rm --image=busybox -- sh")
    assert (result.stdout, result.stderr) == ("/ $ exit\n", "")


async def test_no_terminal_to_give(kubectl: Kubectl) -> None:
    containers = sessions(kubectl)
    kubectl.stdin.isatty = False
    result = await kubectl("run temp -it --rm --image=busybox -- sh")
    assert result.stderr == f"Unable to use a TTY - input is not a terminal or the right kind of file\n{PROMPT}"
    assert containers.ran == [("temp", "temp", ())]


async def test_an_image_that_cannot_be_pulled_times_out_and_the_pod_is_removed(kubectl: Kubectl) -> None:
    started = kubectl.cluster.clock.now
    result = await kubectl("run temp -it --rm --image=nope/nope -- sh", settle=False)
    assert result.stdout == 'pod "temp" deleted\n'
    assert (result.stderr, result.rc) == ("error: timed out waiting for the condition\n", 1)
    assert kubectl.cluster.clock.now - started == pytest.approx(60)


async def test_expose_makes_the_service_too(kubectl: Kubectl) -> None:
    """Run writes a separator, and so does the YAML printer before its second object."""
    result = await kubectl("run web --image=nginx --port=80 --expose -o yaml --dry-run=client")
    service, _, pod = result.stdout.partition("---\n---\n")
    assert service.startswith("apiVersion: v1\nkind: Service\n")
    assert pod.startswith("apiVersion: v1\nkind: Pod\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("x", 'required flag(s) "image" not set'),
        ("x --image=nginx --rm", "--rm should only be used for attached containers"),
        ("x --image=nginx -t", "-i/--stdin is required for containers with -t/--tty=true"),
        ("x --image=NGINX", 'Invalid image name "NGINX": invalid reference format'),
        ("x --image=nginx --expose", "--port must be set when exposing a service"),
        ("x --image=nginx --restart=Foo", "invalid restart policy: Foo"),
        (
            "x --image=nginx --dry-run=client -it",
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
        ),
        ("--image=nginx", "NAME is required for run"),
        ("x --image=nginx --env=1", "invalid env: 1"),
        ("x --image=nginx -l a", "unexpected label spec: a"),
    ],
)
async def test_slips(kubectl: Kubectl, words: str, message: str) -> None:
    """Texts of the real tool (v1.32.4)."""
    result = await kubectl(f"run {words}")
    assert result.stderr.removesuffix("\nSee 'kubectl run -h' for help and examples\n").rstrip() == f"error: {message}"
    assert result.rc == 1


async def test_the_words_after_the_dashes_are_arguments(kubectl: Kubectl) -> None:
    words: Sequence[str] = ("sh", "-c", "ls -l")
    await kubectl("run x --image=busybox -- sh -c 'ls -l'")
    pod = kubectl.cluster.store.get("Pod", "default", "x")
    assert pod is not None
    assert pod["spec"]["containers"][0]["args"] == list(words)


@pytest.mark.parametrize(
    ("words", "stderr"),
    [
        ("--overrides='{bad'", "error: Invalid JSON Patch\n"),
        ("--overrides='{spec: {nodeName: a}}'", "error: Invalid JSON Patch\n"),
        ("--overrides='{bad' --override-type=strategic", "error: invalid JSON document\n"),
        ("""--overrides='{"spec": 5}'""",
         "error: json: cannot unmarshal number into Go struct field Pod.spec of type v1.PodSpec\n"),
        ("""--overrides='{"kind": "Foo"}'""",
         'error: no kind "Foo" is registered for version "v1" in scheme "pkg/scheme/scheme.go:28"\n'),
    ],
)  # fmt: skip
async def test_overrides_that_are_none(kubectl: Kubectl, words: str, stderr: str) -> None:
    result = await kubectl(f"run web --image=nginx {words}")
    assert (result.stderr, result.rc) == (stderr, 1)
    assert not kubectl.cluster.store.list("Pod", "default")


async def test_overrides_with_a_field_no_pod_has(kubectl: Kubectl) -> None:
    words = """run web --image=nginx --overrides='{"spec":{"foo":1,"nodeName":"a"}}' --dry-run=client -o yaml"""
    text = (await kubectl(words)).stdout
    assert "foo" not in text
    assert "  nodeName: a\n" in text
