"""What the traffic diagram shows, as data: one Service, the Pods around it, and requests taken apart into hops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tutor.engine.network.trace import Question, Trace
from tutor.engine.objects import Object, field, is_deleting, labels_of, name_of, namespace_of

if TYPE_CHECKING:
    from tutor.engine.store import Ref, Store

PodState: TypeAlias = Literal["ready", "not ready", "leaving", "no match"]
Place: TypeAlias = Literal["dns", "service", "dice", "pod", "back", "stop"]
ANSWERED: Final = frozenset({"ok", "http-error"})
"""Outcomes of requests that a Pod answered."""


@dataclass(frozen=True)
class PodBox:
    """A Pod of the Service's namespace.

    Args:
        name: its name.
        ip: its address; empty if it has none yet.
        state: how it stands to the Service.
        why: for `no match`, what is wrong with its labels; else empty.
        answered: how many requests it answered.
        node: the node it runs on; empty if it has none yet.
        labels: the labels that the selector asks for, as far as it has them.
        lit: whether the learner is at it, or at the Service that selects it.
    """

    name: str
    ip: str
    state: PodState
    why: str = ""
    answered: int = 0
    node: str = ""
    labels: str = ""
    lit: bool = False


@dataclass(frozen=True)
class ServiceBox:
    """The Service drawn."""

    namespace: str
    name: str
    address: str
    ports: str
    selector: str
    lit: bool = False


@dataclass(frozen=True)
class Scene:
    """Everything drawn but the request under way.

    Args:
        service: the Service; None if there is none.
        pods: the Pods of its namespace, those it sends to first.
        requests: how many requests were made to the Service.
        gone: how many of them were answered by Pods that no longer exist.
        picked: whether the learner picked the Service, so that only requests to it are of interest.
        dns: the address of cluster DNS; empty if its Service is gone.
        asked: whether any of the Pods answered a request, be the answer still on its way: the columns stay where they
            are when it comes to be counted.
    """

    service: ServiceBox | None = None
    pods: tuple[PodBox, ...] = ()
    requests: int = 0
    gone: int = 0
    picked: bool = False
    dns: str = ""
    asked: bool = False

    def concerns(self, trace: Trace) -> bool:
        """Whether a request belongs into the picture."""
        return not self.picked or self.service is None or self._met_by(trace)

    def _met_by(self, trace: Trace) -> bool:
        """Whether a request was made to the Service drawn."""
        met, service = trace.service, self.service
        return (
            met is not None and service is not None and (met.namespace, met.name) == (service.namespace, service.name)
        )

    def before(self, trace: Trace, *, met: bool, answered: bool) -> Scene:
        """The scene while a request that it counts already is still on its way.

        Args:
            trace: the request.
            met: whether the request has come to the Service.
            answered: whether its answer is back.
        """
        if not self._met_by(trace):
            return self
        requests = self.requests if met else max(self.requests - 1, 0)
        pod = trace.backend.pod if trace.backend and trace.outcome in ANSWERED and not answered else ""
        here = any(box.name == pod for box in self.pods)
        gone = max(self.gone - 1, 0) if pod and not here else self.gone
        pods = tuple(replace(box, answered=max(box.answered - (box.name == pod), 0)) for box in self.pods)
        return replace(self, requests=requests, gone=gone, pods=pods if here else self.pods)


@dataclass(frozen=True)
class Hop:
    """One stage of a request.

    Args:
        place: where it is: at CoreDNS, on its way to the Service, being given a Pod, at the Pod, back with the
            answer, or stopped.
        text: what happens there, in plain words.
        good: whether it goes on from there.
    """

    place: Place
    text: str
    good: bool = True


def hops_of(trace: Trace) -> tuple[Hop, ...]:
    """A request hop by hop, as it went."""
    who = trace.client.pod or "your computer"
    asked = "your own DNS" if trace.client.is_host else "CoreDNS"
    hops = [_question(question, asked) for question in trace.questions]
    if trace.address:
        hops.append(Hop("service", f"{who} connects to {trace.address}:{trace.port}{_virtual(trace)}"))
    service = trace.service
    if service is not None and service.port is not None and service.candidates:
        count = len(service.candidates)
        choice = (
            "the Pod it had before (session affinity)" if service.sticky else f"one of {count} ready Pods by chance"
        )
        hops.append(Hop("dice", "the rule picks the only ready Pod" if count == 1 else f"the rule picks {choice}"))
    if trace.backend is not None and trace.backend.ip:
        hops.append(Hop("pod", f"to {trace.backend.pod or 'nobody known'} at {trace.backend.ip}:{trace.backend.port}"))
    hops.append(_end(trace))
    return tuple(hops)


def _question(question: Question, asked: str) -> Hop:
    name = f"{question.name}" + ("" if question.type == "A" else f" ({question.type})")
    if question.rcode == "NOERROR":
        return Hop("dns", f"{asked}: {name} is " + (", ".join(question.answers) or "known, with no such record"))
    said = "no answer" if question.rcode == "TIMEOUT" else question.rcode
    return Hop("dns", f"{asked}: {name}? {said}", good=False)


def _virtual(trace: Trace) -> str:
    if trace.service is None:
        return ""
    return f", the address of Service {trace.service.name}"


_WORDS: Mapping[str, str] = {
    "http-error": "an error came back",
    "nxdomain": "no such name",
    "no-address": "the name has no address of this type",
    "dns-timeout": "no DNS server answered",
    "refused": "connection refused",
    "timeout": "nothing answered",
}


def _end(trace: Trace) -> Hop:
    if trace.outcome == "ok":
        answer = f"HTTP {trace.status}" if trace.status else "connected"
        return Hop("back", f"{answer} back in {trace.milliseconds:.0f} ms")
    if trace.outcome == "http-error":
        return Hop(
            "back", f"HTTP {trace.status} back: {trace.why}" if trace.why else f"HTTP {trace.status} back", good=False
        )
    words = _WORDS[trace.outcome]
    return Hop("stop", f"{words}: {trace.why}" if trace.why and trace.why != words else words, good=False)


def make_scene(
    store: Store,
    traces: Sequence[Trace],
    chosen: tuple[str, str] | None = None,
    looked_at: Collection[Ref] = (),
) -> Scene:
    """The Service of interest with the Pods of its namespace.

    Args:
        store: the cluster's objects.
        traces: the requests made so far, oldest first.
        chosen: namespace and name of the Service the learner wants to see; None for the one asked last.
        looked_at: the Service and the Pods the learner is at, and those that belong to them.
    """
    service = (store.get("Service", *chosen) if chosen else None) or _service_of_interest(store, traces)
    cluster_dns = store.get("Service", "kube-system", "kube-dns")
    dns = _address(cluster_dns) if cluster_dns is not None else ""
    if service is None:
        boxes = (
            PodBox(name_of(pod), _ip(pod), _readiness(pod), node=_node(pod)) for pod in store.list("Pod", "default")
        )
        return Scene(pods=tuple(boxes), dns=dns)
    namespace, name = namespace_of(service), name_of(service)
    met = [each for each in traces if each.service and (each.service.namespace, each.service.name) == (namespace, name)]
    answered = Counter(each.backend.pod for each in met if each.backend and each.outcome in ANSWERED)
    selector = service["spec"].get("selector") or {}
    behind = _endpoint_names(store, namespace, name)
    pods = [
        replace(
            _pod_box(pod, selector, behind, answered[name_of(pod)]), lit=("Pod", namespace, name_of(pod)) in looked_at
        )
        for pod in store.list("Pod", namespace)
    ]
    order: tuple[PodState, ...] = ("ready", "not ready", "leaving", "no match")
    pods.sort(key=lambda box: order.index(box.state))
    here = {box.name for box in pods}
    return Scene(
        ServiceBox(
            namespace,
            name,
            _address(service),
            _ports(service),
            ", ".join(f"{k}={v}" for k, v in selector.items()),
            ("Service", namespace, name) in looked_at,
        ),
        tuple(pods),
        len(met),
        sum(count for pod, count in answered.items() if pod not in here),
        chosen is not None,
        dns,
        any(answered[box.name] for box in pods),
    )


def lit(scene: Scene) -> Scene:
    """The scene with the selector and the labels it matches lit."""
    if scene.service is None:
        return scene
    pods = tuple(replace(pod, lit=pod.state != "no match") for pod in scene.pods)
    return replace(scene, service=replace(scene.service, lit=True), pods=pods)


def _service_of_interest(store: Store, traces: Sequence[Trace]) -> Object | None:
    """The one asked last, if it still exists, else the newest of the learner's own."""
    for trace in reversed(traces[-20:]):
        if trace.service is not None:
            service = store.get("Service", trace.service.namespace, trace.service.name)
            if service is not None and trace.service.namespace != "kube-system":
                return service
    own = [
        service
        for service in store.list("Service")
        if not namespace_of(service).startswith("kube-") and name_of(service) != "kubernetes"
    ]
    return max(own, key=lambda service: int(service["metadata"]["resourceVersion"]), default=None)


def _endpoint_names(store: Store, namespace: str, service: str) -> dict[str, bool]:
    """The Pods in the Service's slices, and whether each is ready there."""
    slices = store.select("EndpointSlice", namespace, {"kubernetes.io/service-name": service})
    return {
        endpoint["targetRef"]["name"]: bool(endpoint.get("conditions", {}).get("ready", True))
        for each in slices
        for endpoint in each.get("endpoints") or ()
        if endpoint.get("targetRef")
    }


def _pod_box(pod: Object, selector: Mapping[str, str], behind: Mapping[str, bool], answered: int) -> PodBox:
    name, labels = name_of(pod), labels_of(pod)
    wrong = [key for key, value in selector.items() if labels.get(key) != value]
    state: PodState
    why = ""
    if name in behind:
        state = "leaving" if is_deleting(pod) else "ready" if behind[name] else "not ready"
    elif wrong or not selector:
        state = "no match"
        why = ", ".join(f"{key}={labels[key]}" if key in labels else f"no label {key}" for key in wrong)
    else:
        state = "leaving" if is_deleting(pod) else "not ready"
    has = ",".join(f"{key}={labels[key]}" for key in selector if key in labels)
    return PodBox(name, _ip(pod), state, why, answered, _node(pod), has)


def _readiness(pod: Object) -> PodState:
    """How a Pod stands by itself."""
    if is_deleting(pod):
        return "leaving"
    conditions = field(pod, "status.conditions", ())
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return "ready" if ready else "not ready"


def _node(pod: Object) -> str:
    return str(field(pod, "spec.nodeName", "") or "")


def _ip(pod: Object) -> str:
    return str(field(pod, "status.podIP", "") or "")


def _address(service: Object) -> str:
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return f"name for {spec.get('externalName', '')}"
    address = str(spec.get("clusterIP") or "")
    return "no address (headless)" if address in {"", "None"} else address


def _ports(service: Object) -> str:
    return ", ".join(
        f"{port['port']}"
        + (f" to Pod port {port['targetPort']}" if port.get("targetPort", port["port"]) != port["port"] else "")
        for port in service["spec"].get("ports") or ()
    )
