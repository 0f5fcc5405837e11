"""The server as any HTTP client meets it."""

from __future__ import annotations

import aiohttp

from tutor.apiserver.server import ApiServer


async def test_version_says_which_kubernetes_this_is(client: aiohttp.ClientSession) -> None:
    async with client.get("/version") as answer:
        assert (await answer.json())["gitVersion"] == "v1.36.2"


async def test_services_are_listed_and_got(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/namespaces/default/services") as answer:
        assert [item["metadata"]["name"] for item in (await answer.json())["items"]] == ["kubernetes"]
    async with client.get("/api/v1/namespaces/default/services/kubernetes") as answer:
        assert (await answer.json())["spec"]["clusterIP"] == "10.254.0.1"


async def test_no_token_no_answer(client: aiohttp.ClientSession) -> None:
    async with client.get("/version", headers={"Authorization": "Bearer other"}) as answer:
        assert (answer.status, (await answer.json())["reason"]) == (401, "Unauthorized")


async def test_a_host_that_is_not_this_computer_is_turned_away(client: aiohttp.ClientSession) -> None:
    async with client.get("/version", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421


async def test_two_servers_do_not_disturb_each_other(server: ApiServer) -> None:
    other = ApiServer(server.simulation)
    await other.start()
    assert other.url != server.url
    await other.close()
    await other.close()
