"""`kubectl apply`: make the cluster what the files say, remembering what they said.

Source: pkg/cmd/apply of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

import json

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, annotations_of, is_deleting, name_of
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import UnmergeableError, three_way_patch
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, raise_all, with_source
from tutor.kubectl.field_validation import VALIDATE, create_validated, send_validated
from tutor.kubectl.generators import to_send
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import LAST_APPLIED, annotated, original_of
from tutor.kubectl.manifests import Manifest
from tutor.kubectl.printers.text import to_compact_json
from tutor.kubectl.resource_args import Target, get_target, select
from tutor.kubectl.results import DryRun, dry_run_of, print_result, ready_printer
from tutor.kubectl.sources import read_targets, require_files
from tutor.kubectl.waiting import gone


async def apply(call: Invocation) -> int:
    """Apply every object of the files; one that fails does not keep the others from being applied."""
    if call.args:
        raise call.usage_error(f"Unexpected args: [{' '.join(call.args)}]")
    require_files(call)
    dry_run = await dry_run_of(call)
    if dry_run == "server" and call.on("force"):
        raise KubectlError("--dry-run=server cannot be used with --force")
    items = await read_targets(call)
    if not items:
        raise KubectlError("no objects passed to apply")
    errors: list[Exception] = [item for item in items if isinstance(item, Exception)]
    shown: list[Object] = []
    for item in items:
        if isinstance(item, Manifest):
            try:
                shown.append(await _apply_one(call, item, dry_run))
            except (ApiError, KubectlError) as error:
                errors.append(error)
    raise_all(errors)
    await _show(call, shown)
    return 0


async def _apply_one(call: Invocation, item: Manifest, dry_run: DryRun) -> Object:
    """Create or patch one object and say so; the object as it is now."""
    current = _current(call, item)
    if current is None:
        made: Object = to_send(annotated(item.object))
        if dry_run != "client":
            made = _create(call, item, made, dry_run)
        await _say(call, made, "created", dry_run)
        return made
    if dry_run == "client":
        await _say(call, current, "configured", dry_run)
        return current
    if LAST_APPLIED not in annotations_of(current):
        await call.err(
            f"Warning: resource {item.resource.plural}/{item.name} is missing the {LAST_APPLIED} annotation which is "
            "required by kubectl apply. kubectl apply should only be used on resources created declaratively by "
            "either kubectl create --save-config or kubectl apply. The missing annotation will be patched "
            "automatically.\n"
        )
    patch, patched = await _patch(call, item, current, dry_run)
    if is_deleting(patched):
        await call.err(f"Warning: Detected changes to resource {name_of(patched)} which is currently being deleted.\n")
    await _say(call, patched, "configured" if patch else "unchanged", dry_run)
    return patched


def _current(call: Invocation, item: Manifest) -> Object | None:
    """The object as the cluster has it, or None."""
    metadata = item.object.get("metadata")
    generate_name = metadata.get("generateName") if isinstance(metadata, dict) else None
    if not item.name and generate_name:
        raise KubectlError(f"from {generate_name}: cannot use generate name with apply")
    try:
        if not item.name:
            raise KubectlError("resource name may not be empty")
        return call.client.get(item.resource, item.name, item.namespace)
    except (ApiError, KubectlError) as error:
        if isinstance(error, ApiError) and error.status.reason == "NotFound":
            return None
        verb = f"retrieving current configuration of:\n{item.described}\nfrom server for:"
        raise with_source(verb, item.source, error) from None


def _create(call: Invocation, item: Manifest, obj: Object, dry_run: DryRun) -> Object:
    try:
        return create_validated(call, obj, item.namespace, dry_run=dry_run == "server")
    except ApiError as error:
        raise with_source("creating", item.source, error) from None


async def _patch(call: Invocation, item: Manifest, current: Object, dry_run: DryRun) -> tuple[Object, Object]:
    """Send what makes the current object what the file says: the patch, and the object as it is now."""
    patch: Object = {}
    try:
        patch = three_way_patch(original_of(current), annotated(item.object), current)
        if not patch:
            return patch, current
        patched = send_validated(
            call,
            lambda unknown: call.client.patch(
                item.resource, item.name, item.namespace, patch, "strategic",
                dry_run=dry_run == "server", unknown=unknown,
            ),
        )  # fmt: skip
    except (ApiError, KubectlError) as error:
        if isinstance(error, UnmergeableError):
            await call.err(error.warnings)
        if isinstance(error, ApiError) and call.on("force") and error.status.reason in {"Conflict", "Invalid"}:
            return patch, await _recreate(call, item, current, annotated(item.object))
        error_so_far = with_source("patching", item.source, error)
        verb = f"applying patch:\n{to_compact_json(patch) if patch else ''}\nto:\n{item.described}\nfor:"
        raise with_source(verb, item.source, error_so_far) from None
    return patch, patched


async def _recreate(call: Invocation, item: Manifest, current: Object, modified: Object) -> Object:
    """Delete an object that cannot be patched and create it anew; the old one comes back if that fails."""
    grace = call.number("grace-period")
    call.client.delete(item.resource, item.name, item.namespace, grace=grace if grace >= 0 else None)
    await gone(call, item.resource, [current], None)
    try:
        return call.client.create(to_send(modified), item.namespace)
    except ApiError:
        call.client.create(_as_new(current), item.namespace)
        raise


def _as_new(obj: Object) -> Object:
    """A stored object as it would be written to be created again."""
    from_server = ("uid", "resourceVersion", "creationTimestamp", "generation", "deletionTimestamp")
    metadata = {key: value for key, value in obj["metadata"].items() if key not in from_server}
    return {key: value for key, value in obj.items() if key != "status"} | {"metadata": metadata}


def _prints_objects(call: Invocation) -> bool:
    return call.text("output") not in {"", "name"}


async def _say(call: Invocation, obj: Object, operation: str, dry_run: DryRun) -> None:
    if not _prints_objects(call):
        await print_result(call, obj, operation, dry_run)


async def _show(call: Invocation, objects: list[Object]) -> None:
    """Print all objects at the end, several of them as one List."""
    if not _prints_objects(call):
        return
    if len(objects) == 1:
        await print_result(call, objects[0], "")
        return
    await print_result(call, {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": objects}, "")


async def view_last_applied(call: Invocation) -> int:
    """Print what was last applied to each object."""
    output = call.text("output")
    if output not in {"yaml", "json"}:
        raise call.usage_error(f"Unexpected -o output mode: {output}, the flag 'output' must be one of yaml|json")
    selection = await select(
        call, call.args, filenames=call.many("filename"), recursive=call.on("recursive"),
        labels=call.text("selector"), everything=call.on("all"), fetch="latest",
    )  # fmt: skip
    selection.raise_errors()
    for target in selection.targets:
        original = original_of(target.obj)
        if original is not None:
            await call.out(_applied_text(original, output))
    return 0


def _applied_text(original: Object, output: str) -> str:
    if output == "json":
        return json.dumps(original, indent=2, ensure_ascii=False) + "\n"
    from tutor.kubectl.printers.text import to_yaml

    return to_yaml(original)


async def set_last_applied(call: Invocation) -> int:
    """Note what the files say as what was last applied, and change nothing else."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    changed: list[tuple[Target, str]] = []
    selection = await select(call, [], filenames=call.many("filename"))
    selection.raise_errors()
    for target in selection.targets:
        text = to_compact_json(target.obj) + "\n"
        live = get_target(call, target)
        noted = annotations_of(live.obj).get(LAST_APPLIED)
        if noted is None and not call.on("create-annotation"):
            raise KubectlError(
                f"no last-applied-configuration annotation found on resource: {target.name}, to create the annotation, "
                "run the command with --create-annotation"
            )
        if noted is not None and original_of(live.obj) == target.obj:
            await call.out(f"set-last-applied {target.name}: no changes required.\n")
        else:
            changed.append((live, text))
    for live, text in changed:
        obj = live.obj
        if dry_run != "client":
            patch = {"metadata": {"annotations": {LAST_APPLIED: text}}}
            obj = call.client.patch(
                live.resource, live.name, live.namespace, patch, "merge", dry_run=dry_run == "server"
            )
        await print_result(call, obj, "configured", dry_run)
    return 0


_VIEW_LAST_APPLIED = Command(
    name="view-last-applied",
    short="View the latest last-applied-configuration annotations of a resource/object",
    long=(
        "View the latest last-applied-configuration annotations by type/name or file.\n\n"
        " The default output will be printed to stdout in YAML format. You can use the -o option to change the output "
        "format."
    ),
    examples="""
# View the last-applied-configuration annotations by type/name in YAML
kubectl apply view-last-applied deployment/nginx

# View the last-applied-configuration annotations by file in JSON
kubectl apply view-last-applied -f deploy.yaml -o json
""",
    usage="(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)",
    flags=(
        Flag("all", "Select all resources in the namespace of the specified resource types", kind="bool"),
        common.filename("that contains the last-applied-configuration annotations"),
        Flag(
            "output", "Output format. Must be one of (yaml, json)", short="o", default="yaml", choices=("yaml", "json")
        ),
        common.RECURSIVE,
        common.SELECTOR,
    ),
    lacks=("kustomize", "k"),
    handler=view_last_applied,
)

_SET_LAST_APPLIED = Command(
    name="set-last-applied",
    short="Set the last-applied-configuration annotation on a live object to match the contents of a file",
    long=(
        "Set the latest last-applied-configuration annotations by setting it to match the contents of a file. This "
        "results in the last-applied-configuration being updated as though 'kubectl apply -f<file> ' was run, without "
        "updating any other parts of the object."
    ),
    examples="""
# Set the last-applied-configuration of a resource to match the contents of a file
kubectl apply set-last-applied -f deploy.yaml

# Execute set-last-applied against each configuration file in a directory
kubectl apply set-last-applied -f path/

# Set the last-applied-configuration of a resource to match the contents of a file; will create the annotation if it does not already exist
kubectl apply set-last-applied -f deploy.yaml --create-annotation=true
""",  # noqa: E501
    usage="-f FILENAME",
    flags=(
        *common.print_flags(),
        Flag(
            "create-annotation",
            "Will create 'last-applied-configuration' annotations if current objects doesn't have one",
            kind="bool",
        ),
        common.DRY_RUN,
        common.filename("that contains the last-applied-configuration annotations"),
    ),
    handler=set_last_applied,
)

COMMAND = Command(
    name="apply",
    short="Apply a configuration to a resource by file name or stdin",
    long=(
        "Apply a configuration to a resource by file name or stdin. The resource name must be specified. This resource "
        "will be created if it doesn't exist yet. To use 'apply', always create the resource initially with either "
        "'apply' or 'create --save-config'.\n\n"
        " JSON and YAML formats are accepted."
    ),
    examples="""
# Apply the configuration in pod.json to a pod
kubectl apply -f ./pod.json

# Apply the JSON passed into stdin to a pod
cat pod.json | kubectl apply -f -

# Apply the configuration from all files that end with '.json'
kubectl apply -f '*.json'
""",
    usage="(-f FILENAME | -k DIRECTORY)",
    flags=(
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-client-side-apply"),
        common.filename_as("The files that contain the configurations to apply."),
        Flag(
            "force",
            "If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion "
            "of some resources may result in inconsistency or data loss and requires confirmation.",
            kind="bool",
        ),
        Flag(
            "grace-period",
            "Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 "
            "for "
            "immediate shutdown. Can only be set to 0 when --force is true (force deletion).",
            kind="int",
            default=-1,
        ),
        common.RECORD,
        common.RECURSIVE,
        common.SELECTOR,
        VALIDATE,
    ),
    lacks=(
        "all", "cascade", "force-conflicts", "kustomize", "k", "openapi-patch", "overwrite", "prune",
        "prune-allowlist", "server-side", "subresource", "timeout", "wait",
    ),
    subcommands=(_SET_LAST_APPLIED, _VIEW_LAST_APPLIED),
    missing={
        "edit-last-applied": "'kubectl apply edit-last-applied' is not simulated; the nearest that works is "
        "'kubectl apply set-last-applied'"
    },
    handler=apply,
)  # fmt: skip
