"""Waiting for what the cluster does on its own."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.engine.objects import Object, name_of, namespace_of, uid_of
from tutor.engine.resources import Resource
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation

FOREVER = 168 * 3600.0
"""How long kubectl waits when told nothing: a week."""


def is_gone(call: Invocation, resource: Resource, obj: Object) -> bool:
    """Whether an object is no longer there; another of its name does not count."""
    now = call.context.cluster.store.get(resource.kind, namespace_of(obj), name_of(obj))
    return now is None or uid_of(now) != uid_of(obj)


async def gone(call: Invocation, resource: Resource, objects: Sequence[Object], limit: float | None) -> None:
    """Wait until objects are no longer there.

    Args:
        call: the invocation.
        resource: their kind.
        objects: as they were when they were deleted.
        limit: simulated seconds; None or 0 for a week.

    Raises:
        KubectlError: one is still there after that time.
    """
    left = [obj for obj in objects if not is_gone(call, resource, obj)]
    if not left or await call.context.pacing.until(
        lambda: all(is_gone(call, resource, obj) for obj in left), limit or FOREVER
    ):
        return
    late = next((obj for obj in left if not is_gone(call, resource, obj)), left[0])
    raise KubectlError(f"timed out waiting for the condition on {resource.plural}/{name_of(late)}")
