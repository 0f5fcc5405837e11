"""`kubectl set serviceaccount`.

Source: pkg/cmd/set of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from tutor.engine.errors import ApiError
from tutor.engine.objects import with_field
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import for_each, send_strategic, two_way_patch
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Target
from tutor.kubectl.results import dry_run_of, print_typed, ready_printer
from tutor.kubectl.setting.pod_templates import (
    select_templates,
    where,
)


async def set_service_account(call: Invocation) -> int:
    """Have Pods act as another ServiceAccount."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    if not call.args:
        raise KubectlError("serviceaccount is required")
    *resources, name = call.args
    selection = await select_templates(call, resources)

    async def one(target: Target) -> None:
        changed = call.client.with_cause(with_field(target.obj, f"{where(target)}.serviceAccountName", name))
        if dry_run != "client":
            try:
                changed = send_strategic(call, target, two_way_patch(target.obj, changed), dry_run)
            except ApiError as error:
                raise KubectlError(f"failed to patch ServiceAccountName {error.status.message}") from None
        await print_typed(call, changed, "serviceaccount updated", dry_run)

    await for_each(selection, one)
    return 0


COMMAND = Command(
    name="serviceaccount",
    aliases=("sa",),
    short="Update the service account of a resource",
    long=(
        "Update the service account of pod template resources.\n\n"
        " Possible resources (case insensitive) can be:\n\n"
        " replicationcontroller (rc), deployment (deploy), daemonset (ds), job, replicaset (rs), statefulset"
    ),
    examples="""
# Set deployment nginx-deployment's service account to serviceaccount1
kubectl set serviceaccount deployment nginx-deployment serviceaccount1
""",
    usage="(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
    flags=(
        Flag("all", "Select all resources, in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename("identifying the resource to get from a server."),
        common.RECORD,
        common.RECURSIVE,
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_service_account,
)
