"""`kubectl replace`: put what the files say in the place of what is there.

Source: pkg/cmd/replace of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, with_field
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command
from tutor.kubectl.errors import KubectlError, raise_all, with_source
from tutor.kubectl.field_validation import VALIDATE, create_validated, send_validated
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import updated
from tutor.kubectl.manifests import Manifest
from tutor.kubectl.results import DryRun, dry_run_of, print_result, ready_printer
from tutor.kubectl.sources import read_targets, require_files
from tutor.kubectl.verbs.create import SAVE_CONFIG
from tutor.kubectl.verbs.delete import CASCADE, FORCE, GRACE_PERIOD, TIMEOUT, propagation_of
from tutor.kubectl.waiting import gone

_FORCE_TIMEOUT = 300.0


async def replace(call: Invocation) -> int:
    """Replace every object of the files; with `--force`, delete and create it."""
    require_files(call)
    dry_run = await dry_run_of(call)
    ready_printer(call)
    _validate(call, dry_run)
    errors: list[Exception] = []
    items = await read_targets(call)
    manifests = [item for item in items if isinstance(item, Manifest)]
    errors += [item for item in items if not isinstance(item, Manifest)]
    if call.on("force"):
        raise_all(errors)
        await _delete_all(call, manifests)
    for item in manifests:
        obj = updated(item.object, save=call.on("save-config"))
        try:
            if call.on("force"):
                obj = create_validated(call, obj, item.namespace, dry_run=False)
            elif dry_run != "client":
                obj = _put(call, item, obj, dry_run)
        except (ApiError, KubectlError) as error:
            errors.append(error if call.on("force") else with_source("replacing", item.source, error))
            continue
        await print_result(call, obj, "replaced", dry_run)
    raise_all(errors)
    if call.on("force") and not manifests:
        raise KubectlError("no objects passed to replace")
    return 0


def _validate(call: Invocation, dry_run: DryRun) -> None:
    force = call.on("force")
    if call.number("grace-period") >= 0 and not force:
        raise KubectlError("--grace-period must have --force specified")
    if call.seconds("timeout") and not force:
        raise KubectlError("--timeout must have --force specified")
    if force and dry_run != "none":
        raise KubectlError("--dry-run can not be used when --force is set")
    propagation_of(call)


def _put(call: Invocation, item: Manifest, obj: Object, dry_run: DryRun) -> Object:
    """Replace one object, whatever its newest resourceVersion, unless the file names one."""
    if not item.name:
        raise KubectlError("resource name may not be empty")
    live = call.client.get(item.resource, item.name, item.namespace)
    if not obj["metadata"].get("resourceVersion"):
        obj = with_field(obj, "metadata.resourceVersion", live["metadata"]["resourceVersion"])
    return send_validated(call, lambda unknown: call.client.update(obj, dry_run=dry_run == "server", unknown=unknown))


async def _delete_all(call: Invocation, manifests: list[Manifest]) -> None:
    """Delete what is there of the objects, and wait until it is gone."""
    grace = call.number("grace-period")
    for item in manifests:
        try:
            live = call.client.get(item.resource, item.name, item.namespace)
        except ApiError:
            continue
        call.client.delete(
            item.resource, item.name, item.namespace,
            grace=max(grace, 1) if grace >= 0 else None, propagation=propagation_of(call),
        )  # fmt: skip
        await call.out(f'{item.resource.qualified_singular} "{item.name}" deleted\n')
        await gone(call, item.resource, [live], call.seconds("timeout") or _FORCE_TIMEOUT)


COMMAND = Command(
    name="replace",
    short="Replace a resource by file name or stdin",
    long=(
        "Replace a resource by file name or stdin.\n\n"
        " JSON and YAML formats are accepted. If replacing an existing resource, the complete resource spec must be "
        "provided. This can be obtained by\n\n"
        "        $ kubectl get TYPE NAME -o yaml"
    ),
    examples=r"""
# Replace a pod using the data in pod.json
kubectl replace -f ./pod.json

# Replace a pod based on the JSON passed into stdin
cat pod.json | kubectl replace -f -

# Update a single-container pod's image version (tag) to v4
kubectl get pod mypod -o yaml | sed 's/\(image: myimage\):.*$/\1:v4/' | kubectl replace -f -

# Force replace, delete and then re-create the resource
kubectl replace --force -f ./pod.json
""",
    usage="-f FILENAME",
    flags=(
        *common.print_flags(),
        CASCADE,
        common.DRY_RUN,
        common.field_manager("kubectl-replace"),
        common.filename_as("The files that contain the configurations to replace."),
        FORCE,
        GRACE_PERIOD,
        common.RECURSIVE,
        SAVE_CONFIG,
        TIMEOUT,
        VALIDATE,
    ),
    lacks=("kustomize", "k", "raw", "subresource", "wait"),
    handler=replace,
)
