"""The traces of a cluster's requests: how each is written, and the last thousand of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from rpds import HashTrieMap

from tutor.engine.core import Core
from tutor.engine.network.proxy import Route
from tutor.engine.network.resolver import Lookup
from tutor.engine.network.timing import HANDSHAKE, KERNEL_PATIENCE, SERVING
from tutor.engine.network.trace import Client, Outcome, Protocol, Trace

if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Traces: TypeAlias = HashTrieMap[int, Trace]

KEPT: Final = 1000
"""How many traces are kept."""


@dataclass(frozen=True)
class TraceLogState:
    """All of a trace log that a snapshot keeps: shared, never copied."""

    traces: _Traces
    count: int


class Attempt(NamedTuple):
    """A request as it was made.

    Args:
        client: who asked.
        target: what was asked for, as written: a URL, or `host:port`.
        host: the host part of the target.
        port: the port asked for.
        protocol: `TCP`, `UDP` or `ICMP`.
    """

    client: Client
    target: str
    host: str
    port: int
    protocol: Protocol = "TCP"


class TraceLog:
    """The last thousand traces, each with its number."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._traces: _Traces = HashTrieMap()
        self._count = 0

    @property
    def count(self) -> int:
        """How many requests there have been; the number of the newest trace."""
        return self._count

    def all(self) -> list[Trace]:
        """The traces that are kept, oldest first."""
        return self.since(self._count - KEPT)

    def since(self, number: int) -> list[Trace]:
        """The traces numbered above `number` that are still kept, oldest first."""
        first = max(number, self._count - KEPT, 0) + 1
        return [self._traces[at] for at in range(first, self._count + 1)]

    def note(self, trace: Trace) -> Trace:
        """Keep a trace, which has the next number, and give it back."""
        self._count = trace.number
        self._traces = self._traces.insert(trace.number, trace)
        if trace.number > KEPT:
            self._traces = self._traces.discard(trace.number - KEPT)
        return trace

    def unresolved(self, attempt: Attempt, lookup: Lookup) -> Trace:
        """Record an attempt that ended at its name."""
        outcome: Outcome = "nxdomain"
        if lookup.rcode == "TIMEOUT":
            outcome = "dns-timeout"
        elif lookup.rcode == "NOERROR":
            outcome = "no-address"
        route = Route(outcome, why=why_unresolved(outcome, attempt.host))
        return self._write(attempt, lookup, route, lookup.milliseconds)

    def connected(
        self, attempt: Attempt, lookup: Lookup, route: Route, patience: float | None, status: int | None = None
    ) -> Trace:
        """Record an attempt that had an address to connect to.

        Args:
            attempt: what was asked for.
            lookup: how the address was found.
            route: where the connection went.
            patience: seconds the client waits for an answer; None for as long as the kernel tries.
            status: the HTTP status that came back; None if no HTTP answer did.
        """
        spent = lookup.milliseconds + HANDSHAKE
        if status is not None:
            spent += SERVING
        if route.outcome == "timeout":
            spent = (min(patience, KERNEL_PATIENCE) if patience is not None else KERNEL_PATIENCE) * 1000
            spent += self._core.dice.between(0.0, 2.0)
        return self._write(attempt, lookup, route, spent, status)

    def echoed(self, attempt: Attempt, lookup: Lookup, route: Route) -> Trace:
        """Record an ICMP echo request that had an address to go to; the milliseconds are the round trip's."""
        spent = self._core.dice.between(0.04, 0.12) if route.outcome == "ok" else 0.0
        return self._write(attempt, lookup, route, spent)

    def _write(
        self, attempt: Attempt, lookup: Lookup, route: Route, milliseconds: float, status: int | None = None
    ) -> Trace:
        outcome = route.outcome if status is None else "http-error" if status >= 400 else "ok"
        return self.note(
            Trace(
                self._count + 1,
                self._core.clock.now,
                attempt.client,
                attempt.target,
                attempt.host,
                attempt.port,
                attempt.protocol,
                lookup.questions,
                lookup.addresses[0] if lookup.addresses else "",
                route.service,
                route.backend,
                outcome,
                route.why,
                status,
                milliseconds,
            )
        )

    def snapshot(self) -> TraceLogState:
        """All that changes here."""
        return TraceLogState(self._traces, self._count)

    def restore(self, state: TraceLogState) -> None:
        """Go back to a snapshot."""
        self._traces, self._count = state.traces, state.count


def why_unresolved(outcome: Outcome, name: str) -> str:
    """The plain clause about a name that gave no address; empty if it did."""
    match outcome:
        case "nxdomain":
            return f"no Service or Pod has the name {name}"
        case "no-address":
            return f"the name {name} has no such record"
        case "dns-timeout":
            return "no name server answered"
        case _:
            return ""
