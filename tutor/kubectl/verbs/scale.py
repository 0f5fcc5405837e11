"""`kubectl scale`: a new number of replicas.

Source: pkg/cmd/scale and pkg/scale of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from tutor.engine.errors import ApiError, Status
from tutor.engine.objects import field
from tutor.engine.resources import DEPLOYMENT, REPLICA_SET
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, report
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Target, get_target, select
from tutor.kubectl.results import dry_run_of, print_result, ready_printer

_SCALABLE = frozenset({DEPLOYMENT, REPLICA_SET})


async def scale(call: Invocation) -> int:
    """Set the number of replicas of each object meant."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    replicas, current = call.number("replicas"), call.number("current-replicas")
    if replicas < 0:
        raise KubectlError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if current < -1:
        raise KubectlError("The --current-replicas must specify an integer of -1 or greater")
    selection = await select(
        call,
        call.args,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector"),
        bare_types=call.on("all"),
    )
    if call.text("resource-version") and len(selection.targets) > 1:
        raise KubectlError("cannot use --resource-version with multiple resources")
    if not selection.targets:
        raise KubectlError(" ".join(["no objects passed to scale", *map(_inner_text, selection.errors[:1])]))
    for target in selection.targets:
        if dry_run != "client":
            _scale_one(call, target, replicas, current, server_dry_run=dry_run == "server")
            if dry_run == "none" and call.seconds("timeout"):
                await _wait(call, target, replicas)
        await print_result(call, target.obj, "scaled", dry_run)
    selection.raise_errors()
    return 0


def _inner_text(error: Exception) -> str:
    return error.status.message if isinstance(error, ApiError) else report(error)[0].removeprefix("error: ").rstrip()


def _scale_one(call: Invocation, target: Target, replicas: int, current: int, *, server_dry_run: bool) -> None:
    if target.resource not in _SCALABLE:
        raise ApiError(Status(404, "NotFound", "the server could not find the requested resource"))
    live = get_target(call, target).obj
    _check("replicas", "" if current == -1 else str(current), str(field(live, "spec.replicas")))
    _check("resource version", call.text("resource-version"), live["metadata"]["resourceVersion"])
    call.client.patch(
        target.resource,
        target.name,
        target.namespace,
        {"spec": {"replicas": replicas}},
        "merge",
        subresource="scale",
        dry_run=server_dry_run,
    )


def _check(what: str, expected: str, actual: str) -> None:
    """Refuse to scale what is not as `--current-replicas` or `--resource-version` expects."""
    if expected and expected != actual:
        raise KubectlError(f"Expected {what} to be {expected}, was {actual}")


async def _wait(call: Invocation, target: Target, replicas: int) -> None:
    def done() -> bool:
        now = call.context.cluster.store.get(target.resource.kind, target.namespace, target.name)
        return now is not None and field(now, "status.replicas", 0) == replicas == field(now, "spec.replicas")

    if not await call.context.pacing.until(done, call.seconds("timeout")):
        raise KubectlError(f'timed out waiting for "{target.name}" to be synced')


COMMAND = Command(
    name="scale",
    short="Set a new size for a deployment, replica set, or replication controller",
    long=(
        "Set a new size for a deployment, replica set, replication controller, or stateful set.\n\n"
        " Scale also allows users to specify one or more preconditions for the scale action.\n\n"
        " If --current-replicas or --resource-version is specified, it is validated before the scale is attempted, and "
        "it is guaranteed that the precondition holds true when the scale is sent to the server."
    ),
    examples="""
# Scale a replica set named 'foo' to 3
kubectl scale --replicas=3 rs/foo

# Scale a resource identified by type and name specified in "foo.yaml" to 3
kubectl scale --replicas=3 -f foo.yaml

# If the deployment named mysql's current size is 2, scale mysql to 3
kubectl scale --current-replicas=2 --replicas=3 deployment/mysql

# Scale multiple deployments
kubectl scale --replicas=5 deployment/example1 deployment/example2 deployment/example3
""",
    usage=("[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)"),
    flags=(
        Flag("all", "Select all resources in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        Flag(
            "current-replicas",
            "Precondition for current size. Requires that the current size of the resource match this value in order "
            "to scale. -1 (default) for no condition.",
            kind="int",
            default=-1,
        ),
        common.DRY_RUN,
        common.filename("identifying the resource to set a new size"),
        common.RECORD,
        common.RECURSIVE,
        Flag("replicas", "The new desired number of replicas. Required.", kind="int", required=True),
        Flag(
            "resource-version",
            "Precondition for resource version. Requires that the current resource version match this value in order "
            "to scale.",
        ),
        common.SELECTOR,
        Flag(
            "timeout",
            "The length of time to wait before giving up on a scale operation, zero means don't wait. Any other values "
            "should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
            kind="duration",
        ),
    ),
    lacks=("kustomize", "k"),
    handler=scale,
)
