"""`kubectl set resources`.

Source: pkg/cmd/set of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from tutor.engine.objects import Object
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.quantities import QuantityError, canonical
from tutor.kubectl.setting.pod_templates import (
    TEMPLATES,
    containers_of,
    matches,
    refuse_all_with_selector,
    select_templates,
    update_what_is_there,
)


async def set_resources(call: Invocation) -> int:
    """Set what containers ask for and what they may use."""
    selection = await select_templates(call, call.args)
    refuse_all_with_selector(call)
    if not call.text("limits") and not call.text("requests"):
        raise KubectlError("you must specify an update to requests or limits (in the form of --requests/--limits)")
    wanted = {kind: _amounts(call.text(kind)) for kind in ("limits", "requests")}
    missing: list[Exception] = []

    def change(container: Object) -> Object:
        if not matches(call, container):
            return container
        old = container.get("resources") or {}
        new = {kind: {**(old.get(kind) or {}), **amounts} for kind, amounts in wanted.items() if amounts}
        return {**container, "resources": {**old, **new}}

    for target in selection.targets:
        path = TEMPLATES.get(target.resource)
        if path and not any(matches(call, container) for container in containers_of(target.obj, path)):
            missing.append(KubectlError(f"error: unable to find container named {call.text('containers')}"))
    operation = "resource requirements updated"
    await update_what_is_there(call, selection, operation, change, "resources", missing)
    return 0


def _amounts(text: str) -> dict[str, str]:
    """The amounts of `cpu=200m,memory=512Mi`."""
    found = {}
    for statement in text.split(",") if text else ():
        parts = statement.split("=")
        if len(parts) != 2:
            raise KubectlError(f"Invalid argument syntax {statement}, expected <resource>=<value>")
        try:
            found[parts[0]] = canonical(parts[1])
        except QuantityError as error:
            raise KubectlError(str(error)) from None
    return found


_AMOUNTS_TEXT = (
    "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.  Note that server "
    "side components may assign requests depending on the server configuration, such as limit ranges."
)
COMMAND = Command(
    name="resources",
    short="Update resource requests/limits on objects with pod templates",
    long=(
        "Specify compute resource requirements (CPU, memory) for any resource that defines a pod template.  If a pod "
        "is successfully scheduled, it is guaranteed the amount of resource requested, but may burst up to its "
        "specified limits.\n\n"
        " For each compute resource, if a limit is specified and a request is omitted, the request will default to the "
        "limit.\n\n"
        ' Possible resources include (case insensitive): Use "kubectl api-resources" for a complete list of supported '
        "resources.."
    ),
    examples="""
# Set a deployments nginx container cpu limits to "200m" and memory to "512Mi"
kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi

# Set the resource request and limits for all containers in nginx
kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi

# Remove the resource requests for resources on containers in nginx
kubectl set resources deployment nginx --limits=cpu=0,memory=0 --requests=cpu=0,memory=0
""",
    usage="(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]",
    flags=(
        Flag("all", "Select all resources, in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        Flag(
            "containers",
            "The names of containers in the selected pod templates to change, all containers are selected by default "
            "- may use wildcards",
            short="c",
            default="*",
        ),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename("identifying the resource to get from a server."),
        Flag("limits", _AMOUNTS_TEXT),
        common.RECORD,
        common.RECURSIVE,
        Flag("requests", _AMOUNTS_TEXT),
        Flag(
            "selector",
            "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l "
            "key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label "
            "constraints.",
            short="l",
        ),
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_resources,
)
