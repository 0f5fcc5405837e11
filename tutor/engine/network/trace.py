"""The record of one request, hop by hop. curl's text, the traffic diagram and lesson conditions all read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal[
    "ok",  # a connection was made and, for HTTP, an answer below 400 came back
    "http-error",  # HTTP answered 400 or more
    "nxdomain",  # no such name
    "no-address",  # the name exists but has no address of this type
    "dns-timeout",  # no DNS server answered
    "refused",  # something answered "no": no ready endpoints, or nothing listens
    "timeout",  # nothing answered
]
Transport: TypeAlias = Literal["TCP", "UDP"]
Protocol: TypeAlias = Literal["TCP", "UDP", "ICMP"]
RecordType: TypeAlias = Literal["A", "AAAA", "CNAME", "SRV", "PTR", "ANY", "SOA", "NS", "TXT", "MX"]


@dataclass(frozen=True)
class Question:
    """One DNS question and its answer.

    Args:
        name: the full name asked, without the last dot.
        type: the record type asked for.
        rcode: `NOERROR`, `NXDOMAIN`, `SERVFAIL`, or `TIMEOUT` when nobody answered.
        answers: the data of the answer's records, in the order given: addresses, or names for CNAME and PTR.
        server: name of the CoreDNS Pod that answered; empty if none did.
    """

    name: str
    type: RecordType
    rcode: str
    answers: tuple[str, ...] = ()
    server: str = ""


@dataclass(frozen=True)
class Client:
    """Who made the request: a container of a Pod, or (with no Pod) the learner's own computer."""

    namespace: str = ""
    pod: str = ""
    container: str = ""
    ip: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def is_host(self) -> bool:
        """Whether this is the learner's computer, outside the cluster."""
        return not self.pod


@dataclass(frozen=True)
class Backend:
    """One Pod (or bare address) behind a Service, and why it was or was not chosen.

    Args:
        ip: its address.
        port: the port the Service would send to; 0 if it has none.
        pod: its name; empty for an address without a Pod.
        node: the node it runs on.
        why: empty for a candidate, else why it gets no traffic: `not ready`, `terminating`.
    """

    ip: str
    port: int
    pod: str = ""
    node: str = ""
    why: str = ""


@dataclass(frozen=True)
class ServiceHop:
    """The Service rule a connection met.

    Args:
        namespace: the Service's namespace.
        name: the Service's name.
        cluster_ip: its address.
        port: the Service port that matched; None when the address is the Service's and no port matched.
        candidates: the ready endpoints the choice was among.
        others: the endpoints that could not be chosen, each with its `why`.
        sticky: whether session affinity, not chance, chose.
    """

    namespace: str
    name: str
    cluster_ip: str
    port: int | None
    candidates: tuple[Backend, ...] = ()
    others: tuple[Backend, ...] = ()
    sticky: bool = False


@dataclass(frozen=True)
class Trace:
    """One request from question to answer.

    Args:
        number: counts up from 1 in each cluster.
        at: seconds since the cluster's birth when it was made.
        client: who asked.
        target: what was asked for, as written: a URL, or `host:port`.
        host: the host part of the target.
        port: the port asked for.
        protocol: `TCP`, `UDP` or `ICMP`.
        questions: every DNS question, in order; empty if the target is an address.
        address: the address connected to; empty if the name did not resolve.
        service: the Service rule met; None if the address is no Service's.
        backend: who was reached in the end; None if nobody was.
        outcome: how it ended.
        why: for anything but `ok`: one plain clause about the cause, such as `no ready endpoints`.
        status: the HTTP status; None if there was no HTTP answer.
        milliseconds: how long it took, simulated.
    """

    number: int
    at: float
    client: Client
    target: str
    host: str
    port: int
    protocol: Protocol = "TCP"
    questions: tuple[Question, ...] = ()
    address: str = ""
    service: ServiceHop | None = None
    backend: Backend | None = None
    outcome: Outcome = "ok"
    why: str = ""
    status: int | None = None
    milliseconds: float = 0.0
