"""The kinds of the simulated API and what clients may call them.

Source: `kubectl api-resources` against a v1.36 API server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALL_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Resource:
    """One kind as discovery describes it."""

    kind: str
    plural: str
    singular: str
    group: str = ""
    version: str = "v1"
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS

    @property
    def api_version(self) -> str:
        """`v1`, or `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified_plural(self) -> str:
        """`services`, or `deployments.apps`: what errors print."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_singular(self) -> str:
        """`service`, or `deployment.apps`: what kubectl prints before a slash."""
        return f"{self.singular}.{self.group}" if self.group else self.singular


CONFIG_MAP: Final = Resource("ConfigMap", "configmaps", "configmap", short_names=("cm",))
ENDPOINTS: Final = Resource("Endpoints", "endpoints", "endpoints", short_names=("ep",))
EVENT: Final = Resource("Event", "events", "event", short_names=("ev",))
NAMESPACE: Final = Resource(
    "Namespace", "namespaces", "namespace", short_names=("ns",), namespaced=False,
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"),
)  # fmt: skip
NODE: Final = Resource("Node", "nodes", "node", short_names=("no",), namespaced=False)
POD: Final = Resource("Pod", "pods", "pod", short_names=("po",), categories=("all",))
SERVICE_ACCOUNT: Final = Resource("ServiceAccount", "serviceaccounts", "serviceaccount", short_names=("sa",))
SERVICE: Final = Resource("Service", "services", "service", short_names=("svc",), categories=("all",))
DEPLOYMENT: Final = Resource(
    "Deployment", "deployments", "deployment", group="apps", short_names=("deploy",), categories=("all",)
)
REPLICA_SET: Final = Resource(
    "ReplicaSet", "replicasets", "replicaset", group="apps", short_names=("rs",), categories=("all",)
)
ENDPOINT_SLICE: Final = Resource("EndpointSlice", "endpointslices", "endpointslice", group="discovery.k8s.io")
NETWORK_POLICY: Final = Resource(
    "NetworkPolicy", "networkpolicies", "networkpolicy", group="networking.k8s.io", short_names=("netpol",)
)

RESOURCES: Final = (
    CONFIG_MAP, ENDPOINTS, EVENT, NAMESPACE, NODE, POD, SERVICE_ACCOUNT, SERVICE,
    DEPLOYMENT, REPLICA_SET, ENDPOINT_SLICE, NETWORK_POLICY,
)  # fmt: skip
EVENTS_V1: Final = Resource("Event", "events", "event", group="events.k8s.io", short_names=("ev",))
"""The newer API of the same events; their objects look different there.

Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""
BY_KIND: Final = {resource.kind: resource for resource in RESOURCES}
_BY_NAME: Final = {word: resource for resource in RESOURCES for word in (resource.plural, resource.singular)}
_BY_SHORT_NAME: Final = {word: resource for resource in RESOURCES for word in resource.short_names}
_BY_LOWER_KIND: Final = {resource.kind.lower(): resource for resource in RESOURCES}


def find_resource(word: str) -> Resource | None:
    """The resource a client means by `svc`, `services`, `Service`, `deployments.apps` or `deploy.v1.apps`.

    Short names are written small. A group may be cut short, and left out after a version: `services.v1.`.

    Source: DefaultRESTMapper and ParseResourceArg of k8s.io/apimachinery, the shortcut expander of k8s.io/client-go.
    """
    name, _, suffix = word.partition(".")
    resource = _BY_SHORT_NAME.get(name) or _BY_NAME.get(name.lower())
    if resource is None or not suffix:
        return resource
    groups = {resource.group, EVENTS_V1.group} if resource is EVENT else {resource.group}
    version, dot, group = suffix.partition(".")
    if dot and version == resource.version and any(own.startswith(group) for own in groups):
        return resource
    return resource if any(own.startswith(suffix) for own in groups) else None


def find_kind(api_version: str, kind: str) -> Resource | None:
    """The resource of a manifest's apiVersion and kind, if the API serves it."""
    resource = BY_KIND.get(kind)
    return resource if resource is not None and resource.api_version == api_version else None


def find_kind_as_clients(api_version: str, kind: str) -> Resource | None:
    """As `find_kind`, for clients, which also take a kind written small.

    Source: `NewDiscoveryRESTMapper` of https://github.com/kubernetes/client-go/blob/master/restmapper/discovery.go
    """
    resource = BY_KIND.get(kind) or _BY_LOWER_KIND.get(kind)
    return resource if resource is not None and resource.api_version == api_version else None
