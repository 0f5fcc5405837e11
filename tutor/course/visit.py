"""What a session remembers of one step: where it began, what was answered, which hints were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tutor.course.conditions.base import Leaf, find_object, split_name
from tutor.course.conditions.evidence import Evidence
from tutor.course.conditions.named import BrokenConditionError
from tutor.course.conditions.objects import endpoint_addresses
from tutor.course.conditions.path import values_at
from tutor.course.conditions.tree import look
from tutor.course.ladder import Stride
from tutor.course.schema import Hint, Observe, Predict, Quiz, Refusal, Step, Task, Value
from tutor.course.stage import Checkpoint
from tutor.course.view import ConditionView, HintView, OptionView
from tutor.engine.store import Store

REFUSED: Final = "A repair that holds"
"""What is asked for where one was made that does not."""


@dataclass
class Visit:
    """One step of a session.

    Args:
        step: the step.
        entry: where it began.
        before: the objects as they were then.
        shell: where the prompt was then.
        first_trace: number of the newest trace then.
        first_played: how many lines had been played then.
        done: whether it has been accomplished.
        brought_about: whether that was not the learner's doing, but a skip's or a jump's.
        success: the point at which it was; None if it cannot be gone back to.
        conditions: how its conditions stand.
        hints: the hints given, by their place in the step.
        choice: the options chosen last.
        given: the text answered last.
        remark: what was said about it.
        observed: what the cluster showed after a prediction.
        trail: for a challenge with a ladder: the looks and changes made, in order.
        spent: number of the newest request that was made while a repair held that does not count.
        untried: whether `until` holds, and the step's rehearsal has not been yet.
        holds: whether the repair stood the rehearsal.
        doubt: why the last repair did not stand it, or the refusal that says so; None if none has failed.
        answer: which of the lines played since the beginning the answer led to; None as long as there is none.
        last_played: how many lines had been played when the next step was entered; None before.
        broken: what is to be said of each condition of a package that failed, by its name.
    """

    step: Step
    entry: Checkpoint
    before: Store
    shell: str
    first_trace: int
    first_played: int
    done: bool = False
    brought_about: bool = False
    success: Checkpoint | None = None
    conditions: tuple[ConditionView, ...] = ()
    hints: list[int] = field(default_factory=list)
    choice: tuple[int, ...] = ()
    given: str = ""
    remark: str = ""
    observed: str = ""
    trail: list[Stride] = field(default_factory=list)
    spent: int = 0
    untried: bool = False
    holds: bool = False
    doubt: Refusal | str | None = None
    answer: range | None = None
    last_played: int | None = None
    broken: dict[str, str] = field(default_factory=dict)

    def forget(self) -> None:
        """Be as at entry."""
        self.done, self.brought_about, self.success, self.conditions, self.spent = False, False, None, (), 0
        self.hints, self.choice, self.given, self.remark, self.observed = [], (), "", "", ""
        self.answer, self.last_played = None, None
        self.untried, self.holds, self.doubt = False, False, None

    def stands(self, condition: Leaf, evidence: Evidence) -> bool:
        """Whether a condition holds; one of a package that fails is noted, and does not."""
        try:
            return condition.holds(evidence)
        except BrokenConditionError as broken:
            self.broken[broken.name] = str(broken)
            return False

    def judge(self, evidence: Evidence) -> bool:
        """Look at the conditions; whether the step is accomplished by this very look."""
        if not isinstance(self.step, Task):
            return False
        step, newest = self.step, evidence.traces[-1].number if evidence.traces else 0
        if newest < self.spent:
            self.spent, self.doubt = newest, None
        reached = self.stands(step.until, evidence)
        refused = [
            each.because
            for each in step.refused
            if each.meets == ("always" if reached else "never") and self.stands(each.when, evidence)
        ]
        if refused and reached:
            # What such a repair made work proves nothing about the next one.
            self.spent = newest
        fresh = replace(evidence, traces=[each for each in evidence.traces if each.number > self.spent])
        met = not refused and self.stands(step.until, fresh)
        self.untried = met and step.rehearsal is not None and not self.holds and not self.done
        if not refused and not met:
            refused = self._doubts(evidence)
        reasons = (ConditionView(REFUSED, met=False, missing=each.strip()) for each in refused)
        # As long as it is refused, what a repair made work shows as what it is: reached.
        self.conditions = (*reasons, *look(step.until, evidence if refused and self.spent == newest else fresh))
        newly = not self.done and met and not self.untried
        self.done = self.done or newly
        return newly

    def _doubts(self, evidence: Evidence) -> list[str]:
        if isinstance(self.doubt, str):
            return [self.doubt]
        return [self.doubt.because] if self.doubt is not None and self.stands(self.doubt.when, evidence) else []

    def rehearsed(self, evidence: Evidence, failure: str) -> None:
        """Note what came of the rehearsal.

        Args:
            evidence: what the conditions of the step look at.
            failure: why the repair does not hold; empty if it does.
        """
        assert isinstance(self.step, Task)  # noqa: S101  # no other step has a rehearsal
        self.holds, self.doubt = not failure, None
        if failure:
            self.spent = evidence.traces[-1].number if evidence.traces else 0
            known = (each for each in self.step.refused if each.meets == "now" and self.stands(each.when, evidence))
            self.doubt = next(known, failure)

    @property
    def missing(self) -> str:
        """What is still missing first; empty if nothing is."""
        return next((line.missing for line in self.conditions if not line.met), "")

    # Answers

    def choose(self, choices: Sequence[int]) -> bool:
        """Answer a question by its options' places; whether that is right."""
        assert isinstance(self.step, Predict | Quiz)  # noqa: S101  # the session has looked
        options = self.step.options
        self.choice = tuple(dict.fromkeys(choices))
        right = {place for place, option in enumerate(options) if option.right} == set(self.choice)
        if isinstance(self.step, Predict):
            self.done = True
            self.remark = "That is how it is." if right else "Not so, and that is worth remembering."
            return right
        self.done = self.done or right
        wrong = [options[place].why for place in self.choice if not options[place].right]
        if right:
            self.remark = "Right."
        else:
            self.remark = wrong[0] if wrong else "Right as far as it goes, but there is more."
        return right

    def tell(self, text: str, store: Store) -> bool:
        """Answer a question by a text; whether that is right."""
        assert isinstance(self.step, Observe)  # noqa: S101  # the session has looked
        self.given = text.strip()
        right = [*values_of(self.step.answer, store), *self.step.accept]
        known = {_plain(each) for each in right}
        if _plain(self.given) in known:
            self.done, self.remark = True, "Right."
            return True
        self.remark = f"{self.given} is not it. Look again." if self.given else "Type what you see."
        return False

    def options(self) -> tuple[OptionView, ...]:
        """The options as they may be shown now: a prediction says all once it is made, a quiz what was chosen."""
        if not isinstance(self.step, Predict | Quiz):
            return ()
        return tuple(
            OptionView(
                option.text,
                place in self.choice,
                option.right if self.done or place in self.choice else None,
                option.why if self.done or place in self.choice else "",
            )
            for place, option in enumerate(self.step.options)
        )

    # Hints

    def next_hint(self, evidence: Evidence) -> int | None:
        """The place of the hint to give now: one for the very mistake made, else the next rung; None without one.

        A command that has been run already is no help, except as the last.
        """
        for place, hint in enumerate(self.step.hints):
            if hint.when is not None and place not in self.hints and self.stands(hint.when, evidence):
                return place
        rungs = [place for place, hint in enumerate(self.step.hints) if hint.when is None and place not in self.hints]
        ran = {played.command.strip() for played in evidence.played if played.exit_code == 0}
        new = (place for place in rungs if self.step.hints[place].text or self.step.hints[place].command not in ran)
        return next(new, rungs[-1] if rungs else None)

    def shown_hints(self, evidence: Evidence) -> tuple[HintView, ...]:
        """The hints given; one for a mistake only while the mistake lasts."""
        given = (self.step.hints[place] for place in self.hints)
        shown = (hint for hint in given if hint.when is None or self.stands(hint.when, evidence))
        return tuple(hint_view(hint, self.step) for hint in shown)


def hint_view(hint: Hint, step: Step) -> HintView:
    """A hint as a front end shows it. Those of a challenge are about its faults, not about mistakes."""
    return HintView(hint.text.strip(), hint.command, hint.when is not None and step.kind != "challenge")


def values_of(value: Value, store: Store) -> list[str]:
    """The texts a value stands for now: one, none if it is not there, or several where the path has `[*]`."""
    if value.text is not None:
        return [value.text]
    if value.count is not None:
        return [str(len(value.count.find(store)))]
    if value.endpoints is not None:
        return [str(len(endpoint_addresses(store, *split_name(value.endpoints))[0]))]
    assert value.object is not None  # noqa: S101  # the schema has checked it
    assert value.path is not None  # noqa: S101  # the schema has checked it
    found = find_object(store, value.object)
    return [] if found is None else [str(each) for each in values_at(found, value.path)]


def _plain(text: str) -> str:
    """A text as far as it matters in an answer: no quotes around it, no case, single spaces."""
    return " ".join(text.strip().strip("\"'`").casefold().split())
