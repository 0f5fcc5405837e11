"""A learner in a lesson: lines go in, outcomes come out, every step can be undone, shown, skipped, revisited."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from tutor.course.conditions.base import Leaf
from tutor.course.conditions.evidence import Evidence, Played
from tutor.course.drawing import draw, is_finished, statuses_of
from tutor.course.gloss import gloss
from tutor.course.journey import Journey, LessonError
from tutor.course.outside import Outside
from tutor.course.progress import Progress
from tutor.course.reliving import Way, editor_of, ways_of
from tutor.course.sandbox import SANDBOX
from tutor.course.schema import Lesson, Observe, Predict, Quiz, Read, Step, Task
from tutor.course.stage import Stage
from tutor.course.view import Action, Outcome, StepView
from tutor.course.visit import hint_view, values_of
from tutor.engine.cluster import Cluster
from tutor.shell.simulation import Simulation

if TYPE_CHECKING:
    from datetime import datetime

    from tutor.shell.terminal import Terminal

__all__ = ["WORDS", "Before", "LessonError", "Session"]

Before: TypeAlias = Callable[[str], Awaitable[None]]
"""Awaited ahead of each line that is played for the learner, to show it being typed."""

Source: TypeAlias = tuple[str, str]
"""The lesson and the step, by id, that the question of a step is from."""

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
    "api": "api",
    "api off": "api off",
}
"""Words that are typed like commands, unless the shell of a container has a command of that name."""
_ABOUT_TASKS: Final = frozenset({"hint", "show", "check", "next", "back", "skip"})
"""Words that make no sense where nothing is to be accomplished."""
NO_WAY_BACK: Final = "A real cluster cannot be put back: change or delete what is there, by hand."
NOTHING_ASKED: Final = (
    "The sandbox asks for nothing: try anything. undo takes it back, reset begins anew, help says more."
)
STRAYED: Final = "The cluster is as it was when the step was done; what you tried after that is undone."
HINT_DONE: Final = "This step is done: Enter or next goes on."
API_OPEN: Final = "The real kubectl can work in this cluster. Type into another terminal:"
API_OPENED: Final = "What is done there shows here and counts. api off ends it."
API_CLOSED: Final = "The cluster is no longer served."
NOT_LIVE: Final = "Only a cluster whose time passes by itself can be served: in the app, or at a terminal."
REAL: Final = "This lesson plays in a real cluster: other programs reach it by its own kubeconfig."
SETTLE_PATIENCE: Final = 60.0
"""Simulated seconds a line played for the learner is given to take effect before the next is typed."""


def passed_over(view: StepView) -> str:
    """What to say of a step that was passed over."""
    anew = ", reset lets you do it yourself" if view.can_reset else ""
    return f"This step was passed over: Enter or next goes on{anew}."


def home_files(lesson: Lesson) -> dict[str, str]:
    """The files of a lesson that lie in the learner's home folder, by name."""
    return {name: text for name, text in lesson.files.items() if isinstance(text, str) and not name.startswith("/")}


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
        self.on_first_answer: Callable[[Step, bool], None] | None = None
        self.on_gloss: Callable[[str], None] | None = None
        """Told the plain line about an error of a line that is played for the learner, as soon as it has run."""
        self.sources: Mapping[str, Source] = {}
        self.translated = False
        """Whether the lesson's texts are in another language than it is written in."""
        self._progress = progress or Progress()
        self._terms = tuple((term, (glossary or {}).get(term, "")) for term in lesson.terms)
        self._stage = Stage(simulation)
        self._journey = Journey(lesson, self._stage)
        self.outside = Outside(self._journey)
        """The way into the cluster for other programs."""
        self._seen: tuple[object, ...] = ()
        self._cut = False
        self._playing = False
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
        world: Simulation | None = None,
        now: datetime | None = None,
    ) -> Session:
        """Begin a lesson, or go on with it.

        Args:
            lesson: the lesson.
            step: id of the step to go to, all earlier ones brought about unseen; empty for where `progress` says.
            progress: where steps done are kept; None keeps nothing.
            live: whether `tick` moves time; else each command waits until the cluster has settled.
            seed: decides every generated name, address and choice.
            glossary: explanations by term.
            world: where to play it, with the lesson's files in its home folder; a fresh simulation if None.
            now: what a fresh cluster's calendar shows; the same day every time if None.

        Raises:
            LessonError: the lesson's cluster cannot be set up.
        """
        files = {name: text for name, text in lesson.files.items() if isinstance(text, str)}
        simulation = world or Simulation(
            seed=seed, files=home_files(lesson), next_cluster_ips=lesson.cluster.next_cluster_ips, live=live, now=now
        )
        session = cls(lesson, simulation, progress, glossary)
        wanted = step or session._progress.place_in(lesson.id, [each.id for each in lesson.steps])
        try:
            await session._journey.begin(files)
            await session._journey.reach(lesson.step_index(wanted) or 0)
        except LessonError:
            await session.close()
            raise
        session._note_place()
        return session

    async def close(self) -> None:
        """Stop all that runs."""
        await self.outside.close()
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
        return self._journey.visit.step

    @property
    def view(self) -> StepView:
        """The step as it stands now."""
        self._look()
        if self._view is None:
            self._view = draw(self._journey, self._progress, self._terms)
        return self._view

    @property
    def evidence(self) -> Evidence:
        """What was done in this step, and the cluster before and after."""
        return self._journey.evidence()

    @property
    def reached(self) -> Step:
        """The furthest step entered so far."""
        return self._journey.visits[-1].step

    @property
    def ways(self) -> dict[str, Way]:
        """What was done in each step entered so far, in their order, by its id; nothing in those passed over."""
        return ways_of(self._journey)

    async def relive(self, way: Way) -> tuple[str, ...]:
        """Do again out of the learner's sight what was done in a step; each line can be undone.

        Args:
            way: what was done.

        Returns:
            The lines that were left out: here they came to no end.
        """
        visit = self._journey.visit
        with self._stage.unseen():
            left_out = await self._retype(way.before)
            if way.answered:
                await self.answer(*way.choice, text=way.given)
            left_out += await self._retype(way.after)
        visit.hints[:] = way.hints
        self._look_again()
        return tuple(left_out)

    async def _retype(self, lines: Sequence[Played]) -> list[str]:
        left_out = []
        for played in lines:
            self.terminal.editor = editor_of(played)
            scene = await self._journey.play_whole(played.retyped)
            if scene is None:
                left_out.append(played.command)
            else:
                self._journey.note(scene, shown=False)
                self._look_again()
        self.terminal.editor = None
        return left_out

    @property
    def at_entry(self) -> bool:
        """Whether every object of the cluster is as it was when the step began, and the prompt where it was."""
        return self._journey.at_entry

    def holds(self, condition: Leaf) -> bool:
        """Whether a condition holds on all that was done in this step."""
        return self._journey.visit.stands(condition, self._journey.evidence())

    @property
    def broken(self) -> Mapping[str, str]:
        """What is to be said of each condition of a package that failed in this step, by its name."""
        return self._journey.visit.broken

    # Conditions

    def _look(self) -> bool:
        """Judge the step again if anything happened since the last look; whether that accomplished it."""
        seen = (
            self._journey.index,
            self.cluster.store.revision,
            self.cluster.network.log.count,
            len(self._stage.played),
            self._stage.shell,
        )
        if seen == self._seen or (self._journey.busy and self._view is not None):
            return False
        self._seen, self._view = seen, None
        newly = self._journey.judge()
        if newly:
            self._note_done(self.step)
        return newly

    def _look_again(self) -> bool:
        self._seen, self._view = (), None
        return self._look()

    def _note_done(self, step: Step) -> None:
        self._progress.finish_step(self.lesson.id, step.id)
        self._note_lesson()

    def _note_place(self) -> None:
        self._progress.at_step(self.lesson.id, self.step.id)

    def _note_lesson(self) -> None:
        if is_finished(self.lesson, statuses_of(self._journey, self._progress)):
            self._progress.finish_lesson(self.lesson.id)

    def tick(self, seconds: float) -> bool:
        """Let time pass (live sessions); whether the view changed."""
        if self._journey.busy:
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

    async def submit(self, line: str, before: Before | None = None) -> Outcome:
        """Run a line of the learner's: a typed word at a prompt, or a command.

        Args:
            line: the line.
            before: awaited ahead of each line that a typed word plays for the learner; None plays at once.
        """
        word = line.strip()
        if word in WORDS and self._stage.idle and (self.terminal.at_host or not self.terminal.top.finds(word)):
            return await self._typed_word(WORDS[word], before)
        if self.terminal.busy:
            self.terminal.feed(line)
            return Outcome(self.view, line)
        return await self._run(line)

    async def _typed_word(self, action: Action, before: Before | None) -> Outcome:
        if self.lesson.id == SANDBOX and action in _ABOUT_TASKS:
            return self._said(action, NOTHING_ASKED)
        match action:
            case "hint":
                return self.hint()
            case "check":
                return self._said("check", self._verdict())
            case "lessons":
                return self._said("lessons")
            case "api":
                return await self.open_api()
            case "api off":
                return await self.close_api()
            case "show":
                return await self.show_me(before)
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
        visit = self._journey.visit
        was_done = visit.done
        scene = await self._journey.play(line)
        if scene is None:
            return Outcome(self.view, line, incomplete=True)
        self._journey.note(scene, shown=self._playing)
        self._look_again()
        if visit.untried:
            await self._journey.rehearse()
        # A tick may have seen the step become done before this does.
        newly = (self._look_again() or visit.done) and not was_done
        played = scene.played
        return Outcome(
            self.view,
            line,
            played.output,
            played.exit_code,
            scene.changes,
            scene.traces,
            "" if self._is_puzzle else gloss(played, scene.traces, self.cluster.store),
            newly_done=newly,
        )

    @property
    def _is_puzzle(self) -> bool:
        """Whether the cause of a failure is what the learner is to find out."""
        visit = self._journey.visit
        return isinstance(visit.step, Task) and visit.step.ladder is not None and not visit.done

    # Other programs

    async def open_api(self) -> Outcome:
        """Serve the cluster as a Kubernetes API to other programs on this computer, and say how to reach it."""
        if not self.simulation.revocable:
            return self._said("api", REAL)
        if not self.simulation.live:
            return self._said("api", NOT_LIVE)
        try:
            await self.outside.open()
        except OSError as error:
            return self._said("api", f"The cluster cannot be served: {error.strerror or error}.")
        return self._said("api", "\n".join((API_OPEN, *self.outside.lines, API_OPENED)))

    async def close_api(self) -> Outcome:
        """Serve the cluster no longer."""
        was_open = bool(self.outside.lines)
        await self.outside.close()
        return self._said("api off", API_CLOSED if was_open else "The cluster is not served.")

    def _said(self, action: Action, notice: str = "", *, newly_done: bool = False) -> Outcome:
        self._look_again()
        return Outcome(self.view, action=action, notice=notice, newly_done=newly_done)

    def _verdict(self) -> str:
        """What `check` answers."""
        self._look_again()
        visit = self._journey.visit
        if visit.done:
            return passed_over(self.view) if self.view.passed_over else "✓ Done. Enter or next goes on."
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
        visit = self._journey.visit
        step, was_done = visit.step, visit.done
        at = len(self._stage.played)
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
        if step.id not in self._journey.answers and self.on_first_answer is not None:
            self.on_first_answer(step, right)
        self._journey.answers[step.id] = right
        if visit.done:
            self._note_done(step)
        if isinstance(step, Predict):
            await self._stage.play_unseen(await self._play_for_learner(step.then, before))
            if step.reveal is not None:
                visit.observed = ", ".join(values_of(step.reveal, self.cluster.store))
        visit.answer = range(at, len(self._stage.played))
        if visit.done:
            visit.success = self._stage.checkpoint()
        return self._said("answer", visit.remark, newly_done=visit.done and not was_done)

    def is_answer(self, line: str) -> bool:
        """Whether a line at the prompt tells what an observe step asks for: it says so, or is no command at all."""
        if not isinstance(self.step, Observe) or self._journey.visit.done:
            return False
        words = line.split()
        if line.startswith("answer "):
            return True
        if not words or line in WORDS or self.terminal.top.finds(words[0]):
            return False
        return len(words) == 1 or words[0][0].isdigit() or line in self.right_texts()

    def right_texts(self) -> list[str]:
        """The texts that answer an observe step now; none if the value is not there, or for other steps."""
        step = self.step
        return [*values_of(step.answer, self.cluster.store), *step.accept] if isinstance(step, Observe) else []

    @property
    def playing(self) -> bool:
        """Whether lines are being played for the learner."""
        return self._playing

    def cut_short(self) -> None:
        """Play no further line for the learner; one that runs is ended by interrupting the terminal."""
        self._cut = True

    async def _play_for_learner(self, lines: Sequence[str], before: Before | None) -> Sequence[str]:
        """Play lines one by one; those that were not played, because the learner had seen enough."""
        self._cut, self._playing = False, True
        try:
            return await self._play_lines(lines, before)
        finally:
            self._playing = False

    async def _play_lines(self, lines: Sequence[str], before: Before | None) -> Sequence[str]:
        for place, line in enumerate(lines):
            if before is not None and not self._cut:
                await before(line)
            if self._cut:
                return lines[place:]
            outcome = await self._run(line)
            if outcome.gloss and self.on_gloss is not None:
                self.on_gloss(outcome.gloss)
            if self.simulation.live:
                # The next line may need what this one only set going: Pods take their time to become ready.
                await self.simulation.pacing.until(lambda: self._cut or not self.cluster.clock.busy, SETTLE_PATIENCE)
        return ()

    def hint(self) -> Outcome:
        """Give the next hint: one for the very mistake made, if there is one, else the next rung."""
        visit = self._journey.visit
        if visit.done:
            return self._said("hint", passed_over(self.view) if self.view.passed_over else HINT_DONE)
        place = visit.next_hint(self._journey.evidence())
        if place is None:
            if not visit.hints:
                return self._said("hint", "There is no hint for this step.")
            place = visit.hints[-1]
        else:
            visit.hints.append(place)
        hint = hint_view(visit.step.hints[place], visit.step)
        return self._said("hint", "\n".join(filter(None, (hint.text, hint.command))))

    async def show_me(self, before: Before | None = None) -> Outcome:
        """Go back to where the step began and play its solution.

        Args:
            before: awaited ahead of each line, to show it being typed at a readable pace; None plays at once.
        """
        visit = self._journey.visit
        step = visit.step
        if isinstance(step, Predict | Quiz):
            right = [place for place, option in enumerate(step.options) if option.right]
            answer = " and ".join(step.options[place].text for place in right)
            return self._said("show", f"The answer is: {answer}")
        if step.solve:
            if self.simulation.revocable:
                await self._journey.reset()
            if await self._play_for_learner(step.solve, before):
                return self._said("show", "Cut short. show plays it again, reset lets you try it yourself.")
        if isinstance(step, Observe):
            texts = self.right_texts()
            return self._said("show", f"The answer is: {texts[0]}" if texts else "The answer is not there yet.")
        if not step.solve:
            return self._said("show", "There is nothing to show: read on with Enter or next.")
        notice = "That is one way." + (" reset lets you try it yourself." if self.simulation.revocable else "")
        return self._said("show", notice, newly_done=visit.done)

    # Back and forth in time

    async def undo(self) -> Outcome:
        """Take back the last command of this step that changed something."""
        if not self._journey.can_undo:
            return self._said("undo", "Nothing to undo in this step." if self.simulation.revocable else NO_WAY_BACK)
        command = await self._journey.undo()
        return self._said("undo", f"Undone: {command}" if command else "Undone.")

    async def redo(self) -> Outcome:
        """Do again what was undone last."""
        if not self._journey.can_redo:
            return self._said("redo", "Nothing to redo.")
        await self._journey.redo()
        return self._said("redo", "Done again.")

    async def reset(self) -> Outcome:
        """Make everything what it was when the step began; this too can be undone."""
        if not self.simulation.revocable:
            return self._said("reset", NO_WAY_BACK)
        await self._journey.reset()
        return self._said("reset", "Back to where this step began.")

    # From step to step

    async def next(self) -> Outcome:
        """Go on to the next step, if this one is done or optional.

        Raises:
            LessonError: the next step cannot be set up.
        """
        self._look_again()
        visit = self._journey.visit
        if isinstance(visit.step, Read) and not visit.done:
            visit.done = True
            self._note_done(visit.step)
        if visit.step.optional and not visit.done:
            return await self.skip()
        if not visit.done:
            reason = visit.missing or "This step is not done yet."
            return self._said("next", f"{reason} (skip passes it over.)")
        return await self._advance("next")

    async def back(self) -> Outcome:
        """Look at the step before; the cluster stays as it is."""
        if self._journey.index == 0:
            return self._said("back", "This is the first step.")
        await self._journey.reach(self._journey.index - 1)
        self._note_place()
        return self._said("back")

    async def skip(self) -> Outcome:
        """Pass this step over: what it should have brought about is brought about unseen.

        Raises:
            LessonError: the next step cannot be set up.
        """
        if not self._journey.visit.done:
            await self._journey.bring_about()
            self._progress.finish_step(self.lesson.id, self.step.id, skipped=True)
            self._note_lesson()
        return await self._advance("skip")

    async def _advance(self, action: Action) -> Outcome:
        if self._journey.is_last:
            return self._said(action, "That was the last step.")
        strayed = await self._journey.advance()
        self._note_place()
        return self._said(action, STRAYED if strayed else "")

    async def goto(self, step: str | int) -> Outcome:
        """Go to any step, by id or place from 0; steps on the way are brought about unseen.

        Raises:
            LookupError: there is no such step.
            LessonError: a step on the way cannot be set up.
        """
        target = self.lesson.step_index(step) if isinstance(step, str) else step
        if target is None or not 0 <= target < len(self.lesson.steps):
            raise LookupError(f"the lesson {self.lesson.id} has no step {step}")
        await self._journey.reach(target)
        self._note_place()
        return self._said("goto")
