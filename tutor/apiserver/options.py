"""Query parameters of requests, read and checked as the API server does.

Source: k8s.io/apimachinery/pkg/apis/meta/{internalversion,v1}/validation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from aiohttp import web

from tutor.apiserver.refusals import bad_options
from tutor.engine.errors import FieldError, bad_request
from tutor.engine.validation import forbidden, required, unsupported, wrong

Validation = Literal["Strict", "Warn", "Ignore"]
Propagation = Literal["Background", "Foreground", "Orphan"]

_MANAGER_LENGTH: Final = 128
_INT64: Final = 1 << 63


def flag(text: str | None) -> bool:
    """A truth value as the server reads one: anything but `false` and `0` is true, if it is there at all.

    Source: `Convert_Slice_string_To_bool` of k8s.io/apimachinery/pkg/runtime/conversion.go.
    """
    return text is not None and text != "0" and text.lower() != "false"


def number(text: str) -> int:
    """An integer of 64 bits.

    Raises:
        ApiError: BadRequest, in Go's words.
    """
    digits = text.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if len(digits) > len(str(_INT64)) or not -_INT64 <= int(text) < _INT64:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
    return int(text)


def version_number(text: str) -> int:
    """A resourceVersion; 0 if there is none.

    Raises:
        ApiError: Invalid.
    """
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(_INT64 << 1))):
        error = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise bad_options("", [wrong("resourceVersion", text, error)])
    return int(text)


@dataclass(frozen=True)
class ListOptions:
    """What a list or a watch asks for.

    Args:
        labels: a label selector.
        fields: a field selector.
        version: the resourceVersion; empty for the newest.
        match: what that version means: `Exact` or `NotOlderThan`; empty if it is not said.
        limit: how many objects at most; 0 for all.
        resume: the continue token of the chunk before.
        watch: whether to stream changes.
        bookmarks: whether a watch may tell how far it has come.
        initial: whether a watch is to begin with the objects there are; None if it is not said.
        seconds: how long to watch; None leaves it to the server.
    """

    labels: str = ""
    fields: str = ""
    version: str = ""
    match: str = ""
    limit: int = 0
    resume: str = ""
    watch: bool = False
    bookmarks: bool = False
    initial: bool | None = None
    seconds: int | None = None


def list_options(request: web.BaseRequest, *, watch: bool = False) -> ListOptions:
    """The options of a list or a watch.

    Args:
        request: the request.
        watch: whether its path says that it is a watch.

    Raises:
        ApiError: BadRequest or Invalid.
    """
    query = request.query
    seconds, initial = query.get("timeoutSeconds", ""), query.get("sendInitialEvents")
    options = ListOptions(
        query.get("labelSelector", ""),
        query.get("fieldSelector", ""),
        query.get("resourceVersion", ""),
        query.get("resourceVersionMatch", ""),
        number(query.get("limit") or "0"),
        query.get("continue", ""),
        watch or flag(query.get("watch")),
        flag(query.get("allowWatchBookmarks")),
        None if initial is None else flag(initial),
        number(seconds) if seconds else None,
    )
    errors = list(_watch_errors(options) if options.watch else _list_errors(options))
    if errors:
        raise bad_options("ListOptions", errors)
    return options


def _list_errors(options: ListOptions) -> Iterator[FieldError]:
    path, match = "resourceVersionMatch", options.match
    if match:
        if not options.version:
            yield forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided")
        if options.resume:
            yield forbidden(path, "resourceVersionMatch is forbidden when continue is provided")
        if match not in {"Exact", "NotOlderThan"}:
            yield unsupported(path, match, ("Exact", "NotOlderThan", ""))
        if match == "Exact" and options.version == "0":
            yield forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if options.initial is not None:
        yield forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")


def _watch_errors(options: ListOptions) -> Iterator[FieldError]:
    path, match = "resourceVersionMatch", options.match
    if options.initial is not None and match != "NotOlderThan":
        yield forbidden(path, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    if match:
        if options.initial is None:
            yield forbidden(path, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        if match != "NotOlderThan":
            yield unsupported(path, match, ("NotOlderThan",))
        if options.resume:
            yield forbidden(path, "resourceVersionMatch is forbidden when continue is provided")


@dataclass(frozen=True)
class WriteOptions:
    """How a change is to be made.

    Args:
        manager: who answers for the fields changed.
        dry_run: whether to store nothing.
        validation: what becomes of fields the kind does not have.
        force: whether an apply takes fields over from others.
    """

    manager: str = ""
    dry_run: bool = False
    validation: Validation = "Warn"
    force: bool = False


def write_options(request: web.BaseRequest, kind: str, *, applies: bool = False) -> WriteOptions:
    """The options of a create, update or patch.

    Args:
        request: the request.
        kind: `CreateOptions`, `UpdateOptions` or `PatchOptions`, for what is wrong with them.
        applies: whether the patch is an apply.

    Raises:
        ApiError: Invalid.
    """
    query = request.query
    manager, validation, force = query.get("fieldManager", ""), query.get("fieldValidation", ""), query.get("force")
    errors: list[FieldError] = []
    if kind == "PatchOptions" and applies and not manager:
        errors.append(required("fieldManager", "is required for apply patch"))
    if kind == "PatchOptions" and not applies and force is not None:
        errors.append(forbidden("force", "may not be specified for non-apply patch"))
    errors += _manager_errors(manager)
    dry_run = query.getall("dryRun", [])
    errors += _dry_run_errors(dry_run)
    if validation not in {"", "Ignore", "Warn", "Strict"}:
        errors.append(unsupported("fieldValidation", validation, ("", "Ignore", "Strict", "Warn")))
    if errors:
        raise bad_options(kind, errors)
    chosen = manager or manager_of_agent(request.headers.get("User-Agent", ""))
    return WriteOptions(chosen, bool(dry_run), cast("Validation", validation or "Warn"), flag(force))


def _manager_errors(manager: str) -> Iterator[FieldError]:
    if len(manager.encode()) > _MANAGER_LENGTH:
        yield FieldError("fieldManager", "FieldValueTooLong", None, f"may not be more than {_MANAGER_LENGTH} bytes")
    at = 0
    for letter in manager:
        if not _prints(letter):
            name = f"U+{ord(letter):04X}"
            yield wrong("fieldManager", manager, f"invalid character {name} (at position {at})")
        at += len(letter.encode())


def _prints(letter: str) -> bool:
    """Whether Go's `unicode.IsPrint` holds: letters, marks, numbers, signs, and of all spaces the plain one."""
    return letter == " " or unicodedata.category(letter)[0] in "LMNPS"


def _dry_run_errors(values: list[str]) -> Iterator[FieldError]:
    if any(value != "All" for value in values):
        yield unsupported("dryRun", values, ("All",))


def manager_of_agent(agent: str) -> str:
    """Who a client is by its User-Agent: what stands before the first slash.

    Source: `prefixFromUserAgent` of k8s.io/apiserver/pkg/endpoints/handlers/create.go.
    """
    found = ""
    for letter in agent.partition("/")[0]:
        if _prints(letter):
            if len((found + letter).encode()) > _MANAGER_LENGTH:
                break
            found += letter
    return found


@dataclass(frozen=True)
class DeleteOptions:
    """How to delete.

    Args:
        grace: seconds a Pod has to stop; None leaves it to the Pod.
        propagation: what becomes of what the object owns.
        dry_run: whether to delete nothing.
        uid: the uid the object must have; empty for any.
        version: the resourceVersion the object must have; empty for any.
    """

    grace: int | None = None
    propagation: Propagation = "Background"
    dry_run: bool = False
    uid: str = ""
    version: str = ""


def delete_options(request: web.BaseRequest, body: Mapping[str, Any] | None) -> DeleteOptions:
    """The options of a delete: those of its body, or if it has none those of the query.

    Raises:
        ApiError: BadRequest or Invalid.
    """
    if body is None:
        query = request.query
        grace = query.get("gracePeriodSeconds", "")
        orphan = query.get("orphanDependents")
        given: Mapping[str, Any] = {
            "gracePeriodSeconds": number(grace) if grace else None,
            "propagationPolicy": query.get("propagationPolicy") or None,
            "orphanDependents": None if orphan is None else flag(orphan),
            "dryRun": query.getall("dryRun", []),
        }
    else:
        given = body
    return _delete_options(given)


def _delete_options(given: Mapping[str, Any]) -> DeleteOptions:
    grace, policy, orphan = (given.get(key) for key in ("gracePeriodSeconds", "propagationPolicy", "orphanDependents"))
    dry_run, conditions = given.get("dryRun") or [], given.get("preconditions") or {}
    fits = (
        (grace is None or type(grace) is int)
        and (policy is None or isinstance(policy, str))
        and (orphan is None or isinstance(orphan, bool))
        and isinstance(dry_run, list)
        and isinstance(conditions, Mapping)
        and all(isinstance(conditions.get(key, ""), str | None) for key in ("uid", "resourceVersion"))
    )
    if not fits:
        raise bad_request("decoded object cannot be converted to DeleteOptions")
    errors: list[FieldError] = []
    if orphan is not None and policy is not None:
        detail = "orphanDependents and deletionPropagation cannot be both set"
        errors.append(wrong("propagationPolicy", policy, detail))
    if policy not in {None, "Foreground", "Background", "Orphan"}:
        errors.append(unsupported("propagationPolicy", policy, ("Foreground", "Background", "Orphan", "nil")))
    errors += _dry_run_errors(dry_run)
    if errors:
        raise bad_options("DeleteOptions", errors)
    if orphan is not None:
        policy = "Orphan" if orphan else "Background"
    return DeleteOptions(
        grace,
        cast("Propagation", policy or "Background"),
        bool(dry_run),
        conditions.get("uid") or "",
        conditions.get("resourceVersion") or "",
    )
