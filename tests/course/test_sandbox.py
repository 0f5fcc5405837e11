"""The clusters to begin free play with."""

from __future__ import annotations

import pytest

from tutor.course.sandbox import CLUSTERS, SandboxCluster, find_cluster, sandbox_lesson
from tutor.course.session import Session


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda cluster: cluster.id)
async def test_each_begins_settled_and_its_commands_work(cluster: SandboxCluster) -> None:
    session = await Session.open(sandbox_lesson(cluster))
    assert find_cluster(cluster.id) is cluster
    assert not session.view.can_undo
    for command in cluster.commands:
        outcome = await session.submit(command)
        assert outcome.exit_code == 0 or "curl" in command, outcome.output
    await session.close()


async def test_in_the_shop_the_selector_is_what_is_broken() -> None:
    """Mending the selector, and nothing else, brings the answer."""
    shop = find_cluster("shop")
    assert shop is not None
    session = await Session.open(sandbox_lesson(shop))
    ask = "kubectl exec -n front deploy/front -- curl -sS -m 3 catalog.shop"
    assert (await session.submit(ask)).exit_code != 0
    assert "catalogue" in (await session.submit(ask)).gloss
    await session.submit("kubectl set selector service/catalog -n shop app=catalog")
    assert "Welcome to nginx!" in (await session.submit(ask)).output
    await session.close()


@pytest.mark.parametrize("word", ["hint", "show", "check", "next", "back", "skip"])
async def test_words_about_a_task_are_told_that_there_is_none(word: str) -> None:
    session = await Session.open(sandbox_lesson())
    assert (await session.submit(word)).notice.startswith("The sandbox asks for nothing: try anything.")
    await session.close()
