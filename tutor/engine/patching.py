"""Changing part of an object, as the API does on a PATCH request.

Source: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from tutor.engine import patch
from tutor.engine.decoding import DecodeError, decode_strictly, json_word
from tutor.engine.errors import ApiError, FieldError, Status, bad_request, conflict, go_value, invalid
from tutor.engine.objects import Object, name_of, uid_of
from tutor.engine.resources import Resource

PatchKind = Literal["strategic", "merge", "json"]


def check_unchanged_since(resource: Resource, metadata: Mapping[str, Any], old: Object) -> None:
    """Refuse a change based on another version of the object, or on another object of its name.

    Raises:
        ApiError: Conflict.
    """
    name, version, uid = name_of(old), metadata.get("resourceVersion"), metadata.get("uid")
    if version and version != old["metadata"]["resourceVersion"]:
        raise conflict(resource.plural, resource.group, name)
    if uid and uid != uid_of(old):
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {uid_of(old)}"
        raise conflict(resource.plural, resource.group, name, why)


def check_place(metadata: Mapping[str, Any], old: Mapping[str, Any]) -> None:
    """Refuse a patch that renames or moves an object.

    Raises:
        ApiError: BadRequest.
    """
    name, namespace = metadata.get("name", ""), metadata.get("namespace", "")
    if name != old["name"]:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({old['name']})")
    if namespace and namespace != old.get("namespace", ""):
        asked = old.get("namespace", "")
        found = f"the namespace of the object ({namespace}) does not match the namespace on the request ({asked})"
        raise bad_request(found)


def patched(resource: Resource, old: Object, change: Any, kind: PatchKind, unknown: list[str] | None = None) -> Object:
    """The old object after a patch, decoded.

    Args:
        resource: of which kind it is.
        old: the object; not changed.
        change: the patch: a mapping, or for `json` a list of operations.
        kind: how to read it.
        unknown: as for `decode`.

    Raises:
        ApiError: the patch does not fit the object, or what it makes of it is no object of the kind.
    """
    if kind != "json" and not isinstance(change, Mapping):
        word = json_word(change)
        raise bad_request(f"json: cannot unmarshal {word} into Go value of type map[string]interface {{}}")
    try:
        if kind == "strategic":
            merged = patch.strategic_merge(resource.kind, old, change)
        elif kind == "merge":
            merged = patch.merge_patch(old, change)
        else:
            merged = patch.json_patch(old, change)
    except patch.PatchError as error:
        if kind == "json":
            message = "the server rejected our request due to an error in our request"
            raise ApiError(Status(422, "Invalid", message)) from None
        raise ApiError(Status(500, "", str(error))) from None
    if not isinstance(merged, dict):
        raise bad_request("error decoding patch: the object would be no object")
    try:
        return decode_strictly(merged, resource.kind, unknown, from_patch=kind == "strategic")
    except DecodeError as error:
        shown = patch.go_text(change) if kind == "strategic" else go_value(merged)
        raise invalid("", "", "", [FieldError("patch", "FieldValueInvalid", shown, str(error))]) from None
