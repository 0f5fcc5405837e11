"""The shape of a lesson file, format 1."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema, field_validator, model_validator

from tutor.course.conditions.base import ObjectPath, Record
from tutor.course.conditions.objects import Counting, FieldPath
from tutor.course.conditions.traffic import Where
from tutor.course.conditions.tree import Condition
from tutor.course.view import Rung

Identifier: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=40)]
"""Lower-case letters, digits and dashes. Ids never change: progress is kept by them."""
Text: TypeAlias = Annotated[str, Field(min_length=1)]


def _checked_scalar(value: Any) -> Any:
    if not isinstance(value, str | int | float):
        raise ValueError("a text, a number, true or false is wanted (of several, one is chosen: {choose: [...]})")
    return value


Scalar: TypeAlias = Annotated[
    Any, AfterValidator(_checked_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})
]
"""A text, a number, true or false."""


def _checked_choice(value: Any) -> Any:
    if not isinstance(value, dict):
        return _checked_scalar(value)
    return {name: _checked_scalar(each) for name, each in value.items()}


ChoiceValue: TypeAlias = Annotated[
    Any, AfterValidator(_checked_choice), WithJsonSchema({"type": ["string", "number", "boolean", "object"]})
]
"""A text, a number, true or false; or a mapping to such."""


class Choice(Record):
    """A variable whose value differs from learner to learner.

    Args:
        choose: the possible values; either all plain, or all mappings with the same fields, so that what belongs
            together is chosen together.
    """

    choose: list[ChoiceValue] = Field(min_length=1)

    @field_validator("choose")
    @classmethod
    def _alike(cls, choices: list[Any]) -> list[Any]:
        fields = {frozenset(each) if isinstance(each, dict) else None for each in choices}
        if len(fields) > 1:
            raise ValueError("the values differ in their fields: give each the same")
        return choices


def kind_of_variable(value: Any) -> str:
    """The tag of what a variable is declared by."""
    return "choice" if isinstance(value, dict | Choice) else "value"


Variable: TypeAlias = Annotated[
    Annotated[Scalar, Tag("value")] | Annotated[Choice, Tag("choice")], Discriminator(kind_of_variable)
]
"""What a variable stands for: one value for everybody, or one chosen per learner."""
VariableName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class FileFrom(Record):
    """A file taken from beside the lesson file, or from the folder of assets.

    Args:
        origin: (`from`) its path there, such as `manifests/nginx-clusterip.yaml`.
    """

    origin: str = Field(alias="from")


class ClusterSetup(Record):
    """What the cluster looks like when the lesson begins.

    Args:
        apply: manifests applied in order: names of the lesson's files, or paths beside the lesson or in assets.
        next_cluster_ips: addresses the next Services get, so that texts may name them.
        run: commands run on the learner's computer afterwards, unseen.
    """

    apply: list[str] = Field(default_factory=list)
    next_cluster_ips: list[str] = Field(default_factory=list)
    run: list[str] = Field(default_factory=list)


class Hint(Record):
    """One hint: a text, a command, or both.

    Args:
        text: Markdown of one paragraph.
        command: a command that one key types.
        when: a condition; while it holds the hint comes before the others, and it never comes otherwise. For the very
            mistake made.
    """

    text: str = ""
    command: str = ""
    when: Condition | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Hint:
        if not self.text and not self.command:
            raise ValueError("a hint has a text or a command")
        return self


class Wrong(Record):
    """A mistake worth foreseeing.

    Args:
        do: the commands of somebody who makes it.
        expect: the `else` of the first condition that is then unmet, word for word.
    """

    do: list[str] = Field(min_length=1)
    expect: Text


class Option(Record):
    """One possible answer; every one says why it is right or wrong.

    Args:
        text: the answer, Markdown of one line.
        why: why it is right, or what somebody who chose it may have thought.
        right: whether it is.
    """

    text: Text
    why: Text
    right: bool = False


class Value(Record):
    """Where a value comes from: a field of an object, a count, the ready addresses of a Service, or a plain text.

    A bare text stands for itself. Otherwise write one of `object` with `path`, `count`, `endpoints` or `text`.

    Args:
        object: an object, such as `service/web` or `shop/service/cart`.
        path: a field of it, such as `spec.clusterIP`; with `[*]` in it there are several values.
        count: objects to be counted.
        endpoints: a Service, `web` or `shop/cart`, whose ready addresses are counted.
        text: a fixed text.
    """

    object: ObjectPath | None = None
    path: FieldPath | None = None
    count: Counting | None = None
    endpoints: str | None = None
    text: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        """Read a bare text as a text, and do not ask of a value's `count` how many it should be."""
        if isinstance(value, str):
            return {"text": value}
        if isinstance(value, dict) and isinstance(value.get("count"), dict):
            return {**value, "count": {"at-least": 0, **value["count"]}}
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Value:
        if (self.object is None) != (self.path is None):
            raise ValueError("object and path go together")
        if sum(source is not None for source in (self.object, self.count, self.endpoints, self.text)) != 1:
            raise ValueError("write one of: object with path, count, endpoints, text")
        return self


Meets: TypeAlias = Literal["never", "now", "always"]
"""Whether a repair that is none brings about what is wanted."""


class StepBase(Record):
    """What every step may have.

    Args:
        id: unique in the lesson, and never changed: progress is kept by it.
        title: a short heading; made from the id without one.
        body: Markdown. `![what it shows](diagrams/traffic.txt)` on lines of its own puts a drawing in its place:
            a text file beside the lesson or in assets. Plain mode says the words instead of the drawing.
        commands: commands offered for typing with one key.
        setup: commands run unseen when the step is entered for the first time.
        hints: from a nudge to the command itself; each is given when it is asked for.
        solve: commands that accomplish the step; `show` plays them.
        explain: Markdown shown after success; drawings as in the body.
        optional: whether the lesson counts as finished without it; `next` goes on from it at once.
    """

    id: Identifier
    title: str = ""
    body: str = ""
    commands: list[str] = Field(default_factory=list)
    setup: list[str] = Field(default_factory=list)
    hints: list[Hint] = Field(default_factory=list)
    solve: list[str] = Field(default_factory=list)
    explain: str = ""
    optional: bool = False


class Read(StepBase):
    """Something to read; done with Enter.

    Args:
        kind: `read`.
    """

    kind: Literal["read"]
    body: Text


class Refusal(Record):
    """A way of meeting `until` that is none: while it stands, the step is not done, and the learner reads why.

    Args:
        when: how the cluster is then.
        because: why that does not do.
        meets: whether it brings `until` about: `never`, and then it is spoken of as long as `until` does not hold;
            `now`, but not in the step's rehearsal; or `always`, and is refused all the same.
    """

    when: Condition
    because: Text
    meets: Meets = "never"


class Rehearsal(Record):
    """What a repair has to stand: in a copy of the cluster every Pod is replaced, and it is tried there again.

    Pods of the cluster's own namespaces stay. What a learner does by hand in a Pod, or to it, is lost with it.

    Args:
        do: lines typed in that copy, from the learner's own computer.
        until: what must hold there afterwards; its `else` is what the learner reads.
    """

    do: list[str] = Field(min_length=1)
    until: Condition


class FirstRung(Record):
    """The rung that tells a cause first. A bare rung may stand for it.

    Args:
        rung: the rung.
        of: the cause in a few words, such as `The selector matches no Pod`.
    """

    rung: Rung
    of: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        """Read a bare rung."""
        return {"rung": value} if isinstance(value, str) else value


_RUNG: Final = {"type": "string", "enum": list(get_args(Rung))}
_WITH_CAUSE: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rung"],
    "properties": {
        "rung": {"description": "the rung", "anyOf": [_RUNG]},
        "of": {"type": "string", "description": "the cause in a few words"},
    },
}
First: TypeAlias = Annotated[FirstRung, WithJsonSchema({"anyOf": [_RUNG, _WITH_CAUSE]})]
"""A rung, or a rung and the cause it tells."""


class Ladder(Record):
    """The request that fails in a challenge, and the diagnostic ladder of looks that lead to the cause.

    What the learner has looked at is shown rung by rung, and the learner's own path at the end.

    Args:
        service: the Service asked for: `web`, or `shop/web` in another namespace than default.
        client: who asks.
        first: the rungs that tell the causes first, a cause each; `{rung: endpoints, of: The selector matches no Pod}`
            says of which cause.
    """

    service: str
    client: Where = Field(alias="from")
    first: list[First] = Field(default_factory=list)


class Task(StepBase):
    """Something to do; done when `until` holds. A challenge is a task without its way shown.

    Args:
        kind: `task` or `challenge`.
        until: what must hold.
        refused: repairs that do not count, each with the reason.
        rehearsal: what a repair has to stand.
        ladder: for a challenge: the request that fails, to show what has been looked at.
        alternatives: other command sequences that accomplish the step.
        wrong: mistakes, each with the sentence it must bring up.
    """

    kind: Literal["task", "challenge"]
    until: Condition
    refused: list[Refusal] = Field(default_factory=list)
    rehearsal: Rehearsal | None = None
    ladder: Ladder | None = None
    solve: list[str] = Field(min_length=1)
    alternatives: list[list[str]] = Field(default_factory=list)
    wrong: list[Wrong] = Field(default_factory=list)


class Predict(StepBase):
    """A question answered before it is seen; any answer will do, and is shown beside what then happens.

    Args:
        kind: `predict`.
        question: one question.
        options: the possible answers, exactly one of them right.
        then: commands played once the answer is given.
        reveal: the value the cluster then shows.
        recall: whether it is asked again in reviews.
    """

    kind: Literal["predict"]
    question: Text
    options: list[Option] = Field(min_length=2)
    then: list[str] = Field(default_factory=list)
    reveal: Value | None = None
    recall: bool = False


class Quiz(StepBase):
    """A question to be answered rightly; several right options are to be chosen together.

    Args:
        kind: `quiz`.
        question: one question; it says so if several options are right.
        options: the possible answers, at least one of them right and one wrong.
        recall: whether it is asked again in reviews.
    """

    kind: Literal["quiz"]
    question: Text
    options: list[Option] = Field(min_length=2)
    recall: bool = True


class Observe(StepBase):
    """A value to be read off the screen and typed in.

    Args:
        kind: `observe`.
        ask: what to look for.
        answer: where the right value comes from; with several (`[*]`), any of them is right.
        accept: other texts that are right too.
    """

    kind: Literal["observe"]
    ask: Text
    answer: Value
    accept: list[str] = Field(default_factory=list)


def kind_of_step(value: Any) -> str | None:
    """The tag of a step's kind; None if it has none that is known."""
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return {"challenge": "task"}.get(kind, kind) if isinstance(kind, str) and kind in STEP_KINDS else None


STEP_KINDS: Final[dict[str, type[StepBase]]] = {
    "read": Read,
    "task": Task,
    "predict": Predict,
    "observe": Observe,
    "quiz": Quiz,
    "challenge": Task,
}
Step: TypeAlias = Annotated[
    Annotated[Read, Tag("read")]
    | Annotated[Task, Tag("task")]
    | Annotated[Predict, Tag("predict")]
    | Annotated[Quiz, Tag("quiz")]
    | Annotated[Observe, Tag("observe")],
    Discriminator(kind_of_step, custom_error_type="unknown_step_kind", custom_error_message="no such kind of step"),
]


class Lesson(Record):
    """A lesson file.

    Args:
        format: 1.
        id: lower-case letters, digits and dashes; never changes, since progress is kept by it.
        title: its name in the list.
        summary: one or two sentences for the list.
        minutes: how long it takes.
        objectives: what the learner can do afterwards.
        terms: words of the glossary it uses.
        vars: what differs from learner to learner, by name; `((name))` in any later text stands for it.
        cluster: what is there when it begins.
        files: files in the learner's home folder: their text, or where it comes from.
        steps: in order.
    """

    format: Literal[1]
    id: Identifier
    title: Text
    summary: str = ""
    minutes: int = Field(ge=1, le=120)
    objectives: list[str] = Field(default_factory=list)
    terms: list[str] = Field(default_factory=list)
    vars: dict[VariableName, Variable] = Field(default_factory=dict)
    cluster: ClusterSetup = Field(default_factory=ClusterSetup)
    files: dict[str, str | FileFrom] = Field(default_factory=dict)
    steps: list[Step] = Field(min_length=1)

    def step_index(self, step_id: str) -> int | None:
        """The place of a step, from 0; None if there is none of that id."""
        return next((place for place, step in enumerate(self.steps) if step.id == step_id), None)
