"""Conditions that installed Python packages offer; a package is loaded only when a lesson uses one of its own."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from tutor.course.problems import did_you_mean

ENTRY_POINTS: Final = "tutor.conditions"
"""The entry point group: each a function `(evidence, **with) -> bool`."""


class BrokenConditionError(Exception):
    """A condition of an installed package failed, instead of saying whether it holds.

    Args:
        name: the condition's name.
        error: what its function raised.
    """

    def __init__(self, name: str, error: BaseException) -> None:
        super().__init__(f"The condition {name} of the package {package_of(name)} failed: {error!r}")
        self.name = name


NamedCondition: TypeAlias = Callable[..., bool]


@lru_cache
def named_condition(name: str) -> NamedCondition:
    """The function behind a name.

    Raises:
        ValueError: no installed package offers it, several do, or it cannot be loaded.
    """
    points = importlib.metadata.entry_points(group=ENTRY_POINTS)
    found = {point.value: point for point in points if point.name == name}
    if not found:
        known = did_you_mean(name, [point.name for point in points])
        mend = known or f"install the package that has it among its entry points of {ENTRY_POINTS}"
        raise ValueError(f"no installed package offers the condition {name!r}; {mend}")
    if len(found) > 1:
        raise ValueError(f"the condition {name!r} is offered more than once: {', '.join(sorted(found))}")
    (point,) = found.values()
    try:
        loaded = point.load()
    except Exception as error:  # whatever a package of others does when it is loaded
        raise ValueError(f"the condition {name!r} cannot be loaded from {point.value}: {error!r}") from error
    if not callable(loaded):
        raise ValueError(f"the condition {name!r} is no function: {point.value}")
    function: NamedCondition = loaded
    return function


def package_of(name: str) -> str:
    """The package that offers a condition, with its version; the module, if no package is known by that."""
    points = importlib.metadata.entry_points(group=ENTRY_POINTS)
    point = next((point for point in points if point.name == name), None)
    if point is None:
        return "?"
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.module
