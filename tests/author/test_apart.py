"""A check in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import pytest

from tests.ui.conftest import FIRST
from tutor.author.apart import check_apart
from tutor.author.check import check


async def test_it_reports_what_a_check_here_does(tmp_path: Path) -> None:
    path = tmp_path / "first.yaml"
    path.write_text(FIRST.replace("exists: configmap/one", "exists: configmap/two"), encoding="utf-8")
    report = await check_apart([path])
    assert report.errors
    assert report == await asyncio.to_thread(check, [path])


async def test_one_that_fails_says_what_it_said_last() -> None:
    with pytest.raises(RuntimeError, match=r"^ValueError: odd$"):
        await check_apart([], (sys.executable, "-c", "raise ValueError('odd')"))


async def test_cancelled_its_process_ends() -> None:
    called: asyncio.Future[asyncio.StreamReader] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda reader, _: called.set_result(reader), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    script = f"import socket; socket.create_connection(('127.0.0.1', {port})).recv(1)"
    task = asyncio.ensure_future(check_apart([], (sys.executable, "-c", script)))
    reader = await called
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""  # the line is dead as soon as the process is
    server.close()
