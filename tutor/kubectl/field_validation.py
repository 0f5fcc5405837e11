"""`--validate`: what becomes of fields the API does not know.

Source: `GetValidationDirective` of https://github.com/kubernetes/kubectl and
https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, TypeVar

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object
from tutor.kubectl.command import Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation

Validation: TypeAlias = Literal["strict", "warn", "ignore"]
_Sent = TypeVar("_Sent")

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

_STRICT: Final = "strict decoding error: "
_UNKNOWN = re.compile(r'unknown field "((?:[^"\\]|\\.)*)"')
_MAX_ROUNDS: Final = 20
"""The server names fields in batches; this many batches mean something else is wrong."""


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
    """Create an object, leaving out fields the API does not know if `--validate` allows that.

    Raises:
        ApiError: the API's refusal.
    """
    return send_validated(call, obj, lambda each: call.client.create(each, namespace, dry_run=dry_run))


def update_validated(call: Invocation, obj: Object, *, dry_run: bool) -> Object:
    """Replace an object, leaving out fields the API does not know if `--validate` allows that.

    Raises:
        ApiError: the API's refusal.
    """
    return send_validated(call, obj, lambda each: call.client.update(each, dry_run=dry_run))


def send_validated(call: Invocation, obj: Object, send: Callable[[Object], _Sent]) -> _Sent:
    """Send an object, again and again without the fields the API refuses to know, if `--validate` allows that.

    Args:
        call: the invocation.
        obj: the object.
        send: passes it to the API.

    Raises:
        ApiError: the API's refusal.
    """
    mode = validation_of(call)
    for _ in range(_MAX_ROUNDS):
        try:
            return send(obj)
        except ApiError as error:
            unknown = _unknown_fields(error)
            if mode == "strict" or not unknown:
                raise
            for path in unknown:
                obj = _without(obj, _steps(path))
                if mode == "warn":
                    call.client.warn(f'unknown field "{path}"')
    return send(obj)


def _unknown_fields(error: ApiError) -> list[str]:
    _, found, problems = error.status.message.partition(_STRICT)
    return _UNKNOWN.findall(problems) if found else []


def _steps(path: str) -> list[str | int]:
    """`spec.ports[0].prot` as its steps."""
    steps: list[str | int] = []
    for word in path.split("."):
        name, *indexes = word.split("[")
        steps.append(name)
        steps += [int(index.rstrip("]")) for index in indexes if index.rstrip("]").isdigit()]
    return steps


def _without(value: Any, steps: list[str | int]) -> Any:
    """The value without what is at the end of the steps; steps that lead nowhere change nothing."""
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict) and step in value:
        if not rest:
            return {key: item for key, item in value.items() if key != step}
        return {**value, step: _without(value[step], rest)}
    if isinstance(value, list) and isinstance(step, int) and step < len(value) and rest:
        return [*value[:step], _without(value[step], rest), *value[step + 1 :]]
    return value
