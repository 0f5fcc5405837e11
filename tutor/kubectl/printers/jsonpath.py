"""Evaluating JSONPath templates over objects.

Source: https://github.com/kubernetes/client-go/blob/master/util/jsonpath/jsonpath.go
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.kubectl.printers import jsonpath_parser as syntax
from tutor.kubectl.printers.jsonpath_parser import JsonPathError
from tutor.kubectl.printers.text import go_type, go_value, to_compact_json, to_json

Values = list[Any]

_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
}


class JsonPath:
    """A template ready to be filled in.

    Args:
        template: such as `{.metadata.name}`.
        allow_missing: whether an absent field is no error.

    Raises:
        JsonPathError: it is no template.
    """

    def __init__(self, template: str, *, allow_missing: bool = True) -> None:
        self.template = template
        self._nodes = syntax.parse(template)
        self._allow_missing = allow_missing
        self._begin = self._inside = self._end = 0
        self._last_end = -1

    def find(self, data: Any) -> list[Values]:
        """The values each part of the template finds.

        Raises:
            JsonPathError: the template does not fit the data.
        """
        self._begin = self._inside = self._end = 0
        return self._find(data, 0)

    def text(self, data: Any) -> str:
        """The template filled in.

        Raises:
            JsonPathError: the template does not fit the data.
        """
        return "".join(" ".join(_shown(value) for value in values) for values in self.find(data))

    def json(self, data: Any) -> str:
        """What the template finds, as JSON arrays.

        Raises:
            JsonPathError: the template does not fit the data.
        """
        return "".join(f"{to_json(values)}\n" for values in self.find(data))

    def _find(self, data: Any, start: int) -> list[Values]:
        """The results of the nodes from `start` up to the `{end}` of the range they are in."""
        found: list[Values] = []
        at = start
        while at < len(self._nodes):
            results = self._walk([data], self._nodes[at])
            if 0 < self._end <= self._inside:
                self._end -= 1
                self._last_end = at
                break
            if self._begin:
                self._begin -= 1
                self._inside += 1
                for value in results:
                    found += self._find(value, at + 1)
                if not results:
                    self._find(None, at + 1)
                self._inside -= 1
                at = max(at, self._last_end)
            else:
                found.append(results)
            at += 1
        return found

    def _walk(self, values: Values, node: syntax.Node | syntax.Step) -> Values:
        match node:
            case syntax.Action(steps):
                for step in steps:
                    values = self._walk(values, step)
                return values
            case syntax.Literal(value):
                return [value] if isinstance(value, str) else [value for _ in values]
            case syntax.Field(name):
                return self._field(values, name)
            case syntax.Slice():
                return _sliced(values, node)
            case syntax.Filter():
                return self._filtered(values, node)
            case syntax.Wildcard():
                return [child for value in values for child in _children(value)]
            case syntax.Recursive():
                return _descendants(values)
            case syntax.Union(parts):
                return [value for part in parts for value in self._walk(values, part)]
            case syntax.Word(name):
                return self._word(values, name)

    def _word(self, values: Values, name: str) -> Values:
        if name == "range":
            self._begin += 1
            return values
        if name != "end":
            raise JsonPathError(f"unrecognized identifier {name}")
        if not self._inside:
            raise JsonPathError("not in range, nothing to end")
        self._end += 1
        return []

    def _field(self, values: Values, name: str) -> Values:
        found = [value[name] for value in values if isinstance(value, Mapping) and name in value]
        if values and not found and not self._allow_missing:
            raise JsonPathError(f"{name} is not found")
        return found

    def _filtered(self, values: Values, node: syntax.Filter) -> Values:
        found: Values = []
        for value in values:
            if not isinstance(value, Sequence) or isinstance(value, str):
                raise JsonPathError(f"{go_value(value)} is not array or slice and cannot be filtered")
            found += [item for item in value if self._passes(item, node)]
        return found

    def _passes(self, item: Any, node: syntax.Filter) -> bool:
        if node.operator == "exists":
            try:
                return bool(self._walk([item], node.left))
            except JsonPathError:
                return False
        lefts = self._walk([item], node.left)
        rights = self._walk([item], node.right) if lefts else []
        if not lefts or not rights:
            return False
        if len(lefts) > 1 or len(rights) > 1:
            raise JsonPathError("can only compare one element at a time")
        if node.operator not in _COMPARE:
            raise JsonPathError(f"unrecognized filter operator {node.operator}")
        left, right = lefts[0], rights[0]
        if _basic(left) != _basic(right):
            raise JsonPathError("incompatible types for comparison")
        if isinstance(left, bool) and node.operator not in {"==", "!="}:
            raise JsonPathError("invalid type for comparison")
        return _COMPARE[node.operator](left, right)


def relaxed(expression: str) -> str:
    """A complete template from what columns and `--sort-by` may give: `metadata.name`, with a dot before it, in braces.

    Raises:
        JsonPathError: the braces are not right.
    """
    match = _RELAXED.fullmatch(expression)
    if match is None:
        raise JsonPathError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{match[1] or match[2]}}}"


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    return to_compact_json(value) if isinstance(value, (Mapping, list, tuple)) else go_value(value)


def _basic(value: Any) -> str:
    if isinstance(value, (Mapping, list)) or value is None:
        raise JsonPathError("invalid type for comparison")
    return go_type(value)


def _children(value: Any) -> Values:
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value)]
    return list(value) if isinstance(value, (list, tuple)) else []


def _descendants(values: Values) -> Values:
    found: Values = []
    for value in values:
        if isinstance(value, str) and value:
            found.append(value)
        elif children := _children(value):
            found += [value, *_descendants(children)]
    return found


def _sliced(values: Values, node: syntax.Slice) -> Values:
    found: Values = []
    for value in values:
        if value is None:
            continue
        if not isinstance(value, (list, tuple)):
            raise JsonPathError(f"{go_type(value)} is not array or slice")
        length = len(value)
        start = _from_start(node.start, 0, length)
        end = _from_start(node.end, length, length)
        if start == end:
            return found
        if not 0 <= start < length:
            raise JsonPathError(f"array index out of bounds: index {start}, length {length}")
        if not 0 <= end <= length:
            raise JsonPathError(f"array index out of bounds: index {end - 1}, length {length}")
        if start > end:
            raise JsonPathError(f"starting index {start} is greater than ending index {end}")
        if node.step is not None and node.step.value <= 0:
            raise JsonPathError("step must be > 0")
        found += value[start : end : node.step.value if node.step else 1]
    return found


def _from_start(bound: syntax.Bound | None, default: int, length: int) -> int:
    if bound is None:
        return default
    counts_from_end = bound.value < 0 or (bound.value == 0 and bound.derived)
    return bound.value + length if counts_from_end else bound.value
