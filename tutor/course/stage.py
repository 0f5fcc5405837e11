"""The simulation as a session uses it: lines played for the learner or unseen, and points in time to go back to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tutor.course.changing import could_change, opened_or_left, trees_differ
from tutor.course.conditions.evidence import Call, Played
from tutor.engine.network.trace import Trace
from tutor.engine.store import Change, Store, StoreState
from tutor.shell.results import CommandResult
from tutor.shell.simulation import Simulation, SimulationState

CONTINUES = "> "
"""The prompt that waits for the rest of an input."""
UNSEEN_PATIENCE: Final = 600.0
"""Simulated seconds after which a line that nobody sees, and so nobody can end, is interrupted."""
UNSEEN_REAL_PATIENCE: Final = 15.0
"""Real seconds after which it is, if it lets no simulated time pass."""


@dataclass(frozen=True)
class Checkpoint:
    """A point to go back to.

    Args:
        state: the world at the last prompt of the host's shell.
        lines: what was typed into a container's shell since; typed again on the way back.
        played: every line played up to this point.
    """

    state: SimulationState = field(repr=False)
    lines: tuple[str, ...] = ()
    played: tuple[Played, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Scene:
    """One line played, and what it did.

    Args:
        played: the line and its output.
        changes: changes to the cluster while it ran.
        traces: requests made while it ran.
        changed: whether it changed anything worth undoing.
        before: where undoing it leads.
    """

    played: Played
    changes: tuple[Change, ...]
    traces: tuple[Trace, ...]
    changed: bool
    before: Checkpoint = field(repr=False)


class Stage:
    """A simulation with a memory of what was played on it.

    Args:
        simulation: the world, at its host prompt.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.terminal = simulation.terminal
        self.cluster = simulation.cluster
        self.silent = False
        self.played: list[Played] = []
        self._lines: list[str] = []
        self._remember(simulation.snapshot())

    @property
    def idle(self) -> bool:
        """Whether a prompt is shown and nothing of an input is typed yet."""
        return not self.terminal.busy and self.terminal.prompt != CONTINUES

    @property
    def shell(self) -> str:
        """Where the prompt is: `host`, or `namespace/pod/container`."""
        return self.terminal.top.computer.name

    def before(self, state: StoreState) -> Store:
        """The objects as they were in an earlier state, for reading."""
        store = Store()
        store.restore(state)
        return store

    # Playing

    async def play(self, line: str) -> Scene | None:
        """Type a line and wait for the prompt; None if the input is incomplete."""
        before = self.checkpoint()
        revision, number = self.cluster.store.revision, self.cluster.network.log.count
        shell = self.shell
        # In a real cluster time is real, and a line may well take long.
        bounded = self.silent and self.simulation.revocable
        result = await (self._type_bounded(line) if bounded else self.terminal.submit(line))
        if result is None:
            return None
        if self.silent or not self.simulation.live:
            await self.simulation.settle()
        calls = tuple(Call(each.argv, each.exit_code) for each in result.invocations)
        played = Played(result.command, result.output, result.exit_code, calls, result.shell, result.fed, result.edited)
        self.played.append(played)
        changes = tuple(self.cluster.store.changes_since(revision))
        traces = tuple(self.cluster.network.log.since(number))
        changed = opened_or_left(shell, self.shell) or could_change(played, changes)
        if self.terminal.at_host:
            state = self.simulation.snapshot()
            changed = changed or (not before.lines and trees_differ(before.state, state))
            self._remember(state)
        else:
            self._lines.append(played.retyped)
        return Scene(played, changes, traces, changed, before)

    async def _type_bounded(self, line: str) -> CommandResult | None:
        """Type a line and wait for the prompt; what comes to no end is interrupted."""
        typing = asyncio.ensure_future(self.terminal.submit(line))
        overdue = asyncio.ensure_future(self.simulation.passed(UNSEEN_PATIENCE))
        try:
            await asyncio.wait({typing, overdue}, timeout=UNSEEN_REAL_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if not typing.done():
                await self.terminal.interrupt()
            return await typing
        finally:
            typing.cancel()
            overdue.cancel()

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """While this lasts, lines leave nothing on the screen, nothing in the history, and take no time to wait for."""
        terminal = self.terminal
        output, state, history = terminal.on_output, terminal.on_state, list(terminal.history)
        terminal.on_output = terminal.on_state = None
        outer, self.silent = self.silent, True
        try:
            with self.simulation.at_once():
                yield
        finally:
            self.silent = outer
            terminal.on_output, terminal.on_state = output, state
            terminal.history[:] = history
            if state is not None:
                state()

    async def play_unseen(self, lines: Sequence[str]) -> list[Played]:
        """Play lines out of the learner's sight, each until the cluster has settled."""
        scenes = []
        with self.unseen():
            for line in lines:
                scene = await self.play(line)
                if scene is None:
                    await self.terminal.interrupt()
                else:
                    scenes.append(scene.played)
        return scenes

    # Going back

    def _now(self) -> tuple[float, int]:
        """What moves whenever anything happens while nobody types."""
        return self.cluster.clock.now, self.cluster.store.revision

    def _remember(self, state: SimulationState) -> None:
        """Take a state for what the host's prompt shows now."""
        self._base, self._base_at = state, self._now()
        self._lines.clear()

    def checkpoint(self) -> Checkpoint:
        """This point in time; at a prompt only."""
        if self.terminal.at_host and self.idle and self._now() != self._base_at:
            # Time passes at the prompt too, and undo must not turn it back further than the command undone.
            self._remember(self.simulation.snapshot())
        return Checkpoint(self._base, tuple(self._lines), tuple(self.played))

    async def restore(self, point: Checkpoint) -> None:
        """Go back (or forth) to a point. What runs is stopped, and shells in containers close or open as they were."""
        history = list(self.terminal.history)
        if self.terminal.busy:
            await self.terminal.interrupt()
        self.simulation.restore(point.state)
        # Shells that were closed tidy up after themselves; the prompt comes when they are gone.
        await self.terminal.submit("")
        self._remember(point.state)
        if point.lines:
            await self.play_unseen(point.lines)
        self.terminal.history[:] = history
        self.played[:] = point.played

    # Evidence

    def read_file(self, path: str) -> str | None:
        """A file's text on the learner's computer, or None."""
        try:
            return self.simulation.read_file(path)
        except OSError:
            return None
