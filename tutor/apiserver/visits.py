"""What clients do, as far as it matters to whoever plays in the same cluster.

kubectl says with each request which of its commands makes it, and which run of that command.

Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/859-kubectl-headers
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from aiohttp import web

from tutor.apiserver.paths import Target

_LOOKING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_VERBS: Final = {"GET": "get", "POST": "create", "PUT": "replace", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True)
class Visit:
    """One request about objects.

    Args:
        argv: the command line it comes from, as far as it shows: `kubectl get services web -n default`.
        run: which run of a program it belongs to; the requests of one have the same.
        changes: whether it is to change anything.
    """

    argv: tuple[str, ...]
    run: str
    changes: bool


class Host(Protocol):
    """Whoever plays in the cluster that is served."""

    async def admit(self, visit: Visit) -> None:
        """Come back when the request may be served."""
        ...

    def served(self, visit: Visit) -> None:
        """Take note of a request that has been served, and not refused."""
        ...


class NoHost:
    """Nobody plays: every request may be served at once."""

    async def admit(self, visit: Visit) -> None:
        """Come back at once."""

    def served(self, visit: Visit) -> None:
        """Take no note."""


def visit_of(request: web.BaseRequest, target: Target) -> Visit:
    """What a request is to whoever plays in the same cluster."""
    command = request.headers.get("Kubectl-Command", "").split()
    agent = request.headers.get("User-Agent", "").partition("/")[0]
    argv = command or [agent or "a client", _VERBS.get(request.method, request.method.lower())]
    argv = [*argv, target.served.plural, *([target.name] if target.name else [])]
    if target.namespace is not None:
        argv += ["-n", target.namespace]
    elif target.served.namespaced:
        argv.append("-A")
    if request.query.get("labelSelector"):
        argv += ["-l", request.query["labelSelector"]]
    run = request.headers.get("Kubectl-Session") or agent
    looks = request.method in _LOOKING or request.query.get("dryRun") == "All"
    connects = target.subresource in {"exec", "attach", "portforward"}
    return Visit(tuple(argv), run, changes=target.subresource == "exec" or not (looks or connects))
