"""The documents of OpenAPI v3 and v2."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import tutor
from tutor.apiserver.discovery import VERSION
from tutor.apiserver.openapi.operations import Operation, Parameter, PathEntry, extensions, paths_of
from tutor.apiserver.openapi.schemas import Schemas, list_definition
from tutor.apiserver.paths import SERVED
from tutor.engine.resources import EVENT, EVENTS_V1, Resource

_INFO: Final = {"title": "Kubernetes", "version": VERSION["gitVersion"]}
_JSON: Final = "application/json"


def group_paths() -> dict[str, Sequence[Resource]]:
    """The resources by where their document is, such as `api/v1` or `apis/apps/v1`."""
    found: dict[str, list[Resource]] = {}
    for resource in SERVED:
        place = f"apis/{resource.group}/{resource.version}" if resource.group else f"api/{resource.version}"
        found.setdefault(place, []).append(resource)
    return dict(found)


@cache
def index() -> Mapping[str, Any]:
    """What `/openapi/v3` answers: where the documents are, each under a hash of what it says."""
    hashed = hashlib.sha512(f"{tutor.__version__} {VERSION['gitVersion']}".encode()).hexdigest().upper()
    return {"paths": {place: {"serverRelativeURL": f"/openapi/v3/{place}?hash={hashed}"} for place in group_paths()}}


# Version 3


def third(place: str) -> Mapping[str, Any] | None:
    """The OpenAPI v3 document of a group, such as `apis/apps/v1`; None if there is none."""
    resources = group_paths().get(place)
    if resources is None:
        return None
    schemas = Schemas("#/components/schemas/", third=True)
    paths = {entry.path: _third_path(entry, schemas) for resource in resources for entry in paths_of(resource)}
    return {
        "openapi": "3.0.0",
        "info": _INFO,
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas.all()},
    }


def _third_path(entry: PathEntry, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {operation.method: _third_operation(operation, schemas) for operation in entry.operations}
    if entry.parameters:
        found["parameters"] = [_third_parameter(each) for each in entry.parameters]
    return found


def _third_parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"name": parameter.name, "in": parameter.place}
    if parameter.place == "path":
        found["required"] = True
    return {**found, "schema": {"type": parameter.type, "uniqueItems": True}}


def _third_operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.id,
        "parameters": [_third_parameter(each) for each in operation.parameters],
        "responses": {
            code: {"description": told, "content": {_JSON: {"schema": _answer(operation, schemas)}}}
            for code, told in _codes(operation)
        },
        **extensions(operation),
    }
    if operation.takes:
        schema = _reference(operation.takes, operation, schemas)
        content = {media: {"schema": schema} for media in operation.media}
        found["requestBody"] = {"content": content, "required": operation.takes != "DeleteOptions"}
    return found


def _codes(operation: Operation) -> list[tuple[str, str]]:
    match operation.method:
        case "post":
            return [("200", "OK"), ("201", "Created"), ("202", "Accepted")]
        case "put" | "patch":
            return [("200", "OK"), ("201", "Created")]
        case "delete":
            return [("200", "OK"), ("202", "Accepted")]
    return [("200", "OK")]


def _answer(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    if operation.action in {"connect"} or operation.id.endswith("Log"):
        return {"type": "string"}
    return _reference(operation.gives or "Status", operation, schemas)


def _reference(name: str, operation: Operation, schemas: Schemas) -> dict[str, Any]:
    group, _, kind = operation.kind
    if name == f"v1.{kind}List":
        return dict(schemas.add(name, list_definition(kind, group)))
    if name == "v1.Event" and group == EVENTS_V1.group:
        # The events of both groups are described alike here: by the core group's definition.
        return dict(schemas.refer(f"v1.{EVENT.kind}"))
    return dict(schemas.refer(name))


# Version 2


def second() -> Mapping[str, Any]:
    """The OpenAPI v2 document of the whole API."""
    schemas = Schemas("#/definitions/", third=False)
    paths = {entry.path: _second_path(entry, schemas) for resource in SERVED for entry in paths_of(resource)}
    return {
        "swagger": "2.0",
        "info": _INFO,
        "paths": dict(sorted(paths.items())),
        "definitions": schemas.all(),
    }


def _second_path(entry: PathEntry, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {operation.method: _second_operation(operation, schemas) for operation in entry.operations}
    if entry.parameters:
        found["parameters"] = [_second_parameter(each) for each in entry.parameters]
    return found


def _second_parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"name": parameter.name, "in": parameter.place, "type": parameter.type}
    if parameter.place == "path":
        found["required"] = True
    return {**found, "uniqueItems": True}


def _second_operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    parameters = [_second_parameter(each) for each in operation.parameters]
    if operation.takes:
        schema = _reference(operation.takes, operation, schemas)
        parameters.append({"name": "body", "in": "body", "required": True, "schema": schema})
    return {
        "operationId": operation.id,
        "consumes": list(operation.media) or ["*/*"],
        "produces": [_JSON],
        "parameters": parameters,
        "responses": {
            code: {"description": told, "schema": _answer(operation, schemas)} for code, told in _codes(operation)
        },
        **extensions(operation),
    }
