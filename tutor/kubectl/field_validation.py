"""`--validate`: what becomes of fields the API does not know.

Source: `GetValidationDirective` of https://github.com/kubernetes/kubectl and
https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from tutor.engine.api import Paths
from tutor.engine.objects import Object
from tutor.kubectl.command import Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation

Validation: TypeAlias = Literal["strict", "warn", "ignore"]

VALIDATE: Final = Flag(
    "validate",
    'Must be one of: strict (or true), warn, ignore (or false). "true" or "strict" will use a schema to validate the '
    "input and fail the request if invalid. It will perform server side validation if ServerSideFieldValidation is "
    'enabled on the api-server, but will fall back to less reliable client-side validation if not. "warn" will warn '
    "about unknown or duplicate fields without blocking the request if server-side field validation is enabled on the "
    'API server, and behave as "ignore" otherwise. "false" or "ignore" will not perform any schema validation, '
    "silently dropping any unknown or duplicate fields.",
    default="strict",
    optional="strict",
    choices=("ignore", "strict", "warn"),
)


def validation_of(call: Invocation) -> Validation:
    """What `--validate` asks for.

    Raises:
        KubectlError: it is none of the words it may be.
    """
    value = call.text("validate")
    match value:
        case "strict" | "warn" | "ignore":
            return value
        case "true" | "True" | "TRUE" | "t" | "T" | "1":
            return "strict"
        case "false" | "False" | "FALSE" | "f" | "F" | "0":
            return "ignore"
    raise KubectlError(
        f'invalid - validate option "{value}"; must be one of: strict (or true), warn, ignore (or false)'
    )


def create_validated(call: Invocation, obj: Object, namespace: str, *, dry_run: bool) -> Object:
    """Create an object, without the fields the API does not know if `--validate` allows that.

    Raises:
        ApiError: the API's refusal.
    """
    return send_validated(call, lambda unknown: call.client.create(obj, namespace, dry_run=dry_run, unknown=unknown))


def send_validated(call: Invocation, send: Callable[[Paths | None], Object]) -> Object:
    """Make a request with the list for unknown fields that `--validate` asks for, and warn of what it then holds.

    Args:
        call: the invocation.
        send: makes the request; refused for unknown fields if given None.

    Raises:
        ApiError: the API's refusal.
    """
    mode = validation_of(call)
    if mode == "warn":
        return warning_of_unknown(call, send)
    return send(None if mode == "strict" else [])


def warning_of_unknown(call: Invocation, send: Callable[[Paths | None], Object]) -> Object:
    """Make a request that drops unknown fields, and warn of them: what the API does unless asked for something else.

    Args:
        call: the invocation.
        send: makes the request with the list it is given.

    Raises:
        ApiError: the API's refusal.
    """
    unknown: Paths = []
    obj = send(unknown)
    for path in unknown:
        call.client.warn(f'unknown field "{path}"')
    return obj
