"""What a request for a stream is about.

Source: k8s.io/kubernetes/pkg/registry/core/pod/strategy.go (`ExecLocation`, `LogLocation`).
"""

from __future__ import annotations

from collections.abc import Collection

from aiohttp import web

from tutor.engine.errors import bad_request
from tutor.engine.objects import Object, name_of


def wanted(request: web.Request, parameter: str) -> bool:
    """Whether a parameter of the query says yes, as Go's strconv.ParseBool reads it."""
    return request.query.get(parameter, "") in {"1", "t", "T", "true", "TRUE", "True"}


def container_in(request: web.Request, pod: Object) -> str:
    """The name of the container a request is about.

    Raises:
        ApiError: the Pod has none of that name, or several and none is named, or is on no node.
    """
    name = request.query.get("container", "")
    containers = [each["name"] for each in pod["spec"]["containers"]]
    inits = [each["name"] for each in pod["spec"].get("initContainers") or ()]
    if not name:
        if len(containers) > 1:
            choice = f"choose one of: [{' '.join(containers)}]"
            if inits:
                choice += f" or one of the init containers: [{' '.join(inits)}]"
            raise bad_request(f"a container name must be specified for pod {name_of(pod)}, {choice}")
        name = containers[0]
    if name not in {*containers, *inits}:
        raise bad_request(f"container {name} is not valid for pod {name_of(pod)}")
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    return name


def spdy_protocol(request: web.Request, known: Collection[str]) -> str:
    """The protocol to speak over SPDY, out of those the client offers.

    Raises:
        ApiError: it asks for no upgrade to SPDY, or knows none of them.
    """
    if request.headers.get("Upgrade", "").upper() != "SPDY/3.1":
        raise bad_request("Upgrade request required")
    lines = request.headers.getall("X-Stream-Protocol-Version", [])
    offered = [each.strip() for line in lines for each in line.split(",")]
    protocol = next((each for each in offered if each in known), None)
    if protocol is None:
        raise bad_request(
            f"unable to upgrade: unable to negotiate protocol: client supports {offered}, server accepts {list(known)}"
        )
    return protocol
