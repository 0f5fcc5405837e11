"""What docstrings say of a class and of its fields, for people who write the data and not the code."""

from __future__ import annotations

import inspect
import re
from typing import Final

_ALIASED: Final = re.compile(r"^\(`[^`]+`\) ")
"""How a docstring names the key that a field is written with."""


def about_class(model: type) -> str:
    """The text before `Args:`; empty without a docstring of its own."""
    return _split(model)[0]


def about_fields(model: type) -> dict[str, str]:
    """What is said of each field, those inherited included, by the field's name in Python."""
    return {name: text for each in reversed(model.__mro__) for name, text in _split(each)[1].items()}


def _split(model: type) -> tuple[str, dict[str, str]]:
    text = inspect.cleandoc(model.__dict__.get("__doc__") or "")
    head, _, rest = text.partition("\nArgs:\n")
    fields: dict[str, str] = {}
    name = ""
    for line in rest.splitlines():
        found = re.match(r"^    (\w+): (.*)$", line)
        if found:
            name, fields[found[1]] = found[1], found[2]
        elif line.startswith("     ") and name:
            fields[name] += f" {line.strip()}"
        elif line.strip():
            break
    return head.strip(), {name: _ALIASED.sub("", text) for name, text in fields.items()}
