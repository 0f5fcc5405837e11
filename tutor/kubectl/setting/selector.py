"""`kubectl set selector`.

Source: pkg/cmd/set of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from dataclasses import replace

from tutor.engine.objects import with_field
from tutor.engine.resources import SERVICE
from tutor.engine.selectors import Requirement, SelectorError, parse_selector
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import for_each, send_strategic, two_way_patch
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Target, select
from tutor.kubectl.results import dry_run_of, print_typed, ready_printer


async def set_selector(call: Invocation) -> int:
    """Give Services another selector."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    if not call.args:
        raise KubectlError("one selector is required")
    *resources, expression = call.args
    try:
        parsed = parse_selector(expression)
    except SelectorError as error:
        raise KubectlError(f'couldn\'t parse the selector string "{expression}": {error}') from None
    for each in parsed.requirements:
        if each.operator in _UNSELECTABLE:
            raise KubectlError(_UNSELECTABLE[each.operator])
    selector = {each.key: next(iter(each.values)) for each in parsed.requirements if each.operator == "="}
    expressions = [each for each in parsed.requirements if each.operator != "="]
    selection = await select(
        call,
        resources,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        bare_types=call.on("all"),
        fetch="latest",
    )
    version = call.text("resource-version")

    async def one(target: Target) -> None:
        if target.resource is not SERVICE:
            raise KubectlError("setting a selector is only supported for Services")
        if expressions:
            shown = " ".join(map(_expression_text, sorted(expressions, key=lambda each: each.key)))
            raise KubectlError(f"match expression [{shown}] not supported on this object")
        changed = call.client.with_cause(with_field(target.obj, "spec.selector", dict(selector)))
        if dry_run != "client":
            patch = two_way_patch(target.obj, changed)
            if version:
                patch = {**patch, "metadata": {"resourceVersion": version}}
            changed = send_strategic(call, target, patch, dry_run)
        await print_typed(call, changed, "selector updated", dry_run)

    await for_each(selection, one)
    return 0


_UNSELECTABLE = {
    "!=": '"!=" is not a valid label selector operator',
    ">": '"gt" isn\'t supported in label selectors',
    "<": '"lt" isn\'t supported in label selectors',
}
_GO_OPERATORS = {"in": "In", "notin": "NotIn", "exists": "Exists", "!": "DoesNotExist"}


def _expression_text(requirement: Requirement) -> str:
    """A requirement as Go prints the struct."""
    return f"{{{requirement.key} {_GO_OPERATORS[requirement.operator]} [{' '.join(sorted(requirement.values))}]}}"


COMMAND = Command(
    name="selector",
    short="Set the selector on a resource",
    long=(
        "Set the selector on a resource. Note that the new selector will overwrite the old selector if the resource "
        "had "
        "one prior to the invocation of 'set selector'.\n\n"
        " A selector must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and "
        "underscores, up to 63 characters. If --resource-version is specified, then updates will use this resource "
        "version, otherwise the existing resource-version will be used. Note: currently selectors can only be set on "
        "Service objects."
    ),
    examples="""
# Have the service 'web' send to the pods that carry both labels
kubectl set selector service/web app=web,tier=front
""",
    usage="(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
    flags=(
        Flag("all", "Select all resources in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename_as("identifying the resource."),
        common.RECORD,
        replace(common.RECURSIVE, default=True),
        Flag(
            "resource-version",
            "If non-empty, the selectors update will only succeed if this is the current resource-version for the "
            "object. Only valid when specifying a single resource.",
        ),
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_selector,
)
