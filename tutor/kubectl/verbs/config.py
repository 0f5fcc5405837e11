"""`kubectl config`: contexts and their namespaces.

Source: https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/config and tests/golden.
"""

from __future__ import annotations

from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.kubeconfig import to_document
from tutor.kubectl.printers.objects import object_printer
from tutor.kubectl.printers.table import plain_table


async def view(call: Invocation) -> int:
    """Show the kubeconfig."""
    if call.args:
        raise call.usage_error(f"unexpected arguments: [{' '.join(call.args)}]")
    document = to_document(call.context.config, only_current=call.on("minify"))
    await call.out(object_printer(call)(document))
    return 0


async def current_context(call: Invocation) -> int:
    """Say which context is current."""
    if not call.context.config.current:
        raise KubectlError("current-context is not set")
    await call.out(f"{call.context.config.current}\n")
    return 0


async def get_contexts(call: Invocation) -> int:
    """List the contexts."""
    output, config = call.text("output"), call.context.config
    if output not in {"", "name"}:
        raise KubectlError(f"output must be one of '' or 'name': {output}")
    unknown = [KubectlError(f"context {name} not found") for name in call.args if name not in config.namespaces]
    names = sorted(name for name in call.args or config.namespaces if name in config.namespaces)
    if output == "name":
        await call.out("".join(f"{name}\n" for name in names))
    else:
        rows = [
            ["*" if name == config.current else "", name, "tutor", "learner", _shown(config.namespaces[name])]
            for name in names
        ]
        headers = ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]
        await call.out(plain_table([] if call.on("no-headers") else headers, rows))
    raise_all(unknown)
    return 0


def _shown(namespace: str) -> str:
    return "" if namespace == "default" else namespace


async def set_context(call: Invocation) -> int:
    """Make a context, or change its namespace."""
    config = call.context.config
    if len(call.args) > 1:
        raise call.usage_error(f"Unexpected args: [{' '.join(call.args)}]")
    if call.args and call.on("current"):
        raise KubectlError("you cannot specify both a context name and --current")
    if not call.args and not call.on("current"):
        raise KubectlError("you must specify a non-empty context name or --current")
    name = call.args[0] if call.args else config.current
    known = name in config.namespaces
    config.namespaces[name] = call.text("namespace") or config.namespaces.get(name) or "default"
    await call.out(f'Context "{name}" {"modified" if known else "created"}.\n')
    return 0


async def use_context(call: Invocation) -> int:
    """Make a context the current one."""
    if len(call.args) != 1:
        raise call.usage_error(f"Unexpected args: [{' '.join(call.args)}]")
    (name,) = call.args
    if name not in call.context.config.namespaces:
        raise KubectlError(f'no context exists with the name: "{name}"')
    call.context.config.current = name
    await call.out(f'Switched to context "{name}".\n')
    return 0


_VIEW = Command(
    name="view",
    short="Display merged kubeconfig settings or a specified kubeconfig file",
    handler=view,
    long="""Display merged kubeconfig settings or a specified kubeconfig file.

 You can use --output jsonpath={...} to extract specific values using a jsonpath expression.""",
    examples="""
# Show merged kubeconfig settings
kubectl config view

# Get the name of the user of the current context
kubectl config view --minify -o jsonpath='{.contexts[0].context.user}'
""",
    usage="[flags]",
    flags=(
        common.ALLOW_MISSING_TEMPLATE_KEYS,
        Flag("minify", "Remove all information not used by current-context from the output", kind="bool"),
        Flag(
            "output",
            "Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, "
            "jsonpath, jsonpath-as-json, jsonpath-file).",
            short="o",
            default="yaml",
            choices=("json", "yaml"),
        ),
        common.TEMPLATE,
    ),
    lacks=("flatten", "merge", "raw", "show-managed-fields"),
)
_CURRENT = Command(
    name="current-context",
    short="Display the current-context",
    handler=current_context,
    long="Display the current-context.",
    examples="""
# Display the current-context
kubectl config current-context
""",
    usage="[flags]",
)
_GET = Command(
    name="get-contexts",
    short="Describe one or many contexts",
    handler=get_contexts,
    long="Display one or many contexts from the kubeconfig file.",
    examples="""
# List all the contexts in your kubeconfig file
kubectl config get-contexts

# Describe one context in your kubeconfig file
kubectl config get-contexts my-context
""",
    usage="[(-o|--output=)name)]",
    flags=(common.NO_HEADERS, Flag("output", "Output format. One of: (name).", short="o", choices=("name",))),
)
_SET = Command(
    name="set-context",
    short="Set a context entry in kubeconfig",
    handler=set_context,
    long="""Set a context entry in kubeconfig.

 Specifying a name that already exists will merge new fields on top of existing values for those fields.""",
    examples="""
# Set the namespace of the current context
kubectl config set-context --current --namespace=shop
""",
    usage="[NAME | --current] [--namespace=namespace]",
    flags=(Flag("current", "Modify the current context", kind="bool"),),
)
_USE = Command(
    name="use-context",
    short="Set the current-context in a kubeconfig file",
    handler=use_context,
    long="Set the current-context in a kubeconfig file.",
    examples="""
# Use the context for the minikube cluster
kubectl config use-context minikube
""",
    usage="CONTEXT_NAME",
    aliases=("use",),
)

COMMAND = Command(
    name="config",
    short="Modify kubeconfig files",
    long="""Modify kubeconfig files using subcommands like "kubectl config set-context --current --namespace=shop".

 The learner's kubeconfig is part of the simulation; no file holds it.""",
    usage="SUBCOMMAND",
    subcommands=(_CURRENT, _GET, _SET, _USE, _VIEW),
    missing={
        word: f"'kubectl config {word}' is not simulated; see 'kubectl config --help' for what is"
        for word in (
            "delete-cluster",
            "delete-context",
            "delete-user",
            "get-clusters",
            "get-users",
            "rename-context",
            "set",
            "set-cluster",
            "set-credentials",
            "unset",
        )
    },
)
