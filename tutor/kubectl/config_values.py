"""`kubectl config set` and `unset`: single values of the kubeconfig.

Source: https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/config
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tutor.kubectl.command import Command
from tutor.kubectl.context import KubeContext
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.help import help_text
from tutor.kubectl.invocation import Invocation

FIELDS: Final = ("cluster", "namespace", "user")
"""What a context has."""
EMPTY: Final = KubeContext(cluster="", user="")
"""A context of which nothing has been said yet."""
_KNOWN: Final = (
    "apiVersion", "clusters", "contexts", "current-context", "extensions", "kind", "preferences", "users",
)  # fmt: skip
"""What a kubeconfig has."""
_POINTER: Final = "0xc000233680"
"""kubectl shows where in its memory a context is, which means nothing to anybody."""


async def require_words(call: Invocation, count: int) -> None:
    """Refuse another number of words, showing the help first.

    Raises:
        KubectlError: with kubectl's text.
    """
    if len(call.args) != count:
        await show_help(call)
        raise KubectlError(f"Unexpected args: [{' '.join(call.args)}]")


async def show_help(call: Invocation) -> None:
    """Show the help of the subcommand."""
    await call.out(help_text(call.command, call.path))


async def set_value(call: Invocation) -> int:
    """Set one value of the kubeconfig."""
    await require_words(call, 2)
    name, value = call.args
    path = _path(name)
    if name == "current-context":
        call.context.config.current = value
    else:
        _set_in_context(call, name, path, value)
    await call.out(f'Property "{name}" set.\n')
    return 0


def _path(name: str) -> Sequence[str]:
    """The steps of a property's name; only contexts can be changed.

    Raises:
        KubectlError: it is none, or leads elsewhere.
    """
    path = name.split(".")
    if path[0] not in _KNOWN:
        raise KubectlError(f"unable to parse {path[0]} after [] at api.Config")
    if path[0] not in {"contexts", "current-context"}:
        raise KubectlError(f"changing {path[0]} is not simulated; what is: current-context and contexts")
    return path


def _set_in_context(call: Invocation, name: str, path: Sequence[str], value: str) -> None:
    config = call.context.config
    if len(path) > 3:
        raise KubectlError(f"unable to parse one or more field values of {name}")
    if len(path) < 3 or path[2] not in FIELDS:
        known = " ".join(f"{each}:{_POINTER}" for each in sorted(config.contexts))
        raise KubectlError(f"can't set a map to a value: map[{known}]")
    _, context, field = path
    config.contexts[context] = replace(config.contexts.get(context, EMPTY), **{field: value})


async def unset_value(call: Invocation) -> int:
    """Remove one value of the kubeconfig."""
    await require_words(call, 1)
    (name,) = call.args
    path = _path(name)
    if name == "current-context":
        call.context.config.current = ""
    else:
        _unset_in_contexts(call, path)
    await call.out(f'Property "{name}" unset.\n')
    return 0


def _unset_in_contexts(call: Invocation, path: Sequence[str]) -> None:
    config = call.context.config
    if len(path) < 3:
        for name in path[1:] or list(config.contexts):
            config.contexts.pop(name, None)
        return
    context, field = path[1:3]
    if context not in config.contexts:
        raise KubectlError(f"current map key `{context}` is invalid")
    if field in FIELDS:
        config.contexts[context] = replace(config.contexts[context], **{field: ""})


SET = Command(
    name="set",
    short="Set an individual value in a kubeconfig file",
    handler=set_value,
    long="""Set an individual value in a kubeconfig file.

 PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key.  Map keys may not contain dots.

 PROPERTY_VALUE is the new value you want to set.

 Specifying an attribute name that already exists will merge new fields on top of existing values.""",  # noqa: E501
    examples="""
# Set the cluster field in the my-context context to my-cluster
kubectl config set contexts.my-context.cluster my-cluster
""",
    usage="PROPERTY_NAME PROPERTY_VALUE",
    lacks=("set-raw-bytes",),
)
UNSET = Command(
    name="unset",
    short="Unset an individual value in a kubeconfig file",
    handler=unset_value,
    long="""Unset an individual value in a kubeconfig file.

 PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key.  Map keys may not contain dots.""",  # noqa: E501
    examples="""
# Unset the current-context
kubectl config unset current-context

# Unset namespace in foo context
kubectl config unset contexts.foo.namespace
""",
    usage="PROPERTY_NAME",
)
