"""What may be wrong with a Service.

Source: `ValidateService` and `ValidateServiceUpdate` of kubernetes/pkg/apis/core/validation/validation.go, and
tests/golden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Final

from tutor.engine import names
from tutor.engine.addresses import HEADLESS
from tutor.engine.errors import FieldError
from tutor.engine.objects import Object
from tutor.engine.validation import (
    IMMUTABLE,
    PROTOCOLS,
    check_labels,
    cidr,
    duplicate,
    each,
    forbidden,
    one_of,
    port_or_name,
    required,
    unsupported,
    wrong,
)

TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
POLICIES: Final = ("Cluster", "Local")
FAMILIES: Final = ("IPv4", "IPv6")
FAMILY_POLICIES: Final = ("PreferDualStack", "RequireDualStack", "SingleStack")
DISTRIBUTIONS: Final = ("PreferClose", "PreferSameNode", "PreferSameZone")
MOST_AFFINITY_SECONDS: Final = 86400


def validate_service(service: Object) -> Iterator[FieldError]:
    """What is wrong with a Service."""
    spec = service["spec"]
    kind, ports = spec.get("type"), spec.get("ports") or []
    headless = spec.get("clusterIPs") == [HEADLESS]
    if not ports and not headless and kind != "ExternalName":
        yield required("spec.ports")
    if kind in {"LoadBalancer", "NodePort"} and headless:
        yield wrong("spec.clusterIPs[0]", HEADLESS, f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        yield from _external_name(spec)
    yield from _ports(ports)
    yield from check_labels("spec.selector", spec.get("selector"))
    yield from _affinity(spec)
    if kind != "ExternalName":
        yield from _cluster_ips(spec)
    yield from _external_ips(spec.get("externalIPs") or ())
    yield from one_of("spec.type", kind, TYPES)
    yield from _unique_ports(kind, ports)
    yield from _load_balancer(spec)
    yield from _traffic_policies(spec)


def _external_name(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    for field in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(field):
            yield forbidden(f"spec.{field}", "may not be set for ExternalName services")
    target = spec.get("externalName", "").removesuffix(".")
    if target:
        yield from each("spec.externalName", target, names.subdomain_problems(target))
    else:
        yield required("spec.externalName")


def _ports(ports: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        path, name = f"spec.ports[{index}]", port.get("name")
        if name:
            yield from each(f"{path}.name", name, names.label_problems(name))
            if name in seen:
                yield duplicate(f"{path}.name", name)
            seen.add(name)
        elif len(ports) > 1:
            yield required(f"{path}.name")
        number = port.get("port", 0)
        yield from each(f"{path}.port", number, names.port_problems(number))
        yield from one_of(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
        yield from port_or_name(f"{path}.targetPort", port["targetPort"])
        if "appProtocol" in port:
            yield from each(f"{path}.appProtocol", port["appProtocol"], names.label_key_problems(port["appProtocol"]))


def _affinity(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    affinity = spec.get("sessionAffinity")
    yield from one_of("spec.sessionAffinity", affinity, ("ClientIP", "None"))
    if affinity == "ClientIP":
        seconds = spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
        if not 0 < seconds <= MOST_AFFINITY_SECONDS:
            detail = f"must be greater than 0 and less than {MOST_AFFINITY_SECONDS}"
            yield wrong("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, detail)


def _cluster_ips(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    ip, ips = spec.get("clusterIP", ""), spec.get("clusterIPs") or []
    if ip and ips and ips[0] != ip:
        yield wrong("spec.clusterIPs", ips, "first value must match `clusterIP`")
    elif ips and not ip:
        yield wrong("spec.clusterIPs", ips, "must be empty when `clusterIP` is not specified")
    families: list[str] = spec.get("ipFamilies") or []
    for index, family in enumerate(families):
        if family not in FAMILIES:
            yield unsupported(f"spec.ipFamilies[{index}]", family, FAMILIES)
        if family in families[:index]:
            yield duplicate(f"spec.ipFamilies[{index}]", family)
    if "ipFamilyPolicy" in spec and spec["ipFamilyPolicy"] not in FAMILY_POLICIES:
        yield unsupported("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], FAMILY_POLICIES)
    broken = list(_malformed(ips))
    yield from broken
    if len(ips) > 2:
        yield wrong("spec.clusterIPs", ips, "may only hold up to 2 values")
    if not broken:
        yield from _match_families(ips, families)


def _malformed(ips: Sequence[str]) -> Iterator[FieldError]:
    for index, ip in enumerate(ips):
        if index == 0 and ip == HEADLESS:
            if len(ips) > 1:
                yield wrong("spec.clusterIPs", list(ips), "'None' must be the first and only value")
        else:
            yield from each(f"spec.clusterIPs[{index}]", ip, names.ip_problems(ip))


def _match_families(ips: Sequence[str], families: Sequence[str]) -> Iterator[FieldError]:
    found = [f"IPv{ip_address(ip).version}" for ip in ips if ip != HEADLESS]
    if len(found) > 1 and sorted(found) != list(FAMILIES):
        yield wrong("spec.clusterIPs", list(ips), "may specify no more than one IP for each IP family")
    for index, (family, wanted) in enumerate(zip(found, families, strict=False)):
        if family != wanted and wanted in FAMILIES:
            detail = f"expected an {wanted} value as indicated by `ipFamilies[{index}]`"
            yield wrong(f"spec.clusterIPs[{index}]", ips[index], detail)


def _external_ips(ips: Sequence[str]) -> Iterator[FieldError]:
    for index, ip in enumerate(ips):
        problems = names.ip_problems(ip) or special_ip_problems(ip)
        yield from each(f"spec.externalIPs[{index}]", ip, problems)


def special_ip_problems(text: str) -> list[str]:
    """Why no endpoint or external address may be this one: it stands for something else.

    Source: `ValidateNonSpecialIP` of kubernetes/pkg/apis/core/validation/validation.go.
    """
    ip = ip_address(text)
    problems = []
    if ip.is_unspecified:
        problems.append(f"may not be unspecified ({text})")
    if ip.is_loopback:
        problems.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if ip.is_link_local:
        problems.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if ip.is_multicast and str(ip).startswith(("224.0.0.", "ff02")):
        problems.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
    return problems


def _unique_ports(kind: str | None, ports: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    node_ports: set[tuple[str, int]] = set()
    numbers: set[tuple[str, int]] = set()
    if kind == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                yield forbidden(f"spec.ports[{index}].nodePort", "may not be used when `type` is 'ClusterIP'")
    for index, port in enumerate(ports):
        if port.get("nodePort"):
            key = port["protocol"], port["nodePort"]
            if key in node_ports:
                yield duplicate(f"spec.ports[{index}].nodePort", port["nodePort"])
            node_ports.add(key)
    for index, port in enumerate(ports):
        key = port["protocol"], port.get("port", 0)
        if key in numbers:
            yield duplicate(f"spec.ports[{index}]", _bare_port(*key))
        numbers.add(key)


def _bare_port(protocol: str, number: int) -> Object:
    """A port with nothing but what makes it a duplicate, as the server's own type prints."""
    return {"Name": "", "Protocol": protocol, "AppProtocol": None, "Port": number, "TargetPort": 0, "NodePort": 0}


def _load_balancer(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    only = "may only be used when `type` is 'LoadBalancer'"
    is_load_balancer = spec.get("type") == "LoadBalancer"
    ranges = spec.get("loadBalancerSourceRanges") or ()
    if ranges and not is_load_balancer:
        yield forbidden("spec.LoadBalancerSourceRanges", only)
    for index, text in enumerate(ranges):
        yield from cidr(f"spec.LoadBalancerSourceRanges[{index}]", text.strip())
    if "allocateLoadBalancerNodePorts" in spec and not is_load_balancer:
        yield forbidden("spec.allocateLoadBalancerNodePorts", only)
    load_balancer_class = spec.get("loadBalancerClass")
    if load_balancer_class is not None:
        if is_load_balancer:
            problems = names.label_key_problems(load_balancer_class)
            yield from each("spec.loadBalancerClass", load_balancer_class, problems)
        else:
            yield forbidden("spec.loadBalancerClass", only)


def _traffic_policies(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    external, kind = spec.get("externalTrafficPolicy"), spec.get("type")
    accessible = kind in {"LoadBalancer", "NodePort"} or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if accessible:
        yield from one_of("spec.externalTrafficPolicy", external, POLICIES)
    elif external:
        detail = "may only be set for externally-accessible services"
        yield wrong("spec.externalTrafficPolicy", external, detail)
    if spec.get("healthCheckNodePort") and not (kind == "LoadBalancer" and external == "Local"):
        detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        yield wrong("spec.healthCheckNodePort", spec["healthCheckNodePort"], detail)
    internal = spec.get("internalTrafficPolicy")
    if internal and internal not in POLICIES:
        yield unsupported("spec.internalTrafficPolicy", internal, POLICIES)
    distribution = spec.get("trafficDistribution")
    if distribution and distribution not in DISTRIBUTIONS:
        yield unsupported("spec.trafficDistribution", distribution, DISTRIBUTIONS)


def validate_service_update(new: Object, old: Object) -> Iterator[FieldError]:
    """What a change of a Service may not do."""
    spec, before = new["spec"], old["spec"]
    if "ExternalName" in {spec.get("type"), before.get("type")}:
        return
    yield from _kept_ips(spec.get("clusterIPs") or [], before.get("clusterIPs") or [])
    was_headless, is_headless = (item.get("clusterIPs") == [HEADLESS] for item in (before, spec))
    if not was_headless and not is_headless:
        families, old_families = spec.get("ipFamilies") or [], before.get("ipFamilies") or []
        if families and old_families and families[0] != old_families[0]:
            yield wrong("spec.ipFamilies[0]", families, "may not change once set")
    if spec.get("type") == before.get("type") == "LoadBalancer":
        if spec.get("loadBalancerClass") != before.get("loadBalancerClass"):
            yield wrong("spec.loadBalancerClass", spec.get("loadBalancerClass"), "may not change once set")
        if spec.get("healthCheckNodePort") != before.get("healthCheckNodePort"):
            yield forbidden("spec.healthCheckNodePort", IMMUTABLE)


def _kept_ips(ips: Sequence[str], old_ips: Sequence[str]) -> Iterator[FieldError]:
    if old_ips and not ips:
        yield wrong("spec.clusterIPs[0]", [], "primary clusterIP can not be unset")
    for index, (ip, old_ip) in enumerate(zip(ips, old_ips, strict=False)):
        if ip != old_ip:
            yield wrong(f"spec.clusterIPs[{index}]", list(ips), "may not change once set")
