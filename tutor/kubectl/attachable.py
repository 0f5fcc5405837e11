"""From `pod`, `deploy/web` or `svc/web` to one Pod and one of its containers, for exec, attach, cp and port-forward.

Source: pkg/polymorphichelpers/attachablepodforobject.go and pkg/cmd/util/podcmd of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

from typing import Any

from tutor.engine.objects import Object, annotations_of, field
from tutor.engine.resources import DEPLOYMENT, POD, REPLICA_SET, SERVICE
from tutor.engine.selectors import from_label_selector
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.lookup import resource_for
from tutor.kubectl.resource_args import Target, get_target

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def parse_name(call: Invocation, word: str, default: str = "pods") -> Target:
    """What `web` or `deploy/web` names, with its object.

    Raises:
        ApiError: it is not there.
        KubectlError: the word names nothing.
    """
    kind, slash, name = word.partition("/")
    if "/" in name:
        raise KubectlError("arguments in resource/name form may not have more than one slash")
    if slash and (not kind or not name):
        raise KubectlError("arguments in resource/name form must have a single resource and name")
    resource = resource_for(kind if slash else default)
    return get_target(call, Target(resource, name if slash else word, call.namespace if resource.namespaced else ""))


async def pod_of(call: Invocation, target: Target, limit: float, purpose: str = "attach to") -> Object:
    """The Pod itself, or the readiest and oldest Pod behind a Deployment, ReplicaSet or Service.

    Args:
        call: the invocation.
        target: with its object.
        limit: simulated seconds to wait for there to be a Pod.
        purpose: what it is for, as errors say it.

    Raises:
        KubectlError: there is none, or the kind has none.
    """
    if target.resource is POD:
        return target.obj
    try:
        selector = _selector(target)
    except KubectlError as error:
        raise KubectlError(f"cannot {purpose} *v1.{target.resource.kind}: {error.message}") from None

    def pods() -> list[Object]:
        found = call.client.list(POD, target.namespace)
        return [pod for pod in found if selector.matches(pod["metadata"].get("labels") or {})]

    if not pods() and not await call.context.pacing.until(lambda: bool(pods()), limit):
        raise KubectlError("timed out waiting for the condition")
    return min(pods(), key=_rank)


def _selector(target: Target) -> Any:
    match target.resource:
        case resource if resource is SERVICE:
            labels = field(target.obj, "spec.selector")
            if not labels:
                raise KubectlError(f"invalid service '{target.name}': Service is defined without a selector")
            return from_label_selector({"matchLabels": labels})
        case resource if resource in {DEPLOYMENT, REPLICA_SET}:
            return from_label_selector(target.obj["spec"]["selector"])
    raise KubectlError(f"selector for *v1.{target.resource.kind} not implemented")


def _rank(pod: Object) -> tuple[bool, int, bool, str, str]:
    """What puts one Pod before another: it is on a node, it runs, it is ready, it is older."""
    status = pod.get("status") or {}
    phase = {"Running": 0, "Unknown": 1, "Pending": 2}.get(str(status.get("phase")), 3)
    metadata = pod["metadata"]
    return (
        not pod["spec"].get("nodeName"), phase, not is_ready(pod), metadata["creationTimestamp"], metadata["name"]
    )  # fmt: skip


def is_ready(pod: Object) -> bool:
    """Whether the Pod's Ready condition holds."""
    conditions = field(pod, "status.conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def container_of(pod: Object, name: str) -> tuple[Object, str]:
    """The container meant, and what to tell the learner of the choice.

    Args:
        pod: the Pod.
        name: the one asked for; empty for the default one.

    Raises:
        KubectlError: it has none of that name.
    """
    containers = [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ())]
    named = {container["name"]: container for container in containers}
    if name:
        if name not in named:
            raise KubectlError(f"container {name} not found in pod {pod['metadata']['name']}")
        return named[name], ""
    wanted = annotations_of(pod).get(DEFAULT_CONTAINER, "")
    if wanted in named:
        return named[wanted], ""
    first = containers[0]
    if len(containers) == 1:
        return first, ""
    inits = {container["name"] for container in pod["spec"].get("initContainers") or ()}
    shown = ", ".join(f"{each} (init)" if each in inits else each for each in named)
    return first, f'Defaulted container "{first["name"]}" out of: {shown}\n'


def is_running(pod: Object, container: str) -> bool:
    """Whether the container runs now."""
    statuses = field(pod, "status.containerStatuses") or ()
    return any(each["name"] == container and "running" in (each.get("state") or {}) for each in statuses)
