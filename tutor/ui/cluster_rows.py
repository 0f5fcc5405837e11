"""The cluster as tables, with what the last command changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tutor.engine.bootstrap import SYSTEM_NAMESPACES
from tutor.engine.objects import Object, labels_of, name_of, namespace_of
from tutor.engine.resources import BY_KIND
from tutor.ui.network_rows import name_rows, rule_rows
from tutor.ui.row_filter import RowFilter

if TYPE_CHECKING:
    from tutor.engine.cluster import Cluster
    from tutor.engine.store import Ref

Mark: TypeAlias = Literal["", "new", "changed", "gone"]
SIGNS: Final[Mapping[Mark, str]] = {"": " ", "new": "+", "changed": "~", "gone": "-"}

_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "Service": ("Name", "Type", "Cluster-IP", "Port(s)", "Selector"),
    "Endpoints": ("Name", "Endpoints"),
    "EndpointSlice": ("Name", "Ports", "Endpoints"),
    "Pod": ("Name", "Ready", "Status", "IP", "Labels", "Node"),
    "Deployment": ("Name", "Ready", "Up-to-date", "Available"),
    "Event": ("Type", "Reason", "Object", "Message"),
    "Name": ("Name", "Type", "Resolves to"),
    "Rule": ("Service", "Address", "Endpoint", "Chance", "Affinity"),
}
_FIRST_TO_GO: Final = ("Affinity", "Node", "Selector", "Labels", "Type", "Up-to-date", "Ports", "Ready", "IP")
KINDS: Final = tuple(_SHOWN)
"""The kinds there are tables of; all but `Name` (of cluster DNS) and `Rule` (of kube-proxy) are kinds of objects."""


@dataclass(frozen=True)
class MarkedRow:
    """One object as a row.

    Args:
        ref: kind, namespace and name.
        cells: a text for every column.
        mark: what happened to it since the last command began.
    """

    ref: Ref
    cells: tuple[str, ...]
    mark: Mark = ""

    @property
    def about(self) -> Ref:
        """The object itself: for a name of DNS and a rule of the proxy, their Service."""
        kind, namespace, name = self.ref
        return ("Service", namespace, re.split(r"[./]", name)[0]) if kind in {"Name", "Rule"} else self.ref

    @property
    def copied(self) -> str:
        """What copying the row gives: a name, or the address a rule is for."""
        return self.cells[-4] if self.ref[0] == "Rule" else self.ref[2]


@dataclass(frozen=True)
class MarkedTable:
    """Rows of one kind; those that are gone come where they were."""

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[MarkedRow, ...] = ()

    def matching(self, wanted: RowFilter) -> MarkedTable:
        """The same with only the rows that a filter lets through."""
        place = self.columns.index("Labels") if "Labels" in self.columns else None
        rows = (
            row
            for row in self.rows
            if wanted.lets_through(row.ref[1], row.cells, row.cells[place] if place is not None else "")
        )
        return MarkedTable(self.kind, self.columns, tuple(rows))

    def fitting(self, width: int) -> MarkedTable:
        """The same with as many columns as fit into `width` cells, less important ones left out first."""
        columns = list(self.columns)
        for name in _FIRST_TO_GO:
            if self._width(columns) <= width:
                break
            if name in columns and name != _SHOWN[self.kind][0] and len(columns) > 2:
                columns.remove(name)
        kept = [self.columns.index(name) for name in columns]
        rows = (MarkedRow(row.ref, tuple(row.cells[i] for i in kept), row.mark) for row in self.rows)
        return MarkedTable(self.kind, tuple(columns), tuple(rows))

    @property
    def widths(self) -> tuple[int, ...]:
        """The width of each column in characters."""
        return tuple(
            max((len(name), *(len(row.cells[place]) for row in self.rows))) for place, name in enumerate(self.columns)
        )

    def _width(self, columns: Iterable[str]) -> int:
        widths = dict(zip(self.columns, self.widths, strict=True))
        return sum(widths[name] + 2 for name in columns)


_Cells: TypeAlias = dict["Ref", tuple[str, ...]]


class ClusterRows:
    """Makes tables of a cluster, comparing it with how it was when the last command began.

    Args:
        cluster: read, never changed.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._before: dict[str, _Cells] = {}
        self._tables: dict[str, tuple[int, MarkedTable]] = {}
        self._chosen: tuple[str, str] | None = None
        self.begin()

    @property
    def chosen(self) -> tuple[str, str] | None:
        """Namespace and name of the Service whose rules are shown; None for all."""
        return self._chosen

    @chosen.setter
    def chosen(self, service: tuple[str, str] | None) -> None:
        self._chosen = service
        self._tables.pop("Rule", None)

    @property
    def revision(self) -> int:
        """Changes whenever a table may."""
        return self._cluster.store.revision

    def begin(self) -> None:
        """A new command begins: marks go, and what is there now is what is compared with."""
        self._before = {kind: self._cells(kind) for kind in KINDS}
        self._tables.clear()

    def table(self, kind: str) -> MarkedTable:
        """The objects of a kind, without those of the system's own namespaces."""
        made = self._tables.get(kind)
        if made is None or made[0] != self.revision:
            made = self.revision, self._make(kind)
            self._tables[kind] = made
        return made[1]

    def kin_of(self, ref: Ref) -> frozenset[Ref]:
        """The Pods a Service selects, or the Services that select a Pod, with the one asked about; or nothing."""
        kind, namespace, _ = ref
        one = self._cluster.store.get(*ref) if kind in {"Service", "Pod"} else None
        if one is None:
            return frozenset()
        others = self._cluster.store.list("Pod" if kind == "Service" else "Service", namespace)
        pairs = ((one, other) if kind == "Service" else (other, one) for other in others)
        kin = {r for service, pod in pairs if selects(service, pod) for r in (ref_of(service), ref_of(pod))}
        return frozenset(kin)

    def _make(self, kind: str) -> MarkedTable:
        before, now = self._before[kind], self._cells(kind)
        rows = [
            MarkedRow(ref, now.get(ref) or before[ref], _mark(before.get(ref), now.get(ref)))
            for ref in sorted(before.keys() | now.keys())
        ]
        if kind == "Rule" and self._chosen is not None:
            rows = [row for row in rows if (row.about[1], row.about[2]) == self._chosen]
        columns = _SHOWN[kind]
        if len({row.ref[1] for row in rows}) > 1:
            columns = ("Namespace", *columns)
            rows = [MarkedRow(row.ref, (row.ref[1], *row.cells), row.mark) for row in rows]
        return MarkedTable(kind, columns, tuple(rows))

    def _shown(self, kind: str) -> list[Object]:
        return [obj for obj in self._cluster.store.list(kind) if namespace_of(obj) not in SYSTEM_NAMESPACES]

    def _cells(self, kind: str) -> _Cells:
        if kind in {"Name", "Rule"}:
            make = name_rows if kind == "Name" else rule_rows
            return {(kind, *place): cells for place, cells in make(self._cluster, self._shown("Service")).items()}
        objects = self._shown(kind)
        table = self._cluster.api.table(BY_KIND[kind], objects)
        places = {column.name: place for place, column in enumerate(table.columns)}
        return {
            (kind, namespace_of(row.object), name_of(row.object)): tuple(
                _pairs(labels_of(row.object)) if name == "Labels" else row.cells[places[name]] for name in _SHOWN[kind]
            )
            for row in table.rows
        }


def _mark(before: Sequence[str] | None, now: Sequence[str] | None) -> Mark:
    if before is None:
        return "new"
    if now is None:
        return "gone"
    return "changed" if before != now else ""


def _pairs(labels: Mapping[str, str]) -> str:
    """Labels as `key=value`, those the controllers add for themselves left out."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()) if key != "pod-template-hash")


def ref_of(obj: Object) -> Ref:
    """Kind, namespace and name."""
    return str(obj["kind"]), namespace_of(obj), name_of(obj)


def selects(service: Object, pod: Object) -> bool:
    """Whether a Service's selector, if it has one, is met by a Pod's labels."""
    selector = service["spec"].get("selector") or {}
    return bool(selector) and selector.items() <= labels_of(pod).items()


def selector_of(service: Object) -> str:
    """A Service's selector as `key=value,…`; empty if it has none."""
    return ",".join(f"{key}={value}" for key, value in sorted((service["spec"].get("selector") or {}).items()))
