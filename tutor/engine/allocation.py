"""Giving Services their cluster IPs and node ports, and keeping them.

Source: kubernetes/pkg/registry/core/service/storage/alloc.go and tests/golden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Final

from tutor.engine.addresses import HEADLESS, Addresses, RangeFullError
from tutor.engine.errors import ApiError, FieldError, Status, invalid
from tutor.engine.objects import Object, name_of
from tutor.engine.validation import wrong

_FAMILY: Final = "IPv4"
"""The one IP family that the cluster has addresses of."""
_SINGLE: Final = "SingleStack"


def needs_cluster_ip(spec: Mapping[str, Any]) -> bool:
    """Whether a Service of this spec has a cluster IP (or `None`)."""
    return spec.get("type") != "ExternalName"


def needs_node_ports(spec: Mapping[str, Any]) -> bool:
    """Whether the ports of a Service of this spec get node ports."""
    kind = spec.get("type")
    return kind == "NodePort" or (kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is not False)


def normalize(service: Object, old: Object | None = None) -> Object:
    """The Service with clusterIP and clusterIPs agreeing, and with what the old one had been given.

    A client that knows only one of the two fields may set or clear that one alone.
    """
    spec = dict(service["spec"])
    before = old["spec"] if old else {}
    if old is not None:
        _keep_allocated(spec, before)
    ip, ips = spec.get("clusterIP", ""), spec.get("clusterIPs", [])
    old_ip, old_ips = before.get("clusterIP", ""), before.get("clusterIPs", [])
    if ip and not ips and (old is None or ip != old_ip or not old_ips):
        ips = [ip]
    elif old is not None and ip != old_ip and ips == old_ips:
        ips = [ip, *ips[1:]] if ip else []
    elif ips and not ip and old is None:
        ip = ""
    _set(spec, "clusterIPs", ips)
    _set(spec, "clusterIP", ip)
    if old is not None and not needs_cluster_ip(spec) and needs_cluster_ip(before):
        _release(spec, before)
    return {**service, "spec": spec}


def _set(spec: Object, key: str, value: Any) -> None:
    if value:
        spec[key] = value
    else:
        spec.pop(key, None)


def _keep_allocated(spec: Object, before: Mapping[str, Any]) -> None:
    """Fill what a replacing manifest left out from the old Service.

    Source: `patchAllocatedValues` of kubernetes/pkg/registry/core/service/storage.
    """
    if needs_cluster_ip(before) and needs_cluster_ip(spec):
        if not spec.get("clusterIP"):
            _set(spec, "clusterIP", before.get("clusterIP"))
        if not spec.get("clusterIPs") and spec.get("clusterIP") == before.get("clusterIP"):
            _set(spec, "clusterIPs", before.get("clusterIPs"))
        for field in ("ipFamilies", "ipFamilyPolicy"):
            if not spec.get(field):
                _set(spec, field, before.get(field))
    if needs_node_ports(before) and needs_node_ports(spec):
        known = {(port["protocol"], port["port"]): port.get("nodePort") for port in before.get("ports", ())}
        asked = {port.get("nodePort") for port in spec.get("ports", ())}
        spec["ports"] = [
            {**port, "nodePort": kept}
            if not port.get("nodePort")
            and (kept := known.get((port.get("protocol"), port.get("port"))))
            and kept not in asked
            else port
            for port in spec.get("ports", ())
        ]


def _release(spec: Object, before: Mapping[str, Any]) -> None:
    """A Service that becomes an ExternalName gives back what it had, if the manifest left it as it was."""
    _drop_unchanged(spec, before, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def drop_type_dependent(service: Object, old: Object) -> Object:
    """The Service without what only its former type had, where the manifest left that as it was.

    Source: `dropTypeDependentFields` of kubernetes/pkg/registry/core/service/strategy.go.
    """
    spec, before = dict(service["spec"]), old["spec"]
    if spec.get("type") == before.get("type"):
        return service
    if needs_cluster_ip(before) and not needs_cluster_ip(spec):
        _release(spec, before)
    if needs_node_ports(before) and not needs_node_ports(spec):
        known = [port.get("nodePort") for port in before.get("ports", ())]
        if [port.get("nodePort") for port in spec.get("ports", ())] == known:
            spec["ports"] = [{key: value for key, value in port.items() if key != "nodePort"} for port in spec["ports"]]
    external = {"NodePort", "LoadBalancer"}
    if before["type"] in external and spec["type"] not in external and not spec.get("externalIPs"):
        _drop_unchanged(spec, before, "externalTrafficPolicy")
    if before["type"] == "LoadBalancer" and spec["type"] != "LoadBalancer":
        _drop_unchanged(spec, before, "allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort")
    if spec["type"] == "ExternalName":
        _drop_unchanged(spec, before, "internalTrafficPolicy")
    return {**service, "spec": spec}


def _drop_unchanged(spec: Object, before: Mapping[str, Any], *fields: str) -> None:
    for field in fields:
        if spec.get(field) == before.get(field):
            spec.pop(field, None)


def allocate(service: Object, addresses: Addresses, old: Object | None = None) -> Object:
    """The Service with an address and node ports of its own, where its type has them and it has none yet.

    Nothing is taken until the Service is stored.

    Raises:
        ApiError: Invalid, for an address or port asked for that cannot be had.
    """
    spec = dict(service["spec"])
    before = old["spec"] if old else {}
    if needs_cluster_ip(spec):
        _settle_families(name_of(service), spec, before)
        if spec.get("clusterIPs", []) != before.get("clusterIPs", []) or not spec.get("clusterIPs"):
            spec["clusterIPs"] = _cluster_ips(name_of(service), spec.get("clusterIPs", []), addresses)
        spec["clusterIP"] = spec["clusterIPs"][0]
    if spec.get("ports"):
        held = {port["nodePort"] for port in before.get("ports", ()) if port.get("nodePort")}
        spec["ports"] = _node_ports(name_of(service), spec, held, addresses)
    return {**service, "spec": spec}


def _settle_families(name: str, spec: Object, before: Mapping[str, Any]) -> None:
    """Fill in which IP families a Service is to have, of a cluster that has one.

    Source: `initIPFamilyFields` of kubernetes/pkg/registry/core/service/storage/alloc.go and
    https://kubernetes.io/docs/concepts/services-networking/dual-stack/#headless-services-without-selector

    Raises:
        ApiError: Invalid, for families that cannot be had.
    """
    anywhere = spec.get("clusterIP") == HEADLESS and not spec.get("selector")
    policy: str = spec.setdefault("ipFamilyPolicy", "RequireDualStack" if anywhere else _SINGLE)
    families: list[str] = list(spec.get("ipFamilies") or ())
    problems = [*_lost_families(policy, families, before), *_too_many(policy, spec, families)]
    for index, ip in enumerate(spec.get("clusterIPs") or ()):
        if ip == HEADLESS or index < len(families):
            continue
        family = f"IPv{ip_address(ip).version}"
        if family == _FAMILY:
            families.append(family)
        else:
            detail = f"{family} is not configured on this cluster"
            problems.append(wrong(f"spec.clusterIPs[{index}]", spec["clusterIPs"], detail))
    if not problems and not anywhere:
        if policy == "RequireDualStack":
            detail = "this cluster is not configured for dual-stack services"
            problems.append(wrong("spec.ipFamilyPolicy", policy, detail))
        problems += [
            wrong(f"spec.ipFamilies[{index}]", family, "not configured on this cluster")
            for index, family in enumerate(families)
            if family != _FAMILY
        ]
    if problems:
        raise invalid("Service", "", name, problems)
    families = families or [_FAMILY]
    if anywhere and policy != _SINGLE and len(families) == 1:
        families.append("IPv6" if families == ["IPv4"] else "IPv4")
    spec["ipFamilies"] = families


def _lost_families(policy: str, families: list[str], before: Mapping[str, Any]) -> Iterator[FieldError]:
    if policy != _SINGLE and 0 < len(families) < len(before.get("ipFamilies") or ()):
        yield wrong("spec.ipFamilyPolicy", policy, "must be 'SingleStack' to release the secondary IP family")


def _too_many(policy: str, spec: Mapping[str, Any], families: list[str]) -> Iterator[FieldError]:
    for what, values in (("cluster IPs", spec.get("clusterIPs") or ()), ("IP families", families)):
        if policy == _SINGLE and len(values) == 2:
            detail = f"must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            yield wrong("spec.ipFamilyPolicy", policy, detail)


def _cluster_ips(name: str, asked: list[str], addresses: Addresses) -> list[str]:
    if asked and asked[0] == HEADLESS:
        return asked
    for ip in asked:
        problem = addresses.ip_problem(ip)
        if problem:
            detail = f"failed to allocate IP {ip}: {problem}"
            raise invalid("Service", "", name, [FieldError("spec.clusterIPs", "FieldValueInvalid", asked, detail)])
    try:
        return asked or [addresses.next_ip()]
    except RangeFullError as error:
        message = f"Internal error occurred: failed to allocate a serviceIP: {error}"
        raise ApiError(Status(500, "InternalError", message)) from None


def _node_ports(name: str, spec: Mapping[str, Any], held: set[int], addresses: Addresses) -> list[Object]:
    ports: list[Object] = list(spec["ports"])
    asked = {port["nodePort"] for port in ports if port.get("nodePort")}
    for index, port in enumerate(ports):
        number = port.get("nodePort")
        if number and number not in held and (problem := addresses.port_problem(number)):
            path = f"spec.ports[{index}].nodePort"
            raise invalid("Service", "", name, [FieldError(path, "FieldValueInvalid", number, problem)])
    if not needs_node_ports(spec):
        return ports
    for index, port in enumerate(ports):
        if not port.get("nodePort"):
            number = addresses.next_port(asked)
            asked.add(number)
            ports[index] = {**port, "nodePort": number}
    return ports
