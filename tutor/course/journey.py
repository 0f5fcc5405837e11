"""The way through a lesson: which step the learner is at, where each began, and what can be undone and done again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tutor.course.conditions.evidence import Evidence, Played
from tutor.course.ladder import Stride, stride
from tutor.course.rehearsal import rehearse
from tutor.course.schema import Lesson, Predict, Step, Task
from tutor.course.stage import Checkpoint, Scene, Stage
from tutor.course.visit import Visit

INTERRUPTED: Final = 130
"""Exit status of a command that ctrl+c ended."""


class LessonError(Exception):
    """The lesson's cluster, or that of one of its steps, could not be set up; the message says by which command."""


@dataclass(frozen=True)
class _Way:
    """A way back, or forth again.

    Args:
        point: where it leads.
        command: what it takes back or does again; empty for a reset, and for what nobody typed.
    """

    point: Checkpoint
    command: str = ""


class Journey:
    """A lesson on a stage. Call `begin` first.

    Args:
        lesson: the lesson.
        stage: its simulation, untouched.
    """

    def __init__(self, lesson: Lesson, stage: Stage) -> None:
        self.lesson = lesson
        self.stage = stage
        self.visits: list[Visit] = []
        self.index = 0
        self.answers: dict[str, bool] = {}
        self.busy = False
        self.idle = asyncio.Event()
        self.idle.set()
        self._undo: list[_Way] = []
        self._redo: list[_Way] = []

    @property
    def visit(self) -> Visit:
        """The step the learner is at."""
        return self.visits[self.index]

    @property
    def is_last(self) -> bool:
        """Whether no step follows."""
        return self.index == len(self.lesson.steps) - 1

    @property
    def can_undo(self) -> bool:
        """Whether there is a command of this step to undo."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone command to do again."""
        return bool(self._redo)

    @contextmanager
    def _unwatched(self) -> Iterator[None]:
        """While this lasts, nobody is to look at conditions: the world is between two states."""
        outer, self.busy = self.busy, True
        self.idle.clear()
        try:
            yield
        finally:
            self.busy = outer
            if not outer:
                self.idle.set()

    # Beginning

    async def begin(self, files: Mapping[str, str]) -> None:
        """Set the cluster up and enter the first step.

        Args:
            files: texts of the lesson's files by name; those not shown to the learner under `/name`.

        Raises:
            LessonError: a command of the setup failed.
        """
        with self._unwatched():
            setup = self.lesson.cluster
            commands = [
                f"kubectl apply -f {name}" if name in files else f"kubectl apply -f - <<'EOF'\n{files['/' + name]}\nEOF"
                for name in setup.apply
            ]
            _refuse_failure("the cluster", await self.stage.play_unseen([*commands, *setup.run]))
            self.stage.played.clear()
            self.stage.terminal.history.clear()
            await self._enter(0)

    async def _enter(self, index: int) -> None:
        step = self.lesson.steps[index]
        if self.visits:
            self.visits[-1].last_played = len(self.stage.played)
        with self._unwatched():
            if step.setup:
                _refuse_failure(f"step {step.id}", await self.stage.play_unseen(step.setup))
            entry = await self._here()
        self._undo.clear()
        self._redo.clear()
        self.visits.append(
            Visit(
                step,
                entry,
                self.stage.before(self.stage.cluster.store.snapshot()),
                self.stage.shell,
                self.stage.cluster.network.log.count,
                len(self.stage.played),
            )
        )
        self.index = index

    # Judging

    def evidence(self) -> Evidence:
        """What the conditions of the step are to look at."""
        visit, stage = self.visit, self.stage
        return Evidence(
            store=stage.cluster.store,
            before=visit.before,
            traces=stage.cluster.network.log.since(visit.first_trace),
            played=stage.played[visit.first_played :],
            answers=self.answers,
            where=stage.shell,
            read_file=stage.read_file,
            installed=stage.simulation.has_executable,
        )

    def judge(self) -> bool:
        """Look at the step's conditions; whether it is accomplished by this very look."""
        newly = self.visit.judge(self.evidence())
        if newly:
            self.visit.success = self.stage.checkpoint() if self.stage.idle else None
        return newly

    async def rehearse(self) -> None:
        """Try the repair just made in a copy of the cluster, if it is due to be tried."""
        visit = self.visit
        if visit.untried and isinstance(visit.step, Task) and visit.step.rehearsal is not None:
            failure = await rehearse(self.stage.simulation, visit.step.rehearsal)
            visit.rehearsed(self.evidence(), failure)

    @property
    def at_entry(self) -> bool:
        """Whether every object of the cluster is as it was when the step began, and the prompt where it was."""
        visit, stage = self.visit, self.stage
        same = stage.cluster.store.snapshot().objects == visit.before.snapshot().objects
        return bool(same) and len(stage.played) == visit.first_played and stage.shell == visit.shell

    # Doing and undoing

    async def play(self, line: str) -> Scene | None:
        """Type a line for the learner, or as the learner; None if the input is incomplete."""
        scene = await self.stage.play(line)
        if scene is not None and scene.changed and self.stage.simulation.revocable:
            self._undo.append(_Way(scene.before, scene.played.command))
            self._redo.clear()
        return scene

    async def play_whole(self, line: str) -> Scene | None:
        """Type a line that nobody sees; what it did is taken back unless it came to an end (None then)."""
        point, undos = self.stage.checkpoint(), len(self._undo)
        scene = await self.play(line)
        if scene is not None and scene.played.exit_code != INTERRUPTED:
            return scene
        if scene is None:
            await self.stage.terminal.interrupt()
        await self._restore(point)
        del self._undo[undos:]
        return None

    def note(self, scene: Scene, *, shown: bool) -> None:
        """Keep what a line looked at or changed, if the step has a ladder.

        Args:
            scene: the line, and what came of it.
            shown: whether it was played for the learner.
        """
        step, store = self.visit.step, self.stage.cluster.store
        if isinstance(step, Task) and step.ladder is not None and not self.visit.done:
            self.visit.trail.append(
                stride(step.ladder, scene.played, scene.traces, store, changed=scene.changed, shown=shown)
            )

    def leave_point(self) -> Checkpoint:
        """Leave a point to go back to ahead of a change that nobody types here; the point."""
        point = self.stage.checkpoint()
        self._undo.append(_Way(point))
        self._redo.clear()
        return point

    def is_latest(self, point: Checkpoint) -> bool:
        """Whether undo leads to that very point."""
        return bool(self._undo) and self._undo[-1].point is point

    async def undo(self) -> str:
        """Take the last change back (there must be one); the command it was, or empty if it was a reset."""
        here, way = await self._here(), self._undo.pop()
        # What was done elsewhere since the point was left is told there, as a line of its own.
        elsewhere = (each.command for each in here.played[len(way.point.played) :])
        command = way.command or next(elsewhere, "")
        self._redo.append(_Way(here, command))
        await self._return_to(way.point)
        if command and self.visit.trail:
            self.visit.trail.append(Stride(command, undone=True))
        return command

    async def redo(self) -> None:
        """Do again what was undone last (there must be something)."""
        way = self._redo.pop()
        self._undo.append(_Way(await self._here(), way.command))
        await self._return_to(way.point)

    async def _return_to(self, point: Checkpoint) -> None:
        await self._restore(point)
        visit = self.visit
        if isinstance(visit.step, Task):
            visit.done, visit.success, visit.holds = False, None, False
        if visit.answer is not None:
            left = len(self.stage.played)
            visit.answer = range(min(visit.answer.start, left), min(visit.answer.stop, left))

    async def reset(self) -> None:
        """Make everything what it was when the step began; this too can be undone."""
        visit = self.visit
        here = await self._here()
        if len(here.played) != len(visit.entry.played):
            self._undo.append(_Way(here))
        self._redo.clear()
        self.answers.pop(visit.step.id, None)
        del self.visits[self.index + 1 :]
        visit.forget()
        if visit.trail:
            visit.trail.append(Stride("reset", undone=True))
        await self._restore(visit.entry)

    async def _here(self) -> Checkpoint:
        if not self.stage.idle:
            await self.stage.terminal.interrupt()
        return self.stage.checkpoint()

    async def _restore(self, point: Checkpoint) -> None:
        with self._unwatched():
            await self.stage.restore(point)

    # From step to step

    async def reach(self, target: int) -> None:
        """Go to a step; those on the way that were never done are brought about unseen.

        Raises:
            LessonError: a step on the way could not be set up.
        """
        if target < len(self.visits):
            self.index = target
            return
        self.index = len(self.visits) - 1
        while self.index < target:
            if not self.visit.done:
                await self.bring_about()
            await self.advance()

    async def advance(self) -> bool:
        """Go to the step after, which begins where this one was done; whether later changes were undone for it.

        Raises:
            LessonError: it could not be set up.
        """
        if self.index + 1 < len(self.visits):
            self.index += 1
            return False
        success = self.visit.success
        # Every change since has left a point to go back to that knows at least the lines up to the success.
        strayed = success is not None and self.can_undo and len(self._undo[-1].point.played) >= len(success.played)
        if success is not None and strayed:
            await self._restore(success)
        await self._enter(self.index + 1)
        return strayed

    async def bring_about(self) -> None:
        """Bring about what the step should, out of the learner's sight."""
        visit = self.visit
        visit.done, visit.brought_about, visit.success = True, True, None
        with self._unwatched():
            if len(self.stage.played) != len(visit.entry.played):
                await self.stage.restore(visit.entry)
            await self.stage.play_unseen(solution_of(visit.step))
        self.answers[visit.step.id] = True


def solution_of(step: Step) -> Sequence[str]:
    """The commands that a step leads to."""
    return step.then if isinstance(step, Predict) else step.solve


def _refuse_failure(what: str, played: Sequence[Played]) -> None:
    for each in played:
        if each.exit_code:
            raise LessonError(f"setting up {what}: {each.command}: {each.output.strip()}")
