"""`kubectl label`: set, change and remove labels.

Source: pkg/cmd/label of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.engine.names import label_value_problems
from tutor.engine.objects import Object, labels_of, with_field, without_field
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import for_each, split_pairs
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.metadata_verbs import (
    list_pairs,
    metadata_flags,
    refuse_clashing_flags,
    select_targets,
    send_merge,
)
from tutor.kubectl.printers.text import to_compact_json
from tutor.kubectl.resource_args import Target
from tutor.kubectl.results import dry_run_of, print_result


async def label(call: Invocation) -> int:
    """Change the labels of each object meant."""
    dry_run = await dry_run_of(call)
    resources, words = split_pairs(call.args, "label")
    labels, removed = _parse(words)
    refuse_clashing_flags(call)
    if (resources or call.many("filename")) and not (labels or removed or call.on("list")):
        raise KubectlError("at least one label update is required")
    selection = await select_targets(call, resources)

    async def change(target: Target) -> None:
        changed = _changed(call, target.obj, labels, removed)
        if call.on("list"):
            await list_pairs(call, "labels", target, labels_of(changed), single=selection.single)
            return
        if dry_run != "client":
            missing = [key for key in removed if key not in labels_of(target.obj)]
            await call.out("".join(f'label "{key}" not found.\n' for key in missing))
            send_merge(call, target, changed, dry_run)
        await print_result(call, changed, _operation(call, target.obj, changed), dry_run)

    await for_each(selection, change)
    return 0


def _parse(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    labels: dict[str, str] = {}
    removed: list[str] = []
    for word in words:
        if "=" in word:
            parts = word.split("=")
            if len(parts) != 2:
                raise KubectlError(f"invalid label spec: {word}")
            problems = label_value_problems(parts[1])
            if problems:
                raise KubectlError(f'invalid label value: "{word}": {";".join(problems)}')
            labels[parts[0]] = parts[1]
        else:
            removed.append(word[:-1])
    if any(key in labels for key in removed):
        raise KubectlError("can not both modify and remove a label in the same command")
    return labels, removed


def _changed(call: Invocation, obj: Object, labels: dict[str, str], removed: Sequence[str]) -> Object:
    """The object with its new labels."""
    old = labels_of(obj)
    if not call.on("overwrite"):
        raise_all(
            [
                KubectlError(f"'{key}' already has a value ({old[key]}), and --overwrite is false")
                for key, value in labels.items()
                if old.get(key, value) != value
            ]
        )
    new = {key: value for key, value in {**old, **labels}.items() if key not in removed}
    if new == old:
        return obj
    return with_field(obj, "metadata.labels", new) if new else without_field(obj, "metadata.labels")


def _operation(call: Invocation, before: Object, after: Object) -> str:
    if before == after:
        return "not labeled"
    shorter = len(to_compact_json(after)) < len(to_compact_json(before))
    return "unlabeled" if shorter and not call.on("overwrite") else "labeled"


COMMAND = Command(
    name="label",
    short="Update the labels on a resource",
    long=(
        "Update the labels on a resource.\n\n"
        "  *  A label key and value must begin with a letter or number, and may contain letters, numbers, hyphens, "
        "dots, and underscores, up to 63 characters each.\n"
        "  *  Optionally, the key can begin with a DNS subdomain prefix and a single '/', like example.com/my-app.\n"
        "  *  If --overwrite is true, then existing labels can be overwritten, otherwise attempting to overwrite a "
        "label will result in an error.\n"
        "  *  If --resource-version is specified, then updates will use this resource version, otherwise the existing "
        "resource-version will be used."
    ),
    examples="""
# Update pod 'foo' with the label 'unhealthy' and the value 'true'
kubectl label pods foo unhealthy=true

# Update pod 'foo' with the label 'status' and the value 'unhealthy', overwriting any existing value
kubectl label --overwrite pods foo status=unhealthy

# Update all pods in the namespace
kubectl label pods --all status=unhealthy

# Update a pod identified by the type and name in "pod.json"
kubectl label -f pod.json status=unhealthy

# Update pod 'foo' only if the resource is unchanged from version 1
kubectl label pods foo status=unhealthy --resource-version=1

# Update pod 'foo' by removing a label named 'bar' if it exists
# Does not require the --overwrite flag
kubectl label pods foo bar-
""",
    usage=("[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]"),
    flags=(
        *common.print_flags(),
        *metadata_flags("label", "labels", "the labels update", "identifying the resource to update the labels"),
        Flag("list", "If true, display the labels for a given resource.", kind="bool"),
        Flag(
            "overwrite",
            "If true, allow labels to be overwritten, otherwise reject label updates that overwrite existing labels.",
            kind="bool",
        ),
    ),
    lacks=("kustomize", "k", "local"),
    handler=label,
)
