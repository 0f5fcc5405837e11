"""`kubectl taint`: set, change and remove the taints of nodes.

Source: pkg/cmd/taint of https://github.com/kubernetes/kubectl, and kubectl 1.33.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.engine.errors import ApiError
from tutor.engine.objects import with_field, without_field
from tutor.engine.resources import NODE, find_resource
from tutor.engine.taints import taints_of
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import two_way_patch
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import AggregateError, KubectlError, PlainError, raise_all
from tutor.kubectl.field_validation import VALIDATE, validation_of
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.lookup import not_simulated, resource_for
from tutor.kubectl.resource_args import Target, get_target, list_targets
from tutor.kubectl.results import DryRun, dry_run_of, print_result
from tutor.kubectl.tainting import TaintError, Taints, already_there, parse, reorganized, split_words


async def taint(call: Invocation) -> int:
    """Change the taints of each node meant."""
    dry_run = await dry_run_of(call)
    validation_of(call)
    resources, asked = _read(call)
    _check(call, resources, asked)
    errors: list[Exception] = []
    for target in _targets(call, resources[1:]):
        try:
            node = get_target(call, target)
            if node.resource is not NODE:
                raise KubectlError(f"unexpected type *v1.{node.resource.kind}, expected Node")
            await _change(call, node, asked, dry_run)
        except (ApiError, KubectlError, AggregateError) as error:
            errors.append(error)
    if len(errors) > 1:
        errors = [_one_line(error) if isinstance(error, AggregateError) else error for error in errors]
    raise_all(errors)
    return 0


def _one_line(error: AggregateError) -> Exception:
    return PlainError(f"[{', '.join(str(each) for each in error.errors)}]")


def _read(call: Invocation) -> tuple[list[str], Taints]:
    try:
        resources, words = split_words(call.args)
    except TaintError as error:
        raise KubectlError(str(error)) from None
    if not resources:
        raise KubectlError("one or more resources must be specified as <resource> <name>")
    if not words:
        raise KubectlError("at least one taint update is required")
    try:
        return resources, parse(words)
    except TaintError as error:
        raise call.usage_error(str(error)) from None


def _check(call: Invocation, resources: Sequence[str], asked: Taints) -> None:
    """Refuse what is no kind of node, and flags and taints that make no sense together."""
    word = resources[0].lower()
    if "," in word:
        # The word is read like a path to a field.
        raise KubectlError("unrecognized character in action: U+002C ','")
    # What follows a point would be a field, as for `kubectl explain`; it does not count.
    name = word.partition(".")[0]
    resource = find_resource(name)
    if resource is None:
        why = not_simulated(name)
        raise KubectlError(why) if why else PlainError(f'the server doesn\'t have a resource type "{name}"')
    if resource is not NODE:
        raise KubectlError(f"invalid resource type {word}, only node types are supported")
    if asked.clashing:
        clashing = ", ".join(asked.clashing)
        raise KubectlError(f"can not both modify and remove the following taint(s) in the same command: {clashing}")
    if call.on("all") and call.text("selector"):
        raise KubectlError("setting 'all' parameter with a non empty selector is prohibited")
    if not call.on("all") and not call.text("selector") and len(resources) < 2:
        raise KubectlError("at least one resource name must be specified since 'all' parameter is not set")


def _targets(call: Invocation, names: Sequence[str]) -> Iterator[Target]:
    """The nodes meant; names do not count where nodes are selected."""
    if call.on("all") or call.text("selector"):
        yield from list_targets(call, NODE, None, call.text("selector"))
        return
    for word in names:
        kind, slash, name = word.rpartition("/")
        resource = resource_for(kind) if slash else NODE
        yield Target(resource, name, call.namespace if resource.namespaced else "")


async def _change(call: Invocation, target: Target, asked: Taints, dry_run: DryRun) -> None:
    node, old = target.obj, taints_of(target.obj)
    if not call.on("overwrite") and (there := already_there(old, asked)):
        raise KubectlError(
            f"node {target.name} already has {there} taint(s) with same effect(s) and --overwrite is false"
        )
    operation, new, missing = reorganized(old, asked, overwrite=call.on("overwrite"))
    raise_all([KubectlError(each) for each in missing])
    changed = with_field(node, "spec.taints", new) if new else without_field(node, "spec.taints")
    if call.text("output") not in {"", "name"}:
        from tutor.kubectl.printers.objects import object_printer

        call.printer = call.printer or object_printer(call)
    if dry_run != "client":
        patch = two_way_patch(node, changed)
        changed = call.client.patch(NODE, target.name, "", patch, "strategic", dry_run=dry_run == "server")
    # Unlike other verbs, this one does not say that it only pretended.
    await print_result(call, changed, operation)


COMMAND = Command(
    name="taint",
    short="Update the taints on one or more nodes",
    long=(
        "Update the taints on one or more nodes.\n\n"
        "  *  A taint consists of a key, value, and effect. As an argument here, it is expressed as key=value:effect.\n"
        "  *  The key must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and "
        "underscores, up to 253 characters.\n"
        "  *  Optionally, the key can begin with a DNS subdomain prefix and a single '/', like example.com/my-app.\n"
        "  *  The value is optional. If given, it must begin with a letter or number, and may contain letters, "
        "numbers, hyphens, dots, and underscores, up to 63 characters.\n"
        "  *  The effect must be NoSchedule, PreferNoSchedule or NoExecute.\n"
        "  *  Currently taint can only apply to node."
    ),
    examples="""
# Update node 'foo' with a taint with key 'dedicated' and value 'special-user' and effect 'NoSchedule'
# If a taint with that key and effect already exists, its value is replaced as specified
kubectl taint nodes foo dedicated=special-user:NoSchedule

# Remove from node 'foo' the taint with key 'dedicated' and effect 'NoSchedule' if one exists
kubectl taint nodes foo dedicated:NoSchedule-

# Remove from node 'foo' all the taints with key 'dedicated'
kubectl taint nodes foo dedicated-

# Add a taint with key 'dedicated' on nodes having label myLabel=X
kubectl taint node -l myLabel=X  dedicated=foo:PreferNoSchedule

# Add to node 'foo' a taint with key 'bar' and no value
kubectl taint nodes foo bar:NoSchedule
""",
    usage="NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
    flags=(
        Flag("all", "Select all nodes in the cluster", kind="bool"),
        common.DRY_RUN,
        common.field_manager("kubectl-taint"),
        Flag(
            "overwrite",
            "If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.",
            kind="bool",
        ),
        *common.print_flags(),
        common.SELECTOR,
        VALIDATE,
    ),
    handler=taint,
)
