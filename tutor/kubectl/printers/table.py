"""Tables, with the columns kubectl adds to those the API sends.

Source: https://github.com/kubernetes/cli-runtime/blob/master/pkg/printers/tableprinter.go
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.engine.objects import labels_of, namespace_of
from tutor.engine.resources import Resource
from tutor.engine.table import Row, Table
from tutor.kubectl.printers.tabwriter import ColumnWriter
from tutor.kubectl.printers.text import escape_terminal

_LINE_END = re.compile(r"[\f\n\r]")


@dataclass(frozen=True)
class TableOptions:
    """What to show.

    Args:
        wide: the wide columns too.
        headers: the line of headers.
        namespace: a column NAMESPACE in front.
        kind: the kind before each name.
        labels: these labels as columns.
        show_labels: all labels in a last column.
    """

    wide: bool = False
    headers: bool = True
    namespace: bool = False
    kind: bool = False
    labels: tuple[str, ...] = ()
    show_labels: bool = False


class TablePrinter:
    """Prints tables of one kind, the headers once; later rows keep the columns' places.

    Args:
        resource: the kind.
        options: what to show.
    """

    def __init__(self, resource: Resource, options: TableOptions) -> None:
        self._resource = resource
        self._options = options
        self._writer = ColumnWriter()
        self._headers_due = options.headers

    def text(self, table: Table, event: str = "") -> str:
        """The rows as lines, under the headers if they have not been printed; nothing for no rows.

        Args:
            table: as the API made it.
            event: `ADDED` and the like, for a column EVENT in front.
        """
        if not table.rows:
            return ""
        rows = [self._cells(table, row, event) for row in table.rows]
        if self._headers_due:
            rows.insert(0, self._headers(table, event))
            self._headers_due = False
        return self._writer.rows(rows)

    def _headers(self, table: Table, event: str) -> list[str]:
        options = self._options
        return [
            *(["EVENT"] if event else []),
            *(["NAMESPACE"] if options.namespace else []),
            *(column.name.upper() for column in table.columns if options.wide or not column.wide),
            *(label.rsplit("/", 1)[-1].upper() for label in options.labels),
            *(["LABELS"] if options.show_labels else []),
        ]

    def _cells(self, table: Table, row: Row, event: str) -> list[str]:
        options, labels = self._options, labels_of(row.object)
        shown = [
            self._cell(cell, column.name)
            for cell, column in zip(row.cells, table.columns, strict=True)
            if options.wide or not column.wide
        ]
        return [
            *([f"{event:<10}"] if event else []),
            *([namespace_of(row.object)] if options.namespace else []),
            *shown,
            *(labels.get(label, "") for label in options.labels),
            *([format_labels(labels)] if options.show_labels else []),
        ]

    def _cell(self, text: str, column: str) -> str:
        if column == "Name" and self._options.kind:
            text = f"{self._resource.qualified_singular}/{text}"
        first = _LINE_END.split(text, maxsplit=1)[0]
        return escape_terminal(first) + ("..." if first != text else "")


def format_labels(labels: object) -> str:
    """Labels as `a=1,b=2`; `<none>` for none."""
    pairs = sorted(labels.items()) if isinstance(labels, dict) else []
    return ",".join(f"{key}={value}" for key, value in pairs) or "<none>"


def plain_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under headers (none if empty), aligned as kubectl's own tables are."""
    return ColumnWriter().rows([*([headers] if headers else []), *rows])
