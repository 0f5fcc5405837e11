"""Lessons played on a served cluster as if it were a real one, by the real kubectl."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.realcluster.conftest import Served
from tests.realcluster.test_fit import lesson
from tutor.course.schema import Lesson, Observe, Predict, Quiz, Task
from tutor.course.session import NO_WAY_BACK, Session
from tutor.engine.objects import name_of
from tutor.realcluster.access import Access, RealClusterError
from tutor.realcluster.fit import obstacles
from tutor.realcluster.opening import open_there

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster on this computer tells its news at once."""
    monkeypatch.setattr("tutor.realcluster.world.QUIET", 0.1)


async def play(session: Session, played: Lesson) -> list[str]:
    """Play every step by its solution; the steps that were not done then."""
    undone = []
    for step in played.steps:
        if isinstance(step, Predict | Quiz):
            await session.answer(*(place for place, option in enumerate(step.options) if option.right))
        elif isinstance(step, Observe):
            await session.answer(text=next(iter(session.right_texts()), ""))
        elif isinstance(step, Task):
            for line in step.solve:
                await session.submit(line)
        if session.view.done or step.kind == "read":
            await session.next()
        else:
            undone.append(step.id)
            await session.skip()
    return undone


async def test_a_lesson_is_played_in_a_namespace_that_goes_with_it(served: Served) -> None:
    played = lesson("create")
    access = await Access.open(served.kubeconfig)
    (namespace,) = served.namespaces()
    assert name_of(namespace) == access.namespace
    session = await open_there(played, access)
    try:
        undone = await play(session, played)
        assert set(undone) <= {obstacle.step for obstacle in obstacles(played)}
        assert session.view.lesson_done
        store = served.simulation.cluster.store
        assert store.get("Service", access.namespace, "nginx-clusterip") is not None
        assert store.get("Service", "default", "nginx-clusterip") is None
        assert (await session.undo()).notice == (await session.reset()).notice == NO_WAY_BACK
        result = await session.submit("kubectl get svc short -o name > names.txt; cat names.txt")
        assert result.output == "service/short\n"
    finally:
        await session.close()
        assert await access.close() == ""
    assert served.namespaces() == []
    assert not access.folder.exists()


async def test_requests_in_pods_are_seen(served: Served) -> None:
    asked = {"from": {"app": "client"}, "url": "http://web", "outcome": "refused"}
    step = {"id": "s", "kind": "task", "solve": ["true"], "until": {"request": asked, "else": "Ask."}}
    files = {"web.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"}
    played = Lesson.model_validate(
        {"format": 1, "id": "l", "title": "L", "minutes": 1, "files": files, "steps": [step]}
    )
    access = await Access.open(served.kubeconfig)
    session = await open_there(played, access)
    try:
        await session.submit("kubectl run client --image=curlimages/curl --labels app=client -- sleep infinity")
        assert (await session.submit("kubectl apply -f web.yaml")).output == "service/web created\n"
        outcome = await session.submit("kubectl exec client -- curl -s http://web")
        assert outcome.exit_code == 7
        assert outcome.newly_done
    finally:
        await session.close()
        await access.close()


async def test_a_shell_in_a_pod_is_typed_at(served: Served) -> None:
    access = await Access.open(served.kubeconfig)
    session = await open_there(lesson("create"), access, live=True)
    try:
        shown: list[str] = []
        session.terminal.on_output = shown.append
        line = "kubectl run client -it --rm --image=curlimages/curl -- sh"
        running = asyncio.create_task(session.submit(line))

        async def until(done: Callable[[], bool]) -> None:
            async with asyncio.timeout(PATIENCE):
                while not done():
                    await asyncio.sleep(0.02)
                    session.tick(0.02)

        async def prompt() -> None:
            await until(lambda: "$ " in "".join(shown))
            shown.clear()

        await prompt()
        await session.submit("curl http://nobody")
        await prompt()
        (trace,) = session.cluster.network.log.all()
        assert (trace.outcome, trace.client.pod, trace.host) == ("nxdomain", "client", "nobody")
        await session.submit("exit")
        await until(running.done)
        assert 'pod "client" deleted' in running.result().output
    finally:
        await session.close()
        await access.close()


@pytest.mark.parametrize(
    ("context", "why"),
    [
        ("nowhere", "cannot locate context nowhere"),
        ("other", "the server has asked for the client to provide credentials"),
    ],
)
async def test_what_keeps_from_a_cluster_is_said(served: Served, context: str, why: str) -> None:
    with pytest.raises(RealClusterError) as failure:
        await Access.open(served.kubeconfig, context)
    assert why in str(failure.value)


async def test_a_kubeconfig_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RealClusterError, match="there is no"):
        await Access.open(tmp_path / "none")


async def test_namespaces_left_behind_are_named(served: Served) -> None:
    first, second = await Access.open(served.kubeconfig), await Access.open(served.kubeconfig, "tutor")
    assert await second.leftovers() == [first.namespace]
    assert second.removal(first.namespace).endswith(f" --context tutor delete namespace {first.namespace}")
    await first.close()
    await second.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP"])
async def test_nothing_is_left_when_the_terminal_is_closed(served: Served, tmp_path: Path, ending: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tutor", "start", "create", "--plain", "--kubeconfig", str(served.kubeconfig),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "TUTOR_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(PATIENCE):
        while "step 1 of" not in said:
            said += (await process.stdout.readline()).decode()
        process.send_signal(getattr(signal, ending))
        said += (await process.stdout.read()).decode()
        await process.wait()
    assert "2 of " not in said
    assert "Traceback" not in said
    assert "These steps cannot be judged there" in said
    assert served.namespaces() == []
