"""Which objects a list or a watch asks for.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tutor.engine import selectors
from tutor.engine.errors import bad_request
from tutor.engine.kinds import KINDS
from tutor.engine.kinds.base import Kind
from tutor.engine.objects import Object, labels_of, name_of, namespace_of
from tutor.engine.resources import Resource
from tutor.engine.store import Change

EventType = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(frozen=True)
class WatchEvent:
    """One thing that happened to an object a watch asks about."""

    type: EventType
    object: Object


WatchEvents: TypeAlias = list[WatchEvent]


class Query:
    """A label and a field selector on one resource.

    Args:
        resource: of which kind the objects are.
        labels: a label selector, as `-l` takes it.
        fields: a field selector, as `--field-selector` takes it.

    Raises:
        ApiError: BadRequest, for a selector that cannot be read.
    """

    def __init__(self, resource: Resource, labels: str, fields: str) -> None:
        try:
            self.labels = selectors.parse_selector(labels)
            self._fields = selectors.parse_field_selector(fields)
        except selectors.SelectorError as error:
            raise bad_request(str(error)) from None
        self._kind = KINDS[resource.kind]
        for requirement in self._fields:
            _check_field(self._kind, requirement.field)

    def matches(self, obj: Object) -> bool:
        """Whether an object meets both selectors."""
        return self.labels.matches(labels_of(obj)) and self._matches_fields(obj)

    def _matches_fields(self, obj: Object) -> bool:
        if not self._fields:
            return True
        values = {"metadata.name": name_of(obj), "metadata.namespace": namespace_of(obj)}
        values.update(self._kind.fields(obj) if self._kind.fields else {})
        return all((values[item.field] == item.value) == item.equal for item in self._fields)

    def event(self, change: Change) -> WatchEvent | None:
        """What a change of the store is to whoever watches these objects; None if nothing."""
        before = change.old is not None and self.matches(change.old)
        after = change.type != "DELETED" and self.matches(change.object)
        if not before and not after:
            return None
        return WatchEvent("MODIFIED" if before and after else "ADDED" if after else "DELETED", change.object)


def _check_field(kind: Kind, field: str) -> None:
    """Refuse a field selector on a field the kind cannot be selected by."""
    if field in {"metadata.name", "metadata.namespace"}:
        return
    if kind.fields is None:
        raise bad_request(f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"')
    probe: Object = {"metadata": {"name": ""}, "spec": {}}
    if field not in kind.fields(probe):
        raise bad_request(f"field label not supported: {field}")
