"""What a command changed in the cluster, in sentences: the words for what the screen marks in its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from tutor.engine.bootstrap import SYSTEM_NAMESPACES
from tutor.engine.objects import Object, labels_of, name_of, namespace_of
from tutor.engine.resources import BY_KIND
from tutor.plain.sentences import part_of, value_of

if TYPE_CHECKING:
    from tutor.engine.cluster import Cluster

_KINDS: Final = (
    "Namespace", "Node", "Deployment", "ReplicaSet", "Pod", "Service", "EndpointSlice", "NetworkPolicy", "ConfigMap",
)  # fmt: skip
_ALSO: Final = {"Pod": ("IP",), "Service": ("SELECTOR",)}
"""Columns of the wide table that are worth hearing."""
_LABELLED: Final = frozenset({"Pod", "Namespace", "Node"})
"""Kinds whose labels decide about something."""
_HASH: Final = "pod-template-hash"
_NEVER: Final = frozenset({"NAME", "AGE", "RESTARTS"})

_Rows: TypeAlias = dict[tuple[str, str, str], dict[str, str]]


class Changes:
    """Compares the cluster with how it was when the last command began.

    Args:
        cluster: read, never changed.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._before: _Rows = {}
        self.begin()

    def begin(self) -> None:
        """A command begins: what is there now is what is compared with."""
        self._before = self._rows()

    def said(self) -> list[str]:
        """A sentence for every object that was added, changed or deleted since."""
        now = self._rows()
        places = {kind: place for place, kind in enumerate(_KINDS)}
        refs = sorted(self._before.keys() | now.keys(), key=lambda ref: (places[ref[0]], ref[1:]))
        return [text for ref in refs if (text := _difference(ref, self._before.get(ref), now.get(ref)))]

    def _rows(self) -> _Rows:
        return {(kind, namespace_of(obj), name_of(obj)): cells for kind in _KINDS for obj, cells in self._table(kind)}

    def _table(self, kind: str) -> Iterator[tuple[Object, dict[str, str]]]:
        objects = [obj for obj in self._cluster.store.list(kind) if namespace_of(obj) not in SYSTEM_NAMESPACES]
        table = self._cluster.api.table(BY_KIND[kind], objects)
        names = [column.name.upper() for column in table.columns]
        wide = {column.name.upper() for column in table.columns if column.wide} - set(_ALSO.get(kind, ()))
        for row in table.rows:
            cells = dict(zip(names, row.cells, strict=True))
            labels = ",".join(f"{key}={value}" for key, value in sorted(labels_of(row.object).items()) if key != _HASH)
            shown = {name: cell for name, cell in cells.items() if name not in wide | _NEVER}
            yield row.object, shown | ({"LABELS": labels} if kind in _LABELLED else {})


def _difference(ref: tuple[str, str, str], before: dict[str, str] | None, now: dict[str, str] | None) -> str:
    kind, namespace, name = ref
    what = f"{kind} {name}" + (f" in namespace {namespace}" if namespace not in {"", "default"} else "")
    if before is None:
        parts = (part_of(column, cell) for column, cell in (now or {}).items())
        return f"Added: {what}: {', '.join(filter(None, parts))}."
    if now is None:
        return f"Deleted: {what}."
    changed = [
        f"{part_of(column, cell)} instead of {value_of(column, before[column])}"
        for column, cell in now.items()
        if cell != before[column]
    ]
    return f"Changed: {what}: {', '.join(changed)}." if changed else ""
