"""The plain line about a Pod that cannot do what a command wants of it: why it does not run, or is not Ready."""

from __future__ import annotations

import re
from typing import Final

from tutor.course.conditions.evidence import Played
from tutor.course.conditions.kubectl_call import read_call
from tutor.course.conditions.objects import is_ready
from tutor.engine.objects import Object, field, name_of
from tutor.engine.store import Store

_SIGNS: Final = (
    re.compile(r'unable to upgrade connection: container not found \("'),
    re.compile(r'container "[^"]+" in pod "([^"]+)" is waiting to start'),
    re.compile(r"timed out waiting for the condition on pods/(\S+)"),
    re.compile(r"unable to forward port because pod is not running"),
    re.compile(r"cannot exec (?:in|into) a"),
)
_NOT_PULLED: Final = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName"})


def pod_not_up(played: Played, store: Store) -> str:
    """Why the Pod a command was about does not run; empty if that is not what failed."""
    match = next((found for sign in _SIGNS if (found := sign.search(played.output))), None)
    if match is None:
        return ""
    for call in reversed(played.calls):
        kubectl = read_call(call.argv)
        names = [match[1]] if match.groups() else sorted(kubectl.names) if kubectl else []
        for name in names:
            pod = store.get("Pod", kubectl.namespace if kubectl else "default", name.removeprefix("pod/"))
            if pod is not None:
                return _state(pod)
    return ""


def _state(pod: Object) -> str:
    name = name_of(pod)
    if not field(pod, "spec.nodeName"):
        return f"The Pod {name} has no node yet, so nothing of it runs."
    images = {each["name"]: each["image"] for each in field(pod, "spec.containers") or ()}
    for status in field(pod, "status.containerStatuses") or ():
        reason = field(status, "state.waiting.reason") or ""
        if reason in _NOT_PULLED:
            return f"The Pod {name} does not run: its image {images[status['name']]} cannot be pulled."
        if reason == "CrashLoopBackOff":
            return f"The Pod {name} does not run: its program ends each time it is started. kubectl logs {name} tells."
        if field(status, "state.terminated") is not None:
            return f"The Pod {name} does not run any more: its program has ended."
        if reason:
            return f"The Pod {name} is still starting: {reason}."
    return "" if is_ready(pod) else f"The Pod {name} runs, but is not Ready."
