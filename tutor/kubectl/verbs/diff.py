"""`kubectl diff`: what `kubectl apply` would change.

Source: pkg/cmd/diff of https://github.com/kubernetes/kubectl; the comparison is printed as `diff -u -N` prints it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import UnmergeableError, three_way_patch
from tutor.kubectl.command import Command
from tutor.kubectl.errors import AggregateError, KubectlError, report, with_source
from tutor.kubectl.field_validation import warning_of_unknown
from tutor.kubectl.generators import to_send
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import configuration, original_of
from tutor.kubectl.manifests import Manifest
from tutor.kubectl.sources import read_targets, require_files

_TROUBLE = 2
"""The exit code for anything but an answer: 1 means that there are differences."""


@dataclass(frozen=True)
class _Pair:
    """A file's name and its text on both sides; empty where the object does not exist."""

    name: str
    live: str
    merged: str


async def diff(call: Invocation) -> int:
    """Print the differences; 1 if there are any."""
    try:
        require_files(call)
        if call.args:
            raise call.usage_error(f"Unexpected args: [{' '.join(call.args)}]")
        items = await read_targets(call)
        errors = [item for item in items if not isinstance(item, Manifest)]
        pairs = [await _pair(call, item) for item in items if isinstance(item, Manifest)]
        if errors:
            raise AggregateError(errors)
    except (ApiError, KubectlError, AggregateError) as error:
        await call.err(report(error)[0])
        return _TROUBLE
    text = _comparison(call, sorted(pairs, key=lambda pair: pair.name))
    await call.out(text)
    return 1 if text else 0


async def _pair(call: Invocation, item: Manifest) -> _Pair:
    """The object as it is and as it would be."""
    from tutor.kubectl.printers.text import to_yaml

    live = _live(call, item)
    merged = await _merged(call, item, live)
    resource = item.resource
    group = f"{resource.group}." if resource.group else ""
    name = f"{group}{resource.version}.{resource.kind}.{item.namespace}.{item.name}"
    return _Pair(name, to_yaml(_readable(live)) if live else "", to_yaml(_readable(merged)))


def _live(call: Invocation, item: Manifest) -> Object | None:
    try:
        if not item.name:
            raise KubectlError("resource name may not be empty")
        return call.client.get(item.resource, item.name, item.namespace)
    except ApiError as error:
        if error.status.reason != "NotFound":
            raise
        return None


async def _merged(call: Invocation, item: Manifest, live: Object | None) -> Object:
    """The object as the API would make it."""
    if live is None:
        return warning_of_unknown(
            call,
            lambda unknown: call.client.create(to_send(item.object), item.namespace, dry_run=True, unknown=unknown),
        )
    modified = _without_record(item.object)
    try:
        patch = three_way_patch(original_of(live), modified, live)
        if not patch:
            return live
        return warning_of_unknown(
            call,
            lambda unknown: call.client.patch(
                item.resource, item.name, item.namespace, patch, "strategic", dry_run=True, unknown=unknown
            ),
        )
    except (ApiError, KubectlError) as error:
        if isinstance(error, UnmergeableError):
            await call.err(error.warnings)
        raise with_source("patching", item.source, error) from None


def _without_record(obj: Object) -> Object:
    """The manifest as it would be recorded, but without the record in it."""
    import json

    bare: Object = json.loads(configuration(obj))
    return bare


def _readable(obj: Object) -> Object:
    """The object without what the server keeps for itself."""
    metadata = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    return {**obj, "metadata": metadata}


# Printing


def _comparison(call: Invocation, pairs: Sequence[_Pair]) -> str:
    """All differing files, one after the other, as `diff -u -N LIVE-… MERGED-…` prints two folders."""
    cluster = call.context.cluster
    number = 10**8 + int(cluster.clock.now * 1000) % (9 * 10**8)
    folders = f"/tmp/LIVE-{number}", f"/tmp/MERGED-{number + 1}"  # noqa: S108  # shown, never opened
    stamp = f"{cluster.clock.datetime:%Y-%m-%d %H:%M:%S.%f}000 +0000"
    text = ""
    for pair in pairs:
        if pair.live == pair.merged:
            continue
        live, merged = (f"{folder}/{pair.name}" for folder in folders)
        text += f"diff -u -N {live} {merged}\n"
        text += "".join(_unified(pair, f"--- {live}\t{stamp}\n", f"+++ {merged}\t{stamp}\n"))
    return text


def _unified(pair: _Pair, old: str, new: str) -> Iterator[str]:
    yield old
    yield new
    lines = difflib.unified_diff(pair.live.splitlines(keepends=True), pair.merged.splitlines(keepends=True))
    for number, line in enumerate(lines):
        if number > 1:
            yield line


COMMAND = Command(
    name="diff",
    short="Diff the live version against a would-be applied version",
    long=(
        "Diff configurations specified by file name or stdin between the current online configuration, and the "
        "configuration as it would be if applied.\n\n"
        " The output is always YAML.\n\n"
        " Exit status: 0 No differences were found. 1 Differences were found. >1 Kubectl or diff failed with an error."
    ),
    examples="""
# Diff resources included in pod.json
kubectl diff -f pod.json

# Diff file read from stdin
cat service.yaml | kubectl diff -f -
""",
    usage="-f FILENAME",
    flags=(
        common.field_manager("kubectl-client-side-apply"),
        common.filename("contains the configuration to diff"),
        common.RECURSIVE,
        common.SELECTOR,
    ),
    lacks=(
        "concurrency", "force-conflicts", "k", "kustomize", "prune", "prune-allowlist", "server-side",
        "show-managed-fields",
    ),
    handler=diff,
)  # fmt: skip
