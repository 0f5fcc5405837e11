"""`kubectl describe`.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/describe/describe.go
"""

from __future__ import annotations

from tutor.engine.errors import ApiError
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.lookup import resource_for
from tutor.kubectl.printers.describe import describe as described
from tutor.kubectl.printers.describe.page import About
from tutor.kubectl.resource_args import Target, list_targets, select


async def describe(call: Invocation) -> int:
    """Describe what the words mean."""
    if not call.args and not call.many("filename"):
        raise KubectlError(
            "You must specify the type of resource to describe. "
            'Use "kubectl api-resources" for a complete list of supported resources.\n'
        )
    selection = await select(
        call,
        call.args,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector"),
        all_namespaces=call.on("all-namespaces"),
        bare_types=True,
        fetch="latest",
    )
    matching = _begins_with_name(call, selection.errors)
    if matching:
        await call.out("".join(f"{_text(call, target)}\n" for target in matching))
        return 0
    await call.out("\n\n".join(_text(call, target) for target in selection.targets))
    if not selection.targets and not selection.errors:
        everywhere = call.on("all-namespaces")
        await call.err("No resources found\n" if everywhere else f"No resources found in {call.namespace} namespace.\n")
    raise_all(selection.bare().errors)
    return 0


def _text(call: Invocation, target: Target) -> str:
    return described(target.obj, About(call.client, call.context.cluster.clock, call.on("show-events")))


def _begins_with_name(call: Invocation, errors: list[Exception]) -> list[Target]:
    """What `describe pod web` means when there is no Pod `web` but Pods whose names begin so."""
    missing = len(errors) == 1 and isinstance(errors[0], ApiError) and errors[0].status.reason == "NotFound"
    if not missing or len(call.args) != 2 or "/" in call.args[0] or "," in call.args[0]:
        return []
    word, prefix = call.args
    return [
        target for target in list_targets(call, resource_for(word), call.namespace) if target.name.startswith(prefix)
    ]


COMMAND = Command(
    name="describe",
    short="Show details of a specific resource or group of resources",
    handler=describe,
    long="""Show details of a specific resource or group of resources.

 Print a detailed description of the selected resources, including related resources such as events or controllers. You may select a single object by name, all objects of that type, provide a name prefix, or label selector. For example:

        $ kubectl describe TYPE NAME_PREFIX
        
 will first check for an exact match on TYPE and NAME_PREFIX. If no such resource exists, it will output details for every resource that has a name prefixed with NAME_PREFIX.

Use "kubectl api-resources" for a complete list of supported resources.""",  # noqa: E501, W293
    examples="""
# Describe a node
kubectl describe nodes kubernetes-node-emt8.c.myproject.internal

# Describe a pod
kubectl describe pods/nginx

# Describe a pod identified by type and name in "pod.json"
kubectl describe -f pod.json

# Describe all pods
kubectl describe pods

# Describe pods by label name=myLabel
kubectl describe pods -l name=myLabel

# Describe all pods managed by the 'frontend' replication controller
# (rc-created pods get the name of the rc as a prefix in the pod name)
kubectl describe pods frontend
""",
    usage="(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    flags=(
        common.ALL_NAMESPACES,
        common.CHUNK_SIZE,
        common.filename("containing the resource to describe"),
        common.RECURSIVE,
        common.SELECTOR,
        Flag("show-events", "If true, display events related to the described object.", kind="bool", default=True),
    ),
    lacks=("kustomize", "k"),
)
