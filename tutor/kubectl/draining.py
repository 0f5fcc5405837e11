"""Taking Pods off a node: evict or delete them, and wait until they are gone.

Source: pkg/drain/drain.go of https://github.com/kubernetes/kubectl, and kubectl 1.33.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import POD
from tutor.kubectl.drainable import Choice, choose, is_overdue
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.results import DryRun, suffix_of
from tutor.kubectl.waiting import FOREVER, is_gone

_TIMED_OUT: Final = "context deadline exceeded"


class DrainError(Exception):
    """A node could not be drained.

    Args:
        texts: why, at least one.
        single: whether the reason is an error of its own rather than a list of one.
    """

    def __init__(self, texts: Sequence[str], *, single: bool = False) -> None:
        self.texts, self.single = list(dict.fromkeys(texts)), single
        super().__init__(self.texts[0] if len(self.texts) == 1 else f"[{', '.join(self.texts)}]")


async def drain_node(call: Invocation, node: str, dry_run: DryRun) -> None:
    """Take the Pods off one node.

    Raises:
        DrainError: some of them stay.
    """
    choice = choose(call, node)
    if choice.errors:
        raise DrainError(choice.errors)
    if choice.warning:
        await call.err(f"Warning: {choice.warning}\n")
    if dry_run == "client":
        await call.out("".join(f"evicting pod {_place(pod)} (dry run)\n" for pod in choice.going))
        return
    try:
        if call.on("disable-eviction"):
            await _delete(call, choice.going, dry_run)
        else:
            await _evict(call, choice.going, dry_run)
    except DrainError as error:
        await _tell_pending(call, node, error, choose(call, node))
        raise


async def _tell_pending(call: Invocation, node: str, error: DrainError, choice: Choice) -> None:
    if choice.going:
        names = "".join(f"pod/{name_of(pod)}\n" for pod in choice.going)
        await call.err(f'There are pending pods in node "{node}" when an error occurred: {error}\n{names}')


async def _evict(call: Invocation, pods: Sequence[Object], dry_run: DryRun) -> None:
    errors: list[str] = []
    waiting: list[Object] = []
    await call.out("".join(f"evicting pod {_place(pod)}{suffix_of(dry_run)}\n" for pod in pods))
    for pod in pods:
        try:
            call.client.evict(name_of(pod), namespace_of(pod), grace=_grace(call), dry_run=dry_run == "server")
        except ApiError as error:
            if error.status.reason != "NotFound":
                where = f'pods/"{name_of(pod)}" -n "{namespace_of(pod)}"'
                errors.append(f"error when evicting {where}: {error.status.message}")
            continue
        waiting.append(pod)
    if dry_run == "none":
        late = await _wait(call, waiting, "evicted")
        errors += [
            f'error when waiting for pod "{name_of(pod)}" in namespace "{namespace_of(pod)}" to terminate: {_TIMED_OUT}'
            for pod in late
        ]
    if errors:
        raise DrainError(errors)


async def _delete(call: Invocation, pods: Sequence[Object], dry_run: DryRun) -> None:
    for pod in pods:
        try:
            call.client.delete(POD, name_of(pod), namespace_of(pod), grace=_grace(call), dry_run=dry_run == "server")
        except ApiError as error:
            if error.status.reason != "NotFound":
                raise DrainError([error.status.message], single=True) from None
    if dry_run == "none" and await _wait(call, pods, "deleted"):
        raise DrainError([_TIMED_OUT], single=True)


async def _wait(call: Invocation, pods: Sequence[Object], word: str) -> list[Object]:
    """Wait for Pods to be gone, telling of each; those that are left when `--timeout` has passed."""
    clock = call.context.cluster.clock
    end = clock.now + (call.seconds("timeout") or FOREVER)
    left = await _still_there(call, pods, word)
    while left:
        if not await call.context.pacing.until(partial(_any_done, call, left), end - clock.now):
            break
        left = await _still_there(call, left, word)
    return left


async def _still_there(call: Invocation, pods: Sequence[Object], word: str) -> list[Object]:
    """Tell of the Pods that are gone; those that are not."""
    found: list[Object] = []
    for pod in pods:
        if is_gone(call, POD, pod):
            await call.out(f"pod/{name_of(pod)} {word}\n")
        elif is_overdue(call, _now(call, pod)):
            limit = call.number("skip-wait-for-delete-timeout")
            await call.out(f'pod "{name_of(pod)}" has DeletionTimestamp older than {limit} seconds, skipping\n')
        else:
            found.append(pod)
    return found


def _any_done(call: Invocation, pods: Sequence[Object]) -> bool:
    return any(is_gone(call, POD, pod) or is_overdue(call, _now(call, pod)) for pod in pods)


def _now(call: Invocation, pod: Object) -> Object:
    return call.context.cluster.store.get("Pod", namespace_of(pod), name_of(pod)) or pod


def _grace(call: Invocation) -> int | None:
    seconds = call.number("grace-period")
    return seconds if seconds >= 0 else None


def _place(pod: Object) -> str:
    return f"{namespace_of(pod)}/{name_of(pod)}"
