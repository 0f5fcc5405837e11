"""Lists: at which version, in which chunks.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks and
k8s.io/apiserver/pkg/storage/continue.go.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tutor.apiserver.bodies import go_json_error
from tutor.apiserver.options import ListOptions, version_number
from tutor.apiserver.paths import Target
from tutor.apiserver.refusals import expired, too_new
from tutor.engine.api import Api
from tutor.engine.errors import ApiError, bad_request
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.queries import Query
from tutor.engine.store import Store

LIST_EXPIRED: Final = "The resourceVersion for the provided list is too old."
CONTINUE_EXPIRED: Final = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)
_NEWEST: Final = -1
"""The version in a token that goes on with whatever there is by then."""


@dataclass(frozen=True)
class Chunk:
    """Part of a list.

    Args:
        objects: what is in it.
        metadata: of the list.
    """

    objects: Sequence[Object]
    metadata: dict[str, Any]


def list_chunk(api: Api, store: Store, oldest: int, target: Target, options: ListOptions) -> Chunk:
    """What a list asks for.

    Args:
        api: the cluster's API.
        store: its objects.
        oldest: the earliest resourceVersion still known.
        target: which objects.
        options: which of them, and how.

    Raises:
        ApiError: BadRequest, Expired or Timeout.
    """
    revision, start = store.revision, ""
    version = version_number(options.version)
    if options.resume:
        if options.version and version:
            raise bad_request("specifying resource version is not allowed when using continue")
        revision, start = _read_token(options.resume, store.revision)
    elif version > store.revision:
        raise too_new(version, store.revision)
    elif options.match == "Exact":
        revision = version
    if revision < oldest:
        raise expired(CONTINUE_EXPIRED, _token(_NEWEST, start)) if options.resume else expired(LIST_EXPIRED)
    objects = _objects(api, store, target, options, revision)
    if start:
        objects = [obj for obj in objects if _key(target, obj) >= start]
    metadata: dict[str, Any] = {"resourceVersion": str(revision)}
    if 0 < options.limit < len(objects):
        metadata["continue"] = _token(revision, _key(target, objects[options.limit - 1]) + "\0")
        if not (options.labels or options.fields):
            metadata["remainingItemCount"] = len(objects) - options.limit
        objects = objects[: options.limit]
    return Chunk(objects, metadata)


def _objects(api: Api, store: Store, target: Target, options: ListOptions, revision: int) -> Sequence[Object]:
    namespace = target.namespace
    if revision == store.revision:
        return api.list(target.resource, namespace, labels=options.labels, fields=options.fields)
    query = Query(target.resource, options.labels, options.fields)
    space = namespace if target.resource.namespaced else ""
    return [obj for obj in store.list_at(revision, target.resource.kind, space) if query.matches(obj)]


def _key(target: Target, obj: Object) -> str:
    """Where an object stands in a list."""
    within = target.namespace is not None or not target.resource.namespaced
    return f"/{name_of(obj)}" if within else f"/{namespace_of(obj)}/{name_of(obj)}"


def _token(revision: int, start: str) -> str:
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": start}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str, newest: int) -> tuple[int, str]:
    """The version and the place a token goes on from.

    Raises:
        ApiError: BadRequest, as the server refuses what is no token of its own.
    """
    data = _decoded(token)
    try:
        content = json.loads(data)
    except ValueError as error:
        raise _bad_token(f"continue key is not valid: {go_json_error(data, error)}") from None
    if not isinstance(content, dict) or content.get("v") != "meta.k8s.io/v1":
        version = content.get("v", "") if isinstance(content, dict) else ""
        raise _bad_token(f"continue key is not valid: server does not recognize this encoded version {version}")
    revision, start = content.get("rv"), content.get("start")
    if type(revision) is not int or revision == 0:
        raise _bad_token("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
    if not isinstance(start, str) or not start:
        raise _bad_token("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
    return newest if revision == _NEWEST else revision, start


def _decoded(token: str) -> bytes:
    """The bytes of a token in the alphabet of base64 that is safe in addresses, without padding."""
    bad = next(
        (at for at, letter in enumerate(token) if not (letter.isascii() and (letter.isalnum() or letter in "-_"))), None
    )
    if bad is None and len(token) % 4 == 1:
        bad = len(token)
    if bad is not None:
        raise _bad_token(f"continue key is not valid: illegal base64 data at input byte {bad}")
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        raise _bad_token(f"continue key is not valid: illegal base64 data at input byte {len(token)}") from None


def _bad_token(why: str) -> ApiError:
    return bad_request(f"invalid continue token: {why}")
