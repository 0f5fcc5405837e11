"""What kubectl prints when something goes wrong, and the exit code it ends with.

Source: checkErr and its helpers in https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/util/helpers.go
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tutor.engine.errors import ApiError


class KubectlError(Exception):
    """An error of kubectl's own.

    Args:
        message: what went wrong; `error: ` is put before it when printed.
        code: the exit code.
        printed: what kubectl has printed on standard output by then.
    """

    def __init__(self, message: str, code: int = 1, printed: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.printed = printed


class PlainError(KubectlError):
    """An error whose message is printed as it is, without `error: ` before it."""


class AggregateError(Exception):
    """Several errors at once; one in it counts as that one alone."""

    def __init__(self, errors: Sequence[Exception]) -> None:
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = tuple(errors)


def raise_all(errors: Sequence[Exception]) -> None:
    """Raise what was collected: nothing, the one error, or an AggregateError of them."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise AggregateError(errors)


def usage_error(path: str, message: str) -> KubectlError:
    """An error that points to the help of the command of that path, such as `kubectl create`."""
    return KubectlError(f"{message}\nSee '{path} -h' for help and examples")


def with_source(verb: str, source: str, error: ApiError | KubectlError) -> ApiError | KubectlError:
    """The error, saying that it came while doing something to an object from a file.

    Args:
        verb: such as `creating`.
        source: the file, as the learner named it; nothing is added if empty.
        error: the API's answer.
    """
    if not source:
        return error
    if isinstance(error, KubectlError):
        return KubectlError(f'error when {verb} "{source}": {error.message}', error.code)
    status = error.status
    return ApiError(replace(status, message=f'error when {verb} "{source}": {status.message}'))


def report(error: Exception) -> tuple[str, int]:
    """The text for standard error, with its last newline, and the exit code.

    Args:
        error: an ApiError, KubectlError or AggregateError.
    """
    if isinstance(error, AggregateError) and len(error.errors) == 1:
        return report(error.errors[0])
    if isinstance(error, AggregateError):
        return "".join(f"{_message(each)}\n" for each in error.errors), 1
    if isinstance(error, ApiError) and error.status.reason == "Invalid":
        return _invalid(error), 1
    if isinstance(error, PlainError):
        return _line(error.message), error.code
    if isinstance(error, KubectlError):
        return _line(error.message if error.message.startswith("error: ") else f"error: {error.message}"), error.code
    return _line(_message(error)), 1


def _message(error: Exception) -> str:
    if isinstance(error, ApiError):
        reason = f" ({error.status.reason})" if error.status.reason else ""
        return f"Error from server{reason}: {error.status.message}"
    return str(error)


def _line(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _invalid(error: ApiError) -> str:
    status = error.status
    named = status.resource or status.name
    what = f'The {status.resource} "{status.name}" is invalid' if named else "The request is invalid"
    causes = _unique(str(cause) for cause in status.causes)
    if not causes:
        return f"{what}\n" if named else f"{what}: {status.message}\n"
    if len(causes) == 1:
        return f"{what}: {causes[0]}\n"
    return f"{what}: \n" + "".join(f"* {cause}\n" for cause in causes)


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
