"""Objects as verbs print them that hold them as Go structs, rather than as the maps the API sends.

Their fields come in the order of the structs, and a template's metadata shows a `creationTimestamp`, because Go's
encoder leaves no struct out.

Source: `data/field_order.json` is taken from types.go of https://github.com/kubernetes/api and of
k8s.io/apimachinery/pkg/apis/meta/v1 (Apache License 2.0).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from tutor.engine.objects import Object


class GoOrdered(dict[str, Any]):
    """An object whose fields are in the order of Go's types already."""


def typed(obj: Object) -> Object:
    """The object with its fields in the order of its kind's struct; as it is if the kind is not known."""
    name = f"v1.{obj.get('kind')}"
    return GoOrdered(_struct(name, obj)) if name in _order() else obj


@cache
def _order() -> Mapping[str, Sequence[str]]:
    text = files("tutor.kubectl").joinpath("data", "field_order.json").read_text(encoding="utf-8")
    return {name: fields.split() for name, fields in json.loads(text).items()}


@cache
def _schema() -> Mapping[str, Any]:
    text = files("tutor.engine").joinpath("schema.json").read_text(encoding="utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


def _struct(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    if name == "ObjectMeta":
        value = {"creationTimestamp": None, **value}
    known = _order().get(name, ())
    properties = _schema().get(name, {}).get("properties") or {}
    fields = [field for field in known if field in value] + [field for field in value if field not in known]
    return {field: _value(properties.get(field, {}), value[field]) for field in fields}


def _value(schema: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, Mapping):
        if "$ref" in schema:
            return _struct(str(schema["$ref"]), value)
        inner = schema.get("additionalProperties")
        return {key: _value(inner if isinstance(inner, Mapping) else {}, value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_value(schema.get("items") or {}, item) for item in value]
    return value
