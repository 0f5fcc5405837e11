"""`kubectl exec`, `attach`, `cp` and `port-forward`: reaching into one Pod."""

from __future__ import annotations

import re

import pytest

from tests.kubectl.conftest import Kubectl, Result
from tutor.engine.network.clients import HOST
from tutor.engine.network.http import HttpRequest

TWO = """\
apiVersion: v1
kind: Pod
metadata: {name: two}
spec: {containers: [{name: web, image: nginx}, {name: side, image: "busybox", command: [sleep, "1000"]}]}
"""


async def test_output_and_exit_code_come_through(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    kubectl.containers.answers = {("ls", "/"): ("bin\n", 0), ("false",): ("", 3)}
    result = await kubectl("exec web -- ls /")
    assert (result.stdout, result.stderr, result.rc) == ("bin\n", "", 0)
    failed = await kubectl("exec web -- false")
    assert (failed.stderr, failed.rc) == ("command terminated with exit code 3\n", 3)


async def test_a_missing_executable_is_reported_as_containerd_reports_it(kubectl: Kubectl) -> None:
    """Text and exit code of containerd 2 behind a v1.30+ API server."""
    await kubectl("run web --image=nginx")
    result = await kubectl("exec -it web -- curl http://x")
    assert re.fullmatch(
        "error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec "
        'in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: .*curl.*\n',
        result.stderr.removeprefix("Unable to use a TTY - input is not a terminal or the right kind of file\n"),
    )
    assert result.rc == 1


async def test_a_pod_is_found_behind_a_deployment_or_a_service(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx --port=80")
    await kubectl("expose deploy web")
    kubectl.containers.answers = {("id",): ("root\n", 0)}
    for word in (
        "deploy/web",
        "svc/web",
        "rs/" + (await kubectl("get rs -o jsonpath={.items[0].metadata.name}")).stdout,
    ):
        assert (await kubectl(f"exec {word} -- id")).stdout == "root\n"
    assert (await kubectl("exec svc/kubernetes -- id")).stderr.endswith("Service is defined without a selector\n")


async def test_the_first_of_several_containers_is_the_default(kubectl: Kubectl) -> None:
    await kubectl.apply(TWO)
    kubectl.containers.answers = {("id",): ("root\n", 0)}
    assert (await kubectl("exec two -- id")).stderr == 'Defaulted container "web" out of: web, side\n'
    assert (await kubectl("exec two -q -- id")).stderr == ""
    assert (await kubectl("exec two -c side -- id")).stderr == ""
    assert [container for _, container, _ in kubectl.containers.ran] == ["web", "web", "side"]
    assert (await kubectl("exec two -c none -- id")).stderr == (
        "Error from server (BadRequest): container none is not valid for pod two\n"
    )


async def test_a_container_that_does_not_run(kubectl: Kubectl) -> None:
    await kubectl("run broken --image=nope/nope")
    assert (await kubectl("exec broken -- ls")).stderr == (
        'error: Internal error occurred: unable to upgrade connection: container not found ("broken")\n'
    )
    await kubectl("run done --image=busybox --restart=Never")
    assert (await kubectl("exec done -- ls")).stderr == (
        "error: cannot exec into a container in a completed pod; current phase is Succeeded\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "exec web ls",
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
            "See 'kubectl exec -h' for help and examples",
        ),
        ("exec", "pod, type/name or --filename must be specified"),
        ("exec web", "you must specify at least one command for the container"),
        ("exec -- ls", "pod, type/name or --filename must be specified"),
        ("attach", "at least 1 argument is required for attach"),
        ("cp a", "source and destination are required"),
        ("cp a b", "one of src or dest must be a remote file specification"),
        ("cp a:b c:d", "one of src or dest must be a local file specification"),
        ("cp :b c", "filespec must match the canonical format: [[namespace/]pod:]file/path"),
    ],
)
async def test_slips(kubectl: Kubectl, words: str, message: str) -> None:
    result = await kubectl(words)
    assert (result.stderr, result.rc) == (f"error: {message}\n", 1)


async def test_attach_joins_the_container(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    result = await kubectl("attach web")
    assert (result.stderr, result.rc) == ("If you don't see a command prompt, try pressing enter.\n", 0)
    assert kubectl.containers.ran == [("web", "web", ())]


async def test_files_are_copied_both_ways(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    kubectl.files.write("page.html", "<h1>hi</h1>")
    kubectl.containers.files(kubectl.cluster.store.list("Pod")[0], "web").mkdir("/tmp")
    assert (await kubectl("cp page.html web:/tmp/index.html")).rc == 0
    result = await kubectl("cp default/web:/tmp/index.html copies/copy.html")
    assert (result.stdout, result.stderr) == ("tar: Removing leading `/' from member names\n", "")
    assert kubectl.files.read("copies/copy.html") == "<h1>hi</h1>"
    assert (await kubectl("cp web:/tmp copies/all")).rc == 0
    assert kubectl.files.read("copies/all/index.html") == "<h1>hi</h1>"
    assert (await kubectl("cp nofile web:/tmp")).stderr == "error: nofile doesn't exist in local filesystem\n"
    assert (await kubectl("cp web:/tmp/index.html copies")).stderr == "error: open copies: is a directory\n"


async def test_cp_says_what_tar_says(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    kubectl.files.write("page.html", "")
    assert await kubectl("cp web:/nope x") == Result(
        "tar: /nope: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n",
        "command terminated with exit code 2\n",
        2,
    )
    assert await kubectl("cp page.html web:/nope/x") == Result(
        "",
        "tar: /nope: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n"
        "command terminated with exit code 2\n",
        2,
    )
    refused = "Error from server (BadRequest): container bad is not valid for pod web\n"
    assert (await kubectl("cp web:/tmp x -c bad")).stderr == refused


async def test_port_forward_opens_the_port_while_it_runs(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx --port=80")
    network = kubectl.cluster.network
    request = HttpRequest("http://localhost:8080/", "localhost", 8080)
    reached: list[str] = []

    async def idle() -> bool:
        if reached:
            return False
        backend = network.web.request(HOST, request).trace.backend
        reached.append(backend.pod if backend else "")
        return True

    kubectl.context.pacing.idle = idle  # type: ignore[method-assign]
    result = await kubectl("port-forward pod/web 8080:80")
    assert result.stdout == (
        "Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\nHandling connection for 8080\n"
    )
    assert reached == ["web"]
    assert network.web.request(HOST, request).trace.outcome == "refused"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("8084:80 --address=", "you must specify at least 1 address"),
        ("8084:80 --address=localhost,foo", "foo is not a valid IP"),
        ("80800:80", "error parsing local port '80800': strconv.ParseUint: parsing \"80800\": value out of range"),
        ("80:80800", "error parsing remote port '80800': strconv.ParseUint: parsing \"80800\": value out of range"),
        ("a:80", "error parsing local port 'a': strconv.ParseUint: parsing \"a\": invalid syntax"),
        ("8080:", "Pod 'web' does not have a named port ''"),
        ("0:80:80", "remote port must be > 0"),
        ("80:0", "remote port must be > 0"),
    ],
)
async def test_slips_of_port_forward(kubectl: Kubectl, words: str, message: str) -> None:
    await kubectl("run web --image=nginx")
    assert await kubectl(f"port-forward pod/web {words}") == Result("", f"error: {message}\n", 1)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("0.0.0.0", ["0.0.0.0:8084"]),  # noqa: S104
        ("127.0.0.1", ["127.0.0.1:8084"]), ("::1", ["[::1]:8084"]),
        ("localhost", ["127.0.0.1:8084", "[::1]:8084"]), ("localhost,0.0.0.0", ["0.0.0.0:8084", "127.0.0.1:8084",
         "[::1]:8084"]),
    ],
)  # fmt: skip
async def test_addresses_of_port_forward(kubectl: Kubectl, address: str, shown: list[str]) -> None:
    await kubectl("run web --image=nginx")
    result = await kubectl(f"port-forward pod/web 8084:80 --address={address}")
    assert result.stdout == "".join(f"Forwarding from {each} -> 80\n" for each in shown)


async def test_an_address_the_computer_does_not_have(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx")
    assert (await kubectl("port-forward web 8084:80 --address=192.0.2.1")).stderr == (
        "Unable to listen on port 8084: Listeners failed to create with the following errors: [unable to create "
        "listener: Error listen tcp4 192.0.2.1:8084: bind: cannot assign requested address]\n"
        "error: unable to listen on any of the requested ports: [{8084 80}]\n"
    )


async def test_port_forward_to_a_service_goes_to_its_target_port(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx --port=80")
    await kubectl("expose deploy web --port=8000 --target-port=80")
    assert (await kubectl("port-forward svc/web 8000")).stdout.startswith("Forwarding from 127.0.0.1:8000 -> 80\n")
    assert (await kubectl("port-forward svc/web 81")).stderr == ("error: Service web does not have a service port 81\n")


async def test_ports_that_cannot_be_had(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx --port=80")
    result = await kubectl("port-forward web 80")
    assert result.stderr == (
        "Unable to listen on port 80: Listeners failed to create with the following errors: [unable to create "
        "listener: Error listen tcp4 127.0.0.1:80: bind: permission denied unable to create listener: Error listen "
        "tcp6 [::1]:80: bind: permission denied]\n"
        "error: unable to listen on any of the requested ports: [{80 80}]\n"
    )
    assert (await kubectl("port-forward web 8080:http")).stderr == (
        "error: Pod 'web' does not have a named port 'http'\n"
    )
