"""What other programs do in a lesson's cluster while it is served."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.course.lessons import lesson_of
from tutor.course.session import API_CLOSED, NOT_LIVE, Session

SERVICES = "/api/v1/namespaces/default/services"
SERVICE = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}


class Program:
    """Another program, that speaks to the API as a run of kubectl does."""

    def __init__(self, session: Session) -> None:
        config = json.loads(Path(session.outside.lines[0].removeprefix("export KUBECONFIG=")).read_text("utf-8"))
        cluster = config["clusters"][0]["cluster"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._token = config["users"][0]["user"]["token"]
        self._http = aiohttp.ClientSession(
            cluster["server"], connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cadata=authority))
        )

    async def ask(self, method: str, path: str, body: object = None, *, command: str = "get", run: str = "1") -> int:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Kubectl-Command": f"kubectl {command}",
            "Kubectl-Session": run,
        }
        async with self._http.request(method, path, json=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    async def close(self) -> None:
        await self._http.close()


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    """A live session at the task `expose`, served."""
    opened = await Session.open(lesson_of(tmp_path), step="expose", live=True)
    await opened.outside.open(tmp_path / "api")
    yield opened
    await opened.close()


@pytest.fixture
async def program(session: Session) -> AsyncIterator[Program]:
    program = Program(session)
    yield program
    await program.close()


async def test_what_is_done_outside_counts_and_is_undone(session: Session, program: Program) -> None:
    assert not session.view.done
    assert await program.ask("POST", SERVICES, SERVICE, command="create") == 201
    session.tick(5.0)
    assert session.view.done
    assert session.view.can_undo
    outcome = await session.undo()
    assert outcome.notice == "Undone: kubectl create services -n default (from another terminal)"
    assert not outcome.view.done
    assert await program.ask("GET", f"{SERVICES}/web") == 404
    await session.redo()
    assert await program.ask("GET", f"{SERVICES}/web") == 200


async def test_one_run_of_a_program_is_undone_at_once(session: Session, program: Program) -> None:
    for name in ("a", "b"):
        await program.ask("POST", SERVICES, {**SERVICE, "metadata": {"name": name}}, command="apply", run="2")
    await program.ask("DELETE", f"{SERVICES}/a", command="delete", run="3")
    await session.undo()
    assert await program.ask("GET", f"{SERVICES}/a") == 200
    await session.undo()
    assert [await program.ask("GET", f"{SERVICES}/{name}") for name in ("a", "b")] == [404, 404]
    assert not session.view.can_undo


async def test_commands_that_only_look_are_seen_and_leave_nothing_to_undo(session: Session, program: Program) -> None:
    await program.ask("GET", SERVICES, command="get")
    calls = [call.argv for played in session._stage.played for call in played.calls]
    assert calls[-1] == ("kubectl", "get", "services", "-n", "default")
    assert not session.view.can_undo


async def test_a_watch_from_outside_sees_an_undo(session: Session, program: Program) -> None:
    store = session.cluster.store
    await program.ask("POST", SERVICES, SERVICE, command="create")
    revision = store.revision
    await session.undo()
    gone = [(change.type, change.object["metadata"]["name"]) for change in store.changes_since(revision)]
    assert ("DELETED", "web") in gone
    assert store.revision > revision


async def test_the_word_opens_and_closes_the_way(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [path.name[:10] for path in files_in(tmp_path / "api")] == ["kubeconfig"]
    assert (await session.submit("api off")).notice == API_CLOSED
    assert not files_in(tmp_path / "api")
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "data"))
    outcome = await session.submit("api")
    assert outcome.notice.splitlines()[1:3] == list(session.outside.lines)
    assert str(tmp_path / "data") in outcome.notice


async def test_a_cluster_without_time_of_its_own_is_not_served(tmp_path: Path) -> None:
    session = await Session.open(lesson_of(tmp_path))
    assert (await session.submit("api")).notice == NOT_LIVE
    await session.close()
