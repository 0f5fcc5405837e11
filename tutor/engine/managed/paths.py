"""Sets of fields: how they are kept, how `fieldsV1` writes them, and how messages do.

Source: the package fieldpath of https://github.com/kubernetes-sigs/structured-merge-diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from tutor.engine.errors import go_value

Path: TypeAlias = tuple[str, ...]
"""The steps to a field, each as `fieldsV1` has it: `f:ports`, `k:{"port":80,"protocol":"TCP"}`, `v:"a"`."""
Paths: TypeAlias = frozenset[Path]


def to_fields(paths: Iterable[Path]) -> dict[str, Any]:
    """A set of fields as `fieldsV1`."""
    root: dict[str, Any] = {}
    for path in sorted(paths):
        node = root
        for step in path:
            node = node.setdefault(step, {})
        node["."] = {}
    return _tidy(root)


def _tidy(node: Mapping[str, Any]) -> dict[str, Any]:
    """A tree of steps without the dots of fields that have nothing below them."""
    return {step: {} if below.keys() == {"."} else _tidy(below) for step, below in node.items()}


def from_fields(fields: Mapping[str, Any]) -> Paths:
    """The set of fields that `fieldsV1` writes.

    Raises:
        ValueError: this is none.
    """
    found: set[Path] = set()
    _collect(fields, (), found)
    return frozenset(found)


def _collect(node: Mapping[str, Any], path: Path, found: set[Path]) -> None:
    for step, below in node.items():
        if not isinstance(below, Mapping):
            raise ValueError(f"{step} has no fields below it")
        if step == ".":
            found.add(path)
        elif step[:2] in {"f:", "k:", "v:", "i:"}:
            here = (*path, step)
            if below:
                _collect(below, here, found)
            else:
                found.add(here)
        else:
            raise ValueError(f"{step} is no step of a path")


def path_text(path: Path) -> str:
    """A field as messages name it: `.spec.ports[port=80,protocol="TCP"].targetPort`."""
    return "".join(map(_step_text, path))


def _step_text(step: str) -> str:
    kind, value = step[:2], step[2:]
    match kind:
        case "f:":
            return f".{value}"
        case "k:":
            return "[" + ",".join(f"{key}={go_value(item)}" for key, item in json.loads(value).items()) + "]"
        case "v:":
            return f"[={go_value(json.loads(value))}]"
    return f"[{value}]"


def with_parents(paths: Paths) -> Paths:
    """The set with every declared field on the way to its fields."""
    found = set(paths)
    for path in paths:
        found.update(path[:end] for end in range(1, len(path)) if path[end - 1].startswith("f:"))
    return frozenset(found)
