"""Changing an object on the client's side and sending what changed as a patch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tutor.engine.errors import ApiError
from tutor.engine.managed.origin import with_all_managers
from tutor.engine.objects import Object
from tutor.engine.patch import PatchError, go_text, three_way_merge
from tutor.kubectl.errors import AggregateError, KubectlError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.text import to_compact_json
from tutor.kubectl.resource_args import Selection, Target
from tutor.kubectl.results import DryRun


async def for_each(selection: Selection, action: Callable[[Target], Awaitable[None]]) -> None:
    """Do something with every object meant; what goes wrong with one is raised after the others had their turn.

    Raises:
        ApiError, KubectlError, AggregateError: what went wrong.
    """
    errors: list[Exception] = []
    for target in selection.order:
        try:
            if isinstance(target, Exception):
                raise target
            await action(target)
        except (ApiError, KubectlError, AggregateError) as error:
            errors.append(error)
    raise_all(errors)


class UnmergeableError(KubectlError):
    """There is no strategic merge patch that makes an object what is wanted.

    Args:
        message: what went wrong.
        warnings: the lines in which kubectl says that it tries another way.
    """

    def __init__(self, message: str, warnings: str) -> None:
        super().__init__(message)
        self.warnings = warnings


def three_way_patch(original: Object | None, modified: Object, current: Object) -> Object:
    """The strategic merge patch that `kubectl apply` sends; empty if there is nothing to change.

    Args:
        original: what was applied last; None if nothing was.
        modified: what is applied now.
        current: what the cluster has.

    Raises:
        UnmergeableError: an item of a list lacks the field that tells it from others, or the kind would change.
    """
    schemas: tuple[str, ...] = ()
    try:
        if modified.get("kind") != current["kind"]:  # of a kind written small no struct is known: kubectl compares JSON
            raise PatchError(f"precondition failed for: {go_text(_added(merge_difference(current, modified)))}")
        schemas = "openapi v3 spec", "openapi spec"
        return three_way_merge(str(current["kind"]), original or {}, modified, current)
    except PatchError as error:
        three = original, modified, with_all_managers(current)
        shown = (to_compact_json(each) + "\n" if each else "" for each in three)
        raise UnmergeableError(
            "creating patch with:\noriginal:\n{}\nmodified:\n{}\ncurrent:\n{}\nfor:: {}".format(*shown, error),
            "".join(f"warning: error calculating patch from {schema}: {error}\n" for schema in schemas),
        ) from None


def two_way_patch(before: Object, after: Object) -> Object:
    """The strategic merge patch that makes one object the other; empty if they are the same.

    Raises:
        UnmergeableError: as for `three_way_patch`.
    """
    return three_way_patch(before, after, before)


def _added(patch: Object) -> Object:
    """A JSON merge patch without what it deletes."""
    return {
        key: _added(value) if isinstance(value, dict) else value for key, value in patch.items() if value is not None
    }


def merge_difference(before: Any, after: Any) -> dict[str, Any]:
    """The JSON merge patch (RFC 7386) that makes one mapping the other; empty if they are the same."""
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            inner = merge_difference(old, value)
            if inner:
                patch[key] = inner
        elif key not in before or old != value:
            patch[key] = value
    return patch


def send_strategic(call: Invocation, target: Target, patch: Object, dry_run: DryRun) -> Object:
    """Patch the target; the object as it is now.

    Raises:
        ApiError: the API's refusal.
    """
    return call.client.patch(
        target.resource, target.name, target.namespace, patch, "strategic", dry_run=dry_run == "server"
    )


def split_pairs(args: Sequence[str], what: str) -> tuple[list[str], list[str]]:
    """The words before changes such as `key=value` and `key-`, and the changes.

    Args:
        args: the words after the verb.
        what: such as `label`, for the error.

    Raises:
        KubectlError: a resource is named after a change.
    """
    resources: list[str] = []
    changes: list[str] = []
    for word in args:
        is_change = ("=" in word and word[0] != "=") or (word.endswith("-") and word != "-")
        if is_change:
            changes.append(word)
        elif changes:
            raise KubectlError(f"all resources must be specified before {what} changes: {word}")
        else:
            resources.append(word)
    return resources, changes


def parse_changes(words: Sequence[str], what: str, *, removals: bool) -> tuple[dict[str, str], list[str]]:
    """Pairs to set, and keys to remove, out of `key=value` and `key-`.

    Raises:
        KubectlError: `invalid WHAT format: …`.
    """
    pairs: dict[str, str] = {}
    removed: list[str] = []
    bad: list[str] = []
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key:
            pairs[key] = value
        elif removals and word.endswith("-") and word != "-":
            removed.append(word[:-1])
        else:
            bad.append(word)
    if bad:
        raise KubectlError(f"invalid {what} format: {', '.join(bad)}")
    return pairs, removed
