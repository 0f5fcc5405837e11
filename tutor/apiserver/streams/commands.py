"""exec and attach: a client's streams joined to a command in a container.

Source: k8s.io/kubernetes/pkg/registry/core/pod/strategy.go, k8s.io/kubelet/pkg/cri/streaming/remotecommand, and the
streaming server of containerd for the text of an exit code.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from aiohttp import web

from tutor.apiserver.answers import plain
from tutor.apiserver.streams.channels import (
    ERROR,
    LONGEST_MESSAGE,
    RESIZE,
    SPDY_PROTOCOLS,
    STDERR,
    STDIN,
    STDOUT,
    WEBSOCKET_PROTOCOLS,
    Channels,
    SpdyChannels,
    WebSocketChannels,
)
from tutor.apiserver.streams.conversation import Conversation
from tutor.apiserver.streams.links import Upgraded, upgrade
from tutor.apiserver.streams.target import container_in, spdy_protocol, wanted
from tutor.engine.errors import bad_request
from tutor.engine.objects import Object, field
from tutor.engine.resources import POD
from tutor.kubectl.attachable import is_running
from tutor.kubectl.context import Context, ExecError
from tutor.kubectl.verbs.exec import start_failure
from tutor.shell.simulation import Simulation
from tutor.shell.terminal import Terminal

SUCCESS: Final[Mapping[str, Any]] = {"metadata": {}, "status": "Success"}
CREATION: Final = 30.0
"""Real seconds a client has to open its streams, as the kubelet has it (`DefaultStreamCreationTimeout`)."""
_Run: TypeAlias = Callable[[Object, str, Context, Terminal], Awaitable[int]]


async def exec_(request: web.Request, simulation: Simulation, namespace: str, name: str) -> web.StreamResponse:
    """Answer `…/pods/NAME/exec?command=…`."""
    command = request.query.getall("command", [])
    if not command:
        raise bad_request("you must specify at least one command for the container")
    flags = _flags(request)

    async def run(pod: Object, container: str, context: Context, terminal: Terminal) -> int:
        return await simulation.containers.exec(
            pod, container, command, stdin=STDIN in flags, tty=RESIZE in flags, context=context, terminal=terminal
        )

    return await _stream(request, simulation, namespace, name, run, command)


async def attach(request: web.Request, simulation: Simulation, namespace: str, name: str) -> web.StreamResponse:
    """Answer `…/pods/NAME/attach`. How the container's process ended is told by its Pod alone."""
    flags = _flags(request)

    async def run(pod: Object, container: str, context: Context, terminal: Terminal) -> int:
        await simulation.containers.attach(
            pod, container, stdin=STDIN in flags, tty=RESIZE in flags, context=context, terminal=terminal
        )
        return 0

    return await _stream(request, simulation, namespace, name, run, ())


def _flags(request: web.Request) -> frozenset[int]:
    """The channels a client is to open, by what it asks for; the size of a terminal stands for the terminal."""
    asked = {
        STDIN: wanted(request, "stdin"),
        STDOUT: wanted(request, "stdout"),
        STDERR: wanted(request, "stderr") and not wanted(request, "tty"),
        RESIZE: wanted(request, "tty"),
    }
    return frozenset(channel for channel, asked_for in asked.items() if asked_for) | {ERROR}


async def _stream(
    request: web.Request, simulation: Simulation, namespace: str, name: str, run: _Run, command: Sequence[str]
) -> web.StreamResponse:
    """Judge the request, upgrade it, and run a command on its channels until it has ended or the client is gone."""
    pod = simulation.cluster.api.get(POD, name, namespace)
    container = container_in(request, pod)
    phase = field(pod, "status.phase")
    if phase in {"Succeeded", "Failed"}:
        raise bad_request(f"cannot exec into a container in a completed pod; current phase is {phase}")
    flags = _flags(request)
    if request.headers.get("Upgrade", "").lower() == "websocket":
        socket = web.WebSocketResponse(protocols=WEBSOCKET_PROTOCOLS, max_msg_size=LONGEST_MESSAGE)
        await socket.prepare(request)
        await _converse(simulation, WebSocketChannels(socket), pod, container, flags, run, command)
        return socket
    protocol = spdy_protocol(request, SPDY_PROTOCOLS)
    if not is_running(pod, container):
        return plain(f'container not found ("{container}")\n', 404)
    link = await upgrade(request, "SPDY/3.1", [("X-Stream-Protocol-Version", protocol)])
    channels = SpdyChannels(link, flags)
    if await asyncio.wait_for(channels.opened(), CREATION):
        await _converse(simulation, channels, pod, container, flags, run, command)
    link.close()
    return Upgraded()


async def _converse(
    simulation: Simulation,
    channels: Channels,
    pod: Object,
    container: str,
    flags: frozenset[int],
    run: _Run,
    command: Sequence[str],
) -> None:
    conversation = Conversation(simulation, channels, flags)
    work = asyncio.ensure_future(_status(simulation, channels, pod, container, command, conversation, run))
    listening = asyncio.ensure_future(conversation.listen())
    try:
        done, _ = await asyncio.wait({work, listening}, return_when=asyncio.FIRST_COMPLETED)
        if work not in done:
            # The client is gone: the command goes too, as with a terminal that is closed.
            conversation.hang_up()
            await asyncio.wait({work}, timeout=1.0)
        if work.done() and not work.cancelled():
            await conversation.flush()
            await channels.finish(work.result())
    finally:
        for task in (work, listening):
            task.cancel()
        await asyncio.gather(work, listening, return_exceptions=True)


async def _status(
    simulation: Simulation,
    channels: Channels,
    pod: Object,
    container: str,
    command: Sequence[str],
    conversation: Conversation,
    run: _Run,
) -> Mapping[str, Any]:
    """Run; the Status that tells how it ended."""
    if not is_running(pod, container):
        return _failure(f'unable to upgrade connection: container not found ("{container}")', True)
    try:
        code = await run(pod, container, conversation.context, conversation.terminal)
    except ExecError as error:
        now = simulation.cluster.clock.now
        return _failure(start_failure(error, pod, command, now), channels.double_wrapped)
    if not code:
        return SUCCESS
    shown = " ".join(command)
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: error executing command [{shown}], exit code {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def _failure(message: str, wrapped: bool) -> Mapping[str, Any]:
    text = f"Internal error occurred: {message}" if wrapped else message
    return {
        "metadata": {},
        "status": "Failure",
        "message": text,
        "reason": "InternalError",
        "details": {"causes": [{"message": message}]},
        "code": 500,
    }
