"""`kubectl expose`: a Service in front of what is there.

Source: pkg/cmd/expose and pkg/polymorphichelpers of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_of

from tutor.engine.decoding import decode
from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, field, labels_of
from tutor.engine.resources import DEPLOYMENT, POD, REPLICA_SET, SERVICE, Resource
from tutor.kubectl import common_flags as common
from tutor.kubectl import generators
from tutor.kubectl.changes import for_each
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import annotated_as_struct
from tutor.kubectl.resource_args import Target, select
from tutor.kubectl.results import dry_run_of, print_typed, ready_printer
from tutor.kubectl.verbs.create import SAVE_CONFIG

_EXPOSABLE = frozenset({DEPLOYMENT, POD, REPLICA_SET, SERVICE})
_NAME_LIMIT = 63
Protocols = Mapping[int, Sequence[str]]


async def expose(call: Invocation) -> int:
    """Make a Service for each object meant."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    selection = await select(
        call, call.args, filenames=call.many("filename"), recursive=call.on("recursive"), fetch="lazy"
    )

    kept = _Kept()

    async def one(target: Target) -> None:
        service = call.client.with_cause(_service(call, target, kept))
        if dry_run != "client":
            if call.on("save-config"):
                service = annotated_as_struct(service)
            service = call.client.create(generators.to_send(service), call.namespace, dry_run=dry_run == "server")
        await print_typed(call, service, "exposed", dry_run)

    await for_each(selection, one)
    return 0


@dataclass
class _Kept:
    """What the first object gave, which kubectl goes on to use for the others as if flags had said it."""

    selector: Mapping[str, str] = field_of(default_factory=dict)
    labels: Mapping[str, str] = field_of(default_factory=dict)
    numbers: Sequence[int] = ()


def _service(call: Invocation, target: Target, kept: _Kept) -> Object:
    """The Service that the flags and the object ask for."""
    if target.resource not in _EXPOSABLE:
        group = f".{target.resource.group}" if target.resource.group else ""
        raise KubectlError(f"cannot expose a {target.resource.kind}{group}")
    obj = _typed(target)
    selector_text = call.text("selector")
    if not kept.selector:
        kept.selector = generators.parse_labels(selector_text) if selector_text else _selector_of(target.resource, obj)
    labels_text = call.text("labels")
    kept.labels = kept.labels or (generators.parse_labels(labels_text) if labels_text else labels_of(obj))
    kept.numbers = kept.numbers or _numbers(call, obj)
    ports = _ports(call, kept.numbers, _protocols_of(obj))
    target_port = call.text("target-port")
    for port in ports:
        port["targetPort"] = generators.int_or_string(target_port) if target_port else port["port"]
    return generators.service(
        call.text("name") or target.name[:_NAME_LIMIT],
        call.namespace if call.namespace_given else "",
        ports=ports,
        selector=kept.selector,
        labels=kept.labels,
        spec=_extras(call),
    )


def _typed(target: Target) -> Object:
    """The object, which must be of its kind's shape if it comes from a file.

    Raises:
        KubectlError: it is not.
    """
    if not target.source:
        return target.obj
    try:
        return decode(target.obj, target.resource.kind, target.resource.api_version)
    except ApiError as error:
        problem = error.status.message.partition(": ")[2]
        if problem.startswith("strict decoding error"):  # unknown fields do not matter here
            return target.obj
        raise KubectlError(f'unable to decode "{target.source}": {problem}') from None


def _selector_of(resource: Resource, obj: Object) -> Mapping[str, str]:
    """The labels that the object's Pods carry."""
    try:
        return _introspected_selector(resource, obj)
    except KubectlError as error:
        raise KubectlError(
            f"couldn't retrieve selectors via --selector flag or introspection: {error.message}"
        ) from None


def _introspected_selector(resource: Resource, obj: Object) -> Mapping[str, str]:
    if resource is POD:
        if not labels_of(obj):
            raise KubectlError("the pod has no labels and cannot be exposed")
        return labels_of(obj)
    if resource is SERVICE:
        selector: Mapping[str, str] | None = field(obj, "spec.selector")
        if selector is None:
            raise KubectlError("the service has no pod selector set")
        return selector
    labels: Mapping[str, str] | None = field(obj, "spec.selector.matchLabels")
    if not labels:
        kind = resource.kind.lower()
        raise KubectlError(f"invalid {kind}: no selectors, therefore cannot be exposed")
    if field(obj, "spec.selector.matchExpressions"):
        raise KubectlError("couldn't convert expressions to map-based selector format")
    return labels


def _numbers(call: Invocation, obj: Object) -> list[int]:
    """The ports to serve on: those of --port, else those the object names."""
    text = call.text("port")
    if text:
        return [_parse_port(word) for word in text.split(",")]
    numbers = list(dict.fromkeys(number for number, _ in _declared_ports(obj)))
    if not numbers and call.text("cluster-ip") != "None":
        raise KubectlError("couldn't find port via --port flag or introspection")
    return numbers


def _parse_port(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise KubectlError(f'strconv.Atoi: parsing "{word}": invalid syntax') from None


def _declared_ports(obj: Object) -> list[tuple[int, str]]:
    """Port numbers and protocols that a Service, Pod or Pod template declares."""
    if obj.get("kind") == "Service":
        return [(port["port"], port.get("protocol", "TCP")) for port in field(obj, "spec.ports") or ()]
    containers = field(obj, "spec.containers") or field(obj, "spec.template.spec.containers") or ()
    return [
        (port["containerPort"], port.get("protocol", "TCP"))
        for container in containers
        for port in container.get("ports") or ()
    ]


def _protocols_of(obj: Object) -> Protocols:
    found: dict[int, list[str]] = {}
    for number, protocol in _declared_ports(obj):
        if protocol not in found.setdefault(number, []):
            found[number].append(protocol)
    return found


def _ports(call: Invocation, numbers: Sequence[int], protocols: Protocols) -> list[Object]:
    """Service ports, named as soon as there are several."""
    ports: list[Object] = []
    given = call.text("protocol")
    for index, number in enumerate(numbers, 1):
        name = f"port-{index}" if len(numbers) > 1 else ""
        wanted = [given] if given else list(protocols.get(number, ["TCP"]))
        for protocol in wanted:
            shown = f"port-{index}-{protocol.lower()}" if len(wanted) > 1 else name
            port: Object = {"name": shown} if shown else {}
            ports.append({**port, "protocol": protocol, "port": number})
    return ports


def _extras(call: Invocation) -> Object:
    """The rest of the spec."""
    spec: Object = {}
    if call.text("cluster-ip"):
        spec["clusterIP"] = call.text("cluster-ip")
    if call.text("type"):
        spec["type"] = call.text("type")
    if call.text("external-ip"):
        spec["externalIPs"] = [call.text("external-ip")]
    affinity = call.text("session-affinity")
    if affinity:
        if affinity not in {"None", "ClientIP"}:
            raise KubectlError(f"unknown session affinity: {affinity}")
        spec["sessionAffinity"] = affinity
    if call.text("load-balancer-ip") and call.text("type") == "LoadBalancer":
        spec["loadBalancerIP"] = call.text("load-balancer-ip")
    return spec


COMMAND = Command(
    name="expose",
    short="Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
    long=(
        "Expose a resource as a new Kubernetes service.\n\n"
        " Looks up a deployment, service, replica set, replication controller or pod by name and uses the selector for "
        "that resource as the selector for a new service on the specified port. A deployment or replica set will be "
        "exposed as a service only if its selector is convertible to a selector that service supports, i.e. when the "
        "selector contains only the matchLabels component. Note that if no port is specified via --port and the "
        "exposed resource has multiple ports, all will be re-used by the new service. Also if no labels are specified, "
        "the new service will re-use the labels from the resource it exposes.\n\n"
        " Possible resources include (case insensitive):\n\n"
        " pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)"
    ),
    examples="""
# Create a service for a pod valid-pod, which serves on port 444 with the name "frontend"
kubectl expose pod valid-pod --port=444 --name=frontend

# Create a second service based on the above service, exposing the container port 8443 as port 443 with the name "nginx-https"
kubectl expose service nginx --port=443 --target-port=8443 --name=nginx-https

# Create a service for a replicated nginx using replica set, which serves on port 80 and connects to the containers on port 8000
kubectl expose rs nginx --port=80 --target-port=8000

# Create a service for an nginx deployment, which serves on port 80 and connects to the containers on port 8000
kubectl expose deployment nginx --port=80 --target-port=8000
""",  # noqa: E501
    usage=(
        "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] "
        "[--name=name] [--external-ip=external-ip-of-service] [--type=type]"
    ),
    flags=(
        *common.print_flags(),
        Flag(
            "cluster-ip",
            "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a "
            "headless service.",
        ),
        common.DRY_RUN,
        Flag(
            "external-ip",
            "Additional external IP address (not managed by Kubernetes) to accept for the service. If this IP is "
            "routed to a node, the service can be accessed by this IP in addition to its generated service IP.",
        ),
        common.field_manager("kubectl-expose"),
        common.filename("identifying the resource to expose a service"),
        Flag("labels", "Labels to apply to the service created by this call.", short="l"),
        Flag(
            "load-balancer-ip",
            "IP to assign to the LoadBalancer. If empty, an ephemeral IP will be created and used (cloud-provider "
            "specific).",
        ),
        Flag("name", "The name for the newly created object."),
        Flag(
            "port",
            "The port that the service should serve on. Copied from the resource being exposed, if unspecified",
        ),
        Flag(
            "protocol",
            "The network protocol for the service to be created. Default is 'TCP'.",
            choices=("SCTP", "TCP", "UDP"),
        ),
        common.RECORD,
        common.RECURSIVE,
        SAVE_CONFIG,
        Flag(
            "selector",
            "A label selector to use for this service. Only equality-based selector requirements are supported. If "
            "empty (the default) infer the selector from the replication controller or replica set.)",
        ),
        Flag(
            "session-affinity",
            "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
            choices=("ClientIP", "None"),
        ),
        Flag(
            "target-port",
            "Name or number for the port on the container that the service should direct traffic to. Optional.",
        ),
        Flag(
            "type",
            "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'.",
            choices=("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
        ),
    ),
    lacks=("kustomize", "k", "override-type", "overrides"),
    handler=expose,
)
