"""The managers of an object's fields, and what an update or an apply makes of them.

Source: k8s.io/apimachinery/pkg/util/managedfields/internal and the package merge of
https://github.com/kubernetes-sigs/structured-merge-diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from tutor.engine.errors import ApiError, Cause, Status, bad_request, go_value
from tutor.engine.managed import typed
from tutor.engine.managed.paths import Path, Paths, from_fields, path_text, to_fields, with_parents
from tutor.engine.objects import Object, annotations_of, with_field
from tutor.engine.resources import Resource

BEFORE_FIRST_APPLY: Final = "before-first-apply"
"""The manager of what an object without managers has when somebody first applies to it."""
LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
MOST_UPDATERS: Final = 10
"""Managers by update that are told apart; the oldest beyond are taken together."""
_ANCIENT: Final = "ancient-changes"
_NOT_MANAGED: Final = frozenset({
    ("f:apiVersion",), ("f:kind",), ("f:metadata",),
    *(("f:metadata", f"f:{name}") for name in (
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
        "resourceVersion",
    )),
})  # fmt: skip
_METADATA_ONLY: Final = ("f:metadata", "f:spec")


@dataclass(frozen=True)
class By:
    """Who changes an object, and through what.

    Args:
        name: the manager's name.
        subresource: the subresource it uses; empty for the object itself.
    """

    name: str
    subresource: str = ""


@dataclass(frozen=True)
class Manager:
    """One entry of `managedFields`.

    Args:
        name: who it is.
        operation: whether it applied, or changed the object otherwise.
        version: apiVersion it did so in.
        subresource: the subresource it used; empty for the object itself.
        paths: the fields it answers for.
        time: when it last changed them, RFC 3339.
    """

    name: str
    operation: Literal["Apply", "Update"]
    version: str
    subresource: str
    paths: Paths
    time: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same manager as another."""
        return self.name, self.operation, "" if self.operation == "Apply" else self.version, self.subresource

    def described(self) -> str:
        """Who it is, as conflicts say it: `"kubectl-edit" using apps/v1`."""
        who = go_value(self.name)
        if self.subresource:
            who += f" with subresource {go_value(self.subresource)}"
        return f"{who} using {self.version}" if self.operation == "Update" else who


Managers: TypeAlias = dict[tuple[str, str, str, str], Manager]


def read(entries: Any) -> Managers:
    """The managers of `metadata.managedFields`; none if it cannot be read."""
    found: Managers = {}
    try:
        for entry in entries or ():
            if entry["operation"] not in {"Apply", "Update"} or entry["fieldsType"] != "FieldsV1":
                return {}
            manager = Manager(
                entry.get("manager", ""), entry["operation"], entry["apiVersion"], entry.get("subresource", ""),
                from_fields(entry.get("fieldsV1") or {}), entry.get("time", ""),
            )  # fmt: skip
            found[manager.key] = manager
    except (KeyError, TypeError, AttributeError, ValueError):
        return {}
    return found


def write(managers: Managers) -> list[Object]:
    """The managers as `metadata.managedFields`."""
    ordered = sorted(
        managers.values(), key=lambda each: (each.operation, each.time, each.name, each.version, each.subresource)
    )
    return [_entry(manager) for manager in ordered]


def _entry(manager: Manager) -> Object:
    found: Object = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": manager.version,
        "time": manager.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": to_fields(manager.paths),
    }
    return {**found, "subresource": manager.subresource} if manager.subresource else found


def with_managers(obj: Object, managers: Managers) -> Object:
    """The object with these managers, and no others."""
    metadata = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    if managers:
        metadata["managedFields"] = write(managers)
    return {**obj, "metadata": metadata}


def is_reset(entries: Any) -> bool:
    """Whether a list of entries asks for forgetting all managers: it is empty, or has one empty entry."""
    return isinstance(entries, list) and (not entries or entries == [{}])


# Update


def updated(resource: Resource, old: Object, new: Object, managers: Managers, by: By, now: str) -> Managers:
    """The managers after somebody has changed an object otherwise than by applying.

    Args:
        resource: of which kind it is.
        old: the object before; with no content if it is new.
        new: the object as it is wanted, before the server fills in what is its own.
        managers: those before.
        by: who changes it.
        now: what time it is, RFC 3339.
    """
    comparison = typed.compare(typed.type_of(resource.kind), _content(old), _content(new))
    removed = _in_reach(comparison.removed, by.subresource)
    changed = _in_reach(comparison.changed, by.subresource)
    found = {key: replace(each, paths=each.paths - changed - removed) for key, each in managers.items()}
    mine = Manager(by.name or "unknown", "Update", resource.api_version, by.subresource, changed - _NOT_MANAGED, now)
    if mine.paths:
        before = found.get(mine.key, mine)
        found[mine.key] = replace(mine, paths=mine.paths | before.paths)
    return _capped({key: each for key, each in found.items() if each.paths})


def _content(obj: Object) -> Object:
    """An object without what nobody manages."""
    metadata = {key: value for key, value in obj.get("metadata", {}).items() if key != "managedFields"}
    return {**obj, "metadata": metadata}


def _in_reach(paths: Paths | set[Path], subresource: str) -> Paths:
    """Those of the fields that a request to a subresource can change."""
    match subresource:
        case "status":
            return frozenset(path for path in paths if path[0] not in _METADATA_ONLY)
        case "scale":
            return frozenset(path for path in paths if path == ("f:spec", "f:replicas"))
    return frozenset(path for path in paths if path[0] != "f:status")


def _capped(managers: Managers) -> Managers:
    """The managers, the oldest updaters taken together if there are too many."""
    updaters = sorted((each for each in managers.values() if each.operation == "Update"), key=lambda each: each.time)
    surplus = updaters[: max(0, len(updaters) - MOST_UPDATERS + 1)] if len(updaters) > MOST_UPDATERS else []
    if not surplus:
        return managers
    paths = frozenset[Path]().union(*(each.paths for each in surplus))
    ancient = Manager(_ANCIENT, "Update", surplus[-1].version, "", paths, surplus[-1].time)
    kept = {key: each for key, each in managers.items() if each not in surplus}
    return {**kept, ancient.key: ancient}


# Apply


@dataclass(frozen=True)
class Applied:
    """What an apply comes to.

    Args:
        object: the object as it is wanted; the live one if nothing changes.
        managers: its managers.
        changed: whether it differs from the live one.
    """

    object: Object
    managers: Managers
    changed: bool


@dataclass(frozen=True)
class _Conflict:
    manager: Manager
    path: Path


class _ConflictsError(Exception):
    def __init__(self, conflicts: Sequence[_Conflict]) -> None:
        super().__init__()
        self.conflicts = conflicts


def applied(
    resource: Resource, live: Object, config: Object, managers: Managers, by: By, now: str, *, force: bool
) -> Applied:
    """What somebody's configuration makes of an object.

    Args:
        resource: of which kind it is.
        live: the object as it is; with no content if it is new.
        config: the configuration, as it was sent.
        managers: those of the object.
        by: who applies.
        now: what time it is, RFC 3339.
        force: whether to take over fields that others manage.

    Raises:
        ApiError: BadRequest, Conflict, or an error of the server for a configuration that does not fit the kind.
    """
    _check(resource, config)
    is_new = not live.get("metadata", {}).get("uid")
    if not managers and not is_new:
        managers = updated(resource, {}, live, {}, By(BEFORE_FIRST_APPLY), now)
    apply = _Apply(resource, live, config, managers, by, now)
    try:
        found = apply.run(force=force)
    except _ConflictsError as error:
        left = _not_allowed(resource, live, by, error.conflicts)
        if left:
            raise _refusal(left) from None
        found = apply.run(force=True)
    if by.name == "kubectl" and annotations_of(found.object).get(LAST_APPLIED):
        return replace(found, object=_noting(found.object, config))
    return found


def _noting(obj: Object, config: Object) -> Object:
    """The object with the annotation by which `kubectl apply` from its own side knows what was applied last.

    Source: lastappliedupdater.go of the package named above.
    """
    metadata = config.get("metadata") or {}
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    plain = {**metadata, "annotations": annotations} if "annotations" in metadata else metadata
    text = json.dumps({**config, "metadata": plain}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return with_field(obj, "metadata.annotations", {**annotations_of(obj), LAST_APPLIED: text + "\n"})


def _check(resource: Resource, config: Object) -> None:
    version = config.get("apiVersion")
    if version != resource.api_version:
        raise bad_request(
            "Incorrect version specified in apply patch. "
            f"Specified patch version: {version}, expected: {resource.api_version}"
        )
    metadata = config.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    problems = list(typed.check(typed.type_of(resource.kind), config))
    if problems:
        named: Mapping[str, Any] = metadata if isinstance(metadata, Mapping) else {}
        namespace, name = named.get("namespace", ""), named.get("name", "")
        group = f"{resource.group}/{resource.version}" if resource.group else f"/{resource.version}"
        where = f"{namespace}/{name}; {group}, Kind={resource.kind}"
        found = problems[0] if len(problems) == 1 else "errors:\n" + "\n".join(f"  {each}" for each in problems)
        raise ApiError(Status(500, "", f"failed to create typed patch object ({where}): {found}"))


class _Apply:
    """One apply, which may be run again by force."""

    def __init__(self, resource: Resource, live: Object, config: Object, managers: Managers, by: By, now: str) -> None:
        self._type = typed.type_of(resource.kind)
        self._live, self._config, self._managers = _content(live), _content(_without_nulls(config)), managers
        self._me = Manager(by.name, "Apply", resource.api_version, by.subresource, frozenset(), now)

    def run(self, *, force: bool) -> Applied:
        """Merge, prune and find conflicts."""
        mine = _in_reach(typed.fields_of(self._type, self._config), self._me.subresource)
        before = self._managers.get(self._me.key)
        managers = {**self._managers, self._me.key: replace(self._me, paths=mine)}
        merged = typed.merge(self._type, self._live, self._config)
        if before is not None and before.paths:
            merged = self._pruned(merged, before.paths, managers)
        managers = self._taken_over(merged, managers, force=force)
        changed = merged != self._live
        own = replace(managers[self._me.key], paths=mine - _NOT_MANAGED)
        if not changed and before is not None:
            own = replace(own, time=before.time)
        managers[self._me.key] = own
        return Applied(merged, {key: each for key, each in managers.items() if each.paths}, changed)

    def _pruned(self, merged: Object, last: Paths, managers: Managers) -> Object:
        """The merged object without what this manager applied last time and nobody wants any more."""
        whole = with_parents(typed.fields_of(self._type, merged))
        left = typed.without(self._type, merged, with_parents(last))
        owned = with_parents(frozenset[Path]().union(*(each.paths for each in managers.values())))
        kept = with_parents(typed.fields_of(self._type, left))
        left = typed.without(self._type, merged, whole - (kept | owned))
        kept = with_parents(typed.fields_of(self._type, left))
        pruned: Object = typed.without(self._type, merged, (whole - kept) & with_parents(last))
        return pruned

    def _taken_over(self, merged: Object, managers: Managers, *, force: bool) -> Managers:
        """The managers, where this one changes or removes what others manage."""
        comparison = typed.compare(self._type, self._live, merged)
        changed = _in_reach(comparison.changed, self._me.subresource)
        removed = _in_reach(comparison.removed, self._me.subresource)
        others = {key: each for key, each in managers.items() if key != self._me.key}
        conflicts = [_Conflict(each, path) for each in others.values() for path in sorted(each.paths & changed)]
        if conflicts and not force:
            raise _ConflictsError(conflicts)
        found = {key: replace(each, paths=each.paths - changed - removed) for key, each in others.items()}
        return {**found, self._me.key: managers[self._me.key]}


def _without_nulls(value: Any) -> Any:
    """A configuration without what it says is null: to say so is to say nothing."""
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _not_allowed(resource: Resource, live: Object, by: By, conflicts: Sequence[_Conflict]) -> Sequence[_Conflict]:
    """The conflicts that are left when kubectl may take over what it once applied from its own side."""
    allowed = _last_applied_fields(resource, live) if by.name == "kubectl" else None
    if allowed is None:
        return conflicts
    return [each for each in conflicts if each.path not in allowed]


def _last_applied_fields(resource: Resource, live: Object) -> Paths | None:
    """The fields that `kubectl apply` set from its own side and that are still as it set them."""
    try:
        last = json.loads(annotations_of(live)[LAST_APPLIED])
        if last["apiVersion"] != resource.api_version:
            return None
        of = typed.type_of(resource.kind)
        comparison = typed.compare(of, last, live)
        return typed.fields_of(of, last) - comparison.changed - comparison.removed
    except (KeyError, TypeError, ValueError):
        return None


def _refusal(conflicts: Sequence[_Conflict]) -> ApiError:
    causes = tuple(
        Cause("FieldManagerConflict", f"conflict with {each.manager.described()}", path_text(each.path))
        for each in conflicts
    )
    return ApiError(Status(409, "Conflict", _message(conflicts), causes=causes, detailed=True))


def _message(conflicts: Sequence[_Conflict]) -> str:
    if len(conflicts) == 1:
        only = conflicts[0]
        return f"Apply failed with 1 conflict: conflict with {only.manager.described()}: {path_text(only.path)}"
    return f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(_message_lines(conflicts))


def _message_lines(conflicts: Sequence[_Conflict]) -> Iterator[str]:
    managers = sorted({each.manager for each in conflicts}, key=lambda each: (each.name, each.operation))
    for manager in managers:
        yield f"conflicts with {manager.described()}:"
        yield from (f"- {path_text(each.path)}" for each in conflicts if each.manager == manager)
