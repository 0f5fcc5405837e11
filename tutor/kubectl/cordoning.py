"""Nodes that take no new Pods, and those that do again: what `cordon`, `uncordon` and `drain` have in common.

Source: pkg/cmd/drain/drain.go and pkg/drain/cordon.go of https://github.com/kubernetes/kubectl, and kubectl 1.33.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.engine.errors import ApiError
from tutor.engine.objects import field
from tutor.engine.resources import NODE
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import Target, select
from tutor.kubectl.results import DryRun, dry_run_of, suffix_of


def check_words(call: Invocation) -> None:
    """Refuse a line that names no nodes, or names and selects them.

    Raises:
        KubectlError: with kubectl's text.
    """
    if not call.args and not call.given("selector"):
        raise call.usage_error(f"USAGE: {call.command.name} NODE [flags]")
    if call.args and call.text("selector"):
        raise call.usage_error("cannot specify both a node name and a --selector option")


async def select_nodes(call: Invocation) -> list[Target]:
    """The nodes meant, all of them there; nothing is done to any otherwise.

    Raises:
        ApiError: one of them is not there.
        KubectlError: something else than nodes is named.
    """
    labels = call.text("selector")
    args = ["nodes"] if labels else [arg if "/" in arg else f"nodes/{arg}" for arg in call.args]
    selection = await select(call, args, labels=labels, go_on=False, one_type=True)
    selection.raise_errors()
    for target in selection.targets:
        if target.resource is not NODE:
            kind = f"{target.resource.group}/{target.resource.version}, Resource={target.resource.plural}"
            raise KubectlError(f'expected resource of type node, got "{kind}"')
    return selection.targets


async def mark(call: Invocation, nodes: Sequence[Target], *, unschedulable: bool, dry_run: DryRun) -> None:
    """Cordon or uncordon nodes; one that cannot be is told of and does not hold up the others."""
    word = "cordoned" if unschedulable else "uncordoned"
    for node in nodes:
        if bool(field(node.obj, "spec.unschedulable")) is unschedulable:
            await call.out(f"node/{node.name} already {word}{suffix_of(dry_run)}\n")
            continue
        if dry_run != "client":
            change = {"spec": {"unschedulable": True if unschedulable else None}}
            try:
                call.client.patch(NODE, node.name, "", change, "strategic", dry_run=dry_run == "server")
            except ApiError as error:
                verb = word.removesuffix("ed")
                await call.err(f'error: unable to {verb} node "{node.name}": {error.status.message}\n')
                continue
        await call.out(f"node/{node.name} {word}{suffix_of(dry_run)}\n")


def command(name: str, short: str, *, unschedulable: bool) -> Command:
    """The verb that cordons, or the one that uncordons."""

    async def handler(call: Invocation) -> int:
        check_words(call)
        dry_run = await dry_run_of(call)
        await mark(call, await select_nodes(call), unschedulable=unschedulable, dry_run=dry_run)
        return 0

    state = "unschedulable" if unschedulable else "schedulable"
    return Command(
        name=name,
        short=short,
        long=f"{short}.",
        examples=f'# Mark node "foo" as {state}\nkubectl {name} foo',
        usage="NODE",
        flags=(common.DRY_RUN, common.SELECTOR),
        handler=handler,
    )
