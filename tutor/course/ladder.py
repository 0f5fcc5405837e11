"""The diagnostic ladder: the looks that lead from a failing request to its cause, and what the learner's own told.

The order is that of https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/ . What a command told is
read off the request it made and the objects it showed, never off its text.
"""

from __future__ import annotations

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
from tutor.engine.network.trace import Trace
from tutor.engine.objects import Object, field, is_deleting, name_of
from tutor.engine.resources import POD
from tutor.engine.store import Store

if TYPE_CHECKING:
    from tutor.course.schema import Ladder

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
_DNS: Final = "kube-system"
_SERVING_NAMES: Final = frozenset({"pods", "deployments", "endpointslices", "endpoints"})
"""The kinds that show whether somebody answers for cluster DNS."""


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
    """

    command: str
    looks: tuple[Look, ...] = ()
    changed: bool = False
    refused: bool = False
    undone: bool = False
    answered: str = ""


def stride(ladder: Ladder, played: Played, traces: Sequence[Trace], store: Store, *, changed: bool) -> Stride:
    """What one command looked at.

    Args:
        ladder: the request that fails.
        played: the command.
        traces: the requests it made.
        store: the objects after it.
        changed: whether it changed something.
    """
    looks: dict[Rung, str] = {}
    for call in played.calls:
        looks.update(_shown(ladder, call, store))
    for trace in traces:
        looks.update(_asked(ladder, trace))
    looks.update(_through(ladder, traces))
    own = [_ending(trace) for trace in traces if ladder.client.is_client(trace.client, store)]
    refused = any(call.exit_code and is_to_change(call) for call in played.calls)
    return Stride(played.command, tuple(looks.items()), changed, refused, answered=", ".join(dict.fromkeys(own)))


def rungs(trail: Sequence[Stride]) -> tuple[RungView, ...]:
    """The whole ladder with the newest that each rung told."""
    told = {rung: text for each in trail for rung, text in each.looks}
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
    reached = [(each.backend.pod or each.backend.ip, each.backend.port) for each in own if each.backend]
    if reached:
        yield "proxy", f"yes, to {_counted(f'{who}, port {port}' for who, port in reached)}"


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
    described = kubectl.verb == "describe"
    if described or kubectl.flags.get("output", "").partition("=")[0] not in {"", "wide", "name"}:
        ports = (
            f"{port['port']}{_unlike_http(port)} to {port.get('targetPort', port['port'])}"
            for port in field(service, "spec.ports") or ()
        )
        yield "ports", ", ".join(ports) or "it has none"
    if described:
        yield "endpoints", _endpoints(namespace, name, store)


def _unlike_http(port: Object) -> str:
    protocol = port.get("protocol", "TCP")
    return "" if protocol == "TCP" else f"/{protocol}"


def _endpoints(namespace: str, name: str, store: Store) -> str:
    ready, waiting = endpoint_addresses(store, namespace, name)
    if not ready and not waiting:
        return "none"
    return f"{len(ready)} ready" + (f", {len(waiting)} not ready" if waiting else "")


def _dns_servers(store: Store) -> str:
    pods = find_labelled(store, POD, _DNS, {"k8s-app": "kube-dns"})
    return f"CoreDNS: {sum(map(is_ready, pods))} of {len(pods)} Pods ready" if pods else "CoreDNS: no Pods"


# The way back


def debrief(ladder: Ladder, trail: Sequence[Stride]) -> str:
    """The learner's own path in Markdown: what was looked at, what each look told, and which would have told first."""
    lines = ["**Your path**", ""]
    lines += [f"{number}. {_in_words(each)}" for number, each in enumerate(_worth_telling(trail), 1)]
    return "\n".join([*lines, "", *_first_rungs(ladder, trail)])


def _worth_telling(trail: Sequence[Stride]) -> list[Stride]:
    return [each for each in trail if each.looks or each.changed or each.refused or each.undone or each.answered]


def _in_words(each: Stride) -> str:
    command = f"`{' '.join(each.command.split())}`"
    if each.undone:
        return "Back to the beginning." if each.command == "reset" else f"{command} taken back."
    told = [f"{_TITLES[rung]} {text}" for rung, text in each.looks]
    if each.answered and not each.looks:
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


def _first_rungs(ladder: Ladder, trail: Sequence[Stride]) -> Iterator[str]:
    namespace, name = split_name(ladder.service)
    looked = [each for each in trail if each.looks and not each.undone]
    for rung in dict.fromkeys(ladder.first):
        at = next((place for place, each in enumerate(looked, 1) if rung in dict(each.looks)), None)
        first = _FIRST_LOOKS[rung].format(n=f"-n {namespace}" if namespace != "default" else "", name=name)
        yours = f"Your look number {at} went there." if at else "You found it another way."
        yield f"The rung that tells it first: **{QUESTIONS[rung]}** ({' '.join(first.split())}). {yours}"
        yield ""
