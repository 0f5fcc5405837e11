"""Whether the flags and the kubeconfig lead a verb to the cluster.

Source: tools/clientcmd of https://github.com/kubernetes/client-go, and what each verb of kubectl 1.33 says.
"""

from __future__ import annotations

from typing import Final

from tutor.kubectl.context import CLUSTER, USER, KubeContext
from tutor.kubectl.durations import DurationError, parse_duration
from tutor.kubectl.errors import KubectlError, PlainError
from tutor.kubectl.invocation import Invocation

_NO_CLUSTER: Final = ("kubectl completion", "kubectl config", "kubectl options")
_OWN_WORDS: Final = (
    "kubectl api-resources", "kubectl api-versions", "kubectl apply", "kubectl auth", "kubectl cluster-info",
    "kubectl cordon", "kubectl create", "kubectl diff", "kubectl drain", "kubectl explain", "kubectl expose",
    "kubectl replace", "kubectl run", "kubectl set env", "kubectl uncordon", "kubectl version", "kubectl wait",
)  # fmt: skip
"""Verbs that ask for the namespace or a client before they look for objects, which puts the refusal in other words."""


def check(call: Invocation) -> None:
    """Refuse what leads nowhere.

    Raises:
        KubectlError: no such context, or a timeout that is none.
        PlainError: a context that leads to no cluster.
    """
    if call.path.startswith(_NO_CLUSTER) or (call.has("client") and call.on("client")):
        return
    config, asked = call.context.config, call.text("context")
    name = asked or config.current
    if name and name not in config.contexts:
        if asked and call.path.startswith(_OWN_WORDS):
            raise KubectlError(f'context "{name}" does not exist')
        raise PlainError(f"Error in configuration: context was not found for specified context: {name}")
    _check_timeout(call.text("request-timeout"))
    context = config.contexts.get(name, KubeContext())
    if not name or context.cluster != CLUSTER:
        raise PlainError(
            "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
        )
    if context.user != USER:
        raise KubectlError(
            f'the user "{context.user}" of the context "{name}" is not simulated; the one that is: {USER}'
        )


def _check_timeout(text: str) -> None:
    if text.isascii() and text.removeprefix("+").isdigit():
        return
    try:
        parse_duration(text)
    except DurationError:
        raise KubectlError(
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
            "corresponding time unit (e.g. 1s | 2m | 3h)"
        ) from None
