"""What the subcommands of `kubectl set` share: the containers of Pods and of Pod templates, and changing them.

Source: pkg/cmd/set of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, with_field
from tutor.engine.resources import DEPLOYMENT, POD, REPLICA_SET
from tutor.kubectl.changes import for_each, send_strategic, two_way_patch
from tutor.kubectl.command import Flag
from tutor.kubectl.errors import AggregateError, KubectlError, PlainError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Selection, Target, select
from tutor.kubectl.results import dry_run_of, print_typed, ready_printer

ALL = Flag("all", "Select all resources, in the namespace of the specified resource types", kind="bool")
POSSIBLE = (
    "\n\n Possible resources include (case insensitive):\n\n"
    "        pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob "
    "(cj), "
    "replicaset (rs)"
)
TEMPLATES = {POD: "spec", DEPLOYMENT: "spec.template.spec", REPLICA_SET: "spec.template.spec"}
"""Where each kind that has containers keeps them."""


class OverwriteError(Exception):
    """A variable has another value, and may not get a new one."""


def refuse_all_with_selector(call: Invocation) -> None:
    """Refuse `--all` beside `--selector`."""
    if call.on("all") and call.text("selector"):
        raise KubectlError("cannot set --all and --selector at the same time")


async def select_templates(call: Invocation, resources: Sequence[str]) -> Selection:
    """The objects meant."""
    selection = await select(
        call,
        resources,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector") if call.has("selector") else "",
        bare_types=call.on("all"),
        fetch="latest",
    )
    selection.raise_errors()
    return selection


def where(target: Target) -> str:
    """The field that holds the object's containers.

    Raises:
        PlainError: it has none.
    """
    path = TEMPLATES.get(target.resource)
    if path is None:
        raise PlainError(
            f"error: {target.resource.plural}/{target.name} the object is not a pod or does not have a pod template: "
            f"*v1.{target.resource.kind}\n"
        )
    return path


def containers_of(obj: Object, path: str) -> list[Object]:
    """The containers at a path, and the init containers."""
    spec: Object = obj
    for step in path.split("."):
        spec = spec[step]
    return [*spec["containers"], *(spec.get("initContainers") or ())]


async def update(
    call: Invocation, selection: Selection, operation: str, change: Callable[[Object], Object], what: str
) -> None:
    """Change the containers of every object, and say so of those that did change."""
    dry_run = await dry_run_of(call)
    ready_printer(call)

    async def one(target: Target) -> None:
        try:
            changed = call.client.with_cause(_with_containers(target.obj, where(target), change))
        except OverwriteError as error:
            raise PlainError(f"error: {target.resource.plural}/{target.name} {error}") from None
        patch = two_way_patch(target.obj, changed)
        if not patch:
            return
        if dry_run != "client":
            try:
                changed = send_strategic(call, target, patch, dry_run)
            except ApiError as error:
                raise KubectlError(f"failed to patch {what} update to pod template: {error.status.message}") from None
        await print_typed(call, changed, operation, dry_run)

    await for_each(selection, one)


def _with_containers(obj: Object, path: str, change: Callable[[Object], Object]) -> Object:
    spec: Object = obj
    for step in path.split("."):
        spec = spec[step]
    changed = {**spec, "containers": [change(container) for container in spec["containers"]]}
    if spec.get("initContainers"):
        changed["initContainers"] = [change(container) for container in spec["initContainers"]]
    return with_field(obj, path, changed)


def matches(call: Invocation, container: Object) -> bool:
    """Whether `--containers` means a container."""
    return fnmatch.fnmatchcase(str(container["name"]), call.text("containers"))


async def update_what_is_there(
    call: Invocation,
    selection: Selection,
    operation: str,
    change: Callable[[Object], Object],
    what: str,
    missing: list[Exception],
) -> None:
    """Change the containers of every object, then tell what was missed.

    Raises:
        KubectlError: something is missing, or could not be changed.
    """
    try:
        await update(call, selection, operation, change, what)
    except (KubectlError, AggregateError) as error:
        missing = [*missing, error]
    raise_all(missing)
