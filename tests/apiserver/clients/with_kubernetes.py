"""The official client: create, list, watch, patch, apply, delete."""

from __future__ import annotations

import threading

from kubernetes import client, config, watch

config.load_kube_config()
api = client.CoreV1Api()
start = api.list_namespaced_service("default").metadata.resource_version
seen: list[str] = []


def follow() -> None:
    for event in watch.Watch().stream(
        api.list_namespaced_service, "default", resource_version=start, timeout_seconds=20
    ):
        seen.append(event["type"])
        if event["type"] == "DELETED":
            return


follower = threading.Thread(target=follow)
follower.start()
spec = client.V1ServiceSpec(selector={"app": "web"}, ports=[client.V1ServicePort(port=80)])
made = api.create_namespaced_service("default", client.V1Service(metadata=client.V1ObjectMeta(name="web"), spec=spec))
assert made.spec.cluster_ip.startswith("10.254."), made.spec.cluster_ip
patched = api.patch_namespaced_service("web", "default", {"metadata": {"labels": {"tier": "front"}}})
assert patched.metadata.labels == {"tier": "front"}
missing = 0
try:
    api.read_namespaced_service("nope", "default")
except client.ApiException as error:
    missing = error.status
assert missing == 404
api.delete_namespaced_service("web", "default")
follower.join(20)
deployments = client.AppsV1Api()
labels = {"app": "web"}
template = client.V1PodTemplateSpec(
    metadata=client.V1ObjectMeta(labels=labels),
    spec=client.V1PodSpec(containers=[client.V1Container(name="nginx", image="nginx:1.27")]),
)
deployments.create_namespaced_deployment(
    "default",
    client.V1Deployment(
        metadata=client.V1ObjectMeta(name="web"),
        spec=client.V1DeploymentSpec(
            replicas=1, selector=client.V1LabelSelector(match_labels=labels), template=template
        ),
    ),
)
scaled = deployments.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 3}})
assert scaled.spec.replicas == 3
deployments.delete_namespaced_deployment("web", "default")
print(" ".join(seen))  # noqa: T201
