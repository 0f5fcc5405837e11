"""Paths into objects, as lessons write them: `spec.ports[0].port`, `spec.ports[name=http].port`, `status.addresses[*]`.

A key with dots in it stands in brackets and quotes: `metadata.labels["app.kubernetes.io/name"]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

_STEP: Final = re.compile(
    r"""\.?(?:
        (?P<key>[A-Za-z0-9_\-/]+)
      | \[(?P<index>-?\d+)\]
      | \[(?P<all>\*)\]
      | \[(?P<name>\w+)=(?P<value>[^\]]+)\]
      | \[(?P<quote>["'])(?P<quoted>.+?)(?P=quote)\]
    )""",
    re.VERBOSE,
)


class BadPathError(ValueError):
    """The text is no path."""


@lru_cache(maxsize=512)
def parse_path(text: str) -> tuple[tuple[str, str, str], ...]:
    """The steps of a path, each its sort (`key`, `index`, `all`, `where`) and up to two words.

    Raises:
        BadPathError: at the place that cannot be read.
    """
    steps: list[tuple[str, str, str]] = []
    place = 0
    while place < len(text):
        match = _STEP.match(text, place)
        if match is None:
            raise BadPathError(f"cannot read {text[place:]!r} in the path {text!r}")
        if match["key"] or match["quoted"]:
            steps.append(("key", match["key"] or match["quoted"], ""))
        elif match["index"]:
            steps.append(("index", match["index"], ""))
        elif match["all"]:
            steps.append(("all", "", ""))
        else:
            steps.append(("where", match["name"], match["value"]))
        place = match.end()
    if not steps:
        raise BadPathError("a path names at least one field")
    return tuple(steps)


def values_at(obj: Mapping[str, Any], path: str) -> list[Any]:
    """Every value at a path: none if absent, several with `[*]`.

    Raises:
        BadPathError: the text is no path.
    """
    values: Iterable[Any] = [obj]
    for step in parse_path(path):
        values = [found for value in values for found in _follow(value, *step)]
    return list(values)


def _follow(value: Any, sort: str, word: str, wanted: str) -> Iterator[Any]:
    if sort == "key":
        if isinstance(value, Mapping) and word in value:
            yield value[word]
    elif isinstance(value, list):
        if sort == "all":
            yield from value
        elif sort == "index":
            if -len(value) <= int(word) < len(value):
                yield value[int(word)]
        else:
            yield from (item for item in value if isinstance(item, Mapping) and str(item.get(word)) == wanted)
