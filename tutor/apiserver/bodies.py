"""Bodies of requests: read up to a limit, and decoded with the words of Go's decoders for what is wrong.

Source: k8s.io/apiserver/pkg/endpoints/handlers/rest.go and encoding/json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from aiohttp import web

from tutor.apiserver import protobuf
from tutor.apiserver.refusals import MEDIA_TYPES, too_large, unreadable_body
from tutor.engine.decoding import json_word
from tutor.engine.errors import ApiError, bad_request

BODY_LIMIT: Final = 3 * 1024 * 1024
"""Bytes of a body at most. Source: k8s.io/apiserver/pkg/server/config.go."""
MAX_DEPTH: Final = 1000
"""Levels of nesting at most: what Python's decoder can follow. Go's stops at 10,000."""
_SUMMARY: Final = 30
_TYPE_META: Final = (
    r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Doubled(dict[str, Any]):
    """A JSON object that has a field twice.

    Attributes:
        names: those fields.
    """

    names: tuple[str, ...] = ()


async def read_body(request: web.BaseRequest) -> bytes:
    """The body, which may be asked for more than once.

    Raises:
        ApiError: RequestEntityTooLarge.
    """
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise too_large(BODY_LIMIT) from None


def media_type_of(request: web.BaseRequest) -> str:
    """The media type of the body, without parameters; empty if it is not said."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def read_object(request: web.BaseRequest, data: bytes, kind: str) -> Any:
    """The JSON or YAML of a body that is to be an object of a kind.

    Raises:
        ApiError: UnsupportedMediaType, or BadRequest.
    """
    media = media_type_of(request)
    if media == protobuf.MEDIA_TYPE:
        try:
            return protobuf.read(data)
        except (protobuf.ProtobufError, ValueError, OverflowError, OSError) as error:
            raise bad_request(
                f"the object provided is unrecognized (must be of type {kind}): {error} ({_summary(data)})"
            ) from None
    if media and media not in MEDIA_TYPES:
        raise unreadable_body()
    if media == "application/yaml":
        return read_yaml(data)
    try:
        found = load_json(data)
    except ValueError as error:
        raise _unrecognized(kind, data, go_json_error(data, error)) from None
    if not isinstance(found, dict):
        raise _unrecognized(kind, data, f"json: cannot unmarshal {json_word(found)} into Go value of type {_TYPE_META}")
    return found


def _unrecognized(kind: str, data: bytes, why: str) -> ApiError:
    found = f"couldn't get version/kind; json parse error: {why}"
    return bad_request(f"the object provided is unrecognized (must be of type {kind}): {found} ({_summary(data)})")


def _summary(data: bytes) -> str:
    """The beginning of a body, as far as it is shown."""
    if not data:
        return "<empty>"
    shown = data[:_SUMMARY].decode(errors="replace") if data.startswith(b"{") else data[:_SUMMARY].hex()
    return shown + " ..." if len(data) > _SUMMARY else shown


def read_yaml(data: bytes) -> Any:
    """YAML as plain data.

    Raises:
        ApiError: BadRequest.
    """
    try:
        return yaml.load(data, _LOADER)  # noqa: S506  # a safe loader, by either name
    except (yaml.YAMLError, ValueError) as error:
        raise bad_request(f"error decoding patch: error converting YAML to JSON: yaml: {_problem(error)}") from None
    except RecursionError:
        raise bad_request("error decoding patch: exceeded max depth") from None


def _problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem)


def load_json(data: bytes) -> Any:
    """JSON as plain data; an object that has a field twice is a `Doubled`.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return json.loads(data, object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("exceeded max depth") from None


def _no_number(text: str) -> Any:
    raise json.JSONDecodeError("Expecting value", text, 0)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = Doubled(found)
    names = [name for name, _ in pairs]
    doubled.names = tuple(dict.fromkeys(name for at, name in enumerate(names) if name in names[:at]))
    return doubled


def doubled_fields(value: Any, path: str = "") -> Iterator[str]:
    """The paths of fields that were given twice."""
    if isinstance(value, Mapping):
        if isinstance(value, Doubled):
            yield from (f"{path}.{name}".lstrip(".") for name in value.names)
        for name, item in value.items():
            yield from doubled_fields(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from doubled_fields(item, f"{path}[{index}]")


def go_json_error(data: bytes, error: ValueError) -> str:
    """What Go's decoder says of text that is no JSON, given what Python's said."""
    if not isinstance(error, json.JSONDecodeError):
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        return _invalid(data[at], "looking for beginning of value") if data and at == 0 else str(error)
    text = data.decode(errors="replace")
    at, message = error.pos, error.msg
    if message.startswith("Illegal trailing comma"):
        at = next((place for place in range(at + 1, len(text)) if not text[place].isspace()), len(text))
    if at >= len(text) or message.startswith("Unterminated string"):
        return "unexpected end of JSON input"
    return _invalid(text[at], _where(message, text[:at]))


_WHERE: Final = (
    ("Expecting property name", "looking for beginning of object key string"),
    ("Illegal trailing comma before end of object", "looking for beginning of object key string"),
    ("Illegal trailing comma", "looking for beginning of value"),
    ("Expecting value", "looking for beginning of value"),
    ("Expecting ':'", "after object key"),
    ("Extra data", "after top-level value"),
    ("Invalid control character", "in string literal"),
    ("Invalid \\", "in string escape code"),
)


def _where(message: str, before: str) -> str:
    found = next((place for problem, place in _WHERE if message.startswith(problem)), "")
    if found:
        return found
    return "after array element" if before.rfind("[") > before.rfind("{") else "after object key:value pair"


def _invalid(sign: str | int, where: str) -> str:
    if isinstance(sign, int):
        sign = chr(sign) if sign < 0x80 else f"\\x{sign:02x}"
    shown = {"'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(sign, sign)
    return f"invalid character '{shown}' {where}"
