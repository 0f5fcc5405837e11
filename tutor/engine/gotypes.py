"""What the OpenAPI does not say of the Go types behind it.

Their names, whose zero values count as absent, and which structs are there even if they are empty. Keys are
`Struct.field`, `Struct.field[]` for a list's items.

Source: k8s.io/api/{core,apps,discovery,networking}/v1/types.go.
"""

from __future__ import annotations

from typing import Final

NAMED_TYPES: Final = {
    "Container.imagePullPolicy": "v1.PullPolicy",
    "Container.terminationMessagePolicy": "v1.TerminationMessagePolicy",
    "Container.restartPolicy": "v1.ContainerRestartPolicy",
    "ContainerPort.protocol": "v1.Protocol",
    "DeploymentStrategy.type": "v1.DeploymentStrategyType",
    "EndpointPort.protocol": "v1.Protocol",
    "EndpointSlice.addressType": "v1.AddressType",
    "HTTPGetAction.scheme": "v1.URIScheme",
    "LabelSelectorRequirement.operator": "v1.LabelSelectorOperator",
    "NetworkPolicyPort.protocol": "v1.Protocol",
    "NetworkPolicySpec.policyTypes[]": "v1.PolicyType",
    "ObjectMeta.uid": "types.UID",
    "ObjectReference.uid": "types.UID",
    "OwnerReference.uid": "types.UID",
    "PodSpec.dnsPolicy": "v1.DNSPolicy",
    "PodSpec.preemptionPolicy": "v1.PreemptionPolicy",
    "PodSpec.restartPolicy": "v1.RestartPolicy",
    "ResourceRequirements.limits": "v1.ResourceList",
    "ResourceRequirements.requests": "v1.ResourceList",
    "ServicePort.protocol": "v1.Protocol",
    "ServiceSpec.externalTrafficPolicy": "v1.ServiceExternalTrafficPolicy",
    "ServiceSpec.internalTrafficPolicy": "v1.ServiceInternalTrafficPolicy",
    "ServiceSpec.ipFamilies[]": "v1.IPFamily",
    "ServiceSpec.ipFamilyPolicy": "v1.IPFamilyPolicy",
    "ServiceSpec.sessionAffinity": "v1.ServiceAffinity",
    "ServiceSpec.type": "v1.ServiceType",
    "Taint.effect": "v1.TaintEffect",
    "Toleration.effect": "v1.TaintEffect",
    "Toleration.operator": "v1.TolerationOperator",
}

ZERO_IS_ABSENT: Final = frozenset({
    "Container.stdin", "Container.stdinOnce", "Container.tty", "ContainerPort.hostPort",
    "DeploymentSpec.minReadySeconds", "DeploymentSpec.paused", "DeploymentStatus.availableReplicas",
    "DeploymentStatus.readyReplicas", "DeploymentStatus.replicas", "DeploymentStatus.unavailableReplicas",
    "DeploymentStatus.updatedReplicas", "DeploymentStatus.observedGeneration", "Event.count", "NodeSpec.unschedulable",
    "ObjectMeta.generation", "PodSpec.hostIPC", "PodSpec.hostNetwork", "PodSpec.hostPID", "Probe.failureThreshold",
    "Probe.initialDelaySeconds", "Probe.periodSeconds", "Probe.successThreshold", "Probe.timeoutSeconds",
    "ReplicaSetSpec.minReadySeconds", "ReplicaSetStatus.availableReplicas", "ReplicaSetStatus.fullyLabeledReplicas",
    "ReplicaSetStatus.observedGeneration", "ReplicaSetStatus.readyReplicas", "ServicePort.nodePort",
    "ServicePort.targetPort", "ServiceSpec.healthCheckNodePort", "ServiceSpec.publishNotReadyAddresses",
    "VolumeMount.readOnly",
})  # fmt: skip
"""Numbers and truth values that are no pointers in Go: `0` and `false` mean the same as leaving them out."""

VALUE_STRUCTS: Final = frozenset({
    "Container.resources", "ContainerStatus.lastState", "ContainerStatus.state", "Deployment.metadata",
    "Deployment.spec", "Deployment.status", "DeploymentSpec.strategy", "DeploymentSpec.template", "Endpoint.conditions",
    "EphemeralContainer.resources", "Event.involvedObject", "Event.metadata", "Event.source", "ConfigMap.metadata",
    "EndpointSlice.metadata", "Endpoints.metadata", "Namespace.metadata", "Namespace.spec", "Namespace.status",
    "NetworkPolicy.metadata", "NetworkPolicy.spec", "NetworkPolicySpec.podSelector", "Node.metadata", "Node.spec",
    "Node.status", "NodeDaemonEndpoints.kubeletEndpoint", "NodeStatus.daemonEndpoints", "NodeStatus.nodeInfo",
    "Pod.metadata", "Pod.spec", "Pod.status", "PodTemplateSpec.metadata", "PodTemplateSpec.spec", "ReplicaSet.metadata",
    "ReplicaSet.spec", "ReplicaSet.status", "ReplicaSetSpec.template", "Service.metadata", "Service.spec",
    "Service.status", "ServiceAccount.metadata", "ServiceStatus.loadBalancer",
})  # fmt: skip
"""Structs that are no pointers in Go: an object always has them, empty if need be."""
