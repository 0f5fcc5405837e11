"""The fields of the kinds: their Go types, for decoding, and their merge keys, for patches.

The file `schema.json` holds field names, types, required fields and merge keys of a v1.36 server's OpenAPI.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tutor.engine.gotypes import NAMED_TYPES, ZERO_IS_ABSENT

Shape = Literal[
    "struct", "list", "map", "string", "integer", "boolean", "number", "bytes", "int-or-string", "time", "quantity",
    "any",
]  # fmt: skip


@dataclass(frozen=True)
class FieldType:
    """The type of a field, a list's items or a map's values.

    Args:
        shape: what JSON it takes.
        go: the Go type as messages name it.
        struct: the definition's name, for a struct.
        of: the type of items or values, for a list or map.
        merge_key: the key by which a strategic merge tells a list's items apart; empty if it replaces the list, or
            merges plain values.
        strategy: the patch strategy, such as `merge`, `retainKeys` or `merge,retainKeys`.
        zero_is_absent: an empty value means the same as none, and is not kept.
        required: whether the API wants it given.
        enum: the values it takes, if they are counted.
        default: the value the schema says it has where none is given.
        list_type: how the items of a list are told apart for who manages them: `map` (by keys), `set` (by value), or
            not at all.
        list_keys: those keys.
        atomic: whether a map or struct is managed as a whole.
    """

    shape: Shape
    go: str
    struct: str = ""
    of: FieldType | None = None
    merge_key: str = ""
    strategy: str = ""
    zero_is_absent: bool = False
    required: bool = False
    enum: tuple[str, ...] = ()
    default: str | int | None = None
    list_type: str = ""
    list_keys: tuple[str, ...] = ()
    atomic: bool = False


@dataclass(frozen=True)
class Struct:
    """A definition.

    Args:
        name: its Go name.
        fields: its fields.
        fallbacks: the values of required fields a manifest leaves out.
        atomic: whether it is managed as a whole.
    """

    name: str
    fields: Mapping[str, FieldType]
    fallbacks: Mapping[str, str | int]
    atomic: bool = False


@cache
def _definitions() -> Mapping[str, Any]:
    text = Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
    definitions: Mapping[str, Any] = json.loads(text)
    return definitions


@cache
def struct(name: str) -> Struct:
    """A definition by its name, such as `v1.ServicePort` or `ObjectMeta`.

    Raises:
        KeyError: there is none.
    """
    definition = _definitions()[name]
    required = frozenset(definition.get("required", ()))
    go_name = name.rpartition(".")[2]
    fields = {
        field: _field_type(f"{go_name}.{field}", raw, required=field in required)
        for field, raw in definition.get("properties", {}).items()
    }
    fallbacks = {
        field: raw["default"]
        for field, raw in definition.get("properties", {}).items()
        if field in required and isinstance(raw.get("default"), str | int)
    }
    return Struct(go_name, fields, fallbacks, definition.get("x-kubernetes-map-type") == "atomic")


def struct_of_kind(kind: str) -> Struct:
    """The definition of a kind, such as `Service`."""
    return struct(f"v1.{kind}")


def _field_type(place: str, raw: Mapping[str, Any], *, required: bool) -> FieldType:
    plain = _plain_type(place, raw)
    zero_is_absent = not required and (
        plain.shape in {"list", "map", "string", "bytes", "quantity"} or place in ZERO_IS_ABSENT
    )
    return FieldType(
        plain.shape,
        plain.go,
        plain.struct,
        plain.of,
        raw.get("x-kubernetes-patch-merge-key", ""),
        raw.get("x-kubernetes-patch-strategy", ""),
        zero_is_absent,
        required,
        tuple(raw.get("enum", ())),
        raw.get("default"),
        raw.get("x-kubernetes-list-type", ""),
        tuple(raw.get("x-kubernetes-list-map-keys", ())),
        raw.get("x-kubernetes-map-type") == "atomic",
    )


def _plain_type(place: str, raw: Mapping[str, Any]) -> FieldType:
    if "$ref" in raw:
        return _referred(raw["$ref"])
    match raw.get("type"):
        case "array":
            item = _plain_type(place + "[]", raw["items"])
            return FieldType("list", NAMED_TYPES.get(place, f"[]{item.go}"), of=item)
        case "object":
            value = _plain_type(place + "{}", raw.get("additionalProperties", {}))
            return FieldType("map", NAMED_TYPES.get(place, f"map[string]{value.go}"), of=value)
        case "string" if raw.get("format") == "byte":
            return FieldType("bytes", "[]uint8")
        case "string":
            return FieldType("string", NAMED_TYPES.get(place, "string"))
        case "integer":
            return FieldType("integer", NAMED_TYPES.get(place, raw.get("format", "int64")))
        case "boolean":
            return FieldType("boolean", "bool")
        case "number":
            return FieldType("number", "float64")
    return FieldType("any", "interface {}")


def _referred(name: str) -> FieldType:
    match name:
        case "IntOrString":
            return FieldType("int-or-string", "int32")
        case "Quantity":
            return FieldType("quantity", "resource.Quantity")
        case "Time" | "MicroTime":
            return FieldType("time", "string")
        case "FieldsV1":
            return FieldType("any", "v1.FieldsV1")
    return FieldType("struct", name if "." in name else f"v1.{name}", struct=name)
