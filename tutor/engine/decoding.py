"""Decoding manifests as strictly as the API does, with the words of Go's decoders.

Source: encoding/json as forked in sigs.k8s.io/json, k8s.io/apimachinery/pkg/runtime/converter.go, and tests/golden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tutor.engine.errors import ApiError, bad_request
from tutor.engine.objects import Object
from tutor.engine.schema import FieldType, Struct, struct, struct_of_kind

_INT_LIMITS: Final = {"int32": 1 << 31, "int64": 1 << 63}
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_QUANTITY: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?")

_Path = tuple[Any, ...]
"""Nested pairs: the path of the parent, and a field name or an index."""


class DecodeError(Exception):
    """Data does not fit a kind; the message is that of the decoder asked for."""


class _TypeMismatchError(Exception):
    """A value does not fit its field: what Go's JSON decoder says, and what its converter of patches says."""

    def __init__(self, json_text: str, converter_text: str = "") -> None:
        super().__init__(json_text)
        self.json_text = json_text
        self.converter_text = converter_text or json_text


class _Key(str):
    """A map's key in a path: the strict decoder shows it, Go's type errors leave it out."""

    __slots__ = ()


def decode(obj: Mapping[str, Any], kind: str, api_version: str, unknown: list[str] | None = None) -> Object:
    """An object as the API keeps it: only known fields, of the right types, without nulls and empty leftovers.

    Args:
        obj: JSON-shaped data; not changed.
        kind: the kind it is to be.
        api_version: `v1`, or `apps/v1`.
        unknown: takes the paths of fields the kind does not have, which are dropped; they are refused if None.

    Raises:
        ApiError: BadRequest with the words of Go's JSON decoder, or `strict decoding error: unknown field …`.
    """
    try:
        return decode_strictly(obj, kind, unknown)
    except DecodeError as error:
        version = api_version.rpartition("/")[2]
        raise bad_request(f'{kind} in version "{version}" cannot be handled as a {kind}: {error}') from None


def decode_strictly(
    obj: Mapping[str, Any], kind: str, unknown: list[str] | None = None, *, from_patch: bool = False
) -> Object:
    """As `decode`, with the bare words of the decoder.

    Args:
        obj: JSON-shaped data; not changed.
        kind: the kind it is to be.
        unknown: as for `decode`.
        from_patch: use the words of the converter that reads what a strategic merge made.

    Raises:
        DecodeError: a value does not fit its field, or a field is unknown.
    """
    found: list[str] = []
    try:
        decoded = _struct(struct_of_kind(kind), obj, (), found)
    except _TypeMismatchError as error:
        raise DecodeError(error.converter_text if from_patch else error.json_text) from None
    if unknown is not None:
        unknown += found
    elif found:
        raise DecodeError("strict decoding error: " + ", ".join(f'unknown field "{path}"' for path in found))
    return decoded


def check_metadata_types(obj: Mapping[str, Any]) -> None:
    """Refuse an object whose apiVersion, kind or metadata no client can read; what else there is does not matter.

    Source: `metadataOnlyObject` of https://github.com/kubernetes/cli-runtime/blob/master/pkg/resource/scheme.go

    Raises:
        DecodeError: with the words of Go's JSON decoder.
    """
    fields = struct_of_kind("ConfigMap").fields
    definition = Struct("metadataOnlyObject", {key: fields[key] for key in ("apiVersion", "kind", "metadata")}, {})
    try:
        _struct(definition, {key: obj[key] for key in definition.fields if key in obj}, (), [])
    except _TypeMismatchError as error:
        raise DecodeError(error.json_text) from None


def unregistered(kind: str, api_version: str, wanted: str) -> ApiError:
    """The refusal of an object of a kind that there is not, where one of another kind is wanted."""
    version = api_version.rpartition("/")[2]
    return bad_request(
        f'{kind} in version "{version}" cannot be handled as a {wanted}: no kind "{kind}" is registered for version '
        f'"{api_version}" in scheme "pkg/api/legacyscheme/scheme.go:30"'
    )


def _struct(definition: Struct, value: Mapping[str, Any], path: _Path, unknown: list[str]) -> Object:
    fields = definition.fields
    found: Object = {}
    for key in sorted(value):
        item = value[key]
        field = fields.get(key)
        if field is None:
            unknown.append(_written((path, key)))
        elif item is not None:
            decoded = _value(field, item, (path, key), definition, unknown)
            if decoded or not field.zero_is_absent:
                found[key] = decoded
    for key, fallback in definition.fallbacks.items():
        found.setdefault(key, fallback)
    return found


def _value(field: FieldType, value: Any, path: _Path, within: Struct, unknown: list[str]) -> Any:
    match field.shape:
        case "string" if isinstance(value, str):
            return value
        case "integer" if type(value) is int and -_INT_LIMITS.get(field.go, 1 << 63) <= value < _INT_LIMITS.get(
            field.go, 1 << 63
        ):
            return value
        case "boolean" if isinstance(value, bool):
            return value
        case "struct" if isinstance(value, Mapping):
            return _struct(struct(field.struct), value, path, unknown)
        case "list" if isinstance(value, list) and field.of:
            return [
                _value(field.of, item, (path, index), within, unknown) if item is not None else _zero(field.of)
                for index, item in enumerate(value)
            ]
        case "map" if isinstance(value, Mapping) and field.of:
            return {
                key: _value(field.of, item, (path, _Key(key)), within, unknown) if item is not None else _zero(field.of)
                for key, item in sorted(value.items())
            }
        case "int-or-string" if isinstance(value, str) or (type(value) is int and -(1 << 31) <= value < 1 << 31):
            return value
        case "number" if type(value) in {int, float}:
            return value
        case "bytes" if isinstance(value, str):
            return value
        case "time" if isinstance(value, str):
            return _time(value)
        case "quantity" if isinstance(value, str | int | float) and not isinstance(value, bool):
            return _quantity(value)
        case "any":
            return value
    raise _mismatch(field, value, path, within)


def _zero(field: FieldType) -> Any:
    match field.shape:
        case "string" | "bytes":
            return ""
        case "struct":
            return dict(struct(field.struct).fallbacks)
        case "map":
            return {}
        case "list":
            return []
        case "boolean":
            return False
        case "quantity":
            return "0"
    return 0


def _time(value: str) -> str:
    if _RFC3339.fullmatch(value):
        return value
    layout = "2006-01-02T15:04:05Z07:00"
    raise _TypeMismatchError(f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"')


def _quantity(value: str | float) -> str:
    text = str(value)
    if _QUANTITY.fullmatch(text):
        return text
    if re.fullmatch(r"[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*", text):
        raise _TypeMismatchError("unable to parse quantity's suffix")
    regex = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
    raise _TypeMismatchError(f"quantities must match the regular expression '{regex}'")


def _mismatch(field: FieldType, value: Any, path: _Path, within: Struct) -> _TypeMismatchError:
    place = ".".join(step for step in _steps(path) if type(step) is str)
    word = json_word(value)
    if word == "number" and field.shape in {"integer", "int-or-string"}:
        word = f"number {value}"
    json_text = f"json: cannot unmarshal {word} into Go struct field {within.name}.{place} of type {field.go}"
    if field.shape in {"int-or-string", "time", "quantity"}:
        return _TypeMismatchError(json_text, f"json: cannot unmarshal {word} into Go value of type {field.go}")
    return _TypeMismatchError(json_text, _converter_text(field, value))


_GO_KINDS: Final[Mapping[type, str]] = {
    bool: "bool", str: "string", int: "int64", float: "float64", list: "slice", dict: "map",
}  # fmt: skip


def _converter_text(field: FieldType, value: Any) -> str:
    """Source: `fromUnstructured` of k8s.io/apimachinery/pkg/runtime/converter.go."""
    found = _GO_KINDS.get(type(value), "interface")
    match field.shape:
        case "list" | "map":
            return f"cannot restore {'slice' if field.shape == 'list' else 'map'} from {found}"
        case "struct":
            return f"cannot restore struct from: {found}"
        case "string" if found == "int64":
            return f"cannot convert int64 to {field.go}"
        case "integer" if found == "float64":
            return f"cannot convert float64 to {field.go}"
        case "string":
            return "unrecognized type: string"
    return f"unrecognized type: {field.go}"


def json_word(value: Any) -> str:
    """What Go's JSON decoder calls a value of this type."""
    match value:
        case bool():
            return "bool"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
    return "object"


def _steps(path: _Path) -> list[Any]:
    steps: list[Any] = []
    while path:
        path, step = path
        steps.append(step)
    steps.reverse()
    return steps


def _written(path: _Path) -> str:
    text = ""
    while path:
        path, step = path
        text = (f"[{step}]" if isinstance(step, int) else f".{step}") + text
    return text.removeprefix(".")
