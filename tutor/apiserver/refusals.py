"""What the API server says when it refuses a request itself, before or beside the API's own reasons.

Source: k8s.io/apimachinery/pkg/api/errors/errors.go and k8s.io/apiserver/pkg/endpoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.engine.errors import ApiError, Cause, FieldError, Status, invalid

UNAUTHORIZED: Final = Status(401, "Unauthorized", "Unauthorized")
NO_SUCH_RESOURCE: Final = Status(404, "NotFound", "the server could not find the requested resource", detailed=True)
NOT_ALLOWED: Final = Status(
    405, "MethodNotAllowed", "the server does not allow this method on the requested resource", detailed=True
)
TIMED_OUT: Final = Status(
    504, "Timeout", "Timeout: request did not complete within the allotted timeout", detailed=True
)
MEDIA_TYPES: Final = ("application/json", "application/yaml")
"""What the server writes. Clients that prefer protobuf take JSON as well."""
READ_TYPES: Final = (*MEDIA_TYPES, "application/vnd.kubernetes.protobuf")
"""What the server reads."""
PATCH_TYPES: Final = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)


def fault(error: Exception) -> Status:
    """500: something is wrong with the server itself."""
    message = f"Internal error occurred: a fault of tutor's own: {type(error).__name__}: {error}"
    return Status(500, "InternalError", message)


def not_acceptable() -> ApiError:
    """406: no media type the client takes is served."""
    message = f"only the following media types are accepted: {', '.join(MEDIA_TYPES)}"
    return ApiError(Status(406, "NotAcceptable", message))


def unreadable_body() -> ApiError:
    """415: the body is of a media type that is not read."""
    accepted = ", ".join(READ_TYPES)
    message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
    return ApiError(Status(415, "UnsupportedMediaType", message))


def unknown_patch() -> ApiError:
    """415: a patch of a media type that is none of a patch's."""
    return ApiError(Status(415, "UnsupportedMediaType", "415: Unsupported Media Type", detailed=True))


def too_large(limit: int) -> ApiError:
    """413: the body has more bytes than the limit."""
    return ApiError(Status(413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit}"))


def expired(message: str, resume: str = "") -> ApiError:
    """410: that version is no longer kept."""
    return ApiError(Status(410, "Expired", message, resume=resume))


def too_new(asked: int, current: int) -> ApiError:
    """504: that version has not come yet."""
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    cause = Cause("ResourceVersionTooLarge", "Too large resource version")
    return ApiError(Status(504, "Timeout", message, causes=(cause,), retry_after=1))


def bad_options(kind: str, errors: Sequence[FieldError]) -> ApiError:
    """422: query parameters that do not go together, such as those of `ListOptions`."""
    return invalid(kind, "meta.k8s.io", "", errors)
