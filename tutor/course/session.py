"""A learner in a lesson: lines go in, outcomes come out, and every step can be undone, shown, skipped, revisited."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from tutor.course.conditions.evidence import Evidence, Played
from tutor.course.gloss import gloss
from tutor.course.progress import Progress
from tutor.course.schema import Lesson, Observe, Predict, Quiz, Read, Step, Task
from tutor.course.stage import Checkpoint, Stage
from tutor.course.view import Action, Outcome, StepStatus, StepView
from tutor.course.visit import Visit, hint_view, values_of
from tutor.engine.cluster import Cluster
from tutor.shell.simulation import Simulation

if TYPE_CHECKING:
    from tutor.shell.terminal import Terminal

Before: TypeAlias = Callable[[str], Awaitable[None]]
"""Awaited ahead of each line that is played for the learner, to show it being typed."""

WORDS: Final[Mapping[str, Action]] = {
    "hint": "hint",
    "show": "show",
    "undo": "undo",
    "redo": "redo",
    "check": "check",
    "next": "next",
    "back": "back",
    "reset": "reset",
    "skip": "skip",
    "lessons": "lessons",
}
"""Single words that are typed at the host's prompt like commands."""


class LessonError(Exception):
    """The lesson's cluster could not be set up; the message has the command and its output."""


class Session:
    """One lesson being played. Make it with `Session.open`.

    Args:
        lesson: the lesson.
        simulation: its world, untouched.
        progress: where steps done are kept; None keeps nothing.
        glossary: explanations by term.
    """

    def __init__(
        self,
        lesson: Lesson,
        simulation: Simulation,
        progress: Progress | None = None,
        glossary: Mapping[str, str] | None = None,
    ) -> None:
        self.lesson = lesson
        self.simulation = simulation
        self.on_change: Callable[[StepView], None] | None = None
        self._progress = progress or Progress()
        self._terms = tuple((term, (glossary or {}).get(term, "")) for term in lesson.terms)
        self._stage = Stage(simulation)
        self._visits: list[Visit] = []
        self._index = 0
        self._answers: dict[str, bool] = {}
        self._undo: list[Checkpoint] = []
        self._redo: list[Checkpoint] = []
        self._working = False
        self._seen: tuple[object, ...] = ()
        self._view: StepView | None = None

    @classmethod
    async def open(
        cls,
        lesson: Lesson,
        *,
        step: str = "",
        progress: Progress | None = None,
        live: bool = False,
        seed: int = 1,
        glossary: Mapping[str, str] | None = None,
    ) -> Session:
        """Begin a lesson, or go on with it.

        Args:
            lesson: the lesson.
            step: id of the step to go to, all earlier ones brought about unseen; empty for where `progress` says.
            progress: where steps done are kept; None keeps nothing.
            live: whether `tick` moves time; else each command waits until the cluster has settled.
            seed: decides every generated name, address and choice.
            glossary: explanations by term.

        Raises:
            LessonError: the lesson's cluster cannot be set up.
        """
        files = {name: text for name, text in lesson.files.items() if isinstance(text, str)}
        simulation = Simulation(
            seed=seed,
            files={name: text for name, text in files.items() if not name.startswith("/")},
            next_cluster_ips=lesson.cluster.next_cluster_ips,
            live=live,
        )
        session = cls(lesson, simulation, progress, glossary)
        await session._set_up(files)
        known = session._progress.lesson(lesson.id)
        wanted = step or ("" if known.completed else known.step)
        target = lesson.step_index(wanted) or 0
        await session._enter(0)
        await session._reach(target)
        return session

    async def _set_up(self, files: Mapping[str, str]) -> None:
        commands = [
            f"kubectl apply -f {name}" if name in files else f"kubectl apply -f - <<'EOF'\n{files['/' + name]}\nEOF"
            for name in self.lesson.cluster.apply
        ]
        for played in await self._stage.play_unseen([*commands, *self.lesson.cluster.run]):
            if played.exit_code:
                raise LessonError(f"setting up the cluster: {played.command}: {played.output.strip()}")
        with self._stage.unseen():
            await self.simulation.settle()
        self._stage.played.clear()
        self.simulation.terminal.history.clear()

    async def close(self) -> None:
        """Stop all that runs."""
        await self.simulation.close()

    # What a front end reads

    @property
    def terminal(self) -> Terminal:
        """Where lines go and output comes from."""
        return self.simulation.terminal

    @property
    def cluster(self) -> Cluster:
        """The lesson's cluster."""
        return self.simulation.cluster

    @property
    def step(self) -> Step:
        """The step the learner is at."""
        return self._visit.step

    @property
    def _visit(self) -> Visit:
        return self._visits[self._index]

    @property
    def view(self) -> StepView:
        """The step as it stands now."""
        self._look()
        if self._view is None:
            self._view = self._draw()
        return self._view

    def _draw(self) -> StepView:
        visit, lesson = self._visit, self.lesson
        step = visit.step
        evidence = self._evidence(visit)
        question = step.question if isinstance(step, Predict | Quiz) else step.ask if isinstance(step, Observe) else ""
        statuses = self._statuses()
        return StepView(
            lesson_id=lesson.id,
            lesson_title=lesson.title,
            id=step.id,
            index=self._index,
            count=len(lesson.steps),
            kind=step.kind,
            title=step.title or step.id.replace("-", " ").capitalize(),
            body=step.body,
            commands=tuple(step.commands),
            question=question,
            options=visit.options(),
            multiple=isinstance(step, Quiz) and sum(option.right for option in step.options) > 1,
            given=visit.given,
            remark=visit.remark,
            observed=visit.observed,
            conditions=visit.conditions,
            done=visit.done,
            explain=step.explain if visit.done else "",
            hints=visit.shown_hints(evidence),
            more_hints=visit.next_hint(evidence) is not None,
            can_show=bool(step.solve) or isinstance(step, Predict | Quiz | Observe),
            can_undo=bool(self._undo),
            can_redo=bool(self._redo),
            optional=step.optional,
            steps=statuses,
            lesson_done=all(status or each.optional for status, each in zip(statuses, lesson.steps, strict=True)),
            terms=self._terms,
        )

    def _statuses(self) -> tuple[StepStatus, ...]:
        known = self._progress.lesson(self.lesson.id)
        done = {*known.done, *(visit.step.id for visit in self._visits if visit.done)}
        return tuple(
            "done" if step.id in done else "skipped" if step.id in known.skipped else "" for step in self.lesson.steps
        )

    @property
    def at_entry(self) -> bool:
        """Whether every object of the cluster is as it was when the step began, and the prompt where it was."""
        visit = self._visit
        same = self.cluster.store.snapshot().objects == visit.before.snapshot().objects
        return bool(same) and len(self._stage.played) == visit.first_played and self._stage.shell == visit.shell

    # Conditions

    def _evidence(self, visit: Visit) -> Evidence:
        return Evidence(
            store=self.cluster.store,
            before=visit.before,
            traces=self.cluster.network.traces_since(visit.first_trace),
            played=self._stage.played[visit.first_played :],
            answers=self._answers,
            shell=self._stage.shell,
            read_file=self._stage.read_file,
            installed=self.simulation.has_executable,
        )

    def _look(self) -> bool:
        """Judge the step again if anything happened since the last look; whether that accomplished it."""
        seen = (
            self._index,
            self.cluster.store.revision,
            self.cluster.network.trace_count,
            len(self._stage.played),
            self._stage.shell,
        )
        if seen == self._seen:
            return False
        self._seen, self._view = seen, None
        visit = self._visit
        newly = visit.judge(self._evidence(visit))
        if newly:
            visit.success = self._stage.checkpoint() if self._stage.idle else None
            self._note_done(visit.step)
        return newly

    def _look_again(self) -> bool:
        self._seen, self._view = (), None
        return self._look()

    def _note_done(self, step: Step) -> None:
        self._progress.finish_step(self.lesson.id, step.id)
        self._note_lesson()

    def _note_lesson(self) -> None:
        statuses = zip(self._statuses(), self.lesson.steps, strict=True)
        if all(status or step.optional for status, step in statuses):
            self._progress.finish_lesson(self.lesson.id)

    def tick(self, seconds: float) -> bool:
        """Let time pass (live sessions); whether the view changed."""
        if self._working:
            return False
        self.simulation.tick(seconds)
        before = self._view
        after = self.view
        if before == after:
            return False
        if self.on_change is not None:
            self.on_change(after)
        return True

    # Lines

    async def submit(self, line: str) -> Outcome:
        """Run a line of the learner's: a typed word at the host's prompt, or a command."""
        word = line.strip()
        if self.terminal.at_host and self._stage.idle and word in WORDS:
            return await self._typed_word(WORDS[word])
        if self.terminal.busy:
            self.terminal.feed(line)
            return Outcome(self.view, line)
        return await self._run(line)

    async def _typed_word(self, action: Action) -> Outcome:
        match action:
            case "hint":
                return self.hint()
            case "check":
                return self._said("check", self._verdict())
            case "lessons":
                return self._said("lessons")
            case "show":
                return await self.show_me()
            case "undo":
                return await self.undo()
            case "redo":
                return await self.redo()
            case "next":
                return await self.next()
            case "back":
                return await self.back()
            case "reset":
                return await self.reset()
            case _:
                return await self.skip()

    async def _run(self, line: str) -> Outcome:
        scene = await self._stage.play(line)
        if scene is None:
            return Outcome(self.view, line, incomplete=True)
        if scene.changed:
            self._undo.append(scene.before)
            self._redo.clear()
        newly = self._look_again()
        played = scene.played
        return Outcome(
            self.view,
            line,
            played.output,
            played.exit_code,
            scene.changes,
            scene.traces,
            gloss(played, scene.traces, self.cluster.store),
            newly_done=newly,
        )

    def _said(self, action: Action, notice: str = "", *, newly_done: bool = False) -> Outcome:
        return Outcome(self.view, action=action, notice=notice, newly_done=newly_done)

    def _verdict(self) -> str:
        """What `check` answers."""
        self._look_again()
        visit = self._visit
        if visit.done:
            return "✓ Done. Enter or next goes on."
        if visit.conditions:
            return "\n".join(f"• {line.missing}" for line in visit.conditions if not line.met)
        return "Read on with Enter or next." if isinstance(visit.step, Read) else "Answer the question."

    # Answers, hints, show me

    async def answer(self, *choices: int, text: str = "", before: Before | None = None) -> Outcome:
        """Answer the step's question.

        Args:
            choices: for predict and quiz: places of the options chosen, from 0.
            text: for observe: what the learner saw.
            before: awaited ahead of each line a prediction plays.

        Raises:
            IndexError: there is no such option.
        """
        visit = self._visit
        step = visit.step
        if isinstance(step, Observe):
            right = visit.tell(text, self.cluster.store)
        elif isinstance(step, Predict | Quiz) and choices:
            if isinstance(step, Predict) and visit.done:
                return self._said("answer", "You have made your prediction.")
            if not all(0 <= choice < len(step.options) for choice in choices):
                raise IndexError("no such option")
            right = visit.choose(choices)
        else:
            return self._said("answer", "There is nothing to answer here.")
        self._answers[step.id] = right
        if visit.done:
            self._note_done(step)
        if isinstance(step, Predict):
            await self._play_for_learner(step.then, before)
            if step.reveal is not None:
                visit.observed = ", ".join(values_of(step.reveal, self.cluster.store))
        if visit.done:
            visit.success = self._stage.checkpoint()
        self._look_again()
        return self._said("answer", visit.remark, newly_done=visit.done)

    def right_texts(self) -> list[str]:
        """The texts that answer an observe step now; none if the value is not there, or for other steps."""
        step = self._visit.step
        return [*values_of(step.answer, self.cluster.store), *step.accept] if isinstance(step, Observe) else []

    async def _play_for_learner(self, lines: Sequence[str], before: Before | None) -> None:
        for line in lines:
            if before is not None:
                await before(line)
            await self._run(line)

    def hint(self) -> Outcome:
        """Give the next hint: one for the very mistake made, if there is one, else the next rung."""
        visit = self._visit
        place = visit.next_hint(self._evidence(visit))
        if place is None:
            if not visit.hints:
                return self._said("hint", "There is no hint for this step.")
            place = visit.hints[-1]
        else:
            visit.hints.append(place)
        self._view = None
        hint = hint_view(visit.step.hints[place])
        return self._said("hint", "\n".join(filter(None, (hint.text, hint.command))))

    async def show_me(self, before: Before | None = None) -> Outcome:
        """Go back to where the step began and play its solution.

        Args:
            before: awaited ahead of each line, to show it being typed at a readable pace; None plays at once.
        """
        visit = self._visit
        step = visit.step
        if isinstance(step, Predict | Quiz):
            right = [place for place, option in enumerate(step.options) if option.right]
            answer = " and ".join(step.options[place].text for place in right)
            return self._said("show", f"The answer is: {answer}")
        if step.solve:
            await self.reset()
            await self._play_for_learner(step.solve, before)
        if isinstance(step, Observe):
            texts = self.right_texts()
            return self._said("show", f"The answer is: {texts[0]}" if texts else "The answer is not there yet.")
        if not step.solve:
            return self._said("show", "There is nothing to show: read on with Enter or next.")
        notice = "That is one way. reset lets you try it yourself."
        return self._said("show", notice, newly_done=visit.done)

    # Back and forth in time

    async def undo(self) -> Outcome:
        """Take back the last command of this step that changed something."""
        if not self._undo:
            return self._said("undo", "Nothing to undo in this step.")
        here = await self._here()
        point = self._undo.pop()
        undone = here.played[len(point.played)].command if len(here.played) > len(point.played) else ""
        self._redo.append(here)
        await self._go_to(point)
        return self._said("undo", f"Undone: {undone}" if undone else "Undone.")

    async def redo(self) -> Outcome:
        """Do again what was undone last."""
        if not self._redo:
            return self._said("redo", "Nothing to redo.")
        self._undo.append(await self._here())
        await self._go_to(self._redo.pop())
        return self._said("redo", "Done again.", newly_done=self._visit.done)

    async def reset(self) -> Outcome:
        """Make everything what it was when the step began; this too can be undone."""
        visit = self._visit
        here = await self._here()
        if len(here.played) != len(visit.entry.played):
            self._undo.append(here)
        self._redo.clear()
        self._answers.pop(visit.step.id, None)
        del self._visits[self._index + 1 :]
        visit.forget()
        await self._restore(visit.entry)
        self._look_again()
        return self._said("reset", "Back to where this step began.")

    async def _here(self) -> Checkpoint:
        if self.terminal.busy or not self._stage.idle:
            await self.terminal.interrupt()
        return self._stage.checkpoint()

    async def _go_to(self, point: Checkpoint) -> None:
        await self._restore(point)
        visit = self._visit
        if isinstance(visit.step, Task):
            visit.done = False
            visit.success = None
        self._look_again()

    async def _restore(self, point: Checkpoint) -> None:
        self._working = True
        try:
            await self._stage.restore(point)
        finally:
            self._working = False

    # From step to step

    async def next(self) -> Outcome:
        """Go on to the next step, if this one is done."""
        visit = self._visit
        self._look()
        if isinstance(visit.step, Read) and not visit.done:
            visit.done = True
            self._note_done(visit.step)
        if not visit.done:
            reason = visit.missing or "This step is not done yet."
            return self._said("next", f"{reason} (skip passes it over.)")
        if self._index == len(self.lesson.steps) - 1:
            self._look_again()
            return self._said("next", "That was the last step.")
        notice = await self._advance()
        return self._said("next", notice)

    async def back(self) -> Outcome:
        """Look at the step before; the cluster stays as it is."""
        if self._index == 0:
            return self._said("back", "This is the first step.")
        self._move(self._index - 1)
        return self._said("back")

    async def skip(self) -> Outcome:
        """Pass this step over: what it should have brought about is brought about unseen."""
        visit = self._visit
        if not visit.done:
            await self._accomplish()
            self._progress.finish_step(self.lesson.id, visit.step.id, skipped=True)
            self._note_lesson()
        if self._index == len(self.lesson.steps) - 1:
            self._look_again()
            return self._said("skip", "That was the last step.")
        await self._advance()
        return self._said("skip")

    async def goto(self, step: str | int) -> Outcome:
        """Go to any step, by id or place from 0; steps on the way are brought about unseen.

        Raises:
            LookupError: there is no such step.
        """
        target = self.lesson.step_index(step) if isinstance(step, str) else step
        if target is None or not 0 <= target < len(self.lesson.steps):
            raise LookupError(f"the lesson {self.lesson.id} has no step {step}")
        await self._reach(target)
        return self._said("goto")

    async def _reach(self, target: int) -> None:
        if target < len(self._visits):
            self._move(target)
            return
        self._move(len(self._visits) - 1)
        while self._index < target:
            if not self._visit.done:
                await self._accomplish()
            await self._advance()

    def _move(self, index: int) -> None:
        self._index = index
        self._look_again()
        self._progress.at_step(self.lesson.id, self._visit.step.id)

    async def _advance(self) -> str:
        """Go to the step after; what to tell the learner about it."""
        if self._index + 1 < len(self._visits):
            self._move(self._index + 1)
            return ""
        notice = ""
        success = self._visit.success
        if success is not None and self._changed_since(success):
            await self._restore(success)
            notice = "The cluster is as it was when the step was done; what you tried after that is undone."
        await self._enter(self._index + 1)
        return notice

    def _changed_since(self, point: Checkpoint) -> bool:
        """Whether a command that changed something came after the point."""
        return bool(self._undo) and len(self._undo[-1].played) >= len(point.played)

    async def _enter(self, index: int) -> None:
        step = self.lesson.steps[index]
        self._working = True
        try:
            if step.setup:
                for played in await self._stage.play_unseen(step.setup):
                    self._refuse_failure(step, played)
            entry = await self._here()
        finally:
            self._working = False
        self._undo.clear()
        self._redo.clear()
        before = self._stage.before(self.cluster.store.snapshot())
        self._visits.append(
            Visit(step, entry, before, self._stage.shell, self.cluster.network.trace_count, len(self._stage.played))
        )
        self._move(index)

    def _refuse_failure(self, step: Step, played: Played) -> None:
        if played.exit_code:
            raise LessonError(f"setting up step {step.id}: {played.command}: {played.output.strip()}")

    async def _accomplish(self) -> None:
        """Bring about what the step should, out of the learner's sight."""
        visit = self._visit
        step = visit.step
        self._working = True
        try:
            if len(self._stage.played) != len(visit.entry.played):
                await self._stage.restore(visit.entry)
            await self._stage.play_unseen(step.then if isinstance(step, Predict) else step.solve)
        finally:
            self._working = False
        self._answers[step.id] = True
        visit.done = True
        visit.success = None
        self._look_again()
