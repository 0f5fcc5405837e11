"""What the API has: its version, its groups and their resources.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from tutor.apiserver.negotiate import accepted
from tutor.apiserver.paths import SERVED
from tutor.engine.kinds import KINDS
from tutor.engine.resources import Resource

VERSION: Final[Mapping[str, str]] = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.2",
    "gitCommit": "$Format:%H$",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.27.3",
    "compiler": "gc",
    "platform": "linux/amd64",
}
GROUPS: Final = tuple(dict.fromkeys(resource.group for resource in SERVED if resource.group))
STORAGE_HASHES: Final[Mapping[tuple[str, str], str]] = {
    ("", "ConfigMap"): "qFsyl6wFWjQ=",
    ("", "Endpoints"): "fWeeMqaN/OA=",
    ("", "Event"): "r2yiGXH7wu8=",
    ("", "Namespace"): "Q3oi5N2YM8M=",
    ("", "Node"): "XwShjMxG9Fs=",
    ("", "Pod"): "xPOwRZ+Yhw8=",
    ("", "Service"): "0/CO1lhkEBI=",
    ("", "ServiceAccount"): "pbx9ZvyFpBE=",
    ("apps", "Deployment"): "8aSe+NMegvE=",
    ("apps", "ReplicaSet"): "P1RzHs8/mWQ=",
    ("discovery.k8s.io", "EndpointSlice"): "Nx3SIv6I0mE=",
    ("events.k8s.io", "Event"): "r2yiGXH7wu8=",
    ("networking.k8s.io", "NetworkPolicy"): "YpfwF18m1G8=",
}
"""What a v1.36 server says of how it stores each kind."""

_NO_CUSTOM_KINDS: Final = {
    "kind": "CustomResourceDefinitionList",
    "apiVersion": "apiextensions.k8s.io/v1",
    "metadata": {"resourceVersion": "1"},
    "items": [],
}
"""kubectl looks here for a kind that discovery does not know. Nobody can add kinds to this cluster."""


class Subresource(NamedTuple):
    """A part of an object that has a path of its own.

    Args:
        name: the last step of that path.
        kind: the kind of its answers.
        verbs: what can be done with it.
        group: API group of that kind; None for the resource's own.
        version: version of that kind.
    """

    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str | None = None
    version: str = "v1"


_CHANGED: Final = ("get", "patch", "update")
_CONNECTED: Final = ("create", "get")
_OF_PODS: Final = (
    Subresource("attach", "PodAttachOptions", _CONNECTED),
    Subresource("binding", "Binding", ("create",)),
    Subresource("eviction", "Eviction", ("create",), "policy"),
    Subresource("exec", "PodExecOptions", _CONNECTED),
    Subresource("log", "Pod", ("get",)),
    Subresource("portforward", "PodPortForwardOptions", _CONNECTED),
)


@cache
def subresources_of(resource: Resource) -> Sequence[Subresource]:
    """The parts of a resource's objects that have a path of their own, ordered by name."""
    kind = KINDS[resource.kind]
    found = list(_OF_PODS) if resource.kind == "Pod" else []
    if resource.kind == "Namespace":
        found.append(Subresource("finalize", "Namespace", ("update",)))
    if kind.scales:
        found.append(Subresource("scale", "Scale", _CHANGED, "autoscaling"))
    if kind.status is not None:
        found.append(Subresource("status", resource.kind, _CHANGED))
    return sorted(found)


def document(path: str, accept: str, server: str) -> tuple[Mapping[str, Any], str] | None:
    """The document at a path of discovery and its media type; None if it is none.

    Args:
        path: the path.
        accept: the Accept header.
        server: where the server listens, as `host:port`.
    """
    match path.strip("/").split("/"):
        case ["version"]:
            return VERSION, "application/json"
        case ["api" | "apis" as root]:
            version = _aggregated_version(accept)
            if version:
                media = f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
                return _aggregated(root, version), media
            return _roots(root, server), "application/json"
        case ["apis", name] if name in GROUPS:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(name)}, "application/json"
        case ["api", "v1"]:
            return _resource_list("", "v1"), "application/json"
        case ["apis", "apiextensions.k8s.io", "v1", "customresourcedefinitions"]:
            return _NO_CUSTOM_KINDS, "application/json"
        case ["apis", name, "v1"] if name in GROUPS:
            return _resource_list(name, "v1"), "application/json"
    return None


def _aggregated_version(accept: str) -> str:
    """Which version of the aggregated document a client wants; empty if it wants the plain one."""
    for media in accepted(accept):
        asked = media.parameters
        if media.type in {"application/json", "application/*", "*/*"} and "as" not in asked:
            return ""
        if asked.get("as") == "APIGroupDiscoveryList" and asked.get("g") == "apidiscovery.k8s.io":
            version = asked.get("v", "")
            if version in {"v2", "v2beta1"}:
                return version
    return ""


def _roots(root: str, server: str) -> Mapping[str, Any]:
    if root == "apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in GROUPS]}
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": server}],
    }


def _group(name: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


@cache
def _resource_list(group: str, version: str) -> Mapping[str, Any]:
    resources: list[dict[str, Any]] = []
    for resource in _of_group(group):
        resources.append(_resource(resource))
        resources += [_subresource(resource, part) for part in subresources_of(resource)]
    head = {"kind": "APIResourceList"} if not group else {"kind": "APIResourceList", "apiVersion": "v1"}
    return {**head, "groupVersion": f"{group}/{version}" if group else version, "resources": resources}


def _of_group(group: str) -> Sequence[Resource]:
    return sorted((each for each in SERVED if each.group == group), key=lambda each: each.plural)


def _resource(resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
        **_names(resource),
    }
    stored = STORAGE_HASHES.get((resource.group, resource.kind))
    return {**found, "storageVersionHash": stored} if stored else found


def _names(resource: Resource) -> dict[str, Any]:
    found = {}
    if resource.short_names:
        found["shortNames"] = list(resource.short_names)
    if resource.categories:
        found["categories"] = list(resource.categories)
    return found


def _subresource(resource: Resource, part: Subresource) -> dict[str, Any]:
    other = {} if part.group is None else {"group": part.group, "version": part.version}
    return {
        "name": f"{resource.plural}/{part.name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        **other,
        "kind": part.kind,
        "verbs": list(part.verbs),
    }


# The whole of it in one document


@cache
def _aggregated(root: str, version: str) -> Mapping[str, Any]:
    groups = GROUPS if root == "apis" else ("",)
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": [
            {
                "metadata": {"name": group} if group else {},
                "versions": [
                    {
                        "version": "v1",
                        "resources": [_discovered(resource) for resource in _of_group(group)],
                        "freshness": "Current",
                    }
                ],
            }
            for group in groups
        ],
    }


def _discovered(resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": {"group": "", "version": "", "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
        **_names(resource),
    }
    parts = [
        {
            "subresource": part.name,
            "responseKind": {
                "group": part.group or "",
                "version": part.version if part.group else "",
                "kind": part.kind,
            },
            "verbs": list(part.verbs),
        }
        for part in subresources_of(resource)
    ]
    return {**found, "subresources": parts} if parts else found
