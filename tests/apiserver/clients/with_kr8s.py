"""kr8s: create, watch, patch, delete."""

from __future__ import annotations

import threading

import kr8s
from kr8s.objects import Service

seen: list[str] = []
ready = threading.Event()


def follow() -> None:
    for kind, obj in kr8s.watch("services", namespace="default"):
        ready.set()  # a watch opens with what is there already, the Service `kubernetes`
        if obj.name == "web":
            seen.append(kind)
        if kind == "DELETED":
            return


follower = threading.Thread(target=follow, daemon=True)
follower.start()
assert ready.wait(20)
service = Service(
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
)
service.create()
assert service.exists()
service.patch({"metadata": {"labels": {"tier": "front"}}})
service.refresh()
assert service.labels["tier"] == "front"
assert {each.name for each in kr8s.get("services", namespace="default")} == {"kubernetes", "web"}
service.delete()
follower.join(20)
print(" ".join(seen))  # noqa: T201
