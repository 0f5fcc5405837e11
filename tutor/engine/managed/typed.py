"""Objects as their schema sees them: their fields, what differs between two of them, how they are merged.

Source: the package typed of https://github.com/kubernetes-sigs/structured-merge-diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from tutor.engine.gotypes import VALUE_STRUCTS
from tutor.engine.managed.paths import Path, Paths
from tutor.engine.objects import Object
from tutor.engine.schema import FieldType, Struct, struct


class _Absent:
    """There is nothing, not even null."""

    def __bool__(self) -> bool:
        return False


_ABSENT: Final = _Absent()
_ANY: Final = FieldType("any", "interface {}")
Steps: TypeAlias = list[str]


class UndeclaredError(ValueError):
    """A value does not fit the schema; the message is a path and what is wrong there."""


def type_of(kind: str) -> FieldType:
    """The type of a whole object of a kind."""
    return FieldType("struct", f"v1.{kind}", struct=f"v1.{kind}")


def _definition(of: FieldType) -> Struct | None:
    return struct(of.struct) if of.shape == "struct" else None


def _is_leaf(of: FieldType) -> bool:
    """Whether a value of that type is owned as a whole."""
    match of.shape:
        case "struct" | "map":
            return of.atomic or bool(of.struct and struct(of.struct).atomic)
        case "list":
            return of.list_type not in {"map", "set"}
    return True


def _below(of: FieldType, definition: Struct | None, key: str) -> FieldType:
    if definition is not None:
        return definition.fields.get(key, _ANY)
    return of.of or _ANY


def _children(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def step_of(of: FieldType, item: Any) -> str:
    """The step that leads to an item of a list, by its keys or its value.

    Raises:
        UndeclaredError: the item has no keys.
    """
    if of.list_type == "set":
        return "v:" + json.dumps(item, separators=(",", ":"), ensure_ascii=False)
    if not isinstance(item, Mapping):
        raise UndeclaredError("associative list with keys may not have non-map elements")
    definition = _definition(of.of) if of.of else None
    keys: Object = {}
    for key in sorted(of.list_keys):
        if key in item:
            keys[key] = item[key]
        elif definition is not None and key in definition.fields and definition.fields[key].default is not None:
            keys[key] = definition.fields[key].default
    if not keys:
        names = " ".join(f'"{key}"' for key in of.list_keys)
        raise UndeclaredError(
            f"associative list with keys has an element that omits all key fields [{names}] (and doesn't have default "
            "values for any key fields)"
        )
    return "k:" + json.dumps(keys, separators=(",", ":"), ensure_ascii=False)


# Whether a manifest fits


def check(of: FieldType, value: Any, path: str = "") -> Iterator[str]:
    """What does not fit the schema: each a path and what is wrong there."""
    if value is None:
        return
    match of.shape:
        case "struct" | "map":
            yield from _check_map(of, value, path)
        case "list":
            yield from _check_list(of, value, path)
        case "string" | "bytes" | "time" if not isinstance(value, str):
            yield f"{path}: expected string, got {_printed(value)}"
        case "integer" | "number" if type(value) not in {int, float}:
            yield f"{path}: expected numeric (int or float), got {_go_type(value)}"
        case "boolean" if not isinstance(value, bool):
            yield f"{path}: expected boolean, got {_printed(value)}"
        case "int-or-string" | "quantity" if not isinstance(value, str | int | float):
            yield f"{path}: expected any scalar, got {_printed(value)}"


def _check_map(of: FieldType, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: expected map, got {_printed(value)}"
        return
    definition = _definition(of)
    for key, item in value.items():
        if definition is not None and key not in definition.fields:
            yield f"{path}.{key}: field not declared in schema"
        else:
            yield from check(_below(of, definition, key), item, f"{path}.{key}")


def _check_list(of: FieldType, value: Any, path: str) -> Iterator[str]:
    from tutor.engine.managed.paths import path_text

    if not isinstance(value, list):
        yield f"{path}: expected list, got {_printed(value)}"
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        place = f"[{index}]"
        if not _is_leaf(of):
            try:
                step = step_of(of, item)
            except UndeclaredError as error:
                yield f"{path}: element {index}: {error}"
                return
            place = path_text((step,))
            if step in seen:
                yield f"{path}: duplicate entries for key {place}"
            seen.add(step)
        yield from check(of.of or _ANY, item, path + place)


def _printed(value: Any) -> str:
    return f"&value.valueUnstructured{{Value:{_go_literal(value)}}}"


def _go_literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "[]interface {}{" + ", ".join(map(_go_literal, value)) + "}"
        case Mapping():
            inner = ", ".join(f"{json.dumps(key)}:{_go_literal(item)}" for key, item in sorted(value.items()))
            return f"map[string]interface {{}}{{{inner}}}"
    return str(value)


def _go_type(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case str():
            return "string"
        case list():
            return "[]interface {}"
    return "map[string]interface {}"


# The fields of an object


def fields_of(of: FieldType, value: Any) -> Paths:
    """All fields a value sets."""
    found: set[Path] = set()
    _collect(of, value, (), found)
    return frozenset(found)


def _collect(of: FieldType, value: Any, path: Path, found: set[Path]) -> None:
    if _is_leaf(of):
        found.add(path)
    elif of.shape == "list":
        for item in _items(value):
            here = (*path, step_of(of, item))
            _collect(of.of or _ANY, item, here, found)
            found.add(here)
    else:
        definition = _definition(of)
        for key, item in _children(value).items():
            here = (*path, f"f:{key}")
            _collect(_below(of, definition, key), item, here, found)
            if item is None or item == {} or definition is None:
                found.add(here)


# What differs


@dataclass
class Comparison:
    """How one object differs from another: each field is in one of the three sets at most."""

    removed: set[Path] = field(default_factory=set)
    modified: set[Path] = field(default_factory=set)
    added: set[Path] = field(default_factory=set)

    @property
    def changed(self) -> Paths:
        """What is new or other than it was."""
        return frozenset(self.modified | self.added)


def compare(of: FieldType, old: Any, new: Any) -> Comparison:
    """How a new object differs from an old one."""
    found = Comparison()
    _compare(of, old, new, (), found)
    return found


def _compare(of: FieldType, old: Any, new: Any, path: Path, found: Comparison) -> None:
    if old is new:
        return
    if _is_leaf(of) or (not old and not new and old is not _ABSENT and new is not _ABSENT):
        if old is _ABSENT:
            found.added.add(path)
        elif new is _ABSENT:
            found.removed.add(path)
        elif old != new:
            found.modified.add(path)
        return
    if not old and not new:  # one is absent, the other empty
        (found.added if old is _ABSENT else found.removed).add(path)
        return
    if of.shape == "list":
        _compare_lists(of, _items(old), _items(new), path, found)
    else:
        _compare_maps(of, _children(old), _children(new), path, found)
    if old is _ABSENT:
        found.added.add(path)
    elif new is _ABSENT:
        found.removed.add(path)


def _compare_maps(of: FieldType, old: Mapping[str, Any], new: Mapping[str, Any], path: Path, found: Comparison) -> None:
    definition = _definition(of)
    for key in {**old, **new}:
        below = _below(of, definition, key)
        none = _ABSENT if definition is None else _absent_field(definition, key, below)
        _compare(below, old.get(key, none), new.get(key, none), (*path, f"f:{key}"), found)


def _absent_field(definition: Struct, key: str, of: FieldType) -> Any:
    """What a field that is not given is to Go: nothing, an empty struct, or a list that is null and written."""
    if f"{definition.name}.{key}" in VALUE_STRUCTS:
        return {}
    return None if of.required and of.shape == "list" else _ABSENT


def _compare_lists(of: FieldType, old: Sequence[Any], new: Sequence[Any], path: Path, found: Comparison) -> None:
    before, after = _by_step(of, old), _by_step(of, new)
    for step in {**before, **after}:
        _compare(of.of or _ANY, before.get(step, _ABSENT), after.get(step, _ABSENT), (*path, step), found)


def _by_step(of: FieldType, items: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        found.setdefault(step_of(of, item), item)
    return found


# Merging


def merge(of: FieldType, live: Any, config: Any) -> Any:
    """The live value with what the configuration says; neither is changed."""
    merged = _merge(of, live, config)
    return None if merged is _ABSENT else merged


def _merge(of: FieldType, live: Any, config: Any) -> Any:
    if _is_leaf(of) or (not live and not config):
        return live if config is _ABSENT else config
    if of.shape == "list":
        return _merge_lists(of, _items(live), _items(config)) or _ABSENT
    definition = _definition(of)
    old, new = _children(live), _children(config)
    found: Object = {}
    for key in {**old, **new}:
        value = _merge(_below(of, definition, key), old.get(key, _ABSENT), new.get(key, _ABSENT))
        if value is not _ABSENT:
            found[key] = value
    return found or _ABSENT


class _Entry(NamedTuple):
    step: str
    item: Any


def _merge_lists(of: FieldType, live: Sequence[Any], config: Sequence[Any]) -> list[Any]:
    """The items of both, those of the configuration in its order, the others where they were between them."""
    left = [_Entry(step_of(of, item), item) for item in live]
    right = [_Entry(step_of(of, item), item) for item in config]
    before, after = _by_step(of, live), _by_step(of, config)
    shared = [entry.step for entry in right if entry.step in before]
    merged: list[Any] = []
    done: set[str] = set()

    def take(step: str) -> None:
        value = _merge(of.of or _ANY, before.get(step, _ABSENT), after.get(step, _ABSENT))
        if value is not _ABSENT:
            merged.append(value)

    at_left = at_right = 0
    while at_left < len(left) or at_right < len(right):
        if at_left < len(left):
            step = left[at_left].step
            if at_right < len(right) and step == right[at_right].step:
                done.add(step)
                take(step)
                at_left, at_right = at_left + 1, at_right + 1
                shared = shared[1:]
                continue
            if step not in after:
                take(step)
                at_left += 1
                continue
            if step in done or (shared and shared[0] != step):
                at_left += 1
                continue
        if at_right < len(right):
            step = right[at_right].step
            done.add(step)
            take(step)
            at_right += 1
            if shared[:1] == [step]:
                shared = shared[1:]
    return merged


# Taking fields away


def without(of: FieldType, value: Any, gone: Paths) -> Any:
    """A value without some of its fields; it is not changed."""
    tree: dict[str, Any] = {}
    for path in gone:
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        node[""] = {}
    return _without(of, value, tree) if tree else value


def _without(of: FieldType, value: Any, tree: Mapping[str, Any]) -> Any:
    """`tree` has a branch a step; an empty step says that the branch itself goes."""
    if of.shape not in {"list", "struct", "map"}:
        return value
    if _is_leaf(of) or not value:
        return None
    if of.shape == "list":
        kept = [(branch, item) for item in _items(value) if "" not in (branch := tree.get(step_of(of, item), {}))]
        return [_without(of.of or _ANY, item, branch) if branch else item for branch, item in kept] or None
    definition = _definition(of)
    found: Object = {}
    for key, item in _children(value).items():
        branch = tree.get(f"f:{key}")
        if branch is None:
            found[key] = item
        elif "" not in branch:
            left = _without(_below(of, definition, key), item, branch)
            if left is not None:
                found[key] = left
    return found or None
