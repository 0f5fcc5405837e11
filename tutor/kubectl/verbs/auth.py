"""`kubectl auth`: the learner may do everything the API knows.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/auth/cani.go
"""

from __future__ import annotations

from tutor.engine.resources import find_resource
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.context import USER
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.objects import object_printer
from tutor.kubectl.printers.table import plain_table
from tutor.kubectl.printers.text import go_value
from tutor.kubectl.printers.typed import GoOrdered

_VERBS = frozenset({
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "impersonate",
    "*", "approve", "sign", "escalate", "attest",
})  # fmt: skip
_URL_VERBS = frozenset({"get", "put", "post", "head", "options", "delete", "patch", "*"})


async def can_i(call: Invocation) -> int:
    """Say that it is allowed, with a warning about words the API does not know."""
    if call.on("list"):
        return await _list(call)
    if len(call.args) not in {2, 3}:
        raise KubectlError(
            "you must specify two arguments: verb resource or verb resource/resourceName.\n"
            "See 'kubectl auth can-i -h' for help and examples."
        )
    if call.on("quiet"):
        return 0
    if call.on("no-headers"):
        raise KubectlError("--no-headers cannot be set without --list specified")
    await call.err(_warnings(call, call.args[0], call.args[1]))
    await call.out("yes\n")
    return 0


def _warnings(call: Invocation, verb: str, what: str) -> str:
    if what.startswith("/"):
        return "" if verb in _URL_VERBS else _warning(f"verb '{verb}' is not a known verb")
    word, _, group = what.partition("/")[0].partition(".")
    if word == "*":
        return "" if verb in _VERBS else _warning(f"verb '{verb}' is not a known verb")
    resource = find_resource(what.partition("/")[0])
    warnings = ""
    if resource is None:
        where = f" in group '{group}'" if group else ""
        warnings = _warning(f"the server doesn't have a resource type '{word}'{where}")
    elif not resource.namespaced and not call.on("all-namespaces"):
        where = f" in group '{resource.group}'" if resource.group else ""
        warnings = _warning(f"resource '{resource.plural}' is not namespace scoped{where}")
    return warnings if verb in _VERBS else warnings + _warning(f"verb '{verb}' is not a known verb")


def _warning(text: str) -> str:
    return f"Warning: {text}\n\n"


async def _list(call: Invocation) -> int:
    headers = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]
    rows = [["*.*", "[]", "[]", "[*]"], ["", "[*]", "[]", "[*]"]]
    await call.out(plain_table([] if call.on("no-headers") else headers, rows))
    return 0


async def whoami(call: Invocation) -> int:
    """Say who the learner is to the API."""
    user = {"username": USER, "groups": ["system:masters", "system:authenticated"]}
    if call.text("output") == "name":
        await call.out("selfsubjectreview.authentication.k8s.io/<unknown>\n")
    elif call.text("output") or call.text("template"):
        review = GoOrdered(
            kind="SelfSubjectReview",
            apiVersion="authentication.k8s.io/v1",
            metadata={"creationTimestamp": None},
            status={"userInfo": user},
        )
        await call.out(object_printer(call)(review))
    else:
        rows = [["Username", USER], ["Groups", go_value(user["groups"])]]
        await call.out(plain_table(["ATTRIBUTE", "VALUE"], rows))
    return 0


_CAN_I = Command(
    name="can-i",
    short="Check whether an action is allowed",
    handler=can_i,
    long="""Check whether an action is allowed.

 VERB is a logical Kubernetes API verb like 'get', 'list', 'watch', 'delete', etc. TYPE is a Kubernetes resource. Shortcuts and groups will be resolved. NONRESOURCEURL is a partial URL that starts with "/". NAME is the name of a particular Kubernetes resource.""",  # noqa: E501
    examples="""
# Check to see if I can create pods in any namespace
kubectl auth can-i create pods --all-namespaces

# Check to see if I can list deployments in my current namespace
kubectl auth can-i list deployments.apps

# Check to see if I can do everything in my current namespace ("*" means all)
kubectl auth can-i '*' '*'

# List all allowed actions in namespace "foo"
kubectl auth can-i --list --namespace=foo
""",
    usage="VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
    flags=(
        Flag("all-namespaces", "If true, check the specified action in all namespaces.", kind="bool", short="A"),
        Flag("list", "If true, prints all allowed actions.", kind="bool"),
        Flag("no-headers", "If true, prints allowed actions without headers", kind="bool"),
        Flag("quiet", "If true, suppress output and just return the exit code.", kind="bool", short="q"),
        Flag("subresource", "SubResource such as pod/log or deployment/scale"),
    ),
)

_WHOAMI = Command(
    name="whoami",
    short="Experimental: Check self subject attributes",
    handler=whoami,
    long="""Experimental: Check who you are and your attributes (groups, extra).

        This command is helpful to get yourself aware of the current user attributes,
        especially when dynamic authentication, e.g., token webhook, auth proxy, or OIDC provider,
        is enabled in the Kubernetes cluster.""",
    examples="""
# Get your subject attributes
kubectl auth whoami

# Get your subject attributes in JSON format
kubectl auth whoami -o json
""",
    flags=common.print_flags(),
)

COMMAND = Command(
    name="auth",
    short="Inspect authorization",
    long="Inspect authorization.",
    usage="[flags]",
    subcommands=(_CAN_I, _WHOAMI),
    missing={
        "reconcile": "'kubectl auth reconcile' is not simulated; the nearest that works is 'kubectl auth can-i'",
    },
)
