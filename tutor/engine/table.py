"""Tables of objects, made on the API's side so that every client shows the same columns.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.engine.objects import Object


@dataclass(frozen=True)
class Column:
    """One column; `wide` ones show only when asked for (`-o wide`)."""

    name: str
    wide: bool = False


@dataclass(frozen=True)
class Row:
    """One object as a row; `cells` has a text for every column of its table, wide ones included."""

    cells: tuple[str, ...]
    object: Object


@dataclass(frozen=True)
class Table:
    """Columns and rows; column names are as the API has them, such as `Cluster-IP` (kubectl prints upper case)."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
