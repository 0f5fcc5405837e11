"""Conditions over the requests made since the step began."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from tutor.course.conditions.base import Leaf, ObjectPath, Record, find_object, labels_in_words, split_name
from tutor.course.conditions.evidence import HOST, Evidence
from tutor.course.conditions.objects import is_ready
from tutor.engine.network.trace import Client, Outcome, Trace
from tutor.engine.objects import Object, field, labels_of
from tutor.engine.store import Store

DNS_LOOKUP: Final = ("UDP", 53)
"""Protocol and port of the trace of a bare look-up."""


class Where(Record):
    """Whose shell or request: a Pod of this name, of this image, in this namespace, with these labels.

    `host` is the learner's own computer, any other bare text the name of a Pod. Labels may be written without the word
    `labels`: `{app: nginx}`.

    Args:
        pod: the Pod's name.
        image: its image; a tag counts only if one is given.
        namespace: its namespace.
        labels: labels it carries.
    """

    pod: str = ""
    image: str = ""
    namespace: str = ""
    labels: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        """Read `host`, `pod`, and labels written without the word `labels` (`{app: nginx}`)."""
        if isinstance(value, str):
            return {"pod": value}
        if not isinstance(value, dict):
            return value
        known = {key: each for key, each in value.items() if key in {"pod", "image", "namespace", "labels"}}
        labels = {key: each for key, each in value.items() if key not in known}
        return {**known, "labels": {**known.get("labels", {}), **labels}} if labels else known

    def is_client(self, client: Client, store: Store) -> bool:
        """Whether the client of a request is meant."""
        if self.pod == HOST:
            return client.is_host
        if client.is_host:
            return False
        return (
            self.pod in {"", "*", client.pod}
            and self.namespace in {"", client.namespace}
            and set(self.labels.items()) <= set(client.labels)
            and (
                not self.image
                or _runs_image(store.last_seen("Pod", client.namespace, client.pod), client.container, self.image)
            )
        )

    def is_shell(self, shell: str, store: Store) -> bool:
        """Whether a shell is meant, named `host` or `namespace/pod/container`."""
        if shell == HOST or self.pod == HOST:
            return shell == self.pod
        namespace, pod, container = shell.split("/", 2)
        found = store.get("Pod", namespace, pod)
        labels = tuple(labels_of(found).items()) if found else ()
        return self.is_client(Client(namespace, pod, container, "", labels), store)

    def is_pod(self, pod: Object) -> bool:
        """Whether a Pod is meant."""
        meta = pod["metadata"]
        return (
            self.pod in {"", "*", meta["name"]}
            and self.namespace in {"", meta["namespace"]}
            and self.labels.items() <= labels_of(pod).items()
            and (not self.image or _runs_image(pod, "", self.image))
        )

    def described(self) -> str:
        """Such as `your computer`, `a Pod with app=nginx`, `Pod temp-curl`."""
        if self.pod == HOST:
            return "your own computer"
        words = f"Pod {self.pod}" if self.pod not in {"", "*"} else "a Pod"
        if self.labels:
            words += f" with {labels_in_words(self.labels)}"
        if self.image:
            words += f" of the image {self.image}"
        return words + (f" in namespace {self.namespace}" if self.namespace else "")


def _runs_image(pod: Object | None, container: str, image: str) -> bool:
    """Whether a container (any, if empty) of the Pod runs the image; a tag counts only if one is asked for."""
    if pod is None:
        return False
    images = [each["image"] for each in field(pod, "spec.containers") or () if container in {"", each["name"]}]
    return any(image in {each, each.partition(":")[0]} for each in images)


def plain_url(url: str) -> str:
    """A URL without what makes no difference: `http://`, port 80, a last slash, letter case of the host."""
    rest = url.removeprefix("http://")
    host, slash, path = rest.partition("/")
    return host.lower().removesuffix(":80") + (slash + path if path else "")


def is_address(host: str) -> bool:
    """Whether the host is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Asked(Record):
    """Which requests count, and how many of them there are to be.

    Args:
        origin: (`from`) who makes it.
        url: what is asked for, or a list of such; `http://`, port 80 and a last slash make no difference.
        host: the host alone, whatever port and path; or a list of such.
        port: the port asked for.
        service: the Service the request meets, `web` or `shop/cart`, however it was addressed.
        by_address: whether an address was asked for, not a name.
        outcome: how it ends, or a list of such.
        status: the HTTP status it is answered with.
        backend: the name or address of the Pod that answers, or labels it carries.
        not_backend: labels that the Pod which answers does not carry.
        ready: whether the Pod that answers is ready, as things stand now.
        sticky: whether session affinity chose the Pod that answers, not chance.
        count: how many such requests at least.
        backends: how many different Pods must have answered.
        last: so many of the newest requests by the same client, whatever came of them, must all be so.
    """

    origin: Where | None = Field(None, alias="from")
    url: str | list[str] | None = None
    host: str | list[str] | None = None
    port: int | None = None
    service: str | None = None
    by_address: bool | None = Field(None, alias="by-address")
    outcome: Outcome | list[Outcome] | None = None
    status: int | None = None
    backend: str | dict[str, str] | None = None
    not_backend: dict[str, str] | None = Field(None, alias="not-backend")
    ready: bool | None = None
    sticky: bool | None = None
    count: int = 1
    backends: int = 0
    last: int | None = Field(None, ge=1)

    def counts(self, trace: Trace, store: Store) -> bool:
        """Whether a request is one of those meant. Bare look-ups (nslookup, dig) are no requests: see `Resolves`."""
        return (
            self.is_request(trace)
            and (self.url is None or _is_for(trace, _listed(self.url)))
            and (self.host is None or trace.host.rstrip(".") in _listed(self.host))
            and self.port in {None, trace.port}
            and (self.service is None or _met_service(trace, self.service))
            and self.by_address in {None, is_address(trace.host)}
            and (self.outcome is None or trace.outcome in _listed(self.outcome))
            and self.status in {None, trace.status}
            and (self.backend is None or _reached(trace, self.backend, store))
            and (self.not_backend is None or not _reached(trace, self.not_backend, store))
            and (self.ready is None or _answered_by_ready(trace, store) is self.ready)
            and self.is_by(trace, store)
            and (self.sticky is None or (trace.service is not None and trace.service.sticky) is self.sticky)
        )

    def is_request(self, trace: Trace) -> bool:
        """Whether a trace is that of a request, not of a bare look-up (unless one is asked for)."""
        return (trace.protocol, trace.port) != DNS_LOOKUP or self.port == trace.port

    def is_by(self, trace: Trace, store: Store) -> bool:
        """Whether a request was made by the client meant."""
        return self.origin is None or self.origin.is_client(trace.client, store)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_for(trace: Trace, urls: list[str]) -> bool:
    """Whether a request was for one of the URLs; a ping was for none."""
    return trace.protocol != "ICMP" and plain_url(trace.target) in map(plain_url, urls)


def _met_service(trace: Trace, service: str) -> bool:
    return trace.service is not None and (trace.service.namespace, trace.service.name) == split_name(service)


def _reached(trace: Trace, backend: str | Mapping[str, str], store: Store) -> bool:
    if trace.backend is None:
        return False
    if isinstance(backend, str):
        return backend in {trace.backend.pod, trace.backend.ip}
    pod = _answering_pod(trace, store)
    return pod is not None and backend.items() <= labels_of(pod).items()


def _answered_by_ready(trace: Trace, store: Store) -> bool | None:
    """Whether the Pod that answered is ready now; None if none answered, or it is gone."""
    pod = _answering_pod(trace, store)
    return None if pod is None else is_ready(pod)


def _answering_pod(trace: Trace, store: Store) -> Object | None:
    """The Pod that answered, if it is still there."""
    if trace.backend is None:
        return None
    for namespace in store.namespaces_of("Pod"):
        pod = store.get("Pod", namespace, trace.backend.pod)
        if pod is not None and field(pod, "status.podIP") == trace.backend.ip:
            return pod
    return None


class Request(Leaf):
    """`request: {from: {app: nginx}, url: http://nginx, outcome: ok}`: such a request was made in this step."""

    request: Asked

    def holds(self, evidence: Evidence) -> bool:
        """Whether enough such requests were made, reaching enough different Pods."""
        asked, store = self.request, evidence.store
        traces = evidence.traces
        if asked.last is not None:
            traces = [trace for trace in traces if asked.is_request(trace) and asked.is_by(trace, store)][-asked.last :]
            if len(traces) < asked.last or not all(asked.counts(trace, store) for trace in traces):
                return False
        made = [trace for trace in traces if asked.counts(trace, store)]
        reached = {trace.backend.ip for trace in made if trace.backend is not None}
        return len(made) >= self.request.count and len(reached) >= self.request.backends

    def described(self) -> str:
        """Such as `http://nginx called from a Pod with app=nginx: ok`."""
        asked = self.request
        target = asked.url or asked.host or (f"Service {asked.service}" if asked.service else "a server")
        words = " or ".join(_listed(target))
        if asked.port is not None:
            words += f" on port {asked.port}"
        if asked.service and (asked.url or asked.host):
            words += f", which is Service {asked.service},"
        words += " called"
        if asked.by_address is not None:
            words += " by its address" if asked.by_address else " by its name"
        if asked.origin is not None:
            words += f" from {asked.origin.described()}"
        if asked.count > 1:
            words += f" at least {asked.count} times"
        if asked.last is not None and asked.last > 1:
            words += f" {asked.last} times running"
        if asked.backends:
            words += f", answered by {asked.backends} different Pods"
        by = _answering(asked)
        if by:
            words += f", answered by {by}"
        if asked.sticky is not None:
            words += ", chosen by session affinity" if asked.sticky else ", chosen by chance"
        ends = [
            *map(str, _listed(asked.outcome) if asked.outcome else ()),
            *([] if asked.status is None else [f"status {asked.status}"]),
        ]
        return words + (f": {' or '.join(ends)}" if ends else "")


def _answering(asked: Asked) -> str:
    """Which Pod is to answer, in words; empty if any may."""
    if isinstance(asked.backend, str):
        return asked.backend
    if asked.backend is None and asked.not_backend is None and asked.ready is None:
        return ""
    words = {None: "a Pod", True: "a ready Pod", False: "an unready Pod"}[asked.ready]
    if asked.backend:
        words += f" with {labels_in_words(asked.backend)}"
    if asked.not_backend:
        words += f" without {labels_in_words(asked.not_backend)}"
    return words


class Looked(Record):
    """Which look-ups of a name count, and what they are to have given.

    Args:
        name: the full name of a question asked, such as `web.default.svc.cluster.local`.
        asked: the name as it was typed.
        origin: (`from`) who asks.
        type: the type of record, such as `A` or `SRV`.
        server: the address that was asked; of look-ups made with nslookup, dig or host only.
        over: `TCP` or `UDP`; of the same look-ups only.
        to: an address, a name, `NXDOMAIN`, or an object such as `service/web`, which stands for its cluster IP.
    """

    name: str | None = None
    asked: str | None = None
    origin: Where | None = Field(None, alias="from")
    type: str | None = None
    server: str | None = None
    over: Literal["TCP", "UDP"] | None = None
    to: str | None = None

    @model_validator(mode="after")
    def _says_which(self) -> Looked:
        if self.name is None and self.asked is None:
            raise ValueError("say which name: name (the full one) or asked (as typed)")
        return self


class Resolves(Leaf):
    """`resolves: {name: web.default.svc.cluster.local, to: 10.254.0.7}`: DNS was asked and gave that, in this step."""

    resolves: Looked

    def holds(self, evidence: Evidence) -> bool:
        """Whether one look-up fits."""
        return any(self._fits(trace, evidence) for trace in evidence.traces)

    def _fits(self, trace: Trace, evidence: Evidence) -> bool:
        looked = self.resolves
        if looked.origin is not None and not looked.origin.is_client(trace.client, evidence.store):
            return False
        if looked.asked is not None and trace.host != looked.asked:
            return False
        bare = trace.port == DNS_LOOKUP[1] and bool(trace.questions)
        if looked.server is not None and not (bare and trace.address == looked.server):
            return False
        if looked.over is not None and not (bare and trace.protocol == looked.over):
            return False
        questions = [
            question
            for question in trace.questions
            if looked.type in {None, question.type}
            and (looked.name is None or question.name.rstrip(".") == looked.name.rstrip("."))
        ]
        if looked.to is None:
            return bool(questions)
        if looked.to.upper() == "NXDOMAIN":
            return bool(questions) and all(question.rcode == "NXDOMAIN" for question in questions)
        wanted = _address_of(looked.to, evidence.store) if "/" in looked.to else looked.to
        return any(wanted in question.answers for question in questions)

    def described(self) -> str:
        """Such as `web looked up: 10.254.0.7`."""
        looked = self.resolves
        words = f"{looked.asked or looked.name} looked up" + (f" ({looked.type})" if looked.type else "")
        if looked.origin is not None:
            words += f" in {looked.origin.described()}"
        if looked.server is not None:
            words += f" at {looked.server}"
        if looked.over is not None:
            words += f" over {looked.over}"
        return words + (f": {looked.to}" if looked.to else "")


def _address_of(path: ObjectPath, store: Store) -> str:
    found = find_object(store, path)
    return "" if found is None else str(field(found, "spec.clusterIP", ""))
