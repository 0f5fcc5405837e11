"""`kubectl annotate`: set, change and remove annotations.

Source: pkg/cmd/annotate of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.engine.objects import Object, annotations_of, with_field, without_field
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import for_each, parse_changes, split_pairs
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.metadata_verbs import (
    list_pairs,
    metadata_flags,
    refuse_clashing_flags,
    select_targets,
    send_merge,
)
from tutor.kubectl.resource_args import Target
from tutor.kubectl.results import dry_run_of, print_result, ready_printer

CHANGE_CAUSE = "kubernetes.io/change-cause"


async def annotate(call: Invocation) -> int:
    """Change the annotations of each object meant."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    resources, words = split_pairs(call.args, "annotation")
    annotations, removed = parse_changes(words, "annotation", removals=True)
    refuse_clashing_flags(call)
    if (resources or call.many("filename")) and not (annotations or removed or call.on("list")):
        raise KubectlError("at least one annotation update is required")
    both = [key for key in removed if key in annotations]
    if both:
        raise KubectlError(
            f"can not both modify and remove the following annotation(s) in the same command: {', '.join(both)}"
        )
    selection = await select_targets(call, resources)

    async def change(target: Target) -> None:
        changed = _changed(call, target.obj, annotations, removed)
        if call.on("list"):
            await list_pairs(call, "annotations", target, annotations_of(changed), single=selection.single)
            return
        if dry_run != "client":
            changed = send_merge(call, target, changed, dry_run)
        await print_result(call, changed, "annotated", dry_run)

    await for_each(selection, change)
    return 0


def _changed(call: Invocation, obj: Object, annotations: Mapping[str, str], removed: Sequence[str]) -> Object:
    """The object with its new annotations."""
    old = annotations_of(obj)
    if not call.on("overwrite"):
        clashes = [
            f"'{key}' already has a value ({old[key]})"
            for key, value in annotations.items()
            if key != CHANGE_CAUSE and old.get(key, value) != value
        ]
        if clashes:
            raise KubectlError(
                f"--overwrite is false but found the following declared annotation(s): {'; '.join(clashes)}"
            )
    new = {key: value for key, value in {**old, **annotations}.items() if key not in removed}
    return with_field(obj, "metadata.annotations", new) if new else without_field(obj, "metadata.annotations")


COMMAND = Command(
    name="annotate",
    short="Update the annotations on a resource",
    long=(
        "Update the annotations on one or more resources.\n\n"
        " All Kubernetes objects support the ability to store additional data with the object as annotations. "
        "Annotations are key/value pairs that can be larger than labels and include arbitrary string values such as "
        "structured JSON. Tools and system extensions may use annotations to store their own data.\n\n"
        " Attempting to set an annotation that already exists will fail unless --overwrite is set. If "
        "--resource-version is specified and does not match the current resource version on the server the command "
        "will fail.\n\n"
        'Use "kubectl api-resources" for a complete list of supported resources.'
    ),
    examples="""
# Update pod 'foo' with the annotation 'description' and the value 'my frontend'
# If the same annotation is set multiple times, only the last value will be applied
kubectl annotate pods foo description='my frontend'

# Update a pod identified by type and name in "pod.json"
kubectl annotate -f pod.json description='my frontend'

# Update pod 'foo' with the annotation 'description' and the value 'my frontend running nginx', overwriting any existing value
kubectl annotate --overwrite pods foo description='my frontend running nginx'

# Update all pods in the namespace
kubectl annotate pods --all description='my frontend running nginx'

# Update pod 'foo' only if the resource is unchanged from version 1
kubectl annotate pods foo description='my frontend running nginx' --resource-version=1

# Update pod 'foo' by removing an annotation named 'description' if it exists
# Does not require the --overwrite flag
kubectl annotate pods foo description-
""",  # noqa: E501
    usage=("[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]"),
    flags=(
        *common.print_flags(),
        *metadata_flags(
            "annotate", "annotations", "the annotation update", "identifying the resource to update the annotation"
        ),
        Flag("list", "If true, display the annotations for a given resource.", kind="bool"),
        Flag(
            "overwrite",
            "If true, allow annotations to be overwritten, otherwise reject annotation updates that overwrite existing "
            "annotations.",
            kind="bool",
        ),
    ),
    lacks=("kustomize", "k", "local"),
    handler=annotate,
)
