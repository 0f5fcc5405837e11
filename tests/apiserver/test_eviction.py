"""Evictions as any HTTP client makes them.

Source: kubernetes/pkg/registry/core/pod/storage/eviction.go.
"""

from __future__ import annotations

from typing import Any

import aiohttp

from tutor.apiserver.server import ApiServer
from tutor.engine.objects import Object
from tutor.engine.resources import POD

PATH = "/api/v1/namespaces/default/pods/web/eviction"


def eviction(name: str = "web", **options: Any) -> Object:
    given = {"deleteOptions": options} if options else {}
    return {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": "default"}, **given}


async def create(client: aiohttp.ClientSession, server: ApiServer) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}
    spec = {"containers": [{"name": "c", "image": "nginx:1.27"}]}
    async with client.post("/api/v1/namespaces/default/pods", json={**pod, "spec": spec}) as answer:
        assert answer.status == 201
    await server.simulation.settle()


async def test_discovery_says_that_pods_can_be_evicted(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1") as answer:
        (found,) = [each for each in (await answer.json())["resources"] if each["name"] == "pods/eviction"]
    assert found == {
        "name": "pods/eviction", "singularName": "", "namespaced": True, "group": "policy", "version": "v1",
        "kind": "Eviction", "verbs": ["create"],
    }  # fmt: skip


async def test_an_evicted_pod_says_why_and_goes(client: aiohttp.ClientSession, server: ApiServer) -> None:
    await create(client, server)
    api = server.simulation.cluster.api
    async with client.post(PATH, json=eviction(dryRun=["All"])) as answer:
        assert answer.status == 201
    assert "deletionTimestamp" not in api.get(POD, "web", "default")["metadata"]
    async with client.post(PATH, json=eviction(gracePeriodSeconds=7)) as answer:
        assert (answer.status, (await answer.json())["status"]) == (201, "Success")
    pod = api.get(POD, "web", "default")
    assert pod["metadata"]["deletionGracePeriodSeconds"] == 7
    assert ("DisruptionTarget", "EvictionByEvictionAPI") in [
        (each["type"], each.get("reason")) for each in pod["status"]["conditions"]
    ]
    await server.simulation.settle()
    async with client.post(PATH, json=eviction()) as answer:
        assert (answer.status, (await answer.json())["message"]) == (404, 'pods "web" not found')


async def test_the_names_must_agree(client: aiohttp.ClientSession, server: ApiServer) -> None:
    await create(client, server)
    async with client.post(PATH, json=eviction("other")) as answer:
        said = await answer.json()
        assert (answer.status, said["message"]) == (400, "name in URL does not match name in Eviction object")
