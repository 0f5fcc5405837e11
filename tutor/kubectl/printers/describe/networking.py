"""Descriptions of Services, Endpoints, EndpointSlices and NetworkPolicies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tutor.engine.kinds.base import format_selector
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import ENDPOINT_SLICE
from tutor.kubectl.printers.describe.page import About, Page, joined

_SHOWN_ENDPOINTS = 3


def describe_service(page: Page, service: Object, about: About) -> None:
    """Add all there is to say of a Service."""
    spec = service["spec"]
    page.head(service)
    page.line(f"Selector:\t{joined(f'{key}={value}' for key, value in sorted((spec.get('selector') or {}).items()))}")
    page.line(f"Type:\t{spec.get('type', '')}")
    if spec.get("ipFamilyPolicy"):
        page.line(f"IP Family Policy:\t{spec['ipFamilyPolicy']}")
    page.line(f"IP Families:\t{joined(spec.get('ipFamilies') or ())}")
    page.line(f"IP:\t{spec.get('clusterIP', '')}")
    page.line(f"IPs:\t{joined(spec.get('clusterIPs') or ())}")
    if spec.get("externalIPs"):
        page.line(f"External IPs:\t{joined(spec['externalIPs'])}")
    _if_given(page, "Desired LoadBalancer IP", spec.get("loadBalancerIP"))
    _if_given(page, "External Name", spec.get("externalName"))
    ingress = (service.get("status") or {}).get("loadBalancer", {}).get("ingress") or ()
    if ingress:
        shown = ", ".join(str(each.get("ip") or each.get("hostname", "")) for each in ingress)
        page.line(f"LoadBalancer Ingress:\t{shown}")
    slices = about.client.list(
        ENDPOINT_SLICE, namespace_of(service), labels=f"kubernetes.io/service-name={name_of(service)}"
    )
    for port in spec.get("ports") or ():
        _service_port(page, port, slices)
    page.line(f"Session Affinity:\t{spec.get('sessionAffinity', '')}")
    _if_given(page, "External Traffic Policy", spec.get("externalTrafficPolicy"))
    _if_given(page, "Internal Traffic Policy", spec.get("internalTrafficPolicy"))
    _if_given(page, "HealthCheck NodePort", spec.get("healthCheckNodePort"))
    if spec.get("loadBalancerSourceRanges"):
        page.line(f"LoadBalancer Source Ranges:\t{joined(spec['loadBalancerSourceRanges'])}")
    about.events(page, service, "Service")


def _if_given(page: Page, title: str, value: Any) -> None:
    if value:
        page.line(f"{title}:\t{value}")


def _service_port(page: Page, port: Mapping[str, Any], slices: Sequence[Object]) -> None:
    name, protocol = port.get("name") or "<unset>", port.get("protocol", "TCP")
    page.line(f"Port:\t{name}\t{port['port']}/{protocol}")
    page.line(f"TargetPort:\t{port.get('targetPort', port['port'])}/{protocol}")
    if port.get("nodePort"):
        page.line(f"NodePort:\t{name}\t{port['nodePort']}/{protocol}")
    page.line(f"Endpoints:\t{_endpoints(slices, port.get('name', ''))}")


def _endpoints(slices: Sequence[Object], port_name: str) -> str:
    """The ready addresses of a port, the first three in full."""
    if not slices:
        return "<none>"
    found: list[str] = []
    for slice_ in slices:
        ready = [
            each["addresses"][0]
            for each in slice_.get("endpoints") or ()
            if (each.get("conditions") or {}).get("ready") is not False
        ]
        ports = slice_.get("ports") or ()
        if not ports:
            found += ready
        for port in ports:
            if port.get("name", "") == port_name:
                found += [f"{address}:{port.get('port', 0)}" for address in ready]
    shown = ",".join(found[:_SHOWN_ENDPOINTS])
    more = len(found) - _SHOWN_ENDPOINTS
    return f"{shown} + {more} more..." if more > 0 else shown


def describe_endpoints(page: Page, endpoints: Object, about: About) -> None:
    """Add all there is to say of an Endpoints object."""
    page.head(endpoints)
    page.line("Subsets:")
    for subset in endpoints.get("subsets") or ():
        for title, key in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            page.line(f"{title}:\t{joined(each['ip'] for each in subset.get(key) or ())}", 1)
        ports = subset.get("ports") or ()
        if ports:
            page.line("Ports:", 1)
            page.line("Name\tPort\tProtocol", 2)
            page.line("----\t----\t--------", 2)
            for port in ports:
                page.line(f"{port.get('name') or '<unset>'}\t{port['port']}\t{port.get('protocol', 'TCP')}", 2)
        page.line()
    about.events(page, endpoints, "Endpoints")


def describe_endpoint_slice(page: Page, slice_: Object, about: About) -> None:
    """Add all there is to say of an EndpointSlice."""
    page.head(slice_)
    page.line(f"AddressType:\t{slice_.get('addressType', '')}")
    ports = slice_.get("ports") or ()
    page.line("Ports:" if ports else "Ports: <unset>")
    if ports:
        page.line("Name\tPort\tProtocol", 1)
        page.line("----\t----\t--------", 1)
        for port in ports:
            shown = port.get("port", "<unset>")
            page.line(f"{port.get('name') or '<unset>'}\t{shown}\t{port.get('protocol', 'TCP')}", 1)
    endpoints = slice_.get("endpoints") or ()
    page.line("Endpoints:" if endpoints else "Endpoints: <none>")
    for endpoint in endpoints:
        _endpoint(page, endpoint)
    about.events(page, slice_, "EndpointSlice")


def _endpoint(page: Page, endpoint: Mapping[str, Any]) -> None:
    page.line(f"- Addresses:\t{', '.join(endpoint.get('addresses') or ()) or '<none>'}", 1)
    page.line("Conditions:", 2)
    ready = (endpoint.get("conditions") or {}).get("ready")
    page.line(f"Ready:\t{'<unset>' if ready is None else str(ready).lower()}", 3)
    page.line(f"Hostname:\t{endpoint.get('hostname', '<unset>')}", 2)
    target = endpoint.get("targetRef")
    if target:
        page.line(f"TargetRef:\t{target.get('kind', '')}/{target.get('name', '')}", 2)
    page.line(f"NodeName:\t{endpoint.get('nodeName', '<unset>')}", 2)
    page.line(f"Zone:\t{endpoint.get('zone', '<unset>')}", 2)


def describe_network_policy(page: Page, policy: Object, _about: About) -> None:
    """Add all there is to say of a NetworkPolicy."""
    spec = policy["spec"]
    created = datetime.fromisoformat(policy["metadata"]["creationTimestamp"].replace("Z", "+00:00"))
    page.line(f"Name:\t{name_of(policy)}")
    page.line(f"Namespace:\t{namespace_of(policy)}")
    page.line(f"Created on:\t{created:%Y-%m-%d %H:%M:%S} +0000 UTC")
    page.pairs("Labels", policy["metadata"].get("labels"))
    page.annotations("Annotations", policy["metadata"].get("annotations"))
    page.line("Spec:")
    selector = spec.get("podSelector") or {}
    shown = (
        format_selector(selector)
        if selector.get("matchLabels") or selector.get("matchExpressions")
        else "<none> (Allowing the specific traffic to all pods in this namespace)"
    )
    # kubectl writes the selector one level further in than its title, on the same line.
    page.line(f"PodSelector:     {shown}", 1)
    types = spec.get("policyTypes") or ()
    for kind, peers, preposition, origin in (
        ("ingress", "from", "From", "source"),
        ("egress", "to", "To", "destination"),
    ):
        if kind.capitalize() in types:
            page.line(f"Allowing {kind} traffic:", 1)
            _rules(page, spec.get(kind) or (), kind, peers, preposition, origin)
        else:
            page.line(f"Not affecting {kind} traffic", 1)
    page.line(f"Policy Types: {', '.join(types)}", 1)


def _rules(
    page: Page, rules: Sequence[Mapping[str, Any]], kind: str, peers: str, preposition: str, origin: str
) -> None:
    if not rules:
        page.line(f"<none> (Selected pods are isolated for {kind} connectivity)", 2)
    for number, rule in enumerate(rules, 1):
        for port in rule.get("ports") or ():
            protocol = port.get("protocol", "TCP")
            if "endPort" in port:
                page.line(f"To Port Range: {port.get('port')}-{port['endPort']}/{protocol}", 2)
            else:
                page.line(f"To Port: {port.get('port', '<nil>')}/{protocol}", 2)
        if not rule.get("ports"):
            page.line("To Port: <any> (traffic allowed to all ports)", 2)
        for peer in rule.get(peers) or ():
            page.line(f"{preposition}:", 2)
            _peer(page, peer)
        if not rule.get(peers):
            page.line(f"{preposition}: <any> (traffic not restricted by {origin})", 2)
        if number < len(rules):
            page.line("----------", 2)


def _peer(page: Page, peer: Mapping[str, Any]) -> None:
    for title, key in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
        if peer.get(key) is not None:
            page.line(f"{title}: {format_selector(peer[key])}", 3)
    block = peer.get("ipBlock")
    if block and "podSelector" not in peer and "namespaceSelector" not in peer:
        page.line("IPBlock:", 3)
        page.line(f"CIDR: {block['cidr']}", 4)
        page.line(f"Except: {', '.join(block.get('except') or ())}", 4)
