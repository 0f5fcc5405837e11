"""`-o custom-columns=NAME:.metadata.name,IP:.spec.clusterIP`, and `--sort-by`.

Source: customcolumn.go and sorter.go of https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/get
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, cmp_to_key
from typing import Any

from tutor.engine.objects import Object
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.printers.jsonpath import JsonPath, relaxed
from tutor.kubectl.printers.jsonpath_parser import JsonPathError
from tutor.kubectl.printers.text import escape_terminal, go_value

_QUANTITY = re.compile(r"([-+]?\d+(?:\.\d*)?)([numkMGTPE]|[KMGTPE]i)?")
_UNITS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_UNITS |= {f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTPE", 1)}


@dataclass
class CustomColumn:
    """One column: what stands above it and where its values are."""

    header: str
    template: str

    @cached_property
    def path(self) -> JsonPath:
        """What finds the values. Raises JsonPathError, which kubectl meets only after it has printed the headers."""
        return JsonPath(self.template)


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
        return CustomColumn(header, relaxed(path) if path else path)
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


class UnsortableError(Exception):
    """A field that `--sort-by` names has values without an order; the message is Go's name of their type."""


def sort_objects(objects: Sequence[Object], expression: str) -> list[Object]:
    """The objects ordered by a field; those without it first, the last of them leading.

    Raises:
        KubectlError: the expression is no path, or no object has the field.
        UnsortableError: the field's values have no order.
    """
    try:
        template = relaxed(expression)
        path = JsonPath(template)
        keys = [_first(path.find(obj)) for obj in objects]
    except JsonPathError as error:
        raise KubectlError(str(error)) from None
    if objects and all(key is None for key in keys):
        raise KubectlError(f'couldn\'t find any field with path "{template}" in the list of objects')
    without = [obj for obj, key in zip(objects, keys, strict=True) if key is None]
    having = [at for at, key in enumerate(keys) if key is not None]
    compared = cmp_to_key(_compare)
    return [*reversed(without), *(objects[at] for at in sorted(having, key=lambda at: compared(keys[at])))]


def _first(results: Sequence[Sequence[Any]]) -> Any:
    return results[0][0] if results and results[0] else None


def _compare(one: Any, other: Any) -> int:
    """Which of two values comes first: isLess in https://github.com/kubernetes/kubectl/blob/v0.33.1/pkg/cmd/get/sorter.go."""
    if isinstance(one, str) and isinstance(other, str):
        left, right = _amount(one), _amount(other)
        if left is not None and right is not None:
            return int(left > right) - int(left < right)
    elif type(one) is not type(other) or type(one) not in {int, float}:
        raise UnsortableError(_GO_TYPES.get(type(one), type(one).__name__))
    return int(one > other) - int(one < other)


_GO_TYPES: dict[type, str] = {
    dict: "map[string]interface {}", list: "[]interface {}", int: "int64", float: "float64", str: "string",
}  # fmt: skip


def _amount(text: str) -> float | None:
    """The size of a quantity; None for other texts."""
    match = _QUANTITY.fullmatch(text)
    return float(match[1]) * _UNITS.get(match[2] or "", 1.0) if match else None
