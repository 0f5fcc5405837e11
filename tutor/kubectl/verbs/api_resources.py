"""`kubectl api-resources`.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/apiresources/apiresources.go
"""

from __future__ import annotations

from tutor.engine.resources import EVENTS_V1, RESOURCES, Resource
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.table import plain_table


async def api_resources(call: Invocation) -> int:
    """List the kinds the API serves."""
    if call.args:
        raise call.usage_error(f"unexpected arguments: [{' '.join(call.args)}]")
    output, sort_by = call.text("output"), call.text("sort-by")
    if output not in {"", "wide", "name"}:
        raise KubectlError(f"--output {output} is not available")
    if sort_by not in {"", "name", "kind"}:
        raise KubectlError("--sort-by accepts only name or kind")
    found = sorted(
        (each for each in (*RESOURCES, EVENTS_V1) if _is_wanted(call, each)), key=lambda each: _order(each, sort_by)
    )
    if output == "name":
        await call.out("".join(f"{resource.qualified_plural}\n" for resource in found))
        return 0
    headers = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"]
    if output == "wide":
        headers += ["VERBS", "CATEGORIES"]
    rows = [_row(resource, wide=output == "wide") for resource in found]
    await call.out(plain_table([] if call.on("no-headers") else headers, rows))
    return 0


def _is_wanted(call: Invocation, resource: Resource) -> bool:
    if call.given("api-group") and resource.group != call.text("api-group"):
        return False
    if call.given("namespaced") and resource.namespaced != call.on("namespaced"):
        return False
    return set(call.many("verbs")) <= set(resource.verbs) and set(call.many("categories")) <= set(resource.categories)


def _order(resource: Resource, sort_by: str) -> tuple[str, str]:
    first = {"name": resource.plural, "kind": resource.kind}.get(sort_by, resource.group)
    return first, resource.plural


def _row(resource: Resource, *, wide: bool) -> list[str]:
    row = [
        resource.plural,
        ",".join(resource.short_names),
        resource.api_version,
        "true" if resource.namespaced else "false",
        resource.kind,
    ]
    return [*row, ",".join(resource.verbs), ",".join(resource.categories)] if wide else row


COMMAND = Command(
    name="api-resources",
    short="Print the supported API resources on the server",
    handler=api_resources,
    long="Print the supported API resources on the server.",
    examples="""
# Print the supported API resources
kubectl api-resources

# Print the supported API resources with more information
kubectl api-resources -o wide

# Print the supported API resources sorted by a column
kubectl api-resources --sort-by=name

# Print the supported namespaced resources
kubectl api-resources --namespaced=true

# Print the supported non-namespaced resources
kubectl api-resources --namespaced=false

# Print the supported API resources with a specific APIGroup
kubectl api-resources --api-group=discovery.k8s.io
""",
    usage="[flags]",
    flags=(
        Flag("api-group", "Limit to resources in the specified API group."),
        Flag("cached", "Use the cached list of resources if available.", kind="bool"),
        Flag("categories", "Limit to resources that belong to the specified categories.", kind="list"),
        Flag(
            "namespaced",
            "If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.",
            kind="bool",
            default=True,
        ),
        common.NO_HEADERS,
        Flag("output", "Output format. One of: (wide, name).", short="o", choices=("name", "wide")),
        Flag(
            "sort-by",
            "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'.",
            choices=("kind", "name"),
        ),
        Flag("verbs", "Limit to resources that support the specified verbs.", kind="list"),
    ),
)
