"""exec, attach and logs as clients with WebSockets meet them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tutor.apiserver.server import ApiServer

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
PODS = "/api/v1/namespaces/default/pods"
PROTOCOLS = ("v5.channel.k8s.io",)


@pytest.fixture
async def shell(server: ApiServer, client: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """A client of a server with the Pods `shell` and `web` in its cluster."""
    terminal = server.simulation.terminal
    await terminal.submit("kubectl run shell --image=busybox --command -- sleep infinity")
    await terminal.submit("kubectl run web --image=nginx:1.14.2")
    await server.simulation.settle()
    return client


async def read(socket: aiohttp.ClientWebSocketResponse) -> dict[int, str]:
    """Everything the server sends until it closes, by channel."""
    came: dict[int, str] = {}
    async for message in socket:
        came[message.data[0]] = came.get(message.data[0], "") + message.data[1:].decode()
    return came


def status(came: dict[int, str]) -> Any:
    return json.loads(came[ERROR])


async def test_output_errors_and_the_exit_code_come_apart(shell: aiohttp.ClientSession) -> None:
    query = "command=sh&command=-c&command=echo+hi;+echo+no+>%262;+exit+3&stdout=true&stderr=true"
    async with shell.ws_connect(f"{PODS}/shell/exec?{query}", protocols=PROTOCOLS) as socket:
        assert socket.protocol == "v5.channel.k8s.io"
        came = await read(socket)
    assert (came[STDOUT], came[STDERR]) == ("hi\n", "no\n")
    assert status(came) == {
        "metadata": {},
        "status": "Failure",
        "message": "command terminated with non-zero exit code: "
        "error executing command [sh -c echo hi; echo no >&2; exit 3], exit code 3",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": "3"}]},
    }


async def test_input_ends_when_the_client_closes_its_channel(shell: aiohttp.ClientSession) -> None:
    query = "command=wc&command=-c&stdin=true&stdout=true&stderr=true"
    async with shell.ws_connect(f"{PODS}/shell/exec?{query}", protocols=PROTOCOLS) as socket:
        await socket.send_bytes(bytes([STDIN]) + b"hello")
        await socket.send_bytes(bytes([CLOSE, STDIN]))
        came = await read(socket)
    assert came[STDOUT].strip() == "5"
    assert status(came) == {"metadata": {}, "status": "Success"}


async def test_a_command_that_is_not_there_is_the_runtimes_to_refuse(shell: aiohttp.ClientSession) -> None:
    async with shell.ws_connect(f"{PODS}/shell/exec?command=nope&stdout=true", protocols=PROTOCOLS) as socket:
        message = status(await read(socket))["message"]
    assert message.startswith("Internal error occurred: Internal error occurred: error executing command in container:")
    assert message.endswith('exec: "nope": executable file not found in $PATH')


async def test_a_shell_on_a_terminal_can_be_typed_at(shell: aiohttp.ClientSession) -> None:
    query = "command=sh&stdin=true&stdout=true&tty=true"
    async with shell.ws_connect(f"{PODS}/shell/exec?{query}", protocols=PROTOCOLS) as socket:
        shown = ""

        async def until(text: str) -> None:
            nonlocal shown
            while text not in shown:
                shown += (await socket.receive_bytes(timeout=5))[1:].decode()
            shown = shown.partition(text)[2]

        await socket.send_bytes(bytes([RESIZE]) + b'{"Width":100,"Height":30}')
        await until("/ # ")
        await socket.send_bytes(bytes([STDIN]) + b"echo on\x7f\x7fit works\r")
        await until("\r\nit works\r\n")
        await until("/ # ")
        await socket.send_bytes(bytes([STDIN]) + b"sleep 1000\r")
        await until("\r\n")
        await socket.send_bytes(bytes([STDIN]) + b"\x03")
        await until("^C")
        await until("/ # ")
        await socket.send_bytes(bytes([STDIN]) + b"read x; echo got $x\rword\r")
        await until("got word\r\n")
        await until("/ # ")
        await socket.send_bytes(bytes([STDIN]) + b"exit 7\r")
        assert status(await read(socket))["details"]["causes"][0]["message"] == "7"


async def test_what_is_typed_leaves_no_trace_on_the_learners_terminal(
    server: ApiServer, shell: aiohttp.ClientSession
) -> None:
    async with shell.ws_connect(f"{PODS}/shell/exec?command=echo&command=x&stdout=true", protocols=PROTOCOLS) as socket:
        await read(socket)
    assert server.simulation.terminal.at_host
    assert "echo x" not in server.simulation.terminal.history


async def test_the_command_goes_with_the_client(server: ApiServer, shell: aiohttp.ClientSession) -> None:
    socket = await shell.ws_connect(
        f"{PODS}/shell/exec?command=cat&stdin=true&stdout=true&tty=true", protocols=PROTOCOLS
    )
    await socket.send_bytes(bytes([STDIN]) + b"x\r")
    await socket.receive_bytes(timeout=5)
    await socket.close()
    pod = server.simulation.cluster.store.get("Pod", "default", "shell")
    computer = server.simulation.containers.computer(pod, "shell")
    for _ in range(200):
        if not any(each.running for each in computer.shells):
            break
        await asyncio.sleep(0)
        await asyncio.to_thread(lambda: None)
    assert not any(each.running for each in computer.shells)


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        (f"{PODS}/nobody/exec?command=sh", 404, 'pods "nobody" not found'),
        (f"{PODS}/shell/exec?command=sh&container=x", 400, "container x is not valid for pod shell"),
        (f"{PODS}/shell/exec", 400, "you must specify at least one command for the container"),
        (f"{PODS}/shell/exec?command=sh", 400, "Upgrade request required"),
        (f"{PODS}/web/log?tailLines=x", 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
        (f"{PODS}/web/log?container=x", 400, "container x is not valid for pod web"),
        (f"{PODS}/web/log?previous=true", 400, 'previous terminated container "web" in pod "web" not found'),
    ],
)
async def test_what_cannot_be_streamed_is_refused_with_a_status(
    shell: aiohttp.ClientSession, path: str, code: int, message: str
) -> None:
    async with shell.get(path) as response:
        refused = await response.json()
    assert (response.status, refused["message"]) == (code, message)


async def test_logs_are_cut_as_asked(server: ApiServer, shell: aiohttp.ClientSession) -> None:
    for page in "abc":
        await server.simulation.terminal.submit(
            f"kubectl exec web -- sh -c 'echo hello {page}' > /dev/null; kubectl get pod web -o wide > /dev/null"
        )
    pod = server.simulation.cluster.store.get("Pod", "default", "web")
    server.simulation.cluster.logs.write((pod["metadata"]["uid"], "web", 0), 1.5, "one", "two", "three")
    async with shell.get(f"{PODS}/web/log?tailLines=2") as response:
        assert (await response.text(), response.content_type) == ("two\nthree\n", "text/plain")
    async with shell.get(f"{PODS}/web/log?tailLines=2&timestamps=true") as response:
        assert (await response.text()).splitlines()[-1].endswith(":01.500000000Z three")
    async with shell.get(f"{PODS}/web/log?tailLines=2&limitBytes=5") as response:
        assert await response.text() == "two\nt"
