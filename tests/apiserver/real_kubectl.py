"""The real kubectl, where this machine has one, run against a server over a simulated cluster."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.kubectl.recordings import Recording, mask, misaligned
from tutor.apiserver.server import ApiServer
from tutor.shell.simulation import Simulation

SPEED = 20.0
"""Simulated seconds a real second while a command runs."""
TICK = 0.02
LONGEST = 60.0


@dataclass(frozen=True)
class Answer:
    """What a command wrote, and its exit code."""

    stdout: str
    stderr: str
    rc: int


class Bench:
    """A cluster, a server in front of it, and a folder to run commands in.

    Args:
        simulation: the world.
        server: its server, started.
        kubectl: the real kubectl.
        folder: an empty folder.
    """

    def __init__(self, simulation: Simulation, server: ApiServer, kubectl: Path, folder: Path) -> None:
        self.simulation, self.server, self._folder = simulation, server, folder
        self.home = folder / "home"
        self.home.mkdir()
        programs = folder / "bin"
        programs.mkdir()
        # A program's name is in what it prints, so it is to be called kubectl.
        (programs / "kubectl").symlink_to(kubectl)
        config = {**server.kubeconfig, "current-context": "c"}
        config["contexts"] = [{**context, "name": "c"} for context in server.kubeconfig["contexts"]]  # type: ignore[attr-defined]
        (folder / "config").write_text(json.dumps(config), encoding="utf-8")
        self._environ = {
            "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(folder),
            "KUBECONFIG": str(folder / "config"),
            "KUBECACHEDIR": str(folder / "cache"),
            "LANG": "C.UTF-8",
        }

    async def run(self, command: str) -> Answer:
        """Run a command line while time passes in the cluster, and let the cluster settle after it."""
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", command, cwd=self.home, env=self._environ,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        answer = asyncio.create_task(process.communicate())
        waited = 0.0
        while not answer.done():
            await asyncio.wait({answer}, timeout=TICK)
            self.simulation.tick(TICK * SPEED)
            waited += TICK
            if waited > LONGEST:
                process.kill()
        stdout, stderr = await answer
        await self.simulation.settle()
        return Answer(stdout.decode(), stderr.decode(), process.returncode or 0)


@asynccontextmanager
async def bench(kubectl: Path, folder: Path) -> AsyncIterator[Bench]:
    """A bench over a fresh cluster."""
    simulation = Simulation(live=True, now=datetime.now(UTC))
    await simulation.settle()
    server = ApiServer(simulation)
    await server.start()
    try:
        yield Bench(simulation, server, kubectl, folder)
    finally:
        await server.close()
        await simulation.close()


FULL_SCORE = 222
SCORES = {"1.27": 202, "1.28": 203, "1.29": 204, "1.30": 206, "1.31": 220, "1.32": 222, "1.33": 222}
"""Steps of the recordings, made with 1.33, that each kubectl answers alike; what is missing are texts of its own."""


async def differing_steps(at: Bench, recording: Recording) -> list[str]:
    """The steps of a recording that are answered otherwise, each with what was wanted and what came."""
    for name, text in recording.files.items():
        (at.home / name).write_text(text, encoding="utf-8")
    for command in recording.setup:
        await at.run(command)
    found = []
    for step in recording.steps:
        got = await at.run(step.cmd)
        same = (mask(got.stdout), mask(got.stderr), got.rc) == (mask(step.stdout), mask(step.stderr), step.rc)
        if not same or misaligned(got.stdout):
            found.append(
                f"$ {step.cmd}\n  want {step.rc} {step.stdout!r} {step.stderr!r}"
                f"\n  got  {got.rc} {got.stdout!r} {got.stderr!r}"
            )
    return found
