"""Parts of objects that have a path of their own: scale, binding, eviction, finalize.

Source: https://kubernetes.io/docs/reference/kubernetes-api/ and kubernetes/pkg/registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tutor.apiserver.answers import answer
from tutor.apiserver.bodies import go_json_error, load_json, media_type_of, read_body, read_object, read_yaml
from tutor.apiserver.options import WriteOptions, delete_options, write_options
from tutor.apiserver.paths import Target
from tutor.apiserver.refusals import NOT_ALLOWED, PATCH_TYPES, unknown_patch
from tutor.engine import patch
from tutor.engine.api import Api
from tutor.engine.errors import ApiError, Status, bad_request
from tutor.engine.managed.managers import By
from tutor.engine.objects import Object, field
from tutor.engine.selectors import from_label_selector

_SUCCESS: Final = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
_SCALE_METADATA: Final = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


class Parts:
    """Answers requests for parts that are no whole objects.

    Args:
        api: the cluster's API.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    async def answer(self, request: web.Request, target: Target) -> web.Response:
        """Answer a request.

        Raises:
            ApiError: the API's refusal, or MethodNotAllowed.
        """
        match request.method, target.subresource:
            case "GET", "scale":
                obj = self._api.get(target.resource, target.name, target.namespace or "")
                return answer(request, _scale(obj))
            case "PUT" | "PATCH", "scale":
                return await self._rescale(request, target)
            case "POST", "binding":
                return await self._bind(request, target)
            case "POST", "eviction":
                return await self._evict(request, target)
            case "PUT", "finalize":
                return await self._finalize(request, target)
        raise ApiError(NOT_ALLOWED)

    async def _rescale(self, request: web.Request, target: Target) -> web.Response:
        resource, namespace = target.resource, target.namespace or ""
        data, puts = await read_body(request), request.method == "PUT"
        media = media_type_of(request)
        if not puts and media not in PATCH_TYPES:
            raise unknown_patch()
        applies = media == PATCH_TYPES[-1]
        options = write_options(request, "UpdateOptions" if puts else "PatchOptions", applies=applies)
        old = self._api.get(resource, target.name, namespace)
        scale = read_object(request, data, "Scale") if puts else _patched(_scale(old), data, media)
        replicas, version = _replicas_of(scale), field(scale, "metadata.resourceVersion")
        metadata = {**old["metadata"], "resourceVersion": version} if isinstance(version, str) else old["metadata"]
        new = {**old, "metadata": metadata, "spec": {**old["spec"], "replicas": replicas}}
        scaled = self._api.update(new, subresource="scale", dry_run=options.dry_run, by=By(options.manager, "scale"))
        return answer(request, _scale(scaled))

    async def _bind(self, request: web.Request, target: Target) -> web.Response:
        binding, options = await _posted(request, "Binding")
        kind, node = field(binding, "target.kind"), field(binding, "target.name")
        if kind not in {None, "", "Node"} or not isinstance(node, str) or not node:
            raise bad_request("a binding names a target of the kind Node")
        self._api.bind(target.name, target.namespace or "", node, dry_run=options.dry_run)
        return answer(request, _SUCCESS, 201)

    async def _evict(self, request: web.Request, target: Target) -> web.Response:
        eviction, options = await _posted(request, "Eviction")
        if field(eviction, "metadata.name") != target.name:
            raise bad_request("name in URL does not match name in Eviction object")
        given = eviction.get("deleteOptions")
        how = delete_options(request, given if isinstance(given, Mapping) else {})
        dry_run = how.dry_run or options.dry_run
        self._api.evict(target.name, target.namespace or "", grace=how.grace, dry_run=dry_run)
        return answer(request, _SUCCESS, 201)

    async def _finalize(self, request: web.Request, target: Target) -> web.Response:
        options = write_options(request, "UpdateOptions")
        namespace = read_object(request, await read_body(request), "Namespace")
        finalizers = field(namespace, "spec.finalizers", [])
        if not isinstance(finalizers, list) or not all(isinstance(each, str) for each in finalizers):
            raise bad_request("finalizers are a list of names")
        return answer(request, self._api.finalize(target.name, finalizers, dry_run=options.dry_run))


async def _posted(request: web.Request, kind: str) -> tuple[Mapping[str, Any], WriteOptions]:
    data, options = await read_body(request), write_options(request, "CreateOptions")
    found: Mapping[str, Any] = read_object(request, data, kind)
    return found, options


def _scale(obj: Object) -> Object:
    """How many an object has and wants, as `autoscaling/v1` says it."""
    spec, status = obj["spec"], obj.get("status") or {}
    counts: Object = {"replicas": status.get("replicas", 0)}
    selector = str(from_label_selector(spec.get("selector")))
    if selector:
        counts["selector"] = selector
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: obj["metadata"][key] for key in _SCALE_METADATA if key in obj["metadata"]},
        "spec": {"replicas": spec["replicas"]} if spec.get("replicas") else {},
        "status": counts,
    }


def _patched(scale: Object, data: bytes, media: str) -> Any:
    """A scale after a patch; it has no lists, so that a strategic patch does what a merge does.

    Raises:
        ApiError: BadRequest or Invalid.
    """
    try:
        change = read_yaml(data) if media == PATCH_TYPES[-1] else load_json(data)
        if media == PATCH_TYPES[0]:
            return patch.json_patch(scale, change)
    except patch.PatchError:
        message = "the server rejected our request due to an error in our request"
        raise ApiError(Status(422, "Invalid", message, detailed=True)) from None
    except ValueError as error:
        raise bad_request(f"error decoding patch: {go_json_error(data, error)}") from None
    return patch.merge_patch(scale, change)


def _replicas_of(scale: Any) -> int:
    replicas = field(scale, "spec.replicas", 0) if isinstance(scale, Mapping) else None
    if type(replicas) is not int or not -(1 << 31) <= replicas < 1 << 31:
        raise bad_request(
            'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go struct field '
            "ScaleSpec.spec.replicas of type int32"
        )
    return replicas
