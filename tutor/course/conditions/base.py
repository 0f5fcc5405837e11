"""What every condition record shares, and the small types their fields are made of."""

from __future__ import annotations

import operator
import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tutor.course.conditions.evidence import Evidence
from tutor.engine.objects import Object
from tutor.engine.resources import Resource, find_resource
from tutor.engine.store import Store


class Record(BaseModel):
    """Data from a lesson file: nothing unknown, nothing converted, nothing changed afterwards."""

    # Built when the first lesson is read: a program that only lists lessons does not wait for thirty validators.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Leaf(Record):
    """One thing that must hold.

    Args:
        missing: (`else`) what the learner reads while it does not hold: what is still missing, and where.
        title: what it asks for, if the words made from the data will not do.
    """

    missing: str = Field("", alias="else")
    title: str = ""

    @abstractmethod
    def holds(self, evidence: Evidence) -> bool:
        """Whether it holds on this evidence."""

    @abstractmethod
    def described(self) -> str:
        """What it asks for, in words made from the data."""

    @property
    def text(self) -> str:
        """What it asks for, as the learner reads it."""
        return self.title or self.described()


def _checked_reference(text: str) -> str:
    parts = text.split("/")
    if len(parts) not in {2, 3} or not all(parts):
        raise ValueError("write it kind/name, or namespace/kind/name")
    if find_resource(parts[-2]) is None:
        raise ValueError(f"there is no kind {parts[-2]!r} in the simulated cluster")
    return text


ObjectPath: TypeAlias = Annotated[str, AfterValidator(_checked_reference)]
"""`service/nginx`, or `shop/service/cart` for another namespace than default."""


def split_object_path(text: str) -> tuple[Resource, str, str]:
    """The resource, namespace ("" if cluster-scoped) and name an `ObjectPath` stands for."""
    *namespace, kind, name = text.split("/")
    resource = find_resource(kind)
    assert resource is not None  # noqa: S101  # the schema has checked it
    return resource, (namespace[0] if namespace else "default") if resource.namespaced else "", name


def find_object(store: Store, path: str) -> Object | None:
    """The object an `ObjectPath` stands for, or None; one that is being deleted is there until it is gone."""
    resource, namespace, name = split_object_path(path)
    return store.get(resource.kind, namespace, name)


def in_words(path: str) -> str:
    """An `ObjectPath` as a person says it: `Service nginx`, `Service cart in namespace shop`."""
    resource, namespace, name = split_object_path(path)
    where = f" in namespace {namespace}" if namespace not in {"", "default"} else ""
    return f"{resource.kind} {name}{where}"


def split_name(text: str) -> tuple[str, str]:
    """Namespace and name of `cart` (in default) or `shop/cart`."""
    namespace, _, name = text.rpartition("/")
    return namespace or "default", name


_AMOUNT: Final = re.compile(r"(>=|<=|>|<)?\s*(\d+)")
_COMPARE: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def _checked_amount(value: int | str) -> int | str:
    if isinstance(value, str) and _AMOUNT.fullmatch(value) is None:
        raise ValueError('write a whole number, or a comparison such as ">=2"')
    return value


Amount: TypeAlias = Annotated[int | str, AfterValidator(_checked_amount)]
"""How many: `3`, or `">=2"`, `"<5"`."""


def is_amount(found: int, wanted: int | str) -> bool:
    """Whether a number is the amount wanted."""
    match = _AMOUNT.fullmatch(str(wanted))
    assert match is not None  # noqa: S101  # the schema has checked it
    return _COMPARE[match[1] or ""](found, int(match[2]))


def amount_in_words(wanted: int | str) -> str:
    """An amount as a person says it: `3`, `at least 2`, `fewer than 5`."""
    match = _AMOUNT.fullmatch(str(wanted))
    assert match is not None  # noqa: S101  # the schema has checked it
    words = {"": "", ">=": "at least ", "<=": "at most ", ">": "more than ", "<": "fewer than "}[match[1] or ""]
    return words + match[2]


def _checked_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


Pattern: TypeAlias = Annotated[str, AfterValidator(_checked_pattern)]
"""A regular expression, searched for anywhere in the text."""


def labels_in_words(labels: Mapping[str, str]) -> str:
    """Labels as kubectl writes them: `app=nginx,tier=web`."""
    return ",".join(f"{key}={value}" for key, value in labels.items())
