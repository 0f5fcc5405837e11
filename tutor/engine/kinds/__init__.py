"""One module a kind: defaults, validation and table columns."""

from __future__ import annotations

from typing import Final

from tutor.engine.kinds import (
    configmap,
    deployment,
    endpoints,
    endpointslice,
    event,
    namespace,
    networkpolicy,
    node,
    pod,
    replicaset,
    service,
    serviceaccount,
)

KINDS: Final = {
    module.KIND.resource.kind: module.KIND
    for module in (
        configmap, deployment, endpoints, endpointslice, event, namespace,
        networkpolicy, node, pod, replicaset, service, serviceaccount,
    )
}  # fmt: skip
"""Every kind of the API by its name."""
