"""Objects that clients send as protobuf, read as the JSON they stand for.

kubectl makes objects of its own (`create`, `auth can-i`) in protobuf since 1.32 and asks for JSON only beside it. It
takes JSON for an answer, so protobuf is read here and never written.

`data/protobuf.json` has the messages: by field number, a type and a name. The types are `s`tring, `i`nteger, `b`ool,
b`y`tes, `d`ouble or another message; `*` before it says it is repeated, `%` that it is a map from strings, `!` that its
fields are the message's own in JSON.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding and the files generated.proto of
https://github.com/kubernetes/api and https://github.com/kubernetes/apimachinery (Apache License 2.0).
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

MEDIA_TYPE: Final = "application/vnd.kubernetes.protobuf"
_MAGIC: Final = b"k8s\0"
_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
_GROUPS: Final = {
    "events.k8s.io/v1": "events.",
    "authorization.k8s.io/v1": "authorization.",
    "authentication.k8s.io/v1": "authentication.",
}
"""Where a group's kinds are among the messages, if not under `v1.`."""
_DEEPEST: Final = 100


class ProtobufError(ValueError):
    """Bytes are no object in protobuf; the message says why."""


def read(data: bytes) -> dict[str, Any]:
    """The object in a body.

    Raises:
        ProtobufError: it is none, or of a kind that is not read.
    """
    if not data.startswith(_MAGIC):
        raise ProtobufError(f"provided data does not appear to be a protobuf message, expected prefix {list(_MAGIC)}")
    try:
        envelope = dict(_fields(data[len(_MAGIC) :]))
        meta = {number: _text(value) for number, value in _fields(_bytes(envelope.get(1, b"")))}
        version, kind = meta.get(1, ""), meta.get(2, "")
        message = f"{_GROUPS.get(version, 'v1.')}{kind}" if kind != "DeleteOptions" else kind
        if message not in _messages():
            raise ProtobufError(f'no kind "{kind}" is registered for version "{version}"')
        return {"apiVersion": version, "kind": kind, **_message(message, _bytes(envelope.get(2, b"")), 0)}
    except (IndexError, UnicodeDecodeError, struct.error) as error:
        raise ProtobufError("unexpected EOF") from error


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    text = files("tutor.apiserver").joinpath("data", "protobuf.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = json.loads(text)
    return found


# The wire


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The numbers and values of a message's fields, in their order."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
        elif wire in {_DOUBLE, _FLOAT}:
            size = 8 if wire == _DOUBLE else 4
            yield number, data[at : at + size]
            at += size
        elif wire == _BYTES:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ProtobufError("unexpected EOF")
            yield number, data[at : at + size]
            at += size
        else:
            raise ProtobufError(f"proto: wrong wireType = {wire}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & ((1 << 64) - 1), at
        shift += 7
        if shift >= 64:
            raise ProtobufError("proto: integer overflow")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ProtobufError("proto: wrong wireType = 0")
    return value


def _text(value: int | bytes) -> str:
    return _bytes(value).decode()


def _integer(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise ProtobufError("proto: wrong wireType = 2")
    return value - (1 << 64) if value >> 63 else value


# The messages


def _message(name: str, data: bytes, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise ProtobufError("exceeded max depth")
    definition = _messages()[name]
    found: dict[str, Any] = {}
    for number, value in _fields(data):
        kind, _, field = definition.get(str(number), "").partition(" ")
        if kind.startswith("*"):
            found.setdefault(field, []).append(_value(kind[1:], value, depth))
        elif kind.startswith("%"):
            entry = dict(_fields(_bytes(value)))
            found.setdefault(field, {})[_text(entry.get(1, b""))] = _value(kind[1:], entry.get(2, b""), depth)
        elif kind.startswith("!"):
            found.update(_message(kind[1:], _bytes(value), depth + 1))
        elif kind:
            found[field] = _value(kind, value, depth)
    return found


def _value(kind: str, value: int | bytes, depth: int) -> Any:
    match kind:
        case "s":
            return _text(value)
        case "i":
            return _integer(value)
        case "b":
            return bool(_integer(value))
        case "y":
            return base64.b64encode(_bytes(value)).decode()
        case "d":
            return struct.unpack("<d", _bytes(value))[0]
        case "Time" | "MicroTime":
            return _time(dict(_fields(_bytes(value))), micro=kind == "MicroTime")
        case "IntOrString":
            parts = dict(_fields(_bytes(value)))
            return _text(parts.get(3, b"")) if parts.get(1) else _integer(parts.get(2, 0))
        case "Quantity":
            return _text(dict(_fields(_bytes(value))).get(1, b""))
        case "FieldsV1":
            return json.loads(_bytes(dict(_fields(_bytes(value))).get(1, b"{}")))
    return _message(kind, _bytes(value), depth + 1)


def _time(parts: Mapping[int, int | bytes], *, micro: bool) -> str | None:
    """An instant, or nothing for Go's zero."""
    if 1 not in parts:
        return None
    moment = datetime.fromtimestamp(_integer(parts[1]), UTC)
    if micro:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{_integer(parts.get(2, 0)) // 1000:06d}Z"
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
