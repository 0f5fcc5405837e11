"""Tables, as kubectl asks for them: columns with their documentation, and a row an object.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables and
kubernetes/pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from tutor.apiserver.negotiate import Form, Include
from tutor.engine.objects import Object
from tutor.engine.table import Column, Table

_CONTAINERS: Final = {
    "Containers": "Names of each container in the template.",
    "Images": "Images referenced by each container in the template.",
}
_ABOUT: Final[Mapping[str, Mapping[str, str]]] = {
    "ConfigMap": {"Data": ":v1.ConfigMap.data"},
    "Deployment": {
        "Ready": "Number of the pod with ready state",
        "Up-to-date": ":v1.DeploymentStatus.updatedReplicas",
        "Available": ":v1.DeploymentStatus.availableReplicas",
        **_CONTAINERS,
        "Selector": ":v1.DeploymentSpec.selector",
    },
    "Endpoints": {"Endpoints": ":v1.Endpoints.subsets"},
    "EndpointSlice": {
        "AddressType": ":v1.EndpointSlice.addressType",
        "Ports": ":v1.EndpointSlice.ports",
        "Endpoints": ":v1.EndpointSlice.endpoints",
    },
    "Event": {
        "Last Seen": ":v1.Event.lastTimestamp",
        "Type": ":v1.Event.type",
        "Reason": ":v1.Event.reason",
        "Object": ":v1.Event.involvedObject",
        "Subobject": ":v1.ObjectReference.fieldPath",
        "Source": ":v1.Event.source",
        "Message": ":v1.Event.message",
        "First Seen": ":v1.Event.firstTimestamp",
        "Count": ":v1.Event.count",
    },
    "Namespace": {"Status": "The status of the namespace"},
    "NetworkPolicy": {"Pod-Selector": ":v1.NetworkPolicySpec.podSelector"},
    "Node": {
        "Status": "The status of the node",
        "Roles": "The roles of the node",
        "Version": ":v1.NodeSystemInfo.kubeletVersion",
        "Internal-IP": ":v1.NodeStatus.addresses",
        "External-IP": ":v1.NodeStatus.addresses",
        "OS-Image": ":v1.NodeSystemInfo.osImage",
        "Kernel-Version": ":v1.NodeSystemInfo.kernelVersion",
        "Container-Runtime": ":v1.NodeSystemInfo.containerRuntimeVersion",
    },
    "Pod": {
        "Ready": "The aggregate readiness state of this pod for accepting traffic.",
        "Status": "The aggregate status of the containers in this pod.",
        "Restarts": "The number of times the containers in this pod have been restarted and when the last container in "
        "this pod has restarted.",
        "IP": ":v1.PodStatus.podIP",
        "Node": ":v1.PodSpec.nodeName",
        "Nominated Node": ":v1.PodStatus.nominatedNodeName",
        "Readiness Gates": ":v1.PodSpec.readinessGates",
    },
    "ReplicaSet": {
        "Desired": ":v1.ReplicaSetSpec.replicas",
        "Current": ":v1.ReplicaSetStatus.replicas",
        "Ready": ":v1.ReplicaSetStatus.readyReplicas",
        **_CONTAINERS,
        "Selector": ":v1.ReplicaSetSpec.selector",
    },
    "Service": {
        "Type": ":v1.ServiceSpec.type",
        "Cluster-IP": ":v1.ServiceSpec.clusterIP",
        "External-IP": ":v1.ServiceSpec.externalIPs",
        "Port(s)": ":v1.ServiceSpec.ports",
        "Selector": ":v1.ServiceSpec.selector",
    },
    "ServiceAccount": {"Secrets": ":v1.ServiceAccount.secrets"},
}
"""What a column shows, by kind: a sentence, or `:` and the field whose documentation says it."""
_EVERYWHERE: Final = {"Name": ":ObjectMeta.name", "Age": ":ObjectMeta.creationTimestamp"}
_INTEGERS: Final = frozenset({
    ("ConfigMap", "Data"), ("Deployment", "Up-to-date"), ("Deployment", "Available"), ("ReplicaSet", "Desired"),
    ("ReplicaSet", "Current"), ("ReplicaSet", "Ready"), ("ServiceAccount", "Secrets"),
})  # fmt: skip
_ENDED: Final = {
    "Succeeded": "The pod has completed successfully.",
    "Failed": "The pod failed.",
}


@cache
def descriptions() -> Mapping[str, Mapping[str, str]]:
    """What the API's documentation says of each definition and its fields."""
    text = files("tutor.kubectl").joinpath("data", "explain.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = json.loads(text)
    return found


def _description(kind: str, column: str) -> str:
    about = _ABOUT.get(kind, {}).get(column) or _EVERYWHERE.get(column, "")
    if not about.startswith(":"):
        return about
    definition, _, field = about[1:].rpartition(".")
    # The values an enumeration may have are told in the OpenAPI only.
    return descriptions().get(definition, {}).get(field, "").partition("\n\nPossible enum values:")[0]


@cache
def _definitions(kind: str, columns: tuple[Column, ...]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "name": column.name,
            "type": "integer" if (kind, column.name) in _INTEGERS else "string",
            "format": "name" if column.name == "Name" else "",
            "description": _description(kind, column.name),
            "priority": 1 if column.wide else 0,
        }
        for column in columns
    ]


def to_table(
    kind: str, table: Table, form: Form, metadata: Mapping[str, Any], *, with_columns: bool = True
) -> dict[str, Any]:
    """A Table object.

    Args:
        kind: of which kind the rows are.
        table: the rows; their objects are as the client is to see them.
        form: which version, and what rows carry of their objects.
        metadata: of the list it stands for.
        with_columns: whether to say what the columns are; a watch says it once.
    """
    definitions = _definitions(kind, table.columns)
    numbers = [definition["type"] == "integer" for definition in definitions]
    rows: list[dict[str, Any]] = []
    for row in table.rows:
        cells = [
            int(cell) if number and cell.isdecimal() else cell for cell, number in zip(row.cells, numbers, strict=True)
        ]
        shown: dict[str, Any] = {"cells": cells}
        phase = row.object.get("status", {}).get("phase") if kind == "Pod" else None
        if phase in _ENDED:
            shown["conditions"] = [
                {"type": "Completed", "status": "True", "reason": phase, "message": _ENDED[phase]},
            ]
        shown["object"] = included(row.object, form.include, form.version)
        rows.append(shown)
    return {
        "kind": "Table",
        "apiVersion": f"meta.k8s.io/{form.version}",
        "metadata": metadata,
        "columnDefinitions": definitions if with_columns else [],
        "rows": rows,
    }


def included(obj: Object, include: Include, version: str) -> Any:
    """What a row carries of its object."""
    match include:
        case "None":
            return None
        case "Object":
            return obj
    return partial(obj, version)


def partial(obj: Object, version: str) -> Object:
    """An object's metadata alone."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": f"meta.k8s.io/{version}",
        "metadata": obj["metadata"],
    }
