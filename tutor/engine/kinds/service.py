"""Services: defaults and table.

Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ and tests/golden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.kinds.base import Kind, age_of, columns, pairs
from tutor.engine.kinds.service_validation import validate_service, validate_service_update
from tutor.engine.objects import Object
from tutor.engine.resources import SERVICE

AFFINITY_SECONDS: Final = 10800
_LOAD_BALANCER_WIDTH: Final = 16


def _default(service: Object) -> Object:
    spec = {"sessionAffinity": "None", "type": "ClusterIP", **(service.get("spec") or {})}
    if spec["sessionAffinity"] == "ClientIP":
        client_ip = {"timeoutSeconds": AFFINITY_SECONDS, **spec.get("sessionAffinityConfig", {}).get("clientIP", {})}
        spec["sessionAffinityConfig"] = {"clientIP": client_ip}
    elif spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    if spec.get("ports"):
        spec["ports"] = [_default_port(port) for port in spec["ports"]]
    kind = spec["type"]
    if kind in {"NodePort", "LoadBalancer"} or (kind == "ClusterIP" and spec.get("externalIPs")):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if kind in {"ClusterIP", "NodePort", "LoadBalancer"}:
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    return {**service, "spec": spec}


def _default_port(port: Mapping[str, Any]) -> Object:
    filled = {"protocol": "TCP", **port}
    if not filled.get("targetPort"):
        filled["targetPort"] = port.get("port", 0)
    return filled


def _cells(service: Object, clock: Clock) -> tuple[str, ...]:
    spec = service["spec"]
    return (
        service["metadata"]["name"],
        spec.get("type", ""),
        spec.get("clusterIP") or "<none>",
        external_ip(service, wide=False),
        ports_text(spec.get("ports", ())),
        age_of(service, clock),
        pairs(spec.get("selector")),
    )


def external_ip(service: Object, *, wide: bool) -> str:
    """The EXTERNAL-IP column.

    Source: `getServiceExternalIP` of kubernetes/pkg/printers/internalversion/printers.go.
    """
    spec = service["spec"]
    external = spec.get("externalIPs") or []
    match spec.get("type"):
        case "ExternalName":
            return str(spec.get("externalName", ""))
        case "LoadBalancer":
            ingress = (service.get("status") or {}).get("loadBalancer", {}).get("ingress", ())
            assigned = ",".join(sorted({item.get("ip") or item.get("hostname", "") for item in ingress}))
            if not wide and len(assigned) > _LOAD_BALANCER_WIDTH:
                assigned = assigned[: _LOAD_BALANCER_WIDTH - 3] + "..."
            return ",".join(filter(None, (assigned, *external))) or "<pending>"
    return ",".join(external) or "<none>"


def ports_text(ports: Any) -> str:
    """The PORT(S) column: `80/TCP,80:30080/TCP`."""
    texts = [
        f"{port['port']}:{port['nodePort']}/{port['protocol']}" if port.get("nodePort")
        else f"{port['port']}/{port['protocol']}"
        for port in ports
    ]  # fmt: skip
    return ",".join(texts) or "<none>"


def _fields(service: Object) -> Mapping[str, str]:
    return {"spec.clusterIP": service["spec"].get("clusterIP", ""), "spec.type": service["spec"].get("type", "")}


def _status(_service: Object) -> Object:
    return {"loadBalancer": {}}


KIND: Final = Kind(
    SERVICE,
    columns("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", wide=("Selector",)),
    _cells,
    default=_default,
    validate=validate_service,
    validate_update=validate_service_update,
    fields=_fields,
    name_problems=names.label_problems,
    status=_status,
)
