"""`kubectl patch`: change fields of objects.

Source: pkg/cmd/patch of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from tutor.engine import patch as patches
from tutor.engine.errors import bad_request
from tutor.engine.objects import Object
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import for_each
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.field_validation import warning_of_unknown
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Target, select
from tutor.kubectl.results import dry_run_of, print_result

PatchType = Literal["json", "merge", "strategic"]
_BAD_LOCALLY: Final = {"merge": "Invalid JSON Patch", "strategic": "invalid JSON document"}
"""What the libraries that kubectl patches with say of a patch that is no JSON."""
_TYPES: dict[str, PatchType] = {"json": "json", "merge": "merge", "strategic": "strategic"}


async def patch(call: Invocation) -> int:
    """Patch each object meant."""
    dry_run = await dry_run_of(call)
    change, kind = _read_patch(call), _type_of(call)
    selection = await select(
        call, call.args, filenames=call.many("filename"), recursive=call.on("recursive"), fetch="lazy"
    )

    async def apply(target: Target) -> None:
        if dry_run == "client":
            changed = _patched_locally(target, _value_of(change, kind, local=True), kind)
        else:
            value = _value_of(change, kind, local=False)
            changed = warning_of_unknown(
                call,
                lambda unknown: call.client.patch(
                    target.resource,
                    target.name,
                    target.namespace,
                    value,
                    kind,
                    subresource=call.text("subresource"),
                    dry_run=dry_run == "server",
                    unknown=unknown,
                    bare=True,
                ),
            )
        operation = "patched" if changed != target.obj else "patched (no change)"
        if dry_run == "none":
            changed = call.client.record(target.resource, target.name, target.namespace) or changed
        await print_result(call, changed, operation)

    await for_each(selection, apply)
    if not selection.targets:
        raise KubectlError("no objects passed to patch")
    return 0


def _type_of(call: Invocation) -> PatchType:
    word = call.text("type")
    found = _TYPES.get(word.lower()) if word else "strategic"
    if found is None:
        raise KubectlError(f'--type must be one of [{" ".join(_TYPES)}], not "{word}"')
    if call.text("subresource") not in {"", "scale", "status"}:
        raise KubectlError(
            f'invalid subresource value: "{call.text("subresource")}". Must be one of [resize scale status]'
        )
    return found


def _read_patch(call: Invocation) -> str:
    """The text of the patch."""
    text, path = call.text("patch"), call.text("patch-file")
    if text and path:
        raise KubectlError("cannot specify --patch and --patch-file together")
    if not text and not path:
        raise KubectlError("must specify --patch or --patch-file containing the contents of the patch")
    if path:
        try:
            text = call.context.files.read(path)
        except FileNotFoundError:
            raise KubectlError(f"unable to read patch file: open {path}: no such file or directory") from None
        except OSError:
            raise KubectlError(f"unable to read patch file: read {path}: is a directory") from None
    if not _is_json(text):
        _from_yaml(text)  # what is no YAML is refused before anything else
    return text


def _is_json(text: str) -> bool:
    """Whether a text is sent as it is: kubectl takes what begins with a brace to be JSON.

    Source: `yaml.ToJSON` of https://github.com/kubernetes/apimachinery/blob/master/pkg/util/yaml/decoder.go
    """
    return text.lstrip().startswith("{")


def _from_yaml(text: str) -> Any:
    from tutor.kubectl import go_yaml

    try:
        return go_yaml.parse_yaml(text)
    except go_yaml.YamlError as error:
        raise KubectlError(f'unable to parse "{text}": {error}') from None


def _value_of(text: str, kind: PatchType, *, local: bool) -> Any:
    """The patch as a value.

    Args:
        text: YAML, or JSON that nobody has read yet.
        kind: how it is meant.
        local: whether kubectl reads it itself, rather than the API.

    Raises:
        ApiError: it is no JSON.
        KubectlError: the same, found by kubectl.
    """
    from tutor.kubectl import go_yaml

    if not _is_json(text):
        return _from_yaml(text)
    try:
        return go_yaml.parse_json(text)
    except go_yaml.YamlError as error:
        if local:
            raise KubectlError(_BAD_LOCALLY.get(kind) or str(error)) from None
        raise bad_request(str(error) if kind == "strategic" else f"error decoding patch: {error}") from None


def _patched_locally(target: Target, change: Any, kind: PatchType) -> Object:
    """The object as a dry run on the client's side shows it."""
    try:
        if kind == "json":
            changed = patches.json_patch(target.obj, change)
        elif kind == "merge":
            changed = patches.merge_patch(target.obj, change)
        else:
            changed = patches.strategic_merge(target.resource.kind, target.obj, change)
    except patches.PatchError as error:
        raise KubectlError(str(error)) from None
    if not isinstance(changed, dict):
        raise KubectlError("the patch leaves no object")
    return changed


COMMAND = Command(
    name="patch",
    short="Update fields of a resource",
    long=(
        "Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.\n\n"
        " JSON and YAML formats are accepted.\n\n"
        " Note: Strategic merge patch is not supported for custom resources."
    ),
    examples="""
# Partially update a node using a strategic merge patch, specifying the patch as JSON
kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'

# Partially update a node using a strategic merge patch, specifying the patch as YAML
kubectl patch node k8s-node-1 -p $'spec:\\n unschedulable: true'

# Partially update a node identified by the type and name specified in "node.json" using strategic merge patch
kubectl patch -f node.json -p '{"spec":{"unschedulable":true}}'

# Update a container's image; spec.containers[*].name is required because it's a merge key
kubectl patch pod valid-pod -p '{"spec":{"containers":[{"name":"kubernetes-serve-hostname","image":"new image"}]}}'

# Update a container's image using a JSON patch with positional arrays
kubectl patch pod valid-pod --type='json' -p='[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]'

# Update a deployment's replicas through the 'scale' subresource using a merge patch
kubectl patch deployment nginx-deployment --subresource='scale' --type='merge' -p '{"spec":{"replicas":2}}'
""",  # noqa: E501
    usage="(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
    flags=(
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-patch"),
        common.filename("identifying the resource to update"),
        Flag("patch", "The patch to be applied to the resource JSON file.", short="p"),
        Flag("patch-file", "A file containing a patch to be applied to the resource."),
        common.RECORD,
        common.RECURSIVE,
        Flag(
            "subresource",
            "If specified, patch will operate on the subresource of the requested object. This flag is beta and may "
            "change in the future.",
            choices=("scale", "status"),
        ),
        Flag(
            "type",
            "The type of patch being provided; one of [json merge strategic]",
            default="strategic",
            choices=tuple(_TYPES),
        ),
    ),
    lacks=("kustomize", "k", "local"),
    handler=patch,
)
