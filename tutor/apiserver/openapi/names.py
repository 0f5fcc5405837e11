"""The full names of definitions, which say the Go package of each."""

from __future__ import annotations

from typing import Final

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1"
_ELSEWHERE: Final = {
    "IntOrString": "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    "Quantity": "io.k8s.apimachinery.pkg.api.resource.Quantity",
    "v1.Scale": "io.k8s.api.autoscaling.v1.Scale",
    "v1.ScaleSpec": "io.k8s.api.autoscaling.v1.ScaleSpec",
    "v1.ScaleStatus": "io.k8s.api.autoscaling.v1.ScaleStatus",
    "v1.Eviction": "io.k8s.api.policy.v1.Eviction",
}
_PACKAGES: Final = {
    "apps": (
        "Deployment", "DeploymentCondition", "DeploymentList", "DeploymentSpec", "DeploymentStatus",
        "DeploymentStrategy", "ReplicaSet", "ReplicaSetCondition", "ReplicaSetList", "ReplicaSetSpec",
        "ReplicaSetStatus", "RollingUpdateDeployment",
    ),
    "discovery": (
        "Endpoint", "EndpointConditions", "EndpointHints", "EndpointSlice", "EndpointSliceList", "ForNode", "ForZone",
    ),
    "networking": (
        "IPBlock", "NetworkPolicy", "NetworkPolicyEgressRule", "NetworkPolicyIngressRule", "NetworkPolicyList",
        "NetworkPolicyPeer", "NetworkPolicyPort", "NetworkPolicySpec",
    ),
}  # fmt: skip
_PACKAGE_OF: Final = {f"v1.{name}": package for package, names in _PACKAGES.items() for name in names}


def full_name(name: str) -> str:
    """The full name of a definition: `io.k8s.api.core.v1.ServiceSpec` of `v1.ServiceSpec`."""
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    if not name.startswith("v1."):
        return f"{_META}.{name}"
    return f"io.k8s.api.{_PACKAGE_OF.get(name, 'core')}.{name}"
