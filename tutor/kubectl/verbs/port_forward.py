"""`kubectl port-forward`: a port of the learner's computer that leads into one Pod.

Source: pkg/cmd/portforward of https://github.com/kubernetes/kubectl and client-go's tools/portforward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from tutor.engine.network.trace import Trace
from tutor.engine.objects import Object, field, name_of, namespace_of, uid_of
from tutor.engine.resources import SERVICE
from tutor.kubectl.attachable import parse_name, pod_of
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.text import go_quote
from tutor.kubectl.verbs.exec import POD_RUNNING_TIMEOUT, running_timeout

_FIRST_FREE = 32768
"""Where Linux begins to hand out ports: net.ipv4.ip_local_port_range."""
_PORTS = 28232
_UNPRIVILEGED = 1024
_LOCAL = frozenset({"127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104  # names to recognise, nothing is bound
"""The addresses of the learner's computer."""
_HOSTS = _LOCAL | {"localhost"}


@dataclass(frozen=True)
class _Pair:
    """A local port (0: any) and a port of the Pod."""

    local: int
    remote: int

    def __str__(self) -> str:
        return f"{{{self.local} {self.remote}}}"


async def port_forward(call: Invocation) -> int:
    """Forward ports until interrupted or the Pod is gone."""
    if len(call.args) < 2:
        raise call.usage_error("TYPE/NAME and list of ports are required for port-forward")
    timeout = running_timeout(call)
    target = parse_name(call, call.args[0])
    pod = await pod_of(call, target, timeout)
    service = target.obj if target.resource is SERVICE else None
    words = [_translated(word, service, pod) for word in call.args[1:]]
    phase = field(pod, "status.phase")
    if phase != "Running":
        raise KubectlError(f"unable to forward port because pod is not running. Current status={phase}")
    addresses = _addresses(call.many("address"))
    opened = await _open(call, pod, [_pair(word) for word in words], addresses)
    try:
        return await _serve(call, pod, opened)
    finally:
        for local in opened:
            call.context.cluster.network.stop_forward(local)


def _split(word: str) -> tuple[str, str]:
    """The local and the remote port of `8080:80`; anything without just one colon is both."""
    local, *rest = word.split(":")
    return (local, rest[0]) if len(rest) == 1 else (local, local)


def _translated(word: str, service: Object | None, pod: Object) -> str:
    """`8080:http` or `http` with the Pod's number for the remote port."""
    local, remote = _split(word)
    number = _atoi(remote)
    if service is None:
        _refuse_udp(_pod_ports(pod), remote, "containerPort")
        target = _port_named(pod, remote) if number is None else remote
    else:
        _refuse_udp(field(service, "spec.ports") or (), remote, "port")
        if number is None:
            number = _service_port_named(service, remote)
            local = str(number) if local == remote else local
        target = str(_target_of_service(service, pod, number))
        return target if local == target else f"{local}:{target}"
    return target if local == remote else f"{local}:{target}"


def _atoi(text: str) -> int | None:
    return int(text) if text.isascii() and text.removeprefix("-").removeprefix("+").isdigit() else None


def _pod_ports(pod: Object) -> list[Object]:
    """The ports that a Pod's containers name."""
    return [port for container in pod["spec"]["containers"] for port in container.get("ports") or ()]


def _refuse_udp(ports: Sequence[Object], word: str, number: str) -> None:
    """Refuse a port that is there for UDP alone."""
    meant = [port[number] for port in ports if word in {str(port[number]), port.get("name")}]
    protocols = {port.get("protocol", "TCP") for port in ports if port[number] in meant}
    if protocols == {"UDP"}:
        raise KubectlError(f"UDP protocol is not supported for {word}")


def _port_named(pod: Object, word: str) -> str:
    for port in _pod_ports(pod):
        if port.get("name") == word:
            return str(port["containerPort"])
    raise KubectlError(f"Pod '{name_of(pod)}' does not have a named port '{word}'")


def _service_port_named(service: Object, word: str) -> int:
    for port in field(service, "spec.ports") or ():
        if port.get("name", "") == word:
            return int(port["port"])
    raise KubectlError(f"Service '{name_of(service)}' does not have a named port '{word}'")


def _target_of_service(service: Object, pod: Object, number: int) -> int:
    for port in field(service, "spec.ports") or ():
        if port["port"] == number:
            target = port.get("targetPort") or number
            if field(service, "spec.clusterIP") == "None":
                return number
            return target if isinstance(target, int) else int(_port_named(pod, target))
    raise KubectlError(f"Service {name_of(service)} does not have a service port {number}")


def _pair(word: str) -> _Pair:
    """The ports of `8080:80`, `80` or `:80`.

    Source: parsePorts in client-go's tools/portforward/portforward.go
    """
    local, *rest = word.split(":")
    if len(rest) > 1:
        raise KubectlError(f"invalid port format '{word}'")
    remote = rest[0] if rest else local
    if rest and not local:
        local = "0"
    numbers = _Pair(_parsed("local", local), _parsed("remote", remote))
    if numbers.remote == 0:
        raise KubectlError("remote port must be > 0")
    return numbers


def _parsed(side: str, text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    why = "value out of range" if text.isascii() and text.isdigit() else "invalid syntax"
    raise KubectlError(f"error parsing {side} port '{text}': strconv.ParseUint: parsing {go_quote(text)}: {why}")


def _addresses(words: Sequence[str]) -> list[str]:
    """Where to listen, sorted.

    Source: parseAddresses in client-go's tools/portforward/portforward.go
    """
    if not words:
        raise KubectlError("you must specify at least 1 address")
    found: set[str] = set()
    for word in words:
        if word == "localhost":
            found |= {"127.0.0.1", "::1"}
        elif _is_ip(word):
            found.add(word)
        else:
            raise KubectlError(f"{word} is not a valid IP")
    return sorted(found)


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


async def _open(call: Invocation, pod: Object, pairs: Sequence[_Pair], addresses: Sequence[str]) -> dict[int, int]:
    """Open the local ports that can be opened, and say so; each with the Pod's port it leads to."""
    network, dice = call.context.cluster.network, call.context.cluster.core.dice
    opened: dict[int, int] = {}
    for pair in pairs:
        local = pair.local or _FIRST_FREE + dice.below(_PORTS)
        why = "permission denied" if local < _UNPRIVILEGED else ""
        if not why and not network.forward(local, pod, pair.remote):
            why = "address already in use"
        bad = {each: why or "cannot assign requested address" for each in addresses if why or each not in _LOCAL}
        good = [each for each in addresses if each not in bad]
        await call.out("".join(f"Forwarding from {_joined(each, local)} -> {pair.remote}\n" for each in good))
        if bad:
            await call.err(_listen_error(local, bad))
            if not why:
                network.stop_forward(local)
        else:
            opened[local] = pair.remote
    if not opened:
        raise KubectlError(f"unable to listen on any of the requested ports: [{' '.join(map(str, pairs))}]")
    return opened


def _joined(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _listen_error(port: int, bad: Mapping[str, str]) -> str:
    tries = " ".join(
        f"unable to create listener: Error listen tcp{6 if ':' in each else 4} {_joined(each, port)}: bind: {why}"
        for each, why in bad.items()
    )
    return f"Unable to listen on port {port}: Listeners failed to create with the following errors: [{tries}]\n"


async def _serve(call: Invocation, pod: Object, opened: Mapping[int, int]) -> int:
    """Say of each connection that it is handled, until there is nothing more to wait for."""
    cluster = call.context.cluster
    seen = cluster.network.log.count
    while await call.context.pacing.idle():
        for trace in cluster.network.log.since(seen):
            if trace.client.is_host and trace.port in opened and trace.host in _HOSTS:
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
