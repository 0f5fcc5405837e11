"""What `label` and `annotate` have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.engine.objects import Object
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import merge_difference
from tutor.kubectl.command import Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Selection, Target, select
from tutor.kubectl.results import DryRun


def metadata_flags(verb: str, plural: str, what: str, purpose: str) -> tuple[Flag, ...]:
    """The flags both have, with the verb's own words.

    Args:
        verb: such as `label`.
        plural: such as `labels`.
        what: such as `the labels update`.
        purpose: what `-f` is for.
    """
    return (
        Flag("all", _all_text(plural), kind="bool"),
        Flag("all-namespaces", "If true, check the specified action in all namespaces.", kind="bool", short="A"),
        common.DRY_RUN,
        common.field_manager(f"kubectl-{verb}"),
        common.FIELD_SELECTOR,
        common.filename(purpose),
        common.RECORD,
        common.RECURSIVE,
        Flag(
            "resource-version",
            f"If non-empty, {what} will only succeed if this is the current resource-version for the object. Only "
            "valid "
            "when specifying a single resource.",
        ),
        common.SELECTOR,
    )


def _all_text(plural: str) -> str:
    text = "Select all resources, in the namespace of the specified resource types"
    return text if plural == "labels" else f"{text}."


def refuse_clashing_flags(call: Invocation) -> None:
    """Refuse flags that make no sense together.

    Raises:
        KubectlError: with kubectl's text.
    """
    if call.on("list") and call.text("output"):
        raise KubectlError("--list and --output may not be specified together")
    if call.on("all"):
        for flag in ("selector", "field-selector"):
            if call.text(flag):
                raise KubectlError(f"cannot set --all and --{flag} at the same time")


async def select_targets(call: Invocation, resources: Sequence[str]) -> Selection:
    """The objects meant, as the API has them.

    Raises:
        ApiError, KubectlError: the words make no sense together.
    """
    if not resources and not call.many("filename"):
        raise KubectlError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    selection = await select(
        call,
        resources,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector"),
        fields=call.text("field-selector"),
        bare_types=call.on("all"),
        all_namespaces=call.on("all-namespaces"),
        fetch="latest",
    )
    if call.text("resource-version") and not selection.single:
        raise KubectlError("--resource-version may only be used with a single resource")
    return selection


def send_merge(call: Invocation, target: Target, changed: Object, dry_run: DryRun) -> Object:
    """Patch the target into what it changed to; the object as it is now.

    Raises:
        ApiError: the API's refusal.
    """
    patch = merge_difference(target.obj, changed)
    version = call.text("resource-version")
    if version:
        patch = {**patch, "metadata": {**patch.get("metadata", {}), "resourceVersion": version}}
    return call.client.patch(
        target.resource, target.name, target.namespace, patch, "merge", dry_run=dry_run == "server"
    )


async def list_pairs(call: Invocation, what: str, target: Target, pairs: Mapping[str, str], *, single: bool) -> None:
    """Print an object's labels or annotations, one a line."""
    indent, title = "", ""
    if not single:
        indent = " "
        title = f"Listing {what} for {target.resource.kind}.{target.resource.group}/{target.name}:\n"
    lines = "".join(f"{indent}{key}={value}\n" for key, value in sorted(pairs.items()))
    await call.out(title + lines)
