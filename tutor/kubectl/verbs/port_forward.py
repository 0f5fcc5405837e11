"""`kubectl port-forward`: a port of the learner's computer that leads into one Pod.

Source: pkg/cmd/portforward of https://github.com/kubernetes/kubectl and client-go's tools/portforward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.engine.network.trace import Trace
from tutor.engine.objects import Object, field, name_of, namespace_of, uid_of
from tutor.engine.resources import SERVICE
from tutor.kubectl.attachable import parse_name, pod_of
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.verbs.exec import POD_RUNNING_TIMEOUT, running_timeout

_FIRST_FREE = 32768
"""Where Linux begins to hand out ports: net.ipv4.ip_local_port_range."""
_PORTS = 28232
_UNPRIVILEGED = 1024
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  # names to recognise, nothing is bound


@dataclass(frozen=True)
class _Pair:
    """A local port (0: any) and a port of the Pod."""

    local: int
    remote: int


async def port_forward(call: Invocation) -> int:
    """Forward ports until interrupted or the Pod is gone."""
    if len(call.args) < 2:
        raise call.usage_error("TYPE/NAME and list of ports are required for port-forward")
    timeout = running_timeout(call)
    target = parse_name(call, call.args[0])
    pod = await pod_of(call, target, timeout)
    service = target.obj if target.resource is SERVICE else None
    pairs = [_pair(word, service, pod) for word in call.args[1:]]
    phase = field(pod, "status.phase")
    if phase != "Running":
        raise KubectlError(f"unable to forward port because pod is not running. Current status={phase}")
    _check_addresses(call.many("address"))
    opened = await _open(call, pod, pairs)
    try:
        return await _serve(call, pod, opened)
    finally:
        for local in opened:
            call.context.cluster.network.stop_forward(local)


def _pair(word: str, service: Object | None, pod: Object) -> _Pair:
    """What `8080:80`, `80`, `:80` or `8080:http` means."""
    parts = word.split(":")
    local, remote = (parts[0], parts[1]) if len(parts) == 2 else (parts[0], parts[0])
    if len(parts) > 2:
        raise KubectlError(f'invalid port format "{word}"')
    if not remote:
        raise KubectlError("remote port cannot be empty")
    number = _target_of_service(service, pod, remote) if service else _port_of_pod(pod, remote)
    if local == remote and not local.isdigit():
        local = str(_service_port(service, remote)["port"]) if service else str(number)
    return _Pair(_local_port(local, word), _checked(number, word))


def _local_port(text: str, word: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise KubectlError(f'error parsing local port "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')
    return _checked(int(text), word)


def _checked(number: int, word: str) -> int:
    if not 0 <= number < 65536:
        raise KubectlError(
            f'error parsing local port "{word}": strconv.ParseUint: parsing "{number}": value out of range'
        )
    if number == 0 and not word.startswith(("0:", ":")):
        raise KubectlError("remote port must be > 0")
    return number


def _port_of_pod(pod: Object, word: str) -> int:
    """A port of the Pod by number or by its container's name for it."""
    if word.isascii() and word.isdigit():
        return int(word)
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if port.get("name") == word:
                return int(port["containerPort"])
    raise KubectlError(f"Pod '{name_of(pod)}' does not have a named port '{word}'")


def _service_port(service: Object, word: str) -> Object:
    """The Service's port of that number or name."""
    for port in field(service, "spec.ports") or ():
        if word in {str(port["port"]), port.get("name")}:
            if port.get("protocol", "TCP") == "UDP":
                raise KubectlError(f"UDP protocol is not supported for {word}")
            found: Object = port
            return found
    if word.isdigit():
        raise KubectlError(f"Service {name_of(service)} does not have a service port {word}")
    raise KubectlError(f"Service '{name_of(service)}' does not have a named port '{word}'")


def _target_of_service(service: Object, pod: Object, word: str) -> int:
    port = _service_port(service, word)
    target = port.get("targetPort", port["port"])
    return _port_of_pod(pod, str(target)) if field(service, "spec.clusterIP") != "None" else int(port["port"])


def _check_addresses(addresses: Sequence[str]) -> None:
    for address in addresses:
        if address not in _LOCAL:
            raise KubectlError(f"unable to listen on {address}: only localhost, 127.0.0.1 and 0.0.0.0 are simulated")


async def _open(call: Invocation, pod: Object, pairs: Sequence[_Pair]) -> dict[int, int]:
    """Open the local ports that can be opened, and say so; each with the Pod's port it leads to."""
    network, dice = call.context.cluster.network, call.context.cluster.core.dice
    opened: dict[int, int] = {}
    for pair in pairs:
        local = pair.local or _FIRST_FREE + dice.below(_PORTS)
        why = "permission denied" if local < _UNPRIVILEGED else ""
        if not why and not network.forward(local, pod, pair.remote):
            why = "address already in use"
        if why:
            await call.err(_listen_error(local, why))
            continue
        opened[local] = pair.remote
        await call.out(
            f"Forwarding from 127.0.0.1:{local} -> {pair.remote}\nForwarding from [::1]:{local} -> {pair.remote}\n"
        )
    if not opened:
        wanted = " ".join(f"{{{pair.local} {pair.remote}}}" for pair in pairs)
        raise KubectlError(f"unable to listen on any of the requested ports: [{wanted}]")
    return opened


def _listen_error(port: int, why: str) -> str:
    tries = " ".join(
        f"unable to create listener: Error listen {network} {address}:{port}: bind: {why}"
        for network, address in (("tcp4", "127.0.0.1"), ("tcp6", "[::1]"))
    )
    return f"Unable to listen on port {port}: Listeners failed to create with the following errors: [{tries}]\n"


async def _serve(call: Invocation, pod: Object, opened: Mapping[int, int]) -> int:
    """Say of each connection that it is handled, until there is nothing more to wait for."""
    cluster = call.context.cluster
    seen = cluster.network.log.count
    while await call.context.pacing.idle():
        for trace in cluster.network.log.since(seen):
            if trace.client.is_host and trace.port in opened and trace.host in _LOCAL:
                await _handle(call, trace, pod, opened[trace.port])
        seen = cluster.network.log.count
        now = cluster.store.get("Pod", namespace_of(pod), name_of(pod))
        if now is None or uid_of(now) != uid_of(pod):
            raise KubectlError("lost connection to pod")
    return 0


async def _handle(call: Invocation, trace: Trace, pod: Object, target: int) -> None:
    """Say that a connection came, and give up as kubectl does if nothing in the Pod answered it."""
    await call.out(f"Handling connection for {trace.port}\n")
    if trace.outcome not in {"ok", "http-error"}:
        moment = call.context.cluster.clock.datetime
        why = refusal(pod, target).replace('"', '\\"')
        await call.err(
            f'E{moment:%m%d %H:%M:%S.%f}    4711 portforward.go:424] "Unhandled Error" err="an error occurred '
            f'forwarding {trace.port} -> {target}: {why}"\n'
        )
        raise KubectlError("lost connection to pod")


def refusal(pod: Object, port: int) -> str:
    """What the container runtime says when nothing in a Pod listens on a port."""
    sandbox = uid_of(pod).replace("-", "") * 2
    return (
        f"error forwarding port {port} to pod {sandbox}, uid : failed to execute portforward in network namespace: "
        f'failed to connect to localhost:{port} inside namespace "{sandbox}": '
        f"dial tcp4 127.0.0.1:{port}: connect: connection refused"
    )


COMMAND = Command(
    name="port-forward",
    short="Forward one or more local ports to a pod",
    long=(
        "Forward one or more local ports to a pod.\n\n"
        " Use resource type/name such as deployment/mydeployment to select a pod. Resource type defaults to 'pod' if "
        "omitted.\n\n"
        " If there are multiple pods matching the criteria, a pod will be selected automatically. The forwarding "
        "session ends when the selected pod terminates, and a rerun of the command is needed to resume forwarding."
    ),
    examples="""
# Listen on ports 5000 and 6000 locally, forwarding data to/from ports 5000 and 6000 in the pod
kubectl port-forward pod/mypod 5000 6000

# Listen on ports 5000 and 6000 locally, forwarding data to/from ports 5000 and 6000 in a pod selected by the deployment
kubectl port-forward deployment/mydeployment 5000 6000

# Listen on port 8443 locally, forwarding to the targetPort of the service's port named "https" in a pod selected by the service
kubectl port-forward service/myservice 8443:https

# Listen on port 8888 locally, forwarding to 5000 in the pod
kubectl port-forward pod/mypod 8888:5000

# Listen on a random port locally, forwarding to 5000 in the pod
kubectl port-forward pod/mypod :5000
""",  # noqa: E501
    usage="TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
    flags=(
        Flag(
            "address",
            "Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value. When "
            "localhost is supplied, kubectl will try to bind on both 127.0.0.1 and ::1 and will fail if neither of "
            "these addresses are available to bind.",
            kind="list",
            default=("localhost",),
        ),
        POD_RUNNING_TIMEOUT,
    ),
    handler=port_forward,
)
