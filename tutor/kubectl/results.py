"""What the verbs that write say of each object they changed, and whether they were only to pretend.

Source: PrintFlags and NamePrinter of https://github.com/kubernetes/cli-runtime and `GetDryRunStrategy` of
https://github.com/kubernetes/kubectl.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from tutor.engine.objects import Object
from tutor.engine.resources import BY_KIND
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation

DryRun: TypeAlias = Literal["none", "client", "server"]

_SUFFIX: dict[DryRun, str] = {"none": "", "client": " (dry run)", "server": " (server dry run)"}
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


async def dry_run_of(call: Invocation) -> DryRun:
    """What `--dry-run` asks for; old ways of writing it are warned of.

    Raises:
        KubectlError: it is none of the words it may be.
    """
    value = call.text("dry-run")
    match value:
        case "none" | "client" | "server":
            return value
        case "unchanged":
            await _warn(call, "--dry-run is deprecated and can be replaced with --dry-run=client.")
            return "client"
    if value not in _TRUE | _FALSE:
        raise KubectlError(f'Invalid dry-run value ({value}). Must be "none", "server", or "client".')
    meant: DryRun = "client" if value in _TRUE else "none"
    await _warn(call, f"--dry-run={value} is deprecated (boolean value) and can be replaced with --dry-run={meant}.")
    return meant


async def _warn(call: Invocation, text: str) -> None:
    """A line of kubectl's log, as klog writes it."""
    moment = call.context.cluster.clock.datetime
    await call.err(f"W{moment:%m%d %H:%M:%S.%f}    4711 helpers.go:703] {text}\n")


def suffix_of(dry_run: DryRun) -> str:
    """What is added to `created` and the like in a dry run."""
    return _SUFFIX[dry_run]


def ready_printer(call: Invocation) -> None:
    """Make what prints objects as `-o` asks, for verbs that change nothing if there is no such format.

    Raises:
        KubectlError: there is none, or its template is none.
    """
    if _wants_objects(call):
        from tutor.kubectl.printers.objects import object_printer

        call.printer = object_printer(call)


def _wants_objects(call: Invocation) -> bool:
    """Whether objects are to be shown themselves, rather than what was done to them."""
    return call.text("output") not in {"", "name"} or (
        not call.text("output") and call.has("template") and bool(call.text("template"))
    )


async def print_typed(call: Invocation, obj: Object, operation: str, dry_run: DryRun = "none") -> None:
    """As `print_result`, for verbs that hold objects as Go structs."""
    if _wants_objects(call):
        from tutor.kubectl.printers.typed import typed

        obj = typed(obj)
    await print_result(call, obj, operation, dry_run)


async def print_result(call: Invocation, obj: Object, operation: str, dry_run: DryRun = "none") -> None:
    """Say what was done to an object (`service/web created`), or show it as `-o` asks."""
    if not _wants_objects(call):
        said = "" if call.text("output") else f" {operation}{_SUFFIX[dry_run]}"
        await call.out(f"{qualified_name(obj)}{said}\n")
        return
    from tutor.kubectl.printers.objects import print_object

    await print_object(call, obj)


def qualified_name(obj: Object) -> str:
    """An object as messages name it: `service/web`, `deployment.apps/web`."""
    resource = BY_KIND.get(str(obj.get("kind")))
    word = resource.qualified_singular if resource else str(obj.get("kind")).lower()
    return f"{word}/{obj.get('metadata', {}).get('name') or '<unknown>'}"
