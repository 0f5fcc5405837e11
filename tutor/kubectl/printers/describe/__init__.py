"""`kubectl describe`: what is worth knowing of an object, for people.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/describe/describe.go and tests/golden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tutor.engine.objects import Object
from tutor.kubectl.printers.describe import networking, nodes, others, pods, workloads
from tutor.kubectl.printers.describe.page import About, Page

Describer: TypeAlias = Callable[[Page, Object, About], None]

_DESCRIBERS: Final[Mapping[str, Describer]] = {
    "ConfigMap": others.describe_config_map,
    "Deployment": workloads.describe_deployment,
    "EndpointSlice": networking.describe_endpoint_slice,
    "Endpoints": networking.describe_endpoints,
    "Namespace": nodes.describe_namespace,
    "NetworkPolicy": networking.describe_network_policy,
    "Node": nodes.describe_node,
    "Pod": pods.describe_pod,
    "ReplicaSet": workloads.describe_replica_set,
    "Service": networking.describe_service,
    "ServiceAccount": others.describe_service_account,
}


def describe(obj: Object, about: About) -> str:
    """The description of one object."""
    page = Page()
    _DESCRIBERS.get(obj["kind"], others.describe_anything)(page, obj, about)
    return page.text()
