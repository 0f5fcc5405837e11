"""`-o custom-columns=NAME:.metadata.name,IP:.spec.clusterIP`, and `--sort-by`.

Source: customcolumn.go and sorter.go of https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/get
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from tutor.engine.objects import Object
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.printers.jsonpath import JsonPath, relaxed
from tutor.kubectl.printers.jsonpath_parser import JsonPathError
from tutor.kubectl.printers.text import escape_terminal, go_value

_RUN = re.compile(r"\d+|\D+")
_QUANTITY = re.compile(r"([-+]?\d+(?:\.\d*)?)([numkMGTPE]|[KMGTPE]i)?")
_UNITS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_UNITS |= {f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTPE", 1)}


@dataclass(frozen=True)
class CustomColumn:
    """One column: what stands above it and where its values are."""

    header: str
    path: JsonPath


def parse_columns(spec: str) -> list[CustomColumn]:
    """The columns of a `HEADER:path,HEADER:path` text.

    Raises:
        KubectlError: it is none.
    """
    if not spec:
        raise KubectlError("custom-columns format specified but no custom columns given")
    found = []
    for part in spec.split(","):
        header, colon, path = part.partition(":")
        if not colon:
            raise KubectlError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        found.append(_column(header, path))
    return found


def parse_columns_file(text: str) -> list[CustomColumn]:
    """The columns of a file with a line of headers and a line of paths.

    Raises:
        KubectlError: it is none.
    """
    lines = text.splitlines()
    for at, missing in enumerate(("header", "spec")):
        if len(lines) <= at:
            raise KubectlError(
                f"invalid template, missing {missing} line. Expected format is one line of space separated headers, "
                "one line of space separated column specs."
            )
    headers, paths = lines[0].split(), lines[1].split()
    if len(headers) != len(paths):
        raise KubectlError(f"number of headers ({len(headers)}) and field specifications ({len(paths)}) don't match")
    return [_column(header, path) for header, path in zip(headers, paths, strict=True)]


def _column(header: str, path: str) -> CustomColumn:
    try:
        return CustomColumn(header, JsonPath(relaxed(path) if path else path))
    except JsonPathError as error:
        raise KubectlError(str(error)) from None


def column_rows(columns: Sequence[CustomColumn], objects: Sequence[Object]) -> list[tuple[str, ...]]:
    """The cells of the objects, without the headers.

    Raises:
        KubectlError: a path does not fit an object.
    """
    try:
        return [tuple(_cell(column, obj) for column in columns) for obj in objects]
    except JsonPathError as error:
        raise KubectlError(str(error)) from None


def _cell(column: CustomColumn, obj: Object) -> str:
    results = column.path.find(obj)
    if not results or not results[0]:
        return "<none>"
    return ",".join(escape_terminal(go_value(value)) for values in results for value in values)


def sort_objects(objects: Sequence[Object], expression: str) -> list[Object]:
    """The objects ordered by a field, those without it first.

    Raises:
        KubectlError: the expression is no path, or no object has the field.
    """
    try:
        template = relaxed(expression)
        path = JsonPath(template)
        keys = [_first(path.find(obj)) for obj in objects]
    except JsonPathError as error:
        raise KubectlError(str(error)) from None
    if objects and all(key is None for key in keys):
        raise KubectlError(f'couldn\'t find any field with path "{template}" in the list of objects')
    compared = cmp_to_key(_compare)
    order = sorted(range(len(objects)), key=lambda at: compared(keys[at]))
    return [objects[at] for at in order]


def _first(results: Sequence[Sequence[Any]]) -> Any:
    return results[0][0] if results and results[0] else None


def _compare(one: Any, other: Any) -> int:
    if one is None or other is None:
        return int(one is not None) - int(other is not None)
    left, right = _sort_key(one), _sort_key(other)
    try:
        return int(left > right) - int(left < right)
    except TypeError:
        raise KubectlError(f"unsortable type: {type(one).__name__}") from None


def _sort_key(value: Any) -> Any:
    """Numbers and quantities by size, other texts with the numbers in them by size."""
    if isinstance(value, (bool, int, float)):
        return (0, float(value))
    quantity = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if quantity is not None:
        return (0, float(quantity[1]) * _UNITS.get(quantity[2] or "", 1.0))
    runs = [(0, int(run), "") if run.isdigit() else (1, 0, run) for run in _RUN.findall(str(value))]
    return (1, runs)
