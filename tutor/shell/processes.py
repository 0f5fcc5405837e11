"""Commands that containers run as their own process, in the background: `kubectl run x --image=busybox -- wget …`."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.engine.objects import Object, name_of, namespace_of, uid_of
from tutor.engine.store import Change
from tutor.shell.background import YOUTH, BackgroundPacing
from tutor.shell.containers import NOT_STARTED, Containers, Key, is_running, restarts, spec_of
from tutor.shell.session import ShellSession
from tutor.shell.streams import TextInput
from tutor.shell.world import Streams, World


@dataclass
class Process:
    """A container's process.

    Args:
        pod: its Pod as it was when the process started.
        container: its container.
        command: its command line.
        known: what it logged first when it ran before an undo; it is not to be logged twice.
        rest: the part of a line that has not ended yet.
    """

    pod: Object
    container: str
    command: tuple[str, ...]
    session: ShellSession | None = None
    task: asyncio.Task[None] | None = None
    known: list[str] = field(default_factory=list)
    rest: str = ""


@dataclass(frozen=True)
class Started:
    """What it takes to start a process again after an undo."""

    pod: Object
    container: str
    command: tuple[str, ...]
    key: Key = field(default=("", "", 0))


class Processes:
    """Runs the commands of containers that the engine cannot read by itself.

    Args:
        world: what all shells share.
        containers: where commands run.
    """

    def __init__(self, world: World, containers: Containers) -> None:
        self._world, self._containers = world, containers
        self._running: dict[Key, Process] = {}
        world.cluster.store.subscribe(self._changed)

    def start(self, pod: Object, container: str, command: tuple[str, ...]) -> bool:
        """Take over a command that begins now; False if it has to be left to the engine."""
        if spec_of(pod, container).get("stdin"):
            return True  # it runs once somebody attaches and can type into it
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        key = (uid_of(pod), container, restarts(pod, container))
        process = Process(pod, container, command)
        self._running[key] = process
        pacing = self._world.background.enter(youth=YOUTH)
        process.task = loop.create_task(self._run(key, process, pacing))
        process.task.add_done_callback(lambda _: self._ended(key, process, pacing))
        return True

    async def _run(self, key: Key, process: Process, pacing: BackgroundPacing) -> None:
        # The kubelet writes the container's status right after it has asked for the start.
        await asyncio.sleep(0)
        cluster, now = self._world.cluster, process.pod
        now = cluster.store.get("Pod", namespace_of(now), name_of(now)) or now
        computer = self._containers.computer(now, process.container)
        command = self._containers.with_entrypoint(now, process.container, process.command)
        if computer.locate(command[0], computer.environ["PATH"], computer.cwd) is None:
            cluster.exit_container(key[0], key[1], NOT_STARTED)
            return

        async def log(text: str) -> None:
            lines = (process.rest + text).split("\n")
            process.rest = lines.pop()
            while lines and process.known and lines[0] == process.known[0]:
                del lines[0], process.known[0]
            if lines:
                process.known.clear()
                cluster.logs.write(key, cluster.clock.now, *lines)

        process.session = ShellSession(
            self._world, computer, Streams(TextInput(), log), kind=computer.sh, name="sh", pacing=pacing, main=True
        )
        code = await process.session.run(shlex.join(command))
        if process.rest:
            await log("\n")
        if self._running.get(key) is process:
            cluster.exit_container(key[0], key[1], code)
            cluster.clock.run_due()

    def _ended(self, key: Key, process: Process, pacing: BackgroundPacing) -> None:
        self._world.background.leave(pacing)
        if self._running.get(key) is process:
            del self._running[key]
        if process.task and not process.task.cancelled() and (fault := process.task.exception()):
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"process of container {key[1]}", "exception": fault}
            )

    def _changed(self, change: Change) -> None:
        """A process goes with its container."""
        if change.kind != "Pod" or not self._running:
            return
        uid = uid_of(change.object)
        for key, process in list(self._running.items()):
            gone = change.type == "DELETED" or not is_running(change.object, key[1], key[2])
            if key[0] == uid and process.session is not None and gone:
                self._stop(key)

    def _stop(self, key: Key) -> None:
        process = self._running.pop(key)
        if process.session is not None:
            process.session.interrupt()

    def snapshot(self) -> Mapping[Key, Started]:
        """What runs now."""
        return {
            key: Started(process.pod, process.container, process.command, key) for key, process in self._running.items()
        }

    def stop_all(self) -> list[asyncio.Task[None]]:
        """End all processes without the cluster hearing of it; what runs of them until they have ended."""
        ending = [process.task for process in self._running.values() if process.task is not None]
        for key in list(self._running):
            self._stop(key)
        return ending

    def restore(self, state: Mapping[Key, Started]) -> None:
        """Start again what ran at a snapshot: from its beginning, as a process cannot be saved half way."""
        for key, started in state.items():
            self.start(started.pod, started.container, started.command)
            if key in self._running:
                logged = self._world.cluster.logs.read(key)
                first = logged[0].at if logged else 0.0
                self._running[key].known = [line.text for line in logged if line.at == first]
