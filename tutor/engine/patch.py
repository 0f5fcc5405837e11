"""The three kinds of patch, and the one `kubectl apply` works out.

Sources: https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply, RFC 7386, RFC 6902 and
k8s.io/apimachinery/pkg/util/strategicpatch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tutor.engine.objects import Object
from tutor.engine.schema import FieldType, Struct, struct, struct_of_kind

DIRECTIVE: Final = "$patch"
DELETE_FROM: Final = "$deleteFromPrimitiveList/"
ORDER: Final = "$setElementOrder/"
RETAIN: Final = "$retainKeys"


class PatchError(ValueError):
    """A patch cannot be applied; the message says why."""


# JSON merge patch


def merge_patch(target: Any, patch: Any) -> Any:
    """The target after an RFC 7386 merge patch; neither is changed."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


# JSON patch


def json_patch(target: Any, operations: Any) -> Any:
    """The target after a list of RFC 6902 operations, in order; it is not changed.

    Raises:
        PatchError: an operation does not fit, or these are no operations.
    """
    if not isinstance(operations, list) or not all(isinstance(operation, Mapping) for operation in operations):
        raise PatchError("a JSON patch is a list of operations")
    for operation in operations:
        target = _operate(target, operation)
    return target


def _operate(target: Any, operation: Mapping[str, Any]) -> Any:
    name, path = operation.get("op"), _pointer(operation.get("path"))
    match name:
        case "add":
            return _edit(target, path, operation.get("value"), "add")
        case "replace":
            _look_up(target, path)
            return _edit(target, path, operation.get("value"), "replace")
        case "remove":
            _look_up(target, path)
            return _edit(target, path, None, "remove")
        case "copy" | "move":
            source = _pointer(operation.get("from"))
            value = _look_up(target, source)
            if name == "move":
                target = _edit(target, source, None, "remove")
            return _edit(target, path, value, "add")
        case "test":
            if _look_up(target, path) != operation.get("value"):
                raise PatchError(f"testing value {operation.get('path')} failed: test failed")
            return target
    raise PatchError(f"Unexpected kind: {name}")


def _pointer(text: Any) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise PatchError("the path of an operation starts with a slash")
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]


def _look_up(target: Any, path: Sequence[str]) -> Any:
    for step in path:
        if isinstance(target, list):
            target = target[_index(step, len(target) - 1)]
        elif isinstance(target, Mapping) and step in target:
            target = target[step]
        else:
            raise PatchError(f"there is no {step}")
    return target


def _index(step: str, last: int) -> int:
    if not step.isdecimal() or int(step) > last:
        raise PatchError(f"there is no item {step}")
    return int(step)


def _edit(target: Any, path: Sequence[str], value: Any, how: str) -> Any:
    if not path:
        return value
    step, *rest = path
    if isinstance(target, list):
        return _edit_list(target, step, rest, value, how)
    if not isinstance(target, Mapping) or (rest and step not in target):
        raise PatchError(f"there is no {step}")
    if not rest and how == "remove":
        return {key: item for key, item in target.items() if key != step}
    return {**target, step: _edit(target.get(step), rest, value, how)}


def _edit_list(target: list[Any], step: str, rest: Sequence[str], value: Any, how: str) -> list[Any]:
    if how == "add" and not rest:
        at = len(target) if step == "-" else _index(step, len(target))
        return [*target[:at], value, *target[at:]]
    at = _index(step, len(target) - 1)
    if how == "remove" and not rest:
        return [*target[:at], *target[at + 1 :]]
    return [*target[:at], _edit(target[at], rest, value, how), *target[at + 1 :]]


# Strategic merge patch


def strategic_merge(kind: str, target: Object, patch: Mapping[str, Any]) -> Object:
    """An object of a kind after a strategic merge patch; neither is changed.

    Raises:
        PatchError: a list item lacks its merge key, or a directive is not known.
    """
    return _merge_struct(struct_of_kind(kind), target, patch)


def _field_of(within: Struct | None, key: str) -> FieldType | None:
    return within.fields.get(key) if within else None


def _struct_of(field: FieldType | None) -> Struct | None:
    return struct(field.struct) if field and field.shape == "struct" else None


def _items_of(field: FieldType | None) -> Struct | None:
    return _struct_of(field.of) if field else None


def _merge_struct(within: Struct | None, target: Mapping[str, Any], patch: Mapping[str, Any]) -> Object:
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != DIRECTIVE}
    if directive == "delete":
        return {}
    if directive is not None and directive != "merge":
        raise PatchError(f"unknown patch type: {go_text(directive)}")
    result = dict(target)
    if RETAIN in patch:
        kept = [go_text(name) for name in _list_in(patch, RETAIN)]
        result = {key: value for key, value in result.items() if key in kept}
    for key, value in patch.items():
        if key.startswith(DELETE_FROM):
            name, gone = key.removeprefix(DELETE_FROM), _list_in(patch, key)
            if isinstance(result.get(name), list):
                result[name] = [item for item in result[name] if item not in gone]
        elif not key.startswith("$"):
            _merge_field(_field_of(within, key), result, key, value)
    for key in patch:
        name = key.removeprefix(ORDER)
        if key.startswith(ORDER) and isinstance(result.get(name), list):
            field = _field_of(within, name)
            result[name] = _ordered(result[name], _list_in(patch, key), field.merge_key if field else "")
    return result


def _list_in(patch: Mapping[str, Any], key: str) -> list[Any]:
    if not isinstance(patch[key], list):
        raise PatchError(f"{key} wants a list")
    found: list[Any] = patch[key]
    return found


def _merge_field(field: FieldType | None, result: Object, key: str, value: Any) -> None:
    current = result.get(key)
    if value is None:
        result.pop(key, None)
    elif isinstance(value, Mapping):
        inner = _struct_of(field)
        result[key] = _merge_struct(inner, current if isinstance(current, Mapping) else {}, value)
    elif isinstance(value, list) and field and "merge" in field.strategy:
        result[key] = _merge_list(field, current if isinstance(current, list) else [], value)
    else:
        result[key] = value


def _merge_list(field: FieldType, target: list[Any], patch: list[Any]) -> list[Any]:
    key = field.merge_key
    if not key:
        return _union(target, patch)
    if any(isinstance(item, Mapping) and item.get(DIRECTIVE) == "replace" for item in patch):
        return [item for item in patch if not (isinstance(item, Mapping) and item.get(DIRECTIVE) == "replace")]
    result = list(target)
    for item in patch:
        name = _name_of_item(item, key)
        at = next((index for index, old in enumerate(result) if old.get(key) == name), None)
        if item.get(DIRECTIVE) == "delete":
            result = [old for old in result if old.get(key) != name]
        elif at is None:
            result.append(_merge_struct(_items_of(field), {}, item))
        else:
            result[at] = _merge_struct(_items_of(field), result[at], item)
    return result


def _union(target: list[Any], patch: list[Any]) -> list[Any]:
    result = list(target)
    for item in patch:
        if item not in result:
            result.append(item)
    return result


def _name_of_item(item: Any, key: str) -> Any:
    if not isinstance(item, Mapping) or key not in item:
        raise PatchError(f"map: {go_text(item)} does not contain declared merge key: {key}")
    return item[key]


def _ordered(items: list[Any], order: list[Any], key: str) -> list[Any]:
    """Items as the order names them; the others stay right after the one they followed."""

    def name(item: Any) -> str:
        return go_text(item.get(key) if key and isinstance(item, Mapping) else item)

    rank = {name(entry): index for index, entry in enumerate(order)}
    named = sorted((item for item in items if name(item) in rank), key=lambda item: rank[name(item)])
    others = [item for item in items if name(item) not in rank]
    position = {id(item): index for index, item in enumerate(items)}
    result: list[Any] = []
    while named and others:
        source = named if position[id(named[0])] <= position[id(others[0])] else others
        result.append(source.pop(0))
    return [*result, *named, *others]


def go_text(value: Any) -> str:
    """A JSON-shaped value as Go's `%v` prints it: `map[spec:map[replicas:3]]`."""
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{go_text(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_text(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else str(value)


def go_syntax(value: Any) -> str:
    """A JSON-shaped value as Go's `%#v` prints it: `map[string]interface {}{"spec":5}`."""
    match value:
        case Mapping():
            inside = ", ".join(f"{json.dumps(key)}:{go_syntax(item)}" for key, item in sorted(value.items()))
            return f"map[string]interface {{}}{{{inside}}}"
        case list():
            return f"[]interface {{}}{{{', '.join(go_syntax(item) for item in value)}}}"
        case None:
            return "interface {}(nil)"
    return json.dumps(value, ensure_ascii=False)


# What kubectl apply sends


def three_way_merge(
    kind: str, original: Mapping[str, Any], modified: Mapping[str, Any], current: Mapping[str, Any]
) -> Object:
    """The strategic merge patch that takes the current object to the modified manifest.

    Fields of the original (what was applied last) that the modified one has no longer are deleted; fields only the
    current one has stay.

    Returns:
        The patch; empty if there is nothing to change.

    Raises:
        PatchError: an item of a list that is merged by key has no such key.
    """
    within = struct_of_kind(kind)
    changes = _diff(within, current, modified, deletions=False)
    deletions = _diff(within, original, modified, deletions=True)
    return _merge_patches(within, deletions, changes)


def _diff(within: Struct | None, before: Mapping[str, Any], after: Mapping[str, Any], *, deletions: bool) -> Object:
    """What to change (or, with `deletions`, only what to delete) in `before` to have `after`."""
    patch: Object = {}
    for key, value in after.items():
        field = _field_of(within, key)
        if key not in before:
            if not deletions:
                patch[key] = value
        elif before[key] != value:
            _diff_field(patch, field, key, before[key], value, deletions=deletions)
    if deletions:
        patch.update({key: None for key in before if key not in after})
    return patch


def _diff_field(patch: Object, field: FieldType | None, key: str, before: Any, after: Any, *, deletions: bool) -> None:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        inner = _diff(_struct_of(field), before, after, deletions=deletions)
        if inner and field and "retainKeys" in field.strategy:
            inner[RETAIN] = sorted(after)
        if inner:
            patch[key] = inner
    elif isinstance(before, list) and isinstance(after, list) and field and "merge" in field.strategy:
        _diff_list(patch, field, key, before, after, deletions=deletions)
    elif not deletions:
        patch[key] = after


def _diff_list(
    patch: Object, field: FieldType, key: str, before: list[Any], after: list[Any], *, deletions: bool
) -> None:
    merge_key = field.merge_key
    if not merge_key:
        if deletions:
            gone = [item for item in before if item not in after]
            if gone:
                patch[DELETE_FROM + key] = gone
        else:
            new = [item for item in after if item not in before]
            if new:
                patch[key] = new
                patch[ORDER + key] = after
        return
    found: list[Any] = []
    unmatched: dict[Any, list[Any]] = {}
    for item in before:
        unmatched.setdefault(go_text(_name_of_item(item, merge_key)), []).append(item)
    for item in after:
        name = _name_of_item(item, merge_key)
        same_name = unmatched.get(go_text(name))
        if same_name:
            if inner := _diff(_items_of(field), same_name.pop(0), item, deletions=deletions):
                found.append({**inner, merge_key: name})
        elif not deletions:
            found.append(item)
    if deletions:
        gone = [item for items in unmatched.values() for item in items]
        found += [{DIRECTIVE: "delete", merge_key: item[merge_key]} for item in gone]
    if found:
        patch[key] = found
    if found or (not deletions and _reordered(before, after, merge_key)):
        patch[ORDER + key] = [{merge_key: item[merge_key]} for item in after]


def _reordered(before: list[Any], after: list[Any], merge_key: str) -> bool:
    """Whether the items that both lists have come in another order."""
    old, new = ([go_text(item[merge_key]) for item in items] for items in (before, after))
    return [name for name in old if name in new] != [name for name in new if name in old]


def _merge_patches(within: Struct | None, first: Mapping[str, Any], second: Mapping[str, Any]) -> Object:
    """One patch that does what two do, the second where they differ."""
    result = dict(first)
    for key, value in second.items():
        mine, field = result.get(key), _field_of(within, key)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            result[key] = _merge_patches(_struct_of(field), mine, value)
        elif isinstance(mine, list) and isinstance(value, list) and field and field.merge_key and key[0] != "$":
            result[key] = _merge_list_patches(field, mine, value)
        else:
            result[key] = value
    return result


def _merge_list_patches(field: FieldType, first: list[Any], second: list[Any]) -> list[Any]:
    key = field.merge_key
    result = list(first)
    for item in second:
        at = next((index for index, old in enumerate(result) if old.get(key) == item.get(key)), None)
        if at is None:
            result.append(item)
        else:
            result[at] = _merge_patches(_items_of(field), result[at], item)
    return result
