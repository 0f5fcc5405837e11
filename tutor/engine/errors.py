"""Failures of the API: a Status object with the real code, reason, message and causes, carried by `ApiError`.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ and tests/golden.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Problem = Literal[
    "FieldValueRequired",
    "FieldValueInvalid",
    "FieldValueDuplicate",
    "FieldValueNotSupported",
    "FieldValueForbidden",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "FieldValueNotFound",
    "FieldValueTypeInvalid",
]

_PROBLEM_TEXT: Mapping[str, str] = {
    "FieldValueRequired": "Required value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueTooLong": "Too long",
    "FieldValueTooMany": "Too many",
    "FieldValueNotFound": "Not found",
    "FieldValueTypeInvalid": "Invalid value",
}
_WITHOUT_VALUE = frozenset({"FieldValueRequired", "FieldValueForbidden", "FieldValueTooLong", "FieldValueTooMany"})


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field of an object.

    Args:
        path: the field as the API writes it, such as `spec.ports[0].port`.
        problem: the reason word of the cause.
        value: the value found, JSON-shaped; left out of the text where Go leaves it out.
        detail: what would be right; may be empty.
    """

    path: str
    problem: Problem
    value: Any = None
    detail: str = ""

    @property
    def text(self) -> str:
        """The error without its path, as a Status cause has it."""
        text = _PROBLEM_TEXT[self.problem]
        if self.problem not in _WITHOUT_VALUE:
            text += ": " + go_value(self.value)
        return f"{text}: {self.detail}" if self.detail else text

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


def go_value(value: Any) -> str:
    """A value the way field errors print it: strings quoted, lists and maps as compact JSON."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Cause:
    """One reason of a refusal that is no field error.

    Args:
        problem: the machine-readable word, such as `FieldManagerConflict`.
        text: what is wrong.
        path: the field concerned; empty if it is about none.
    """

    problem: str
    text: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


@dataclass(frozen=True)
class Status:
    """What the API server answers instead of an object.

    Args:
        code: the HTTP status code.
        reason: the machine-readable word, such as `NotFound`.
        message: the sentence kubectl prints.
        group: API group of the resource concerned; empty for the core group.
        resource: plural resource name, or the kind for Invalid.
        name: the object's name.
        causes: the single field errors of an Invalid, or other reasons.
        retry_after: seconds after which the same request may succeed; 0 says nothing of it.
        detailed: whether the answer has details even if there is nothing in them.
        resume: a token with which an expired list goes on.
    """

    code: int
    reason: str
    message: str
    group: str = ""
    resource: str = ""
    name: str = ""
    causes: tuple[FieldError | Cause, ...] = ()
    retry_after: int = 0
    detailed: bool = False
    resume: str = ""

    def to_object(self) -> dict[str, Any]:
        """The Status as the API sends it."""
        details: dict[str, Any] = {}
        if self.name:
            details["name"] = self.name
        if self.group:
            details["group"] = self.group
        if self.resource:
            details["kind"] = self.resource
        if self.causes:
            details["causes"] = [_cause(cause) for cause in self.causes]
        if self.retry_after:
            details["retryAfterSeconds"] = self.retry_after
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {"continue": self.resume} if self.resume else {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if details or self.detailed:
            status["details"] = details
        return {**status, "code": self.code}


def _cause(cause: FieldError | Cause) -> dict[str, str]:
    found = {"reason": cause.problem, "message": cause.text}
    return {**found, "field": cause.path} if cause.path else found


class ApiError(Exception):
    """The API refused a request; `status` says why. The store is as it was."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.message)
        self.status = status


def qualified(resource: str, group: str) -> str:
    """A resource name as messages have it: `services`, `deployments.apps`."""
    return f"{resource}.{group}" if group else resource


def not_found(resource: str, group: str, name: str) -> ApiError:
    """404: no object of that name."""
    message = f'{qualified(resource, group)} "{name}" not found'
    return ApiError(Status(404, "NotFound", message, group, resource, name))


def already_exists(resource: str, group: str, name: str) -> ApiError:
    """409: an object of that name is there already."""
    message = f'{qualified(resource, group)} "{name}" already exists'
    return ApiError(Status(409, "AlreadyExists", message, group, resource, name))


def conflict(resource: str, group: str, name: str, why: str = "") -> ApiError:
    """409: the resourceVersion sent is not the newest."""
    why = why or ("the object has been modified; please apply your changes to the latest version and try again")
    message = f'Operation cannot be fulfilled on {qualified(resource, group)} "{name}": {why}'
    return ApiError(Status(409, "Conflict", message, group, resource, name))


def invalid(kind: str, group: str, name: str, errors: Sequence[FieldError]) -> ApiError:
    """422: validation found these field errors (at least one)."""
    texts = [str(error) for error in errors]
    found = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
    shown = f"{kind}.{group}" if group else kind
    message = f'{shown} "{name}" is invalid: {found}'
    return ApiError(Status(422, "Invalid", message, group, kind, name, tuple(errors)))


def bad_request(message: str) -> ApiError:
    """400: the request cannot be understood."""
    return ApiError(Status(400, "BadRequest", message))


def forbidden(resource: str, group: str, name: str, why: str) -> ApiError:
    """403: the request is understood and not allowed."""
    message = f'{qualified(resource, group)} "{name}" is forbidden: {why}'
    return ApiError(Status(403, "Forbidden", message, group, resource, name))
