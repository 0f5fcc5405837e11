"""The OpenAPI v2 document as protobuf, which is what kubectl up to 1.27 reads and no other form of it.

Source: https://github.com/google/gnostic/blob/main/openapiv2/OpenAPIv2.proto, whose field numbers these are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

_VARINT, _BYTES = 0, 2
_METHODS: Final = {"get": 2, "put": 3, "post": 4, "delete": 5, "options": 6, "head": 7, "patch": 8}


def document(value: Mapping[str, Any]) -> bytes:
    """A swagger document, encoded."""
    info = _text(1, value["info"]["title"]) + _text(2, value["info"]["version"])
    paths = b"".join(_message(2, _named(name, _path(item))) for name, item in value["paths"].items())
    definitions = _map(value["definitions"], _schema)
    return _text(1, value["swagger"]) + _message(2, info) + _message(8, paths) + _message(9, definitions)


# The wire


def _number(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _message(field: int, content: bytes) -> bytes:
    return _number(field << 3 | _BYTES) + _number(len(content)) + content


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode()) if value else b""


def _flag(field: int, value: object) -> bytes:
    return _number(field << 3 | _VARINT) + b"\x01" if value else b""


def _texts(field: int, values: Iterable[str]) -> bytes:
    return b"".join(_message(field, value.encode()) for value in values)


def _named(name: str, value: bytes) -> bytes:
    return _text(1, name) + _message(2, value)


def _map(values: Mapping[str, Any], encode: Callable[[Any], bytes]) -> bytes:
    """A message whose one field holds named values."""
    return b"".join(_message(1, _named(name, encode(value))) for name, value in values.items())


def _any(value: Any) -> bytes:
    """A value as YAML, of which JSON is part."""
    return _text(2, json.dumps(value, separators=(",", ":")))


def _extensions(field: int, value: Mapping[str, Any]) -> bytes:
    return b"".join(_message(field, _named(name, _any(item))) for name, item in value.items() if name.startswith("x-"))


# The messages


def _path(value: Mapping[str, Any]) -> bytes:
    operations = b"".join(
        _message(number, _operation(value[method])) for method, number in _METHODS.items() if method in value
    )
    return operations + b"".join(_message(9, _parameter(item)) for item in value.get("parameters", ()))


def _operation(value: Mapping[str, Any]) -> bytes:
    responses = b"".join(
        _message(1, _named(code, _message(1, _response(item)))) for code, item in value["responses"].items()
    )
    return (
        _text(5, value["operationId"])
        + _texts(6, value["produces"])
        + _texts(7, value["consumes"])
        + b"".join(_message(8, _parameter(item)) for item in value["parameters"])
        + _message(9, responses)
        + _extensions(13, value)
    )


def _response(value: Mapping[str, Any]) -> bytes:
    return _text(1, value["description"]) + _message(2, _message(1, _schema(value["schema"])))


def _parameter(value: Mapping[str, Any]) -> bytes:
    """A ParametersItem: a Parameter that is a body, or stands in the query or the path."""
    if value["in"] == "body":
        body = _text(2, value["name"]) + _text(3, "body") + _flag(4, value["required"])
        return _message(1, _message(1, body + _message(5, _schema(value["schema"]))))
    plain = _flag(1, value.get("required")) + _text(2, value["in"]) + _text(4, value["name"])
    if value["in"] == "path":
        return _message(1, _message(2, _message(4, plain + _text(5, value["type"]) + _flag(19, True))))
    return _message(1, _message(2, _message(3, plain + _text(6, value["type"]) + _flag(20, True))))


def _schema(value: Mapping[str, Any]) -> bytes:
    found = _text(1, value.get("$ref", "")) + _text(2, value.get("format", "")) + _text(4, value.get("description", ""))
    if "default" in value:
        found += _message(5, _any(value["default"]))
    found += _texts(19, value.get("required", ()))
    found += b"".join(_message(20, _any(item)) for item in value.get("enum", ()))
    if isinstance(value.get("additionalProperties"), Mapping):
        found += _message(21, _message(1, _schema(value["additionalProperties"])))
    if "type" in value:
        found += _message(22, _text(1, value["type"]))
    if "items" in value:
        found += _message(23, _message(1, _schema(value["items"])))
    if "properties" in value:
        found += _message(25, _map(value["properties"], _schema))
    return found + _extensions(31, value)
