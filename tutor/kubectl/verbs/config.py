"""`kubectl config`: contexts and their namespaces.

Source: https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/config and tests/golden.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, raise_all
from tutor.kubectl.help import help_text
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.kubeconfig import CLUSTER, USER, minified, path_of, to_document
from tutor.kubectl.printers.objects import object_printer
from tutor.kubectl.printers.table import plain_table

_FIELDS = ("cluster", "namespace", "user")
"""What a context has."""
_KNOWN = ("apiVersion", "clusters", "contexts", "current-context", "extensions", "kind", "preferences", "users")
"""What a kubeconfig has."""


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
    unknown = [KubectlError(f"context {name} not found") for name in call.args if name not in config.namespaces]
    names = sorted(name for name in call.args or config.namespaces if name in config.namespaces)
    if output == "name":
        await call.out("".join(f"{name}\n" for name in names))
    else:
        rows = [
            ["*" if name == config.current else "", name, *config.way(name), _shown(config.namespaces[name])]
            for name in names
        ]
        headers = ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]
        await call.out(plain_table([] if call.on("no-headers") else headers, rows))
    raise_all(unknown)
    return 0


def _shown(namespace: str) -> str:
    return "" if namespace == "default" else namespace


async def _require(call: Invocation, count: int) -> None:
    """Refuse another number of words, showing the help first.

    Raises:
        KubectlError: with kubectl's text.
    """
    if len(call.args) != count:
        await _show_help(call)
        raise KubectlError(f"Unexpected args: [{' '.join(call.args)}]")


async def _show_help(call: Invocation) -> None:
    await call.out(help_text(call.command, call.path))


def _change_way(call: Invocation, name: str, field: str, value: str) -> None:
    """Set the cluster or the user of a context."""
    cluster, user = call.context.config.way(name)
    call.context.config.ways[name] = (value, user) if field == "cluster" else (cluster, value)


async def set_context(call: Invocation) -> int:
    """Make a context, or change what it names."""
    config = call.context.config
    if len(call.args) > 1:
        await _require(call, 1)
    if call.args and call.on("current"):
        raise KubectlError("you cannot specify both a context name and --current")
    if not any(call.args) and not call.on("current"):
        raise KubectlError("you must specify a non-empty context name or --current")
    name = call.args[0] if call.args else config.current
    if not name:
        raise KubectlError("no current context is set")
    known = name in config.namespaces
    if not known:
        config.namespaces[name], config.ways[name] = "", ("", "")
    if call.given("namespace"):
        config.namespaces[name] = call.text("namespace")
    for field in ("cluster", "user"):
        if call.given(field):
            _change_way(call, name, field, call.text(field))
    await call.out(f'Context "{name}" {"modified" if known else "created"}.\n')
    return 0


async def use_context(call: Invocation) -> int:
    """Make a context the current one."""
    await _require(call, 1)
    (name,) = call.args
    if not name:
        raise KubectlError("empty context names are not allowed")
    if name not in call.context.config.namespaces:
        raise KubectlError(f'no context exists with the name: "{name}"')
    call.context.config.current = name
    await call.out(f'Switched to context "{name}".\n')
    return 0


async def rename_context(call: Invocation) -> int:
    """Give a context another name."""
    await _require(call, 2)
    config, file = call.context.config, path_of(call.context.environ)
    old, new = call.args
    if old not in config.namespaces:
        raise KubectlError(f'cannot rename the context "{old}", it\'s not in {file}')
    if new in config.namespaces:
        raise KubectlError(f'cannot rename the context "{old}", the context "{new}" already exists in {file}')
    config.namespaces[new], config.ways[new] = config.namespaces[old], config.way(old)
    _forget(call, old)
    if config.current == old:
        config.current = new
    await call.out(f'Context "{old}" renamed to "{new}".\n')
    return 0


def _forget(call: Invocation, name: str) -> None:
    call.context.config.namespaces.pop(name, None)
    call.context.config.ways.pop(name, None)


async def delete_context(call: Invocation) -> int:
    """Remove a context."""
    if len(call.args) != 1:
        await _show_help(call)
        return 0
    config, file = call.context.config, path_of(call.context.environ)
    (name,) = call.args
    if name not in config.namespaces:
        raise KubectlError(f"cannot delete context {name}, not in {file}")
    if name == config.current:
        await call.err(
            'warning: this removed your active context, use "kubectl config use-context" to select a different one\n'
        )
    _forget(call, name)
    await call.out(f"deleted context {name} from {file}\n")
    return 0


# Single values


async def set_value(call: Invocation) -> int:
    """Set one value of the kubeconfig."""
    await _require(call, 2)
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
    if len(path) < 3 or path[2] not in _FIELDS:
        known = " ".join(f"{each}:{0xC000233680 + 80 * at:#x}" for at, each in enumerate(sorted(config.namespaces)))
        raise KubectlError(f"can't set a map to a value: map[{known}]")
    _, context, field = path
    if context not in config.namespaces:
        config.namespaces[context], config.ways[context] = "", ("", "")
    if field == "namespace":
        config.namespaces[context] = value
    else:
        _change_way(call, context, field, value)


async def unset_value(call: Invocation) -> int:
    """Remove one value of the kubeconfig."""
    await _require(call, 1)
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
        for name in path[1:] or list(config.namespaces):
            _forget(call, name)
        return
    context, field = path[1:3]
    if context not in config.namespaces:
        raise KubectlError(f"current map key `{context}` is invalid")
    if field == "namespace":
        config.namespaces[context] = ""
    elif field in _FIELDS:
        _change_way(call, context, field, "")


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
_SET_VALUE = Command(
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
_UNSET = Command(
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
        _SET_VALUE,
        _SET,
        _UNSET,
        _USE,
        _VIEW,
    ),
    missing={
        word: f"'kubectl config {word}' is not simulated; see 'kubectl config --help' for what is"
        for word in ("delete-cluster", "delete-user", "set-cluster", "set-credentials")
    },
)
