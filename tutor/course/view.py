"""What a front end shows of a session: frozen records, with every text a learner may see and no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from tutor.engine.network.trace import Trace
    from tutor.engine.store import Change

StepKind: TypeAlias = Literal["read", "task", "predict", "observe", "quiz", "challenge"]
StepStatus: TypeAlias = Literal["", "done", "skipped"]
Action: TypeAlias = Literal[
    "", "hint", "show", "undo", "redo", "check", "next", "back", "reset", "skip", "lessons", "answer", "goto",
    "api", "api off",
]  # fmt: skip

Rung: TypeAlias = Literal["service", "name", "address", "ports", "endpoints", "pods", "proxy", "policy"]
"""A rung of the diagnostic ladder."""


@dataclass(frozen=True)
class RungView:
    """One rung of the ladder of looks that leads from a failing request to its cause.

    Args:
        rung: which one.
        question: what is looked at.
        told: what the newest look told; empty if there was none yet.
    """

    rung: Rung
    question: str
    told: str = ""


@dataclass(frozen=True)
class ConditionView:
    """One line of the list of what a step asks for.

    Args:
        text: what is asked for, such as `Service nginx-clusterip exists`.
        met: whether it holds now.
        missing: while unmet, the author's sentence about what is still missing; empty once met.
    """

    text: str
    met: bool
    missing: str = ""


@dataclass(frozen=True)
class OptionView:
    """One possible answer.

    Args:
        text: the answer, Markdown of one line.
        chosen: whether the learner chose it (for a quiz: the last choice).
        right: whether it is right; None as long as the learner must not know.
        why: why it is right or wrong; empty as long as the learner must not know.
    """

    text: str
    chosen: bool = False
    right: bool | None = None
    why: str = ""


@dataclass(frozen=True)
class HintView:
    """One hint that was asked for.

    Args:
        text: Markdown; empty if the hint is only a command.
        command: a command that can be typed in with one key; empty if there is none.
        about_mistake: whether it answers what the learner just did, rather than being the next general rung.
    """

    text: str
    command: str = ""
    about_mistake: bool = False


@dataclass(frozen=True)
class StepView:
    """A step as it stands now.

    Args:
        lesson_id: the lesson's id.
        lesson_title: the lesson's title.
        id: the step's id, unique in its lesson.
        index: its place in the lesson, from 0.
        count: how many steps the lesson has.
        kind: what the learner does in it.
        title: a short heading; never empty.
        body: Markdown.
        commands: commands offered for typing with one key.
        question: for predict, quiz and observe: the question; else empty.
        options: for predict and quiz: the possible answers.
        multiple: whether several options are to be chosen together.
        given: for observe: what the learner answered last; else empty.
        remark: one line about the last answer (right, or what is wrong with it); empty before.
        observed: for predict, after the answer: what the cluster then showed; may be empty.
        conditions: what must hold, in order; empty for steps that only want an answer or Enter.
        ladder: for a challenge with one: its rungs, from the first to look at.
        done: whether the step has been accomplished; it stays so until undo or reset.
        explain: why it worked, Markdown; empty until done.
        hints: the hints given so far, oldest first.
        more_hints: whether `hint` has something new to say.
        can_show: whether `show` can play a solution.
        can_undo: whether there is a command to undo.
        can_redo: whether there is an undone command to redo.
        can_reset: whether the cluster can be put back to where the step began.
        optional: whether the lesson counts as finished without it.
        steps: status of every step of the lesson, in order.
        lesson_done: whether every step of the lesson that is not optional is done or skipped.
        terms: glossary terms of the lesson, each with its explanation.
    """

    lesson_id: str
    lesson_title: str
    id: str
    index: int
    count: int
    kind: StepKind
    title: str
    body: str = ""
    commands: tuple[str, ...] = ()
    question: str = ""
    options: tuple[OptionView, ...] = ()
    multiple: bool = False
    given: str = ""
    remark: str = ""
    observed: str = ""
    conditions: tuple[ConditionView, ...] = ()
    ladder: tuple[RungView, ...] = ()
    done: bool = False
    explain: str = ""
    hints: tuple[HintView, ...] = ()
    more_hints: bool = False
    can_show: bool = False
    can_undo: bool = False
    can_redo: bool = False
    can_reset: bool = True
    optional: bool = False
    steps: tuple[StepStatus, ...] = ()
    lesson_done: bool = False
    terms: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def is_last(self) -> bool:
        """Whether no step follows."""
        return self.index == self.count - 1

    @property
    def passed_over(self) -> bool:
        """Whether it counts as done only because a skip or a jump brought about what it should."""
        return self.done and self.steps[self.index : self.index + 1] != ("done",)

    @property
    def asks(self) -> bool:
        """Whether an answer is wanted rather than a change of the cluster."""
        return bool(self.options) or (self.kind == "observe" and bool(self.question))

    @property
    def chosen(self) -> tuple[int, ...]:
        """The places of the chosen options, from 0."""
        return tuple(place for place, option in enumerate(self.options) if option.chosen)


@dataclass(frozen=True)
class Outcome:
    """All that one command, typed word or key did.

    Args:
        view: the step after it.
        command: the line as typed; empty for a key.
        output: what the terminal showed for it; empty for typed words.
        exit_code: its exit status; None for typed words, incomplete input and lines of a nested shell still open.
        changes: changes to the cluster since before the command, oldest first.
        traces: requests made since before the command, oldest first.
        gloss: one plain line about the error just shown, in this cluster; empty if there is none or it is not sure.
        action: the typed word or key, such as `hint`; empty for a command.
        notice: what tutor itself has to say, such as the hint asked for or `Nothing to undo.`; may be empty.
        newly_done: whether the step became done by it.
        incomplete: whether the shell waits for the rest of the input (prompt `> `).
    """

    view: StepView
    command: str = ""
    output: str = ""
    exit_code: int | None = None
    changes: tuple[Change, ...] = ()
    traces: tuple[Trace, ...] = ()
    gloss: str = ""
    action: Action = ""
    notice: str = ""
    newly_done: bool = False
    incomplete: bool = False
