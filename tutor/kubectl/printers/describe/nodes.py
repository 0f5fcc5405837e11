"""Descriptions of Nodes and Namespaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tutor.engine.objects import Object, field, labels_of, name_of, namespace_of
from tutor.engine.resources import POD
from tutor.kubectl.printers.describe.page import About, Page, joined, long_time

_ROLE = "node-role.kubernetes.io/"
_INFO = (
    ("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"), ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"), ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"), ("Kube-Proxy Version", "kubeProxyVersion"),
)  # fmt: skip
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_DECIMAL: Mapping[str, Fraction | int] = {
    "m": Fraction(1, 1000),
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
}


def describe_namespace(page: Page, namespace: Object, _about: About) -> None:
    """Add all there is to say of a Namespace; quotas and limit ranges are not simulated, so there are none."""
    page.head(namespace, namespaced=False)
    page.line(f"Status:\t{field(namespace, 'status.phase', '')}")
    conditions = field(namespace, "status.conditions") or ()
    if conditions:
        page.line("Conditions:")
        page.line("Type\tStatus\tLastTransitionTime\tReason\tMessage", 1)
        page.line("----\t------\t------------------\t------\t-------", 1)
        for each in conditions:
            when = long_time(each.get("lastTransitionTime"))
            page.line(f"{each['type']}\t{each['status']}\t{when}\t{each['reason']}\t{each['message']}", 1)
    page.line("\nNo resource quota.")
    page.line("\nNo LimitRange resource.")


def describe_node(page: Page, node: Object, about: About) -> None:
    """Add all there is to say of a Node."""
    spec, status = node.get("spec") or {}, node.get("status") or {}
    page.line(f"Name:\t{name_of(node)}")
    roles = sorted(key.removeprefix(_ROLE) for key in labels_of(node) if key.startswith(_ROLE))
    page.line(f"Roles:\t{joined(roles)}")
    page.pairs("Labels", node["metadata"].get("labels"))
    page.annotations("Annotations", node["metadata"].get("annotations"))
    page.line(f"CreationTimestamp:\t{long_time(node['metadata'].get('creationTimestamp'))}")
    # By effect, then by key, as `printTaintsMultilineWithIndent` of kubectl sorts them.
    taints = sorted(spec.get("taints") or (), key=lambda taint: f"{taint['effect']},{taint['key']}")
    page.items("Taints", [_taint(each) for each in taints])
    page.line(f"Unschedulable:\t{str(bool(spec.get('unschedulable'))).lower()}")
    page.line(f'Lease:\tFailed to get lease: leases.coordination.k8s.io "{name_of(node)}" not found')
    _conditions(page, status.get("conditions") or ())
    page.line("Addresses:")
    for address in status.get("addresses") or ():
        page.line(f"{address['type']}:\t{address['address']}", 1)
    for title in ("Capacity", "Allocatable"):
        amounts = status.get(title.lower())
        if amounts:
            page.line(f"{title}:")
            for resource in sorted(amounts):
                page.line(f"{resource}:\t{amounts[resource]}", 1)
    page.line("System Info:")
    info = status.get("nodeInfo") or {}
    for title, key in _INFO:
        page.line(f"{title}:\t{info.get(key, '')}", 1)
    if spec.get("podCIDR"):
        page.line(f"PodCIDR:\t{spec['podCIDR']}")
    if spec.get("podCIDRs"):
        page.line(f"PodCIDRs:\t{joined(spec['podCIDRs'])}")
    if spec.get("providerID"):
        page.line(f"ProviderID:\t{spec['providerID']}")
    _pods(page, node, about)
    about.events(page, node, "Node")


def _taint(taint: Mapping[str, Any]) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


def _conditions(page: Page, conditions: Sequence[Mapping[str, Any]]) -> None:
    if not conditions:
        return
    page.line("Conditions:")
    page.line("Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage", 1)
    page.line("----\t------\t-----------------\t------------------\t------\t-------", 1)
    for each in conditions:
        beat, changed = long_time(each.get("lastHeartbeatTime")), long_time(each.get("lastTransitionTime"))
        page.line(
            f"{each['type']} \t{each['status']} \t{beat} \t{changed} \t{each.get('reason', '')} "
            f"\t{each.get('message', '')}",
            1,
        )


def _pods(page: Page, node: Object, about: About) -> None:
    found = about.client.list(POD, None, fields=f"spec.nodeName={name_of(node)}")
    pods = [pod for pod in found if field(pod, "status.phase") not in {"Succeeded", "Failed"}]
    room = field(node, "status.allocatable") or field(node, "status.capacity") or {}
    page.line(f"Non-terminated Pods:\t({len(pods)} in total)")
    page.line("Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge", 1)
    page.line("---------\t----\t\t------------\t----------\t---------------\t-------------\t---", 1)
    for pod in pods:
        shares = [
            _share(_total([pod], kind, resource), resource, room)
            for resource in ("cpu", "memory")
            for kind in ("requests", "limits")
        ]
        age = about.age(pod["metadata"].get("creationTimestamp"))
        page.line("\t".join([namespace_of(pod), name_of(pod), "", *shares, age]), 1)
    page.line("Allocated resources:")
    page.line("(Total limits may be over 100 percent, i.e., overcommitted.)", 1)
    page.line("Resource\tRequests\tLimits", 1)
    page.line("--------\t--------\t------", 1)
    for resource in ("cpu", "memory", "ephemeral-storage"):
        shares = [_share(_total(pods, kind, resource), resource, room) for kind in ("requests", "limits")]
        page.line("\t".join([resource, *shares]), 1)
    for resource in sorted(each for each in room if each.startswith("hugepages-")):
        shares = [_share(_total(pods, kind, resource), resource, room) for kind in ("requests", "limits")]
        page.line("\t".join([resource, *shares]), 1)


def _total(pods: Sequence[Object], kind: str, resource: str) -> Fraction:
    """What the containers of the Pods ask for together."""
    return sum(
        (
            _amount((field(container, f"resources.{kind}") or {}).get(resource, 0))
            for pod in pods
            for container in pod["spec"]["containers"]
        ),
        Fraction(0),
    )


def _share(amount: Fraction, resource: str, room: Mapping[str, Any]) -> str:
    there = _amount(room.get(resource, 0))
    percent = int(amount / there * 100) if there else 0
    return f"{_quantity(amount)} ({percent}%)"


def _amount(quantity: Any) -> Fraction:
    """A quantity such as `100m` or `70Mi` as a number."""
    text = str(quantity)
    digits = text.rstrip("KMGTimk")
    unit = text[len(digits) :]
    return Fraction(digits) * Fraction(_BINARY.get(unit) or _DECIMAL.get(unit, 1))


def _quantity(amount: Fraction) -> str:
    """A number as a quantity, in the largest unit that makes it whole."""
    if amount.denominator != 1:
        return f"{int(amount * 1000)}m"
    for unit, size in reversed(_BINARY.items()):
        if amount and amount % size == 0:
            return f"{int(amount / size)}{unit}"
    return str(int(amount))
