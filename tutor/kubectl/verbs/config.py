"""`kubectl config`: contexts and their namespaces.

Source: https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/config and tests/golden.
"""

from __future__ import annotations

from dataclasses import replace

from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.config_values import EMPTY, FIELDS, SET, UNSET, require_words, show_help
from tutor.kubectl.context import CLUSTER, USER
from tutor.kubectl.errors import KubectlError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.kubeconfig import minified, path_of, to_document
from tutor.kubectl.printers.objects import object_printer
from tutor.kubectl.printers.table import plain_table


async def view(call: Invocation) -> int:
    """Show the kubeconfig."""
    if call.args:
        raise call.usage_error(f"unexpected arguments: [{' '.join(call.args)}]")
    config, raw = call.context.config, call.on("raw") or call.on("flatten")
    name = call.text("context") or config.current
    document = minified(config, name, raw=raw) if call.on("minify") else to_document(config, raw=raw)
    await call.out(object_printer(call)(document))
    return 0


async def current_context(call: Invocation) -> int:
    """Say which context is current."""
    if not call.context.config.current:
        raise KubectlError("current-context is not set")
    await call.out(f"{call.context.config.current}\n")
    return 0


async def get_clusters(call: Invocation) -> int:
    """List the clusters."""
    await call.out(f"NAME\n{CLUSTER}\n")
    return 0


async def get_users(call: Invocation) -> int:
    """List the users."""
    await call.out(f"NAME\n{USER}\n")
    return 0


async def get_contexts(call: Invocation) -> int:
    """List the contexts."""
    output, config = call.text("output"), call.context.config
    if output not in {"", "name"}:
        raise KubectlError(
            f"--output {output} is not available in kubectl config get-contexts; resetting to default output format"
        )
    unknown = [KubectlError(f"context {name} not found") for name in call.args if name not in config.contexts]
    names = sorted(name for name in call.args or config.contexts if name in config.contexts)
    if output == "name":
        await call.out("".join(f"{name}\n" for name in names))
    else:
        rows = [
            ["*" if name == config.current else "", name, each.cluster, each.user, _shown(each.namespace)]
            for name, each in ((name, config.contexts[name]) for name in names)
        ]
        headers = ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]
        await call.out(plain_table([] if call.on("no-headers") else headers, rows))
    raise_all(unknown)
    return 0


def _shown(namespace: str) -> str:
    return "" if namespace == "default" else namespace


async def set_context(call: Invocation) -> int:
    """Make a context, or change what it names."""
    config = call.context.config
    if len(call.args) > 1:
        await require_words(call, 1)
    if call.args and call.on("current"):
        raise KubectlError("you cannot specify both a context name and --current")
    if not any(call.args) and not call.on("current"):
        raise KubectlError("you must specify a non-empty context name or --current")
    name = call.args[0] if call.args else config.current
    if not name:
        raise KubectlError("no current context is set")
    known = name in config.contexts
    given = {each: call.text(each) for each in FIELDS if call.given(each)}
    config.contexts[name] = replace(config.contexts.get(name, EMPTY), **given)
    await call.out(f'Context "{name}" {"modified" if known else "created"}.\n')
    return 0


async def use_context(call: Invocation) -> int:
    """Make a context the current one."""
    await require_words(call, 1)
    (name,) = call.args
    if not name:
        raise KubectlError("empty context names are not allowed")
    if name not in call.context.config.contexts:
        raise KubectlError(f'no context exists with the name: "{name}"')
    call.context.config.current = name
    await call.out(f'Switched to context "{name}".\n')
    return 0


async def rename_context(call: Invocation) -> int:
    """Give a context another name."""
    await require_words(call, 2)
    config, file = call.context.config, path_of(call.context.environ)
    old, new = call.args
    if old not in config.contexts:
        raise KubectlError(f'cannot rename the context "{old}", it\'s not in {file}')
    if new in config.contexts:
        raise KubectlError(f'cannot rename the context "{old}", the context "{new}" already exists in {file}')
    config.contexts[new] = config.contexts.pop(old)
    if config.current == old:
        config.current = new
    await call.out(f'Context "{old}" renamed to "{new}".\n')
    return 0


async def delete_context(call: Invocation) -> int:
    """Remove a context."""
    if len(call.args) != 1:
        await show_help(call)
        return 0
    config, file = call.context.config, path_of(call.context.environ)
    (name,) = call.args
    if name not in config.contexts:
        raise KubectlError(f"cannot delete context {name}, not in {file}")
    if name == config.current:
        await call.err(
            'warning: this removed your active context, use "kubectl config use-context" to select a different one\n'
        )
    del config.contexts[name]
    await call.out(f"deleted context {name} from {file}\n")
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

# Show merged kubeconfig settings, raw certificate data, and exposed secrets
kubectl config view --raw

# Get the password for the e2e user
kubectl config view -o jsonpath='{.users[?(@.name == "e2e")].user.password}'
""",
    usage="[flags]",
    flags=(
        common.ALLOW_MISSING_TEMPLATE_KEYS,
        Flag(
            "flatten",
            "Flatten the resulting kubeconfig file into self-contained output (useful for creating portable "
            "kubeconfig files)",
            kind="bool",
        ),
        Flag("merge", "Merge the full hierarchy of kubeconfig files", kind="bool", default=True),
        Flag("minify", "Remove all information not used by current-context from the output", kind="bool"),
        Flag(
            "output",
            "Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, "
            "jsonpath, jsonpath-as-json, jsonpath-file).",
            short="o",
            default="yaml",
            choices=("json", "yaml"),
        ),
        Flag("raw", "Display raw byte data and sensitive data", kind="bool"),
        common.SHOW_MANAGED_FIELDS,
        common.TEMPLATE,
    ),
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
# Set the user field on the gce context entry without touching other values
kubectl config set-context gce --user=cluster-admin
""",
    usage="[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]",
    flags=(
        Flag("cluster", "cluster for the context entry in kubeconfig"),
        Flag("current", "Modify the current context", kind="bool"),
        Flag("namespace", "namespace for the context entry in kubeconfig"),
        Flag("user", "user for the context entry in kubeconfig"),
    ),
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
_GET_CLUSTERS = Command(
    name="get-clusters",
    short="Display clusters defined in the kubeconfig",
    handler=get_clusters,
    long="Display clusters defined in the kubeconfig.",
    examples="""
# List the clusters that kubectl knows about
kubectl config get-clusters
""",
    usage="[flags]",
)
_GET_USERS = Command(
    name="get-users",
    short="Display users defined in the kubeconfig",
    handler=get_users,
    long="Display users defined in the kubeconfig.",
    examples="""
# List the users that kubectl knows about
kubectl config get-users
""",
    usage="[flags]",
)
_RENAME = Command(
    name="rename-context",
    short="Rename a context from the kubeconfig file",
    handler=rename_context,
    long="""Renames a context from the kubeconfig file.

 CONTEXT_NAME is the context name that you want to change.

 NEW_NAME is the new name you want to set.

 Note: If the context being renamed is the 'current-context', this field will also be updated.""",
    examples="""
# Rename the context 'old-name' to 'new-name' in your kubeconfig file
kubectl config rename-context old-name new-name
""",
    usage="CONTEXT_NAME NEW_NAME",
)
_DELETE = Command(
    name="delete-context",
    short="Delete the specified context from the kubeconfig",
    handler=delete_context,
    long="Delete the specified context from the kubeconfig.",
    examples="""
# Delete the context for the minikube cluster
kubectl config delete-context minikube
""",
    usage="NAME",
)
COMMAND = Command(
    name="config",
    short="Modify kubeconfig files",
    long="""Modify kubeconfig files using subcommands like "kubectl config set-context --current --namespace=shop".

 The learner's kubeconfig is part of the simulation; no file holds it.""",
    usage="SUBCOMMAND",
    subcommands=(
        _CURRENT,
        _DELETE,
        _GET_CLUSTERS,
        _GET,
        _GET_USERS,
        _RENAME,
        SET,
        _SET,
        UNSET,
        _USE,
        _VIEW,
    ),
    missing={
        word: f"'kubectl config {word}' is not simulated; see 'kubectl config --help' for what is"
        for word in ("delete-cluster", "delete-user", "set-cluster", "set-credentials")
    },
)
