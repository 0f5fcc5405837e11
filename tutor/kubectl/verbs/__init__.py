"""The verbs, one module each, loaded when they are needed."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from tutor.kubectl.command import Command


@cache
def find_verb(name: str) -> Command | None:
    """The verb of that name, or None if there is no such module.

    Args:
        name: such as `get` or `api-resources`.
    """
    module = f"{__name__}.{name.replace('-', '_')}"
    if not name.replace("-", "").isalpha() or find_spec(module) is None:
        return None
    command = import_module(module).COMMAND
    assert isinstance(command, Command)  # noqa: S101  # each module's one duty
    return command
