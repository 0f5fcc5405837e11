"""The diagnostic ladder: the looks that lead from a failing request to its cause, and what the learner's own told.

The order is that of https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/ . What a command told is
read off the request it made and the objects it showed, never off its text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from tutor.course.changing import is_to_change
from tutor.course.conditions.base import split_name
from tutor.course.conditions.evidence import Call, Played
from tutor.course.conditions.kubectl_call import KubectlCall, read_call
from tutor.course.conditions.objects import endpoint_addresses, find_labelled, is_ready
from tutor.course.view import Rung, RungView
from tutor.engine.bootstrap import SYSTEM_NAMESPACES
from tutor.engine.network.trace import Backend, Trace
from tutor.engine.objects import Object, field, is_deleting, labels_of, name_of, namespace_of
from tutor.engine.resources import DEPLOYMENT, POD
from tutor.engine.selectors import parse_selector
from tutor.engine.store import Store

if TYPE_CHECKING:
    from tutor.course.conditions.traffic import Where
    from tutor.course.schema import FirstRung, Ladder

Look: TypeAlias = tuple[Rung, str]
"""A rung looked at, and what the look told."""

QUESTIONS: Final[dict[Rung, str]] = {
    "service": "Is the Service there?",
    "name": "Does its name resolve?",
    "address": "Does its address answer?",
    "ports": "Do port and targetPort fit?",
    "endpoints": "Are there ready endpoints?",
    "pods": "Are the Pods ready, do they answer?",
    "proxy": "Is the request sent on to a Pod?",
    "policy": "Is there a NetworkPolicy?",
}
_FIRST_LOOKS: Final[dict[Rung, str]] = {
    "service": "kubectl get svc {n}",
    "name": "one call by name: could it be resolved? If not, kubectl get svc -A, and the Pods of kube-dns",
    "address": "one call by address",
    "ports": "kubectl describe svc {n} {name}, beside the port the caller uses and the one the program listens on",
    "endpoints": "kubectl get endpointslices {n}, beside the selector and the labels of the Pods",
    "pods": "kubectl get pods {n}, and one call straight to a Pod's address",
    "proxy": "several calls, and who answers them",
    "policy": "kubectl get networkpolicy {n}",
}
_ENDINGS: Final = {
    "ok": "answers",
    "http-error": "answers",
    "refused": "refuses",
    "timeout": "no answer",
}
_ANSWERED: Final = frozenset({"ok", "http-error"})
_DNS: Final = "kube-system"
_SERVING_NAMES: Final = frozenset({"pods", "deployments", "endpointslices", "endpoints"})
"""The kinds that show whether somebody answers for cluster DNS."""
_IN_COLUMNS: Final = frozenset({"", "wide"})
"""The outputs of `kubectl get` that show a part of each object only."""
_WHOLE: Final = frozenset({"yaml", "json"})
_WITH_PORT: Final = re.compile(r"https?://[^/?#]*:\d+(?:[/?#]|$)")


@dataclass(frozen=True)
class Stride:
    """One command on the learner's way.

    Args:
        command: as typed.
        looks: the rungs it looked at, and what it told.
        changed: whether it changed something.
        refused: whether it meant to, and was refused.
        undone: whether it was not typed but taken back.
        answered: what came of the client's own request; empty if it made none.
        shown: whether it was played for the learner.
        asks: what the caller asks for, if it showed that: one look more, whose words stand beside others of its rung.
    """

    command: str
    looks: tuple[Look, ...] = ()
    changed: bool = False
    refused: bool = False
    undone: bool = False
    answered: str = ""
    shown: bool = False
    asks: tuple[Look, ...] = ()

    @property
    def every_look(self) -> tuple[Look, ...]:
        """The looks, and that at what the caller asks for."""
        return (*self.looks, *self.asks)


def stride(
    ladder: Ladder, played: Played, traces: Sequence[Trace], store: Store, *, changed: bool, shown: bool = False
) -> Stride:
    """What one command looked at.

    Args:
        ladder: the request that fails.
        played: the command.
        traces: the requests it made.
        store: the objects after it.
        changed: whether it changed something.
        shown: whether it was played for the learner.
    """
    looks: dict[Rung, str] = {}
    for call in played.calls:
        looks.update(_shown(ladder, call, store))
    for trace in traces:
        looks.update(_asked(ladder, trace))
    looks.update(_through(ladder, traces))
    asks = [look for call in played.calls for look in _caller_shown(ladder.client, call, store)][-1:]
    own = [_answer(trace) for trace in traces if ladder.client.is_client(trace.client, store)]
    refused = any(call.exit_code and is_to_change(call) for call in played.calls)
    answered = ", ".join(dict.fromkeys(own))
    return Stride(
        played.command, tuple(looks.items()), changed, refused, answered=answered, shown=shown, asks=tuple(asks)
    )


def rungs(trail: Sequence[Stride]) -> tuple[RungView, ...]:
    """The whole ladder with the newest that each rung told the learner."""
    own = [each for each in trail if not each.shown]
    told = {rung: text for each in own for rung, text in each.looks}
    asks = [look for each in own for look in each.asks]
    for rung, text in asks[-1:]:
        told[rung] = "; ".join(filter(None, (told.get(rung), text)))
    return tuple(RungView(rung, question, told.get(rung, "")) for rung, question in QUESTIONS.items())


# What requests tell


def _asked(ladder: Ladder, trace: Trace) -> Iterator[Look]:
    about = trace.host.rstrip(".").partition(".")[0] == split_name(ladder.service)[1]
    if trace.questions and about:
        yield "name", f"{trace.host}: {_resolved(trace)}"
    if trace.service is None and trace.backend is not None and trace.backend.pod:
        yield "pods", f"{trace.backend.pod}, port {trace.port}: {_ending(trace)}"


def _through(ladder: Ladder, traces: Sequence[Trace]) -> Iterator[Look]:
    """What a command's requests to the Service tell together: how they ended, and whom they were sent on to."""
    wanted = split_name(ladder.service)
    own = [each for each in traces if each.service and (each.service.namespace, each.service.name) == wanted]
    if own:
        yield "address", f"{own[-1].address}:{own[-1].port} {_counted(map(_ending, own))}"
    sent = [(each.backend, bool(each.backend.pod) or each.outcome in _ANSWERED) for each in own if each.backend]
    if sent:
        arrived = any(somebody for _, somebody in sent)
        yield "proxy", f"{'yes, ' if arrived else ''}to {_counted(_whither(*each) for each in sent)}"


def _whither(backend: Backend, somebody: bool) -> str:
    """Where a request was sent on to, and whether anybody is there."""
    return f"{backend.pod or backend.ip}, port {backend.port}" + ("" if somebody else ", where no Pod is")


def _counted(texts: Iterable[str]) -> str:
    """Each text once, and how often it came if there are several."""
    counts = Counter(texts)
    return "; ".join(counts) if len(counts) == 1 else "; ".join(f"{each} ({many}x)" for each, many in counts.items())


def _resolved(trace: Trace) -> str:
    addresses = [answer for question in trace.questions for answer in question.answers]
    if addresses:
        return addresses[-1]
    return "no DNS server answers" if trace.outcome == "dns-timeout" else "no such name"


def _ending(trace: Trace) -> str:
    return _ENDINGS.get(trace.outcome, "not found")


def _answer(trace: Trace) -> str:
    """How a request ended, and who answered it if a Pod did."""
    answered = trace.outcome in _ANSWERED and trace.backend is not None and trace.backend.pod
    return f"answered by {answered}" if answered else _ending(trace)


# What kubectl shows


def _shown(ladder: Ladder, call: Call, store: Store) -> Iterator[Look]:
    kubectl = read_call(call.argv)
    if kubectl is None or kubectl.verb not in {"get", "describe"}:
        return
    namespace, name = split_name(ladder.service)
    everywhere = kubectl.has_flag("all-namespaces", True)
    if kubectl.namespace == _DNS and kubectl.resources & _SERVING_NAMES:
        yield "name", _dns_servers(store)
    if kubectl.namespace != namespace and not everywhere:
        if "services" in kubectl.resources and (not kubectl.names or name in kubectl.names):
            there = store.get("Service", kubectl.namespace, name) is not None
            if there or kubectl.namespace not in SYSTEM_NAMESPACES:
                yield "service", f"{name} {'is' if there else 'is not'} in {kubectl.namespace}"
        return
    if "services" in kubectl.resources and (not kubectl.names or name in kubectl.names):
        yield from _service_shown(kubectl, namespace, name, store)
    if kubectl.resources & {"endpoints", "endpointslices"}:
        yield "endpoints", _endpoints(namespace, name, store)
    if "pods" in kubectl.resources:
        pods = find_labelled(store, POD, namespace, {})
        yield "pods", f"{sum(map(is_ready, pods))} of {len(pods)} ready in {namespace}"
    if "networkpolicies" in kubectl.resources:
        policies = [name_of(each) for each in store.list("NetworkPolicy", namespace)]
        yield "policy", ", ".join(policies) or f"none in {namespace}"


def _service_shown(kubectl: KubectlCall, namespace: str, name: str, store: Store) -> Iterator[Look]:
    service = store.get("Service", namespace, name)
    if service is None or is_deleting(service):
        yield "service", f"{name} is not in {namespace}"
        return
    yield "service", f"{name} is in {namespace}"
    described, output = kubectl.verb == "describe", _output(kubectl)
    if described or output != "name":
        whole = described or output not in _IN_COLUMNS
        ports = (
            f"{port['port']}{_unlike_http(port)}" + (f" to {port.get('targetPort', port['port'])}" if whole else "")
            for port in field(service, "spec.ports") or ()
        )
        yield "ports", ", ".join(ports) or "it has none"
    if described:
        yield "endpoints", _endpoints(namespace, name, store)


def _output(kubectl: KubectlCall) -> str:
    return kubectl.flags.get("output", "").partition("=")[0]


def _unlike_http(port: Object) -> str:
    protocol = port.get("protocol", "TCP")
    return "" if protocol == "TCP" else f"/{protocol}"


def _endpoints(namespace: str, name: str, store: Store) -> str:
    ready, waiting = endpoint_addresses(store, namespace, name)
    if not ready and not waiting:
        return "none"
    slices = store.select("EndpointSlice", namespace, {"kubernetes.io/service-name": name})
    # A targetPort that is a name no container port has makes endpoints that lead to no port.
    portless = not any(each.get("ports") for each in slices if each.get("endpoints"))
    return (
        f"{len(ready)} ready"
        + (f", {len(waiting)} not ready" if waiting else "")
        + (", without a port" if portless else "")
    )


def _dns_servers(store: Store) -> str:
    pods = find_labelled(store, POD, _DNS, {"k8s-app": "kube-dns"})
    return f"CoreDNS: {sum(map(is_ready, pods))} of {len(pods)} Pods ready" if pods else "CoreDNS: no Pods"


def _caller_shown(client: Where, call: Call, store: Store) -> Iterator[Look]:
    """What the caller asks for, if its Deployment or one of its Pods was shown whole."""
    kubectl = None if call.exit_code else read_call(call.argv)
    if kubectl is None or not _shows_whole(kubectl):
        return
    url = next(filter(None, map(_url_asked, _callers(client, kubectl, store))), "")
    if url:
        rung: Rung = "ports" if _WITH_PORT.match(url) else "name"
        yield rung, f"the caller asks for {url}"


def _shows_whole(kubectl: KubectlCall) -> bool:
    return kubectl.verb == "describe" or (kubectl.verb == "get" and _output(kubectl) in _WHOLE)


def _callers(client: Where, kubectl: KubectlCall, store: Store) -> Iterator[Object]:
    """The client's Pods that a call showed, or those that its Deployment makes."""
    namespace = None if kubectl.has_flag("all-namespaces", True) else kubectl.namespace
    selector = parse_selector(kubectl.flags.get("selector", ""))
    for resource in (DEPLOYMENT, POD):
        for each in store.list(resource.kind, namespace) if resource.plural in kubectl.resources else ():
            pod = _made_by(each, client) if resource is DEPLOYMENT else each
            if _is_named(each, kubectl) and selector.matches(labels_of(each)) and client.is_pod(pod):
                yield pod


def _is_named(obj: Object, kubectl: KubectlCall) -> bool:
    """Whether a call is about the object; `describe` takes the beginning of a name too."""
    name = name_of(obj)
    begun = kubectl.verb == "describe" and name.startswith(tuple(kubectl.names))
    return not kubectl.names or name in kubectl.names or begun


def _made_by(deployment: Object, client: Where) -> Object:
    """A Pod as a Deployment makes them: the client's own, if its name may be one of theirs."""
    name, template = name_of(deployment), field(deployment, "spec.template") or {}
    own = client.pod if client.pod.startswith(f"{name}-") else name
    meta = {**(template.get("metadata") or {}), "name": own, "namespace": namespace_of(deployment)}
    return {**template, "metadata": meta}


def _url_asked(pod: Object) -> str:
    """The first URL among the variables that a Pod's containers are given; empty if there is none."""
    containers = field(pod, "spec.containers") or ()
    values = (str(each.get("value", "")) for container in containers for each in container.get("env") or ())
    return next((value for value in values if value.startswith(("http://", "https://"))), "")


# The way back


def debrief(ladder: Ladder, trail: Sequence[Stride]) -> str:
    """The learner's own path in Markdown: what was looked at, what each look told, and which would have told first.

    Empty if nothing on it is the learner's own.
    """
    path = _worth_telling(trail)
    if path and all(each.shown or each.undone for each in path):
        return ""
    lines = ["**Your path**", ""]
    lines += [f"{number}. {_in_words(each)}" for number, each in enumerate(path, 1)]
    return "\n".join([*lines, "", *_first_rungs(ladder, path)])


def _worth_telling(trail: Sequence[Stride]) -> list[Stride]:
    return [each for each in trail if _looked(each) or each.changed or each.refused or each.undone]


def _in_words(each: Stride) -> str:
    command = f"{'Shown: ' if each.shown else ''}`{' '.join(each.command.split())}`"
    if each.undone:
        return "Back to the beginning." if each.command == "reset" else f"{command} taken back."
    told = [f"{_TITLES[rung]} {text}" for rung, text in each.every_look]
    if each.answered and not each.every_look:
        told.append(each.answered)
    words = "; ".join(told)
    if each.changed:
        return f"{command} changed something." + (f" {words}." if words else "")
    if each.refused:
        return f"{command} was refused." + (f" {words}." if words else "")
    return f"{command} – {words}."


_TITLES: Final[dict[Rung, str]] = {
    "service": "Service:",
    "name": "name:",
    "address": "address:",
    "ports": "ports:",
    "endpoints": "endpoints:",
    "pods": "Pods:",
    "proxy": "sent on:",
    "policy": "policies:",
}


def _first_rungs(ladder: Ladder, path: Sequence[Stride]) -> Iterator[str]:
    for first in dict.fromkeys(ladder.first):
        yield f"{_told_first(first, ladder)}. {_own_way(first.rung, path)}"
        yield ""


def _told_first(first: FirstRung, ladder: Ladder) -> str:
    """Which rung tells a cause first, and the command that goes there."""
    namespace, name = split_name(ladder.service)
    command = _FIRST_LOOKS[first.rung].format(n=f"-n {namespace}" if namespace != "default" else "", name=name)
    question, command = f"**{QUESTIONS[first.rung]}**", " ".join(command.split())
    if first.of:
        return f"**{first.of}**: the rung that tells it first is {question} ({command})"
    return f"The rung that tells it first: {question} ({command})"


def _own_way(rung: Rung, path: Sequence[Stride]) -> str:
    """How the learner came by what a rung tells. What was looked at once all was mended told nothing any more."""
    if any(each.shown for each in path):
        return "The solution was shown."
    changes = [place for place, each in enumerate(path) if each.changed]
    before = path[: changes[-1]] if changes else path
    numbers = [number for number, each in enumerate(before, 1) if rung in dict(each.every_look)]
    if numbers:
        return f"Number {numbers[0]} above looked there."
    return "You found it another way." if any(map(_looked, before)) else "You went without it."


def _looked(each: Stride) -> bool:
    return bool(each.every_look or each.answered)
