"""Conditions combined by all, any and not, and what a learner sees of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, TypeAlias

from pydantic import Discriminator, Field, Tag

from tutor.course.conditions.base import Leaf
from tutor.course.conditions.doing import Answered, FileHas, Inside, Installed, Named, OutputHas, Ran
from tutor.course.conditions.evidence import Evidence
from tutor.course.conditions.named import BrokenConditionError
from tutor.course.conditions.objects import Absent, Count, Endpoints, Exists, FieldIs, Selects, Unchanged
from tutor.course.conditions.traffic import Request, Resolves
from tutor.course.view import ConditionView


class All(Leaf):
    """`all: [...]`: every one of them holds."""

    conditions: list[Condition] = Field(alias="all", min_length=1)

    def holds(self, evidence: Evidence) -> bool:
        """Whether every one holds."""
        return all(condition.holds(evidence) for condition in self.conditions)

    def described(self) -> str:
        """The descriptions, joined."""
        return " and ".join(condition.text for condition in self.conditions)


class AnyOf(Leaf):
    """`any: [...]`: at least one of them holds."""

    conditions: list[Condition] = Field(alias="any", min_length=1)

    def holds(self, evidence: Evidence) -> bool:
        """Whether one holds."""
        return any(condition.holds(evidence) for condition in self.conditions)

    def described(self) -> str:
        """The descriptions, joined."""
        return " or ".join(condition.text for condition in self.conditions)


class Not(Leaf):
    """`not: {...}`: it does not hold."""

    condition: Condition = Field(alias="not")

    def holds(self, evidence: Evidence) -> bool:
        """Whether it does not hold."""
        return not self.condition.holds(evidence)

    def described(self) -> str:
        """The description, denied."""
        return f"not: {self.condition.text}"


KINDS: Final[dict[str, type[Leaf]]] = {
    "all": All,
    "any": AnyOf,
    "not": Not,
    "exists": Exists,
    "absent": Absent,
    "field": FieldIs,
    "unchanged": Unchanged,
    "count": Count,
    "selects": Selects,
    "endpoints": Endpoints,
    "request": Request,
    "resolves": Resolves,
    "ran": Ran,
    "inside": Inside,
    "installed": Installed,
    "file": FileHas,
    "output": OutputHas,
    "answered": Answered,
    "named": Named,
}


def kind_of(value: Any) -> str | None:
    """The word that says which condition a mapping is; None if it has none or several."""
    if isinstance(value, Leaf):
        return next(word for word, model in KINDS.items() if model is type(value))
    if not isinstance(value, dict):
        return None
    words = [key for key in value if key in KINDS]
    return words[0] if len(words) == 1 else None


Condition: TypeAlias = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Exists, Tag("exists")]
    | Annotated[Absent, Tag("absent")]
    | Annotated[FieldIs, Tag("field")]
    | Annotated[Unchanged, Tag("unchanged")]
    | Annotated[Count, Tag("count")]
    | Annotated[Selects, Tag("selects")]
    | Annotated[Endpoints, Tag("endpoints")]
    | Annotated[Request, Tag("request")]
    | Annotated[Resolves, Tag("resolves")]
    | Annotated[Ran, Tag("ran")]
    | Annotated[Inside, Tag("inside")]
    | Annotated[Installed, Tag("installed")]
    | Annotated[FileHas, Tag("file")]
    | Annotated[OutputHas, Tag("output")]
    | Annotated[Answered, Tag("answered")]
    | Annotated[Named, Tag("named")],
    Discriminator(kind_of, custom_error_type="unknown_condition", custom_error_message="no such condition"),
]
"""Any condition; its kind is the one key it has that names one."""


def shown(condition: Leaf) -> Iterator[Leaf]:
    """The conditions that are lines of their own for the learner: those under nested `all`s, one by one."""
    if isinstance(condition, All) and not condition.title:
        for inner in condition.conditions:
            yield from shown(inner)
    else:
        yield condition


def look(condition: Leaf, evidence: Evidence) -> tuple[ConditionView, ...]:
    """How each line of a condition stands."""
    return tuple(_line(each, evidence) for each in shown(condition))


def _line(condition: Leaf, evidence: Evidence) -> ConditionView:
    try:
        met = condition.holds(evidence)
        return ConditionView(condition.text, met, "" if met else missing_text(condition, evidence))
    except BrokenConditionError as broken:
        return ConditionView(condition.text, met=False, missing=str(broken))


def missing_text(condition: Leaf, evidence: Evidence) -> str:
    """The author's sentence for an unmet condition: its own, or that of the first unmet one within."""
    if condition.missing or not isinstance(condition, All | AnyOf):
        return condition.missing.strip()
    return next(
        (
            text
            for inner in condition.conditions
            if not inner.holds(evidence) and (text := missing_text(inner, evidence))
        ),
        "",
    )


def walk(condition: Leaf, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Leaf]]:
    """A condition and all those within it, each with where it stands."""
    yield path, condition
    if isinstance(condition, All | AnyOf):
        word = "all" if isinstance(condition, All) else "any"
        for place, inner in enumerate(condition.conditions):
            yield from walk(inner, (*path, word, place))
    elif isinstance(condition, Not):
        yield from walk(condition.condition, (*path, "not"))


def without_else(condition: Leaf, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in the tree an `else` is missing that a learner would need."""
    if condition.missing:
        return
    if isinstance(condition, All | AnyOf):
        word = "all" if isinstance(condition, All) else "any"
        for place, inner in enumerate(condition.conditions):
            yield from without_else(inner, (*path, word, place))
    else:
        yield path
