"""The definitions of kinds and of what they are made of, with their documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from tutor.apiserver.openapi.names import full_name
from tutor.apiserver.tables import descriptions
from tutor.engine.gotypes import VALUE_STRUCTS

_REQUEST: Final[Mapping[str, Any]] = {
    "ListMeta": {
        "properties": {
            "continue": {"type": "string"},
            "remainingItemCount": {"format": "int64", "type": "integer"},
            "resourceVersion": {"type": "string"},
            "selfLink": {"type": "string"},
        },
        "type": "object",
    },
    "Patch": {"type": "object"},
    "Preconditions": {
        "properties": {"resourceVersion": {"type": "string"}, "uid": {"type": "string"}},
        "type": "object",
    },
    "DeleteOptions": {
        "properties": {
            "apiVersion": {"type": "string"},
            "dryRun": {"items": {"type": "string"}, "type": "array"},
            "gracePeriodSeconds": {"format": "int64", "type": "integer"},
            "kind": {"type": "string"},
            "orphanDependents": {"type": "boolean"},
            "preconditions": {"$ref": "Preconditions"},
            "propagationPolicy": {"type": "string"},
        },
        "type": "object",
    },
    "StatusCause": {
        "properties": {"field": {"type": "string"}, "message": {"type": "string"}, "reason": {"type": "string"}},
        "type": "object",
    },
    "StatusDetails": {
        "properties": {
            "causes": {"items": {"$ref": "StatusCause"}, "type": "array"},
            "group": {"type": "string"},
            "kind": {"type": "string"},
            "name": {"type": "string"},
            "retryAfterSeconds": {"format": "int32", "type": "integer"},
            "uid": {"type": "string"},
        },
        "type": "object",
    },
    "Status": {
        "properties": {
            "apiVersion": {"type": "string"},
            "code": {"format": "int32", "type": "integer"},
            "details": {"$ref": "StatusDetails"},
            "kind": {"type": "string"},
            "message": {"type": "string"},
            "metadata": {"$ref": "ListMeta"},
            "reason": {"type": "string"},
            "status": {"type": "string"},
        },
        "type": "object",
    },
    "v1.Binding": {
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"$ref": "ObjectMeta"},
            "target": {"$ref": "v1.ObjectReference"},
        },
        "required": ["target"],
        "type": "object",
    },
    "v1.Eviction": {
        "properties": {
            "apiVersion": {"type": "string"},
            "deleteOptions": {"$ref": "DeleteOptions"},
            "kind": {"type": "string"},
            "metadata": {"$ref": "ObjectMeta"},
        },
        "type": "object",
    },
    "v1.ScaleSpec": {"properties": {"replicas": {"format": "int32", "type": "integer"}}, "type": "object"},
    "v1.ScaleStatus": {
        "properties": {
            "replicas": {"default": 0, "format": "int32", "type": "integer"},
            "selector": {"type": "string"},
        },
        "required": ["replicas"],
        "type": "object",
    },
    "v1.Scale": {
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"$ref": "ObjectMeta"},
            "spec": {"$ref": "v1.ScaleSpec"},
            "status": {"$ref": "v1.ScaleStatus"},
        },
        "type": "object",
        "x-kubernetes-group-version-kind": [{"group": "autoscaling", "kind": "Scale", "version": "v1"}],
    },
}
"""What requests and their answers are made of beside the kinds.

Source: the OpenAPI of a v1.36 API server, without its prose.
"""
_OWN: Final = {"v1.EndpointPort": ("EndpointSlice", "io.k8s.api.discovery.v1.EndpointPort")}
"""Definitions of the same name in two groups: below which kind the other one stands, and its full name."""


@cache
def _raw() -> Mapping[str, Any]:
    text = files("tutor.engine").joinpath("schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = {**json.loads(text), **_REQUEST}
    return found


def list_definition(kind: str, group: str) -> dict[str, Any]:
    """The definition of a list of a kind."""
    return {
        "description": f"{kind}List is a list of {kind} objects.",
        "properties": {
            "apiVersion": {"type": "string"},
            "items": {"items": {"$ref": f"v1.{kind}"}, "type": "array"},
            "kind": {"type": "string"},
            "metadata": {"$ref": "ListMeta"},
        },
        "required": ["items"],
        "type": "object",
        "x-kubernetes-group-version-kind": [{"group": group, "kind": f"{kind}List", "version": "v1"}],
    }


class Schemas:
    """Definitions, collected as they are referred to.

    Args:
        prefix: what references begin with, such as `#/components/schemas/`.
        third: whether they are written as OpenAPI v3 has them.
    """

    def __init__(self, prefix: str, *, third: bool) -> None:
        self._prefix, self._third = prefix, third
        self._found: dict[str, dict[str, Any]] = {}

    def all(self) -> dict[str, dict[str, Any]]:
        """Every definition referred to so far, by its full name."""
        return dict(sorted(self._found.items()))

    def add(self, name: str, definition: Mapping[str, Any]) -> dict[str, str]:
        """Add a definition that is no part of the kinds; a reference to it."""
        full = full_name(name)
        if full not in self._found:
            self._found[full] = {}
            self._found[full] = self._definition(definition, name, "")
        return {"$ref": self._prefix + full}

    def refer(self, name: str, within: str = "") -> dict[str, str]:
        """A reference to a definition, which is collected.

        Args:
            name: such as `v1.ServiceSpec`.
            within: the kind it stands in.
        """
        kind, own = _OWN.get(name, ("", ""))
        full = own if own and kind == within else full_name(name)
        if full not in self._found:
            self._found[full] = {}  # it may refer to itself
            self._found[full] = self._definition(_raw()[name], name, within)
        return {"$ref": self._prefix + full}

    def _definition(self, raw: Mapping[str, Any], name: str, within: str) -> dict[str, Any]:
        kind = name.removeprefix("v1.") if "x-kubernetes-group-version-kind" in raw else within
        told = descriptions().get(f"{kind}/{name}") or descriptions().get(name) or {}
        found: dict[str, Any] = {"description": told[""]} if told.get("") else {}
        found.update({key: value for key, value in raw.items() if key != "properties"})
        if not self._third and "oneOf" in found:
            # Version 2 has no alternatives; both such types are written as text there.
            del found["oneOf"]
            found["type"] = "string"
        if "properties" in raw:
            go_name = name.rpartition(".")[2]
            found["properties"] = {
                key: self._property(value, told.get(key, ""), kind, in_place=f"{go_name}.{key}" in VALUE_STRUCTS)
                for key, value in raw["properties"].items()
            }
        return found

    def _property(self, raw: Mapping[str, Any], told: str, within: str, *, in_place: bool) -> dict[str, Any]:
        shown: dict[str, Any] = {"description": told} if told else {}
        if "$ref" in raw:
            reference = self.refer(raw["$ref"], within)
            if not self._third:
                return {**shown, **reference, **_extensions(raw)}
            if in_place:
                shown["default"] = {}
            return {**shown, "allOf": [reference], **_extensions(raw)}
        shown.update(raw)
        for inner in ("items", "additionalProperties"):
            if isinstance(raw.get(inner), Mapping):
                shown[inner] = self._property(raw[inner], "", within, in_place=False)
        return shown


def _extensions(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key.startswith("x-")}
