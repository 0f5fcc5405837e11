"""POST, PUT, PATCH and DELETE of objects.

Source: k8s.io/apiserver/pkg/endpoints/handlers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from tutor.apiserver.answers import answer
from tutor.apiserver.bodies import (
    doubled_fields,
    go_json_error,
    load_json,
    media_type_of,
    read_body,
    read_object,
    read_yaml,
)
from tutor.apiserver.events import to_core
from tutor.apiserver.negotiate import form_of
from tutor.apiserver.options import DeleteOptions, WriteOptions, delete_options, list_options, write_options
from tutor.apiserver.paths import Target
from tutor.apiserver.reading import warnings_of
from tutor.apiserver.refusals import PATCH_TYPES, unknown_patch
from tutor.apiserver.views import View
from tutor.engine.api import Api, Paths
from tutor.engine.decoding import decode, json_word, unregistered
from tutor.engine.errors import bad_request, conflict
from tutor.engine.managed.managers import By
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of, uid_of
from tutor.engine.patching import PatchKind
from tutor.engine.resources import EVENTS_V1, RESOURCES, Resource
from tutor.engine.store import Store

_PATCHES: Final[Mapping[str, PatchKind]] = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
}
_APPLY: Final = PATCH_TYPES[-1]
_RETURNED: Final = frozenset({"Pod", "Service", "ServiceAccount"})
"""Kinds whose objects are the answer to their deletion; for the others it is a Status."""
_INTERNAL: Final = {"": "core", "apps": "apps", "discovery.k8s.io": "discovery", "networking.k8s.io": "networking"}
"""The Go packages of the groups' internal types."""


class Writer:
    """Answers requests that change objects.

    Args:
        api: the cluster's API.
        store: its objects.
    """

    def __init__(self, api: Api, store: Store) -> None:
        self._api, self._store = api, store

    async def create(self, request: web.Request, target: Target) -> web.Response:
        """Store a new object.

        Raises:
            ApiError: as `Api.create`, and for a body or options that cannot be read.
        """
        view = View(self._api, target, form_of(request))
        data = await read_body(request)
        options = write_options(request, "CreateOptions")
        obj, warnings = _manifest(request, target, data, options)
        unknown = _list_for_unknown(options)
        created = self._api.create(
            obj, target.namespace or "", dry_run=options.dry_run, unknown=unknown, by=By(options.manager)
        )
        return _answer(request, target, view, created, [*warnings, *_unknown_fields(options, unknown)], 201)

    async def update(self, request: web.Request, target: Target) -> web.Response:
        """Put an object, or its status, in the place of the one there is.

        Raises:
            ApiError: as `Api.update`, and for a body or options that cannot be read.
        """
        view = View(self._api, target, form_of(request))
        data = await read_body(request)
        options = write_options(request, "UpdateOptions")
        obj, warnings = _manifest(request, target, data, options)
        _check_name(obj, target)
        unknown = _list_for_unknown(options)
        by = By(options.manager, target.subresource)
        updated = self._api.update(obj, subresource=target.subresource, dry_run=options.dry_run, unknown=unknown, by=by)
        return _answer(request, target, view, updated, [*warnings, *_unknown_fields(options, unknown)])

    async def patch(self, request: web.Request, target: Target) -> web.Response:
        """Change part of an object, or apply a configuration.

        Raises:
            ApiError: as `Api.patch` and `Api.apply`, and for a body or options that cannot be read.
        """
        media = media_type_of(request)
        if media not in PATCH_TYPES:
            raise unknown_patch()
        view = View(self._api, target, form_of(request))
        data = await read_body(request)
        options = write_options(request, "PatchOptions", applies=media == _APPLY)
        by = By(options.manager, target.subresource)
        if media == _APPLY:
            return self._apply(request, target, view, data, options, by)
        change = _patch_of(data, media)
        if target.served is EVENTS_V1 and isinstance(change, Mapping):
            change = to_core(change)
        unknown = _list_for_unknown(options)
        patched = self._api.patch(
            target.resource, target.name, target.namespace or "", change, _PATCHES[media],
            subresource=target.subresource, dry_run=options.dry_run, unknown=unknown, by=by,
        )  # fmt: skip
        return _answer(request, target, view, patched, _unknown_fields(options, unknown))

    def _apply(
        self, request: web.Request, target: Target, view: View, data: bytes, options: WriteOptions, by: By
    ) -> web.Response:
        config = read_yaml(data)
        if not isinstance(config, dict):
            word = json_word(config)
            raise bad_request(
                f"error decoding patch: json: cannot unmarshal {word} into Go value of type map[string]interface {{}}"
            )
        if target.served is EVENTS_V1 and config.get("apiVersion") == EVENTS_V1.api_version:
            config = to_core(config)
        space = (target.namespace or "") if target.resource.namespaced else ""
        is_new = self._store.get(target.resource.kind, space, target.name) is None
        found = self._api.apply(
            target.resource, target.name, space, config, by, force=options.force, dry_run=options.dry_run
        )
        return _answer(request, target, view, found, (), 201 if is_new else 200)

    async def delete(self, request: web.Request, target: Target) -> web.Response:
        """Delete an object, or begin to.

        Raises:
            ApiError: as `Api.delete`, and for a body or options that cannot be read.
        """
        view = View(self._api, target, form_of(request))
        options = delete_options(request, await _options_body(request))
        resource, namespace = target.resource, target.namespace or ""
        obj = self._api.get(resource, target.name, namespace)
        _check_preconditions(resource, obj, options)
        found = self._delete(resource, obj, options)
        gone = self._store.get(resource.kind, namespace_of(obj), target.name) is None or options.dry_run
        if resource.kind in _RETURNED or (not gone and is_deleting(found)):
            return _answer(request, target, view, found)
        return answer(request, _success(target.served, obj), warnings=warnings_of(target.served))

    def _delete(self, resource: Resource, obj: Object, options: DeleteOptions) -> Object:
        return self._api.delete(
            resource, name_of(obj), namespace_of(obj),
            grace=options.grace, propagation=options.propagation, dry_run=options.dry_run,
        )  # fmt: skip

    async def delete_all(self, request: web.Request, target: Target) -> web.Response:
        """Delete every object that a list would show.

        Raises:
            ApiError: as `Api.list` and `Api.delete`, and for a body or options that cannot be read.
        """
        view = View(self._api, target, form_of(request))
        chosen = list_options(request)
        options = delete_options(request, await _options_body(request))
        resource = target.resource
        objects = self._api.list(resource, target.namespace, labels=chosen.labels, fields=chosen.fields)
        if chosen.limit:
            objects = objects[: chosen.limit]
        for obj in objects:
            self._delete(resource, obj, options)
        many = view.many(objects, {"resourceVersion": str(self._store.revision)})
        return answer(request, many, content_type=view.form.content_type, warnings=warnings_of(target.served))


def _answer(
    request: web.Request, target: Target, view: View, obj: Object, warnings: Sequence[str] = (), status: int = 200
) -> web.Response:
    told = [*warnings_of(target.served), *warnings]
    return answer(request, view.one(obj), status, content_type=view.form.content_type, warnings=told)


# Bodies


def _manifest(request: web.Request, target: Target, data: bytes, options: WriteOptions) -> tuple[Object, Sequence[str]]:
    """The object a body is, as the cluster is to take it, and what its client is to be warned of.

    Raises:
        ApiError: it is none of the target's kind, or of another version or namespace.
    """
    served, resource = target.served, target.resource
    given = read_object(request, data, served.kind)
    if not isinstance(given, dict):
        raise bad_request(f"the object provided is unrecognized (must be of type {served.kind})")
    obj: Object = {"apiVersion": served.api_version, "kind": served.kind, **given}
    _check_kind(obj, served)
    if served is EVENTS_V1:
        obj = to_core(obj)
    warnings = _doubled(obj, resource, options)
    metadata = obj.get("metadata")
    if isinstance(metadata, dict) and target.resource.namespaced:
        own = metadata.get("namespace")
        if own and own != target.namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        obj = {**obj, "metadata": {**metadata, "namespace": target.namespace}}
    return obj, warnings


def _check_kind(obj: Object, served: Resource) -> None:
    kind, version = obj["kind"], obj["apiVersion"]
    if (kind, version) == (served.kind, served.api_version):
        return
    shown = str(version).rpartition("/")[2]
    known = next((each for each in (*RESOURCES, EVENTS_V1) if (each.kind, each.api_version) == (kind, version)), None)
    if known is None:
        raise unregistered(str(kind), str(version), served.kind)
    if known.kind == served.kind:
        raise bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({served.api_version})"
        )
    into = f"{_INTERNAL.get(served.group, served.group.partition('.')[0])}.{served.kind}"
    why = f"converting ({shown}.{kind}) to ({into}): unknown conversion"
    raise bad_request(f'{kind} in version "{shown}" cannot be handled as a {served.kind}: {why}')


def _doubled(obj: Object, resource: Resource, options: WriteOptions) -> Sequence[str]:
    """What to warn of about fields given twice.

    Raises:
        ApiError: BadRequest, if they are not to be.
    """
    if options.validation == "Ignore":
        return ()
    problems = [f'duplicate field "{path}"' for path in doubled_fields(obj)]
    if problems and options.validation == "Strict":
        unknown: Paths = []
        decode(obj, resource.kind, resource.api_version, unknown)
        problems += [f'unknown field "{path}"' for path in unknown]
        what = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
        raise bad_request(f"{what}: strict decoding error: {', '.join(problems)}")
    return problems


def _check_name(obj: Object, target: Target) -> None:
    metadata = obj.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not name:
        raise bad_request(
            f"the name of the object ({target.name} based on URL) was undeterminable: name must be provided"
        )
    if name != target.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")


def _patch_of(data: bytes, media: str) -> Any:
    try:
        return load_json(data)
    except ValueError as error:
        why = go_json_error(data, error)
        raise bad_request(why if _PATCHES[media] == "strategic" else f"error decoding patch: {why}") from None


def _list_for_unknown(options: WriteOptions) -> Paths | None:
    return None if options.validation == "Strict" else []


def _unknown_fields(options: WriteOptions, unknown: Paths | None) -> Sequence[str]:
    return [f'unknown field "{path}"' for path in unknown or ()] if options.validation == "Warn" else ()


# Deleting


async def _options_body(request: web.Request) -> Mapping[str, Any] | None:
    """The DeleteOptions of a body; None if there is no body."""
    data = await read_body(request)
    if not data:
        return None
    found = read_object(request, data, "DeleteOptions")
    if not isinstance(found, dict) or found.get("kind", "DeleteOptions") != "DeleteOptions":
        raise bad_request("decoded object cannot be converted to DeleteOptions")
    return found


def _check_preconditions(resource: Resource, obj: Object, options: DeleteOptions) -> None:
    uid, version = uid_of(obj), obj["metadata"].get("resourceVersion", "")
    why = ""
    if options.uid and options.uid != uid:
        why = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated"
        )
    elif options.version and options.version != version:
        why = (
            f"the ResourceVersion in the precondition ({options.version}) does not match the ResourceVersion in record "
            f"({version}). The object might have been modified"
        )
    if why:
        raise conflict(resource.plural, resource.group, name_of(obj), why)


def _success(resource: Resource, obj: Object) -> Mapping[str, Any]:
    details = {"name": name_of(obj), "group": resource.group, "kind": resource.plural, "uid": uid_of(obj)}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {key: value for key, value in details.items() if value},
    }
