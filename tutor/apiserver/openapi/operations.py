"""The paths of a group's resources, and what can be asked of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tutor.apiserver.discovery import Subresource, subresources_of
from tutor.engine.resources import Resource

Action = Literal["list", "get", "post", "put", "patch", "delete", "deletecollection", "connect"]


@dataclass(frozen=True)
class Parameter:
    """Something that stands in the path or the query.

    Args:
        name: its name.
        type: what it is, in JSON's words.
        place: `path` or `query`.
    """

    name: str
    type: str = "string"
    place: Literal["path", "query"] = "query"


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked of a path.

    Args:
        method: in lower case, as OpenAPI has it.
        action: what it does.
        kind: group, version and kind of what it is about.
        parameters: those of the query.
        takes: the definition of its body; empty if it has none.
        gives: the definition of its answer; empty for a Status.
        media: media types of the body.
        id: a name of its own.
    """

    method: str
    action: Action
    kind: tuple[str, str, str]
    parameters: Sequence[Parameter]
    takes: str
    gives: str
    media: Sequence[str]
    id: str


@dataclass(frozen=True)
class PathEntry:
    """One path.

    Args:
        path: such as `/api/v1/namespaces/{namespace}/services/{name}`.
        parameters: what stands in it.
        operations: what can be asked of it.
    """

    path: str
    parameters: Sequence[Parameter]
    operations: Sequence[Operation]


_NAME: Final = Parameter("name", place="path")
_NAMESPACE: Final = Parameter("namespace", place="path")
_PRETTY: Final = Parameter("pretty")
_LIST: Final = (
    Parameter("allowWatchBookmarks", "boolean"),
    Parameter("continue"),
    Parameter("fieldSelector"),
    Parameter("labelSelector"),
    Parameter("limit", "integer"),
    _PRETTY,
    Parameter("resourceVersion"),
    Parameter("resourceVersionMatch"),
    Parameter("sendInitialEvents", "boolean"),
    Parameter("timeoutSeconds", "integer"),
    Parameter("watch", "boolean"),
)
_WRITE: Final = (Parameter("dryRun"), Parameter("fieldManager"), Parameter("fieldValidation"), _PRETTY)
_PATCH: Final = (*_WRITE, Parameter("force", "boolean"))
_DELETE: Final = (
    Parameter("dryRun"),
    Parameter("gracePeriodSeconds", "integer"),
    Parameter("orphanDependents", "boolean"),
    _PRETTY,
    Parameter("propagationPolicy"),
)
_BODIES: Final = ("application/json", "application/yaml")
_PATCHES: Final = (
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)


def paths_of(resource: Resource) -> list[PathEntry]:
    """Every path of a resource."""
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    base = f"{root}/namespaces/{{namespace}}/{resource.plural}" if resource.namespaced else f"{root}/{resource.plural}"
    place = (_NAMESPACE,) if resource.namespaced else ()
    found = [
        PathEntry(base, place, _collection(resource)),
        PathEntry(f"{base}/{{name}}", (_NAME, *place), _single(resource)),
    ]
    if resource.namespaced:
        found.append(PathEntry(f"{root}/{resource.plural}", (), [_listing(resource, "ForAllNamespaces")]))
    for part in subresources_of(resource):
        operations = _part(resource, part)
        found.append(PathEntry(f"{base}/{{name}}/{part.name}", (_NAME, *place), operations))
    return found


def _kind(resource: Resource) -> tuple[str, str, str]:
    return resource.group, resource.version, resource.kind


def _id(resource: Resource, verb: str, tail: str = "") -> str:
    group = resource.group.split(".")[0].title() if resource.group else "Core"
    scope = "Namespaced" if resource.namespaced else ""
    return f"{verb}{group}V1{scope}{resource.kind}{tail}"


def _listing(resource: Resource, tail: str = "") -> Operation:
    gives = f"v1.{resource.kind}List"
    return Operation("get", "list", _kind(resource), _LIST, "", gives, (), _id(resource, "list", tail))


def _collection(resource: Resource) -> list[Operation]:
    kind, own = _kind(resource), f"v1.{resource.kind}"
    found = [
        _listing(resource),
        Operation("post", "post", kind, _WRITE, own, own, _BODIES, _id(resource, "create")),
    ]
    if "deletecollection" in resource.verbs:
        asked = (*_DELETE, *(each for each in _LIST if each.name in {"labelSelector", "fieldSelector", "limit"}))
        name = _id(resource, "deleteCollection")
        found.append(Operation("delete", "deletecollection", kind, asked, "DeleteOptions", "", _BODIES, name))
    return found


def _single(resource: Resource) -> list[Operation]:
    kind, own = _kind(resource), f"v1.{resource.kind}"
    return [
        *_changing(resource, kind, own, ""),
        Operation("delete", "delete", kind, _DELETE, "DeleteOptions", "", _BODIES, _id(resource, "delete")),
    ]


def _changing(resource: Resource, kind: tuple[str, str, str], own: str, tail: str) -> list[Operation]:
    return [
        Operation("get", "get", kind, (_PRETTY,), "", own, (), _id(resource, "read", tail)),
        Operation("put", "put", kind, _WRITE, own, own, _BODIES, _id(resource, "replace", tail)),
        Operation("patch", "patch", kind, _PATCH, "Patch", own, _PATCHES, _id(resource, "patch", tail)),
    ]


def _part(resource: Resource, part: Subresource) -> list[Operation]:
    group = resource.group if part.group is None else part.group
    kind, own, tail = (group, part.version, part.kind), f"v1.{part.kind}", part.name.title()
    match part.name:
        case "status" | "scale":
            return _changing(resource, kind, own, tail)
        case "binding" | "eviction":
            return [Operation("post", "post", kind, _WRITE, own, "", _BODIES, _id(resource, "create", tail))]
        case "finalize":
            return [Operation("put", "put", kind, _WRITE, own, own, _BODIES, _id(resource, "replace", tail))]
        case "log":
            return [Operation("get", "get", kind, _LOG, "", "", (), _id(resource, "read", tail))]
    return [
        Operation(method, "connect", kind, (), "", "", (), _id(resource, f"connect{method.title()}", tail))
        for method in ("get", "post")
    ]


_LOG: Final = (
    Parameter("container"),
    Parameter("follow", "boolean"),
    Parameter("limitBytes", "integer"),
    _PRETTY,
    Parameter("previous", "boolean"),
    Parameter("sinceSeconds", "integer"),
    Parameter("tailLines", "integer"),
    Parameter("timestamps", "boolean"),
)


def extensions(operation: Operation) -> Mapping[str, Any]:
    """What Kubernetes adds to OpenAPI's own words about an operation."""
    group, version, kind = operation.kind
    return {
        "x-kubernetes-action": operation.action,
        "x-kubernetes-group-version-kind": {"group": group, "kind": kind, "version": version},
    }
