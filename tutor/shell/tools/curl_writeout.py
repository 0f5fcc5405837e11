"""What `curl -w` prints after a transfer.

Source: src/tool_writeout.c of curl 7.88.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Values: TypeAlias = Mapping[str, str | int | float | None]
"""The variables of one transfer; times are floats in seconds."""

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
_TOKEN = re.compile(r"%\{(stdout|stderr|[^}]*)\}|%%|\\(.)|[^%\\]+|.", re.DOTALL)


def write_out(pattern: str, values: Values, unknown: Callable[[str], None]) -> tuple[str, str]:
    """Fill a pattern in: the text for standard output and for standard error.

    Args:
        pattern: with `%{name}`, `%%` and backslash escapes.
        values: the variables.
        unknown: told of each name that is none.
    """
    texts = {"stdout": "", "stderr": ""}
    stream = "stdout"
    for found in _TOKEN.finditer(pattern):
        name = found[1]
        if name in texts:
            stream = name
        elif name is not None:
            if name == "json":
                texts[stream] += json.dumps(dict(values), separators=(",", ":"))
            elif name in values:
                texts[stream] += _shown(values[name])
            elif name not in {"onerror", "header_json"}:
                unknown(name)
        elif found[0] == "%%":
            texts[stream] += "%"
        elif found[2] is not None:
            texts[stream] += _ESCAPES.get(found[2], found[0])
        else:
            texts[stream] += found[0]
    return texts["stdout"], texts["stderr"]


def _shown(value: str | float | None) -> str:
    if value is None:
        return ""
    return f"{value:.6f}" if isinstance(value, float) else str(value)
