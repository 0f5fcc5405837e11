"""What a list shows of a lesson file, without reading all of it: its head, and the ids of its steps.

A list of lessons opens with the program, and most of each file is the text of its steps. Files that are not laid out as
nearly all are (the steps last, an id first in each) are left to whoever reads them whole.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tutor.course.marked_yaml import YamlError, read_marked

_STEPS: Final = re.compile(r"^steps:[ ]*(?:#.*)?$", re.MULTILINE)
_ITEM: Final = re.compile(r"^(?P<indent> *)- (?:id: (?P<id>[a-z0-9-]+)[ ]*$)?", re.MULTILINE)
_TOP: Final = re.compile(r"^[^\s#-]", re.MULTILINE)


def read_outline(text: str) -> dict[str, Any] | None:
    """The top-level values of a lesson, and for each step `id`, `kind` and `recall`; None if it takes more reading.

    Args:
        text: the file's.
    """
    begin = _STEPS.search(text)
    if begin is None or _TOP.search(text, begin.end()):
        return None
    try:
        data = read_marked(text[: begin.start()]).data
    except YamlError:
        return None
    steps = _steps(text[begin.end() :])
    return {**data, "steps": steps} if isinstance(data, dict) and steps else None


def _steps(text: str) -> list[dict[str, Any]]:
    """The steps of a block list; none if one of them does not begin with its id."""
    first = _ITEM.search(text)
    if first is None:
        return []
    indent = first["indent"]
    items = [item for item in _ITEM.finditer(text) if item["indent"] == indent]
    if not all(item["id"] for item in items):
        return []
    ends = [item.start() for item in items[1:]] + [len(text)]
    return [_step(item["id"], text[item.end() : end], f"{indent}  ") for item, end in zip(items, ends, strict=True)]


def _step(step_id: str, text: str, indent: str) -> dict[str, Any]:
    step: dict[str, Any] = {"id": step_id}
    for key, value in re.findall(rf"^{indent}(kind|recall): *(\w+)[ ]*$", text, re.MULTILINE):
        step[key] = value == "true" if key == "recall" else value
    return step
