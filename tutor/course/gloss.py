"""One plain line about the error just shown, in this cluster, made from the trace and the objects: never a guess.

Each explainer looks at one kind of failure and gives a sentence, or an empty text when the facts do not support one.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tutor.course.conditions.base import labels_in_words
from tutor.course.conditions.evidence import Played
from tutor.course.conditions.objects import find_labelled, is_ready
from tutor.course.gloss_commands import OUTPUT_EXPLAINERS, service_at
from tutor.course.gloss_elsewhere import none_here
from tutor.engine.network.proxy import INSIDE_ONLY
from tutor.engine.network.trace import ServiceHop, Trace
from tutor.engine.objects import Object, field, is_deleting, labels_of, name_of, namespace_of, selects
from tutor.engine.resources import POD
from tutor.engine.store import Store


def gloss(played: Played, traces: Sequence[Trace], store: Store) -> str:
    """What lies behind a command's failure, in one sentence; empty if it did not fail or the cause is not known.

    Args:
        played: the command and its output.
        traces: the requests it made, oldest first.
        store: the cluster's objects now.
    """
    failed = next((trace for trace in reversed(traces) if trace.outcome != "ok"), None)
    last = traces[-1] if traces else None
    if failed is not None and failed is last:
        return EXPLAINERS[failed.outcome](failed, store)
    if played.exit_code == 0 and not any(call.exit_code for call in played.calls):
        return none_here(played, store)
    for explain in OUTPUT_EXPLAINERS:
        if text := explain(played, store):
            return text
    return ""


def _no_such_name(trace: Trace, store: Store) -> str:
    if trace.client.is_host:
        return "Names of Services are known to the cluster's DNS only, and your computer asks another one."
    name, _, rest = trace.host.rstrip(".").partition(".")
    namespace = rest.partition(".")[0] or trace.client.namespace
    elsewhere = [namespace_of(service) for service in store.list("Service") if name_of(service) == name]
    if namespace in elsewhere:
        return ""
    if rest and store.get("Namespace", "", namespace) is None and (not rest.partition(".")[2] or ".svc" in rest):
        return f"There is no namespace {namespace}."
    if elsewhere:
        return f"The Service {name} lives in namespace {elsewhere[0]}: from here its name is {name}.{elsewhere[0]}."
    if rest and not rest.startswith(f"{namespace}.svc") and rest != namespace:
        return ""
    here = [name_of(service) for service in store.list("Service", namespace)]
    near = difflib.get_close_matches(name, here, n=1, cutoff=0.75)
    hint = f"; there is one called {near[0]}" if near else ""
    return f"No Service called {name} exists in namespace {namespace}{hint}."


def _no_dns(trace: Trace, store: Store) -> str:
    if trace.client.is_host:
        return ""
    ready = [pod for pod in find_labelled(store, POD, "kube-system", {"k8s-app": "kube-dns"}) if is_ready(pod)]
    if ready:
        return _cause(trace)
    return "No CoreDNS Pod is ready, so no name can be resolved; addresses still work."


def _refused(trace: Trace, store: Store) -> str:
    if trace.service is not None and not trace.service.candidates:
        return _no_endpoints(trace.service, store)
    backend = trace.backend
    if backend is None:
        return _cause(trace)
    if trace.why.endswith(INSIDE_ONLY):
        return _cause(trace)
    pod = f"the Pod {backend.pod}" if backend.pod else backend.ip
    if trace.service is None:
        return f"The request reached {pod}, but nothing there listens on port {trace.port}."
    return (
        f"The Service {trace.service.name} sent the request to {pod}, "
        f"but nothing there listens on port {backend.port}: that is its targetPort."
    )


def _no_endpoints(hop: ServiceHop, store: Store) -> str:
    service = store.get("Service", hop.namespace, hop.name)
    if service is None:
        return ""
    selector = field(service, "spec.selector")
    if not selector:
        return f"The Service {hop.name} has no selector, and nobody has written endpoints for it."
    pods = [pod for pod in store.list("Pod", hop.namespace) if not is_deleting(pod)]
    matching = [pod for pod in pods if selects(selector, labels_of(pod))]
    if named := [port for port in field(service, "spec.ports") or () if _names_no_port(port, matching)]:
        return (
            f"The Service {hop.name} sends to a port called {named[0]['targetPort']}, "
            "and no Pod it selects has a port of that name."
        )
    if matching:
        count = "The only Pod" if len(matching) == 1 else f"None of the {len(matching)} Pods"
        verb = "is not" if len(matching) == 1 else "is"
        return f"{count} the Service {hop.name} selects {verb} Ready, so it has nowhere to send the request."
    makers = [each for each in store.list("Deployment", hop.namespace) if _makes(each, selector)]
    if makers and all(field(each, "spec.replicas") == 0 for each in makers):
        return (
            f"The Service {hop.name} has no endpoints: the Deployment {name_of(makers[0])}, "
            "whose Pods it selects, is scaled to 0."
        )
    return (
        f"The Service {hop.name} has no endpoints: its selector says {labels_in_words(selector)}, "
        f"and no Pod in namespace {hop.namespace} carries that{_nearest_labels(selector, pods, guess=not makers)}."
    )


def _makes(deployment: Object, selector: dict[str, str]) -> bool:
    """Whether the Pods that a Deployment makes are those a selector means."""
    labels = field(deployment, "spec.template.metadata.labels") or {}
    return not is_deleting(deployment) and selects(selector, labels)


def _names_no_port(port: Object, pods: Sequence[Object]) -> bool:
    """Whether a Service's port leads to a name that none of its Pods gives a port."""
    target = port.get("targetPort")
    if not isinstance(target, str) or not pods:
        return False
    containers = [each for pod in pods for each in field(pod, "spec.containers") or ()]
    return not any(each.get("name") == target for container in containers for each in container.get("ports") or ())


def _nearest_labels(selector: dict[str, str], pods: Iterable[Object], *, guess: bool) -> str:
    """What Pods carry instead, if it is plainly meant: the same key with another value.

    Args:
        selector: what is asked for.
        pods: the Pods there are.
        guess: whether the only other value is meant even if it is not like the one asked for.
    """
    seen = {
        (key, labels_of(pod)[key])
        for pod in pods
        for key, value in selector.items()
        if labels_of(pod).get(key, value) != value
    }
    near = [(_likeness(selector[key], value), key, value) for key, value in sorted(seen)]
    likeness, key, value = max(near, default=(0.0, "", ""))
    if likeness >= _ALIKE or (guess and len(seen) == 1):
        return f" (there are Pods with {key}={value})"
    return ""


_ALIKE: Final = 0.5


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _no_answer(trace: Trace, store: Store) -> str:
    if trace.client.is_host:
        inside = trace.service or service_at(trace.address, store) or _pod_at(trace.address, store)
        return f"{trace.address} means something inside the cluster only; your computer is outside." if inside else ""
    if trace.protocol == "ICMP":
        owner = trace.service or service_at(trace.address, store)
        return "A cluster IP answers on the Service's ports only; ping uses none." if owner else _cause(trace)
    if trace.service is not None and trace.service.port is None:
        return _no_port(trace, trace.service, store)
    if trace.service is not None and trace.backend is not None and not _pod_at(trace.backend.ip, store):
        return f"The Service {trace.service.name} sent the request to {trace.backend.ip}, and nobody has that address."
    if trace.service is None and trace.backend is None and not _pod_at(trace.address, store):
        return f"No Service and no Pod has the address {trace.address}."
    return _cause(trace)


def _no_port(trace: Trace, hop: ServiceHop, store: Store) -> str:
    service = store.get("Service", hop.namespace, hop.name)
    ports = [(port["port"], port.get("protocol", "TCP")) for port in field(service or {}, "spec.ports") or ()]
    others = [protocol for port, protocol in ports if port == trace.port]
    if others:
        only = f"for {' and '.join(others)} only"
        return f"The Service {hop.name} has port {trace.port} {only}, and this came over {trace.protocol}."
    has = [str(port) if protocol == trace.protocol else f"{port}/{protocol}" for port, protocol in ports]
    return f"The Service {hop.name} has no port {trace.port}; it has {' and '.join(has)}."


def _pod_at(address: str, store: Store) -> Object | None:
    """The Pod that has an address; one that has ended has it no longer."""
    pods = (each for each in store.list("Pod") if field(each, "status.phase") not in {"Succeeded", "Failed"})
    return next((each for each in pods if field(each, "status.podIP") == address), None)


def _served_error(trace: Trace, store: Store) -> str:  # noqa: ARG001  # the shape of an explainer
    if trace.backend is None or not trace.backend.pod:
        return ""
    return f"The request arrived: the answer {trace.status} comes from the Pod {trace.backend.pod} itself."


def _no_address(trace: Trace, store: Store) -> str:
    name, _, rest = trace.host.rstrip(".").partition(".")
    service = store.get("Service", rest.partition(".")[0] or trace.client.namespace, name)
    stands_for = field(service or {}, "spec.externalName")
    if stands_for:
        return f"{name} is only another name for {stands_for}, and DNS knows no address by that name."
    return f"The name {trace.host} exists, but has no address of the type asked for."


def _cause(trace: Trace) -> str:
    """The clause the network itself gave, as a sentence."""
    return f"{trace.why[0].upper()}{trace.why[1:].rstrip('.')}." if trace.why else ""


EXPLAINERS: Final[dict[str, Callable[[Trace, Store], str]]] = {
    "nxdomain": _no_such_name,
    "dns-timeout": _no_dns,
    "no-address": _no_address,
    "refused": _refused,
    "timeout": _no_answer,
    "http-error": _served_error,
}
