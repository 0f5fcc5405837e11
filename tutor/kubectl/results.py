"""What the verbs that write say of each object they changed, and whether they were only to pretend.

Source: PrintFlags and NamePrinter of https://github.com/kubernetes/cli-runtime and `GetDryRunStrategy` of
https://github.com/kubernetes/kubectl.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from tutor.engine.objects import Object, name_of
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


async def print_result(call: Invocation, obj: Object, operation: str, dry_run: DryRun = "none") -> None:
    """Say what was done to an object (`service/web created`), or show it as `-o` asks."""
    output = call.text("output")
    if not output or output == "name":
        said = f"{qualified_name(obj)}\n" if output else f"{qualified_name(obj)} {operation}{_SUFFIX[dry_run]}\n"
        await call.out(said)
        return
    from tutor.kubectl.printers.objects import print_object

    await print_object(call, obj)


def qualified_name(obj: Object) -> str:
    """An object as messages name it: `service/web`, `deployment.apps/web`."""
    resource = BY_KIND.get(str(obj.get("kind")))
    word = resource.qualified_singular if resource else str(obj.get("kind")).lower()
    return f"{word}/{name_of(obj)}"
