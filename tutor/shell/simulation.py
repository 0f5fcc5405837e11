"""One simulated world: a cluster, the learner's computer beside it, and a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from tutor.engine.clock import AGE, Clock
from tutor.engine.cluster import SETTLE_LIMIT, Cluster, ClusterState
from tutor.kubectl.context import KubeConfig, KubeContext
from tutor.shell.background import Background
from tutor.shell.bashkit_engine import native_commands
from tutor.shell.command import Entry
from tutor.shell.containers import Containers
from tutor.shell.dates import Timeline
from tutor.shell.files import ShellFiles, Tree
from tutor.shell.host import Kubectl, host_computer
from tutor.shell.images import Registry
from tutor.shell.pacing import Alarm, InstantPacing, LivePacing, SwitchedPacing
from tutor.shell.processes import Processes
from tutor.shell.session import SessionState, ShellSession
from tutor.shell.terminal import Terminal, TerminalInput
from tutor.shell.world import Streams, World

_natives = cache(native_commands)


@dataclass(frozen=True)
class SimulationState:
    """A snapshot: the cluster, all files, and what the host's shell remembers."""

    cluster: ClusterState
    host_files: Tree
    host_commands: Mapping[str, Entry]
    containers: Any
    processes: Any
    shell: SessionState
    contexts: Mapping[str, KubeContext]
    context: str
    history: tuple[str, ...]


class Simulation:
    """A world to type commands into. Make it inside a running event loop's program; it starts nothing by itself.

    Args:
        seed: decides every generated name, address and choice.
        files: texts in the learner's home folder, by path relative to it.
        next_cluster_ips: addresses the cluster's allocator hands out first.
        live: whether `tick` moves time and a person types; else waiting commands move time themselves.
        apart: whether the terminal keeps standard output and standard error apart.
        cluster: the cluster to stand in front of; a fresh one if None.
        now: what a fresh cluster's calendar shows; the same day every time if None.
    """

    revocable = True
    """Whether `restore` takes back what was done to the cluster."""

    def __init__(
        self,
        *,
        seed: int = 1,
        files: Mapping[str, str] | None = None,
        next_cluster_ips: Sequence[str] = (),
        live: bool = False,
        apart: bool = False,
        cluster: Cluster | None = None,
        now: datetime | None = None,
    ) -> None:
        registry = Registry()
        self.live = live
        clock = Clock(now.replace(microsecond=0) - timedelta(seconds=AGE)) if now is not None else None
        self.cluster = cluster or Cluster(registry, seed, next_cluster_ips=next_cluster_ips, clock=clock)
        self.terminal = Terminal(live)
        self._apart = apart
        self._alarm = Alarm(self.cluster.clock)
        clock = self.cluster.clock
        background = Background(clock, self._alarm)
        self._instant = InstantPacing(clock, self._alarm, background.quiet)
        self.pacing = SwitchedPacing(LivePacing(clock, self._alarm) if live else self._instant)
        self._world = World(
            self.cluster,
            self.pacing,
            background,
            Timeline(clock),
            KubeConfig(),
            _natives(),
            lambda: self.terminal.live,
            on_command=self.terminal.record,
        )
        self._containers = Containers(self._world, self.terminal, registry)
        self._processes = Processes(self._world, self._containers)
        self.cluster.attach(self._containers, self._processes)
        self._host = host_computer(self._world, files or {})
        self._host.commands.add("kubectl", Kubectl(self._containers))
        self._start_host()
        self._recovery: asyncio.Task[None] | None = None

    def _start_host(self) -> ShellSession:
        terminal = self.terminal

        async def out(text: str) -> None:
            terminal.emit(text)

        async def err(text: str) -> None:
            terminal.emit(text, stderr=True)

        streams = Streams(TerminalInput(terminal), out, err if self._apart else None, tty=not self._apart, direct=True)
        session = ShellSession(
            self._world,
            self._host,
            streams,
            interactive=True,
            columns=lambda: terminal.columns,
            terminal=terminal,
        )
        session.start_with("alias k=kubectl ll='ls -l'")
        terminal.start(session)
        return session

    @property
    def containers(self) -> Containers:
        """The cluster's containers, to run commands in."""
        return self._containers

    @property
    def config(self) -> KubeConfig:
        """The learner's kubeconfig."""
        return self._world.config

    @property
    def files(self) -> ShellFiles:
        """The files of the learner's computer, as its shell's first folder sees them."""
        return self._host.files(self._host.cwd)

    def write_file(self, path: str, text: str) -> None:
        """Make or replace a file of the learner's; `path` is relative to the home folder, or absolute."""
        files = self._host.files(self._host.cwd)
        files.mkdir(files.resolve(path).rpartition("/")[0] or "/")
        files.write(path, text)

    def read_file(self, path: str) -> str:
        """A file of the learner's. Raises FileNotFoundError or IsADirectoryError."""
        return self._host.files(self._host.cwd).read(path)

    # Time

    def tick(self, seconds: float) -> None:
        """Let simulated time pass and wake the commands that wait for it; nothing while an undo is being finished."""
        if self._recovery is None:
            self.cluster.advance(seconds)
            self._world.timeline.note()
            self._alarm.ring()

    async def passed(self, seconds: float) -> None:
        """Come back when so much simulated time has passed, whoever moves it."""
        await self._alarm.at(self.cluster.clock.now + seconds)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """While this lasts, commands move time themselves and no person types, even in a live simulation."""
        pacing, live = self.pacing.inner, self.terminal.live
        self.pacing.inner, self.terminal.live = self._instant, False
        try:
            yield
        finally:
            self.pacing.inner, self.terminal.live = pacing, live

    def has_executable(self, namespace: str, name: str, command: str) -> bool:
        """Whether the first container of a Pod has a command in its $PATH; False if the Pod is not running."""
        pod = self.cluster.store.get("Pod", namespace, name)
        if pod is None or pod.get("status", {}).get("phase") != "Running":
            return False
        computer = self._containers.computer(pod, pod["spec"]["containers"][0]["name"])
        return computer.locate(command, computer.environ["PATH"]) is not None

    async def settle(self) -> bool:
        """Let time pass until nothing is under way in the cluster and its young processes; say whether it got there."""
        background, clock = self._world.background, self.cluster.clock
        end = clock.now + SETTLE_LIMIT
        self.cluster.expect_changes()
        while clock.now < end:
            await background.quiet()
            wakes = background.soon()
            if clock.busy:
                await self._instant.idle()
            elif wakes is not None:
                await self._instant.advance_to(wakes)
            else:
                return True
        return False

    # Undo

    def snapshot(self) -> SimulationState:
        """The world as it is now.

        Raises:
            RuntimeError: a command runs, or a container's shell is open.
        """
        if self.terminal.busy or not self.terminal.at_host:
            raise RuntimeError("a snapshot is taken at the host's prompt only")
        config = self._world.config
        return SimulationState(
            self.cluster.snapshot(),
            self._host.disk.snapshot(),
            self._host.commands.snapshot(),
            self._containers.snapshot(),
            self._processes.snapshot(),
            self.terminal.top.snapshot(),
            dict(config.contexts),
            config.current,
            tuple(self.terminal.history),
        )

    def restore(self, state: SimulationState) -> None:
        """Make the world what it was at a snapshot. Shells in containers close; what runs is stopped.

        Stopped commands may still tidy up after themselves a moment later (`--rm` deletes its Pod), so the snapshot is
        applied once more when they are gone. `submit` and `tick` wait for that.
        """
        ended = self.terminal.abandon()
        self._apply(state)
        if ended:
            self._recovery = asyncio.get_running_loop().create_task(self._recover(ended, state))
            self.terminal.wait_for(self._recovery)

    async def _recover(self, ended: Sequence[asyncio.Task[int]], state: SimulationState) -> None:
        await asyncio.wait(ended, timeout=2.0)
        self._recovery = None
        self._apply(state)

    def _apply(self, state: SimulationState) -> None:
        self._processes.stop_all()
        self._alarm.clear()
        self.cluster.restore(state.cluster)
        self._host.disk.restore(state.host_files)
        self._host.commands.restore(state.host_commands)
        self._containers.restore(state.containers)
        config = self._world.config
        config.contexts, config.current = dict(state.contexts), state.context
        self._start_host().restore(state.shell)
        self.terminal.history[:] = state.history
        self._processes.restore(state.processes)

    def rehearsal(self) -> Simulation:
        """A world of its own around a copy of the cluster, for trying what nobody is to see.

        The containers have the files of their images again; nothing of the learner's computer is there.
        """
        copy = Simulation()
        copy.cluster.restore(self.cluster.snapshot())
        return copy

    async def close(self) -> None:
        """Stop all that runs."""
        ended = [*self.terminal.abandon(), *self._processes.stop_all()]
        if ended:
            await asyncio.wait(ended, timeout=2.0)
