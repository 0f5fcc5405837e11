"""What the API needs to know of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.durations import human_duration
from tutor.engine.errors import FieldError
from tutor.engine.objects import Object
from tutor.engine.resources import Resource
from tutor.engine.table import Column

Errors: TypeAlias = Iterable[FieldError]


def _unchanged(obj: Object) -> Object:
    return obj


def _fine(_obj: Object) -> Errors:
    return ()


def _fine_update(_new: Object, _old: Object) -> Errors:
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind's defaults, validation, table and selectable fields.

    Args:
        resource: how clients call it.
        columns: the table's columns, wide ones last.
        cells: the table's texts for an object, one a column; asks the clock for ages.
        default: fills in what a manifest may leave out; never changes its argument.
        validate: what is wrong with a new object (metadata apart).
        validate_update: what is wrong with an object in the place of the old one (metadata apart).
        fields: field selectors beside metadata.name and metadata.namespace, with their values in an object.
        name_problems: what names may look like.
        status: the status of a new object; None if the kind has no status subresource.
        generation: whether metadata.generation counts changes of what is wanted.
        scales: whether it has a scale subresource.
    """

    resource: Resource
    columns: tuple[Column, ...]
    cells: Callable[[Object, Clock], tuple[str, ...]]
    default: Callable[[Object], Object] = _unchanged
    validate: Callable[[Object], Errors] = _fine
    validate_update: Callable[[Object, Object], Errors] = _fine_update
    fields: Callable[[Object], Mapping[str, str]] | None = None
    name_problems: names.Check = names.subdomain_problems
    status: Callable[[Object], Mapping[str, Any]] | None = None
    generation: bool = False
    scales: bool = False

    def has_subresource(self, name: str) -> bool:
        """Whether objects have a `status`, or a `scale`."""
        return self.status is not None if name == "status" else self.scales and name == "scale"


def columns(*shown: str, wide: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Columns of a table: those always shown, then those of `-o wide`."""
    return (*(Column(name) for name in shown), *(Column(name, wide=True) for name in wide))


def age(timestamp: str | None, clock: Clock) -> str:
    """How long ago an RFC 3339 instant was, as kubectl shows ages."""
    return human_duration(clock.now - clock.seconds(timestamp)) if timestamp else "<unknown>"


def age_of(obj: Object, clock: Clock) -> str:
    """How long the object has existed."""
    return age(obj["metadata"].get("creationTimestamp"), clock)


def pairs(labels: Mapping[str, str] | None, none: str = "<none>") -> str:
    """Labels as `a=1,b=2`, sorted."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) if labels else none


def format_selector(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector as a table shows it.

    Source: `FormatLabelSelector` of k8s.io/apimachinery/pkg/apis/meta/v1.
    """
    from tutor.engine.selectors import from_label_selector

    return str(from_label_selector(selector)) or "<none>" if selector is not None else "<none>"
