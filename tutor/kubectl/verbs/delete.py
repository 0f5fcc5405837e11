"""`kubectl delete`: remove objects, and wait until they are gone.

Source: pkg/cmd/delete of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, raise_all, with_source
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Target, select
from tutor.kubectl.results import DryRun, dry_run_of, suffix_of
from tutor.kubectl.waiting import FOREVER, is_gone

Propagation = Literal["Background", "Foreground", "Orphan"]
_PROPAGATION: dict[str, Propagation] = {
    "background": "Background", "true": "Background",
    "foreground": "Foreground",
    "orphan": "Orphan", "false": "Orphan",
}  # fmt: skip

_IMMEDIATE = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The "
    "resource may continue to run on the cluster indefinitely.\n"
)


async def delete(call: Invocation) -> int:
    """Delete what is named or selected, then wait for it to be gone."""
    grace = _grace(call)
    propagation = propagation_of(call)
    await _warn_of_old_cascade(call)
    dry_run = await dry_run_of(call)
    if call.on("all") and (call.text("selector") or call.text("field-selector")):
        raise KubectlError("setting 'all' parameter but found a non empty selector. ")
    selection = await select(
        call,
        call.args,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector"),
        fields=call.text("field-selector"),
        everything=call.on("all"),
        all_namespaces=call.on("all-namespaces"),
        fetch="never",
    )
    await _validate(call, grace)
    errors = [error for error in selection.errors if not (_ignores(call) and _is_missing(error))]
    targets = selection.targets
    if call.on("interactive") and not await _confirmed(call, targets):
        return 0
    deleted: list[tuple[Target, Object]] = []
    found = 0
    warn_of_scope = call.namespace_given and not call.on("all-namespaces")
    for target in targets:
        if warn_of_scope and not target.resource.namespaced:
            warn_of_scope = False
            await call.err("Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n")
        found += 1
        try:
            obj = _delete_one(call, target, grace, propagation, dry_run)
        except (ApiError, KubectlError) as error:
            if not (_ignores(call) and _is_missing(error)):
                errors.append(error)
            continue
        if obj is not None:
            deleted.append((target, obj))
        await call.out(_said(call, target, grace, dry_run))
    raise_all(errors)
    if not found:
        await call.out("No resources found\n")
    elif call.on("wait") and dry_run == "none":
        await _wait(call, deleted)
    return 0


def _grace(call: Invocation) -> int:
    """Seconds of grace to ask for; -1 to leave it to the object."""
    grace, force = call.number("grace-period"), call.on("force")
    if call.on("now"):
        if grace != -1:
            raise KubectlError("--now and --grace-period cannot be specified together")
        grace = 1
    if grace == 0 and not force:
        return 1
    return 0 if force and grace < 0 else grace


def propagation_of(call: Invocation) -> Propagation:
    """What `--cascade` asks for.

    Raises:
        KubectlError: it is none of the words it may be.
    """
    value = call.text("cascade")
    if value.lower() not in _PROPAGATION:
        raise KubectlError(f'invalid cascade value ({value}). Must be "background", "foreground", or "orphan"')
    return _PROPAGATION[value.lower()]


async def _warn_of_old_cascade(call: Invocation) -> None:
    """Say what to write instead of `--cascade=true` and `--cascade=false`."""
    value = call.text("cascade")
    if value.lower() in {"true", "false"}:
        await call.err(
            f"warning: --cascade={value} is deprecated (boolean value) and can be replaced with "
            f"--cascade={_PROPAGATION[value.lower()].lower()}.\n"
        )


async def _validate(call: Invocation, grace: int) -> None:
    output = call.text("output")
    if output not in {"", "name"}:
        raise KubectlError(f"unexpected -o output mode: {output}. We only support '-o name'")
    if grace == 0 and call.on("force"):
        await call.err(_IMMEDIATE)
    elif grace > 0 and call.on("force"):
        raise KubectlError("--force and --grace-period greater than 0 cannot be specified together")


def _ignores(call: Invocation) -> bool:
    """Whether an object that is not there is no error."""
    if call.given("ignore-not-found"):
        return call.on("ignore-not-found")
    return call.on("all") or bool(call.text("selector") or call.text("field-selector"))


def _is_missing(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.status.reason == "NotFound"


async def _confirmed(call: Invocation, targets: Sequence[Target]) -> bool:
    """Ask whether to go on."""
    if not targets:
        await call.out("No resources found\n")
        return False
    names = "".join(f"{target.resource.qualified_singular}/{target.name}\n" for target in targets)
    await call.out(
        f"You are about to delete the following {len(targets)} resource(s):\n{names}Do you want to continue? (y/n): "
    )
    answer = (await call.context.stdin.readline()).split()
    if answer[:1] in (["y"], ["Y"]):
        return True
    await call.out("deletion is cancelled\n")
    return False


def _delete_one(
    call: Invocation, target: Target, grace: int, propagation: Propagation, dry_run: DryRun
) -> Object | None:
    """Delete one object; as it was, unless nothing was asked of the API."""
    if dry_run == "client":
        return None
    try:
        if not target.name:
            raise KubectlError("resource name may not be empty")
        return call.client.delete(
            target.resource,
            target.name,
            target.namespace,
            grace=grace if grace >= 0 else None,
            propagation=propagation,
            dry_run=dry_run == "server",
        )
    except (ApiError, KubectlError) as error:
        raise with_source("deleting", target.source, error) from None


def _said(call: Invocation, target: Target, grace: int, dry_run: DryRun) -> str:
    kind = target.resource.qualified_singular
    if call.text("output") == "name":
        return f"{kind}/{target.name}\n"
    operation = "force deleted" if grace == 0 else "deleted"
    return f'{kind} "{target.name}" {operation}{suffix_of(dry_run)}\n'


async def _wait(call: Invocation, deleted: Sequence[tuple[Target, Object]]) -> None:
    """Wait until all are gone, for as long as `--timeout` says."""

    def left() -> list[Target]:
        return [target for target, obj in deleted if not is_gone(call, target.resource, obj)]

    if left() and not await call.context.pacing.until(lambda: not left(), call.seconds("timeout") or FOREVER):
        raise_all(
            [
                KubectlError(f"timed out waiting for the condition on {target.resource.plural}/{target.name}")
                for target in left()
            ]
        )


CASCADE = Flag(
    "cascade",
    'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. '
    "Pods created by a ReplicationController). Defaults to background.",
    default="background",
    optional="background",
    choices=("background", "foreground", "orphan"),
)
FORCE = Flag(
    "force",
    "If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some "
    "resources may result in inconsistency or data loss and requires confirmation.",
    kind="bool",
)
GRACE_PERIOD = Flag(
    "grace-period",
    "Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for "
    "immediate shutdown. Can only be set to 0 when --force is true (force deletion).",
    kind="int",
    default=-1,
)
TIMEOUT = Flag(
    "timeout",
    "The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the "
    "object",
    kind="duration",
)

COMMAND = Command(
    name="delete",
    short="Delete resources by file names, stdin, resources and names, or by resources and label selector",
    long=(
        "Delete resources by file names, stdin, resources and names, or by resources and label selector.\n\n"
        " JSON and YAML formats are accepted. Only one type of argument may be specified: file names, resources and "
        "names, or resources and label selector.\n\n"
        " Some resources, such as pods, support graceful deletion. These resources define a default period before they "
        "are forcibly terminated (the grace period) but you may override that value with the --grace-period flag, or "
        "pass --now to set a grace-period of 1. Because these resources often represent entities in the cluster, "
        "deletion may not be acknowledged immediately. If the node hosting a pod is down or cannot reach the API "
        "server, termination may take significantly longer than the grace period. To force delete a resource, you must "
        "specify the --force flag. Note: only a subset of resources support graceful deletion. In absence of the "
        "support, the --grace-period flag is ignored.\n\n"
        " IMPORTANT: Force deleting pods does not wait for confirmation that the pod's processes have been terminated, "
        "which can leave those processes running until the node detects the deletion and completes graceful deletion. "
        "If your processes use shared storage or talk to a remote API and depend on the name of the pod to identify "
        "themselves, force deleting those pods may result in multiple processes running on different machines using "
        "the same identification which may lead to data corruption or inconsistency. Only force delete pods when you "
        "are sure the pod is terminated, or if your application can tolerate multiple copies of the same pod running "
        "at once. Also, if you force delete pods, the scheduler may place new pods on those nodes before the node has "
        "released those resources and causing those pods to be evicted immediately.\n\n"
        " Note that the delete command does NOT do resource version checks, so if someone submits an update to a "
        "resource right when you submit a delete, their update will be lost along with the rest of the resource."
    ),
    examples="""
# Delete a pod using the type and name specified in pod.json
kubectl delete -f ./pod.json

# Delete resources from all files that end with '.json'
kubectl delete -f '*.json'

# Delete a pod based on the type and name in the JSON passed into stdin
cat pod.json | kubectl delete -f -

# Delete pods and services with same names "baz" and "foo"
kubectl delete pod,service baz foo

# Delete pods and services with label name=myLabel
kubectl delete pods,services -l name=myLabel

# Delete a pod with minimal delay
kubectl delete pod foo --now

# Force delete a pod on a dead node
kubectl delete pod foo --force

# Delete all pods
kubectl delete pods --all

# Delete all pods only if the user confirms the deletion
kubectl delete pods --all --interactive
""",
    usage="([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
    flags=(
        Flag("all", "Delete all resources, in the namespace of the specified resource types.", kind="bool"),
        common.ALL_NAMESPACES,
        CASCADE,
        common.DRY_RUN,
        common.FIELD_SELECTOR,
        common.filename_as("containing the resource to delete."),
        FORCE,
        GRACE_PERIOD,
        Flag(
            "ignore-not-found",
            'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.',
            kind="bool",
        ),
        Flag("interactive", "If true, delete resource only when user confirms.", kind="bool", short="i"),
        Flag(
            "now",
            "If true, resources are signaled for immediate shutdown (same as --grace-period=1).",
            kind="bool",
        ),
        Flag("output", 'Output mode. Use "-o name" for shorter output (resource/name).', short="o", choices=("name",)),
        common.RECURSIVE,
        common.SELECTOR,
        TIMEOUT,
        Flag(
            "wait",
            "If true, wait for resources to be gone before returning. This waits for finalizers.",
            kind="bool",
            default=True,
        ),
    ),
    lacks=("kustomize", "k", "raw"),
    handler=delete,
)
