"""Objects to write, out of the files that `-f` names."""

from __future__ import annotations

from dataclasses import replace

from tutor.engine.objects import labels_of
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.field_validation import validation_of
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.manifests import Manifest, read_manifests


def require_files(call: Invocation) -> None:
    """Refuse to go on without `-f`.

    Raises:
        KubectlError: with kubectl's text.
    """
    if not call.many("filename"):
        raise KubectlError("must specify one of -f and -k")


async def read_targets(call: Invocation) -> list[Manifest | KubectlError]:
    """The objects of the files that `-l` lets through, and the errors met, in order.

    Raises:
        KubectlError, AggregateError: a path leads nowhere.
        ApiError: `-l` is no selector.
    """
    items = await read_manifests(
        call.context,
        call.many("filename"),
        namespace=call.namespace,
        enforce=call.namespace_given,
        recursive=call.on("recursive"),
        validate=call.has("validate") and validation_of(call) != "ignore",
    )
    items = [
        replace(item, object=call.client.with_cause(item.object)) if isinstance(item, Manifest) else item
        for item in items
    ]
    labels = call.text("selector") if call.has("selector") else ""
    if not labels:
        return items
    from tutor.engine.selectors import parse_selector

    selector = parse_selector(labels)
    return [item for item in items if not isinstance(item, Manifest) or selector.matches(labels_of(item.object))]
