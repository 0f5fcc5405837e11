"""lightkube: create, watch, patch, apply, delete."""

from __future__ import annotations

import threading

from lightkube import Client
from lightkube.models.core_v1 import ServicePort, ServiceSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap, Service

client = Client(field_manager="lightkube")
services = client.list(Service, namespace="default")
assert [each.metadata.name for each in services] == ["kubernetes"]
start = services.resourceVersion
seen: list[str] = []


def follow() -> None:
    for kind, _ in client.watch(Service, namespace="default", resource_version=start, server_timeout=20):
        seen.append(kind)
        if kind == "DELETED":
            return


follower = threading.Thread(target=follow, daemon=True)
follower.start()
spec = ServiceSpec(selector={"app": "web"}, ports=[ServicePort(port=80)])
made = client.create(Service(metadata=ObjectMeta(name="web", namespace="default"), spec=spec))
assert made.spec.clusterIP.startswith("10.254.")
client.patch(Service, "web", {"metadata": {"labels": {"tier": "front"}}}, namespace="default")
assert client.get(Service, "web", namespace="default").metadata.labels == {"tier": "front"}
settings = ConfigMap(
    apiVersion="v1", kind="ConfigMap", metadata=ObjectMeta(name="settings", namespace="default"), data={"a": "1"}
)
applied = client.apply(settings)
assert applied.metadata.managedFields[0].operation == "Apply"
client.delete(Service, "web", namespace="default")
follower.join(20)
print(" ".join(seen))  # noqa: T201
