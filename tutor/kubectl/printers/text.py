"""JSON and YAML as kubectl writes them, and values as Go prints them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_GO_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_RUN = re.compile(r"\d+|.", re.DOTALL)


def to_json(value: Any, *, sort: bool = True) -> str:
    """Indented JSON as Go's encoder writes it, without a newline at the end.

    Args:
        value: anything JSON-shaped.
        sort: whether keys come in order, rather than as they are.
    """
    text = json.dumps(value, indent=4, sort_keys=sort, ensure_ascii=False)
    return text.translate(_GO_ESCAPES)


def to_compact_json(value: Any) -> str:
    """JSON on one line as Go's encoder writes it."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).translate(_GO_ESCAPES)


def to_yaml(value: Any) -> str:
    """YAML as sigs.k8s.io/yaml writes it.

    Its emitter is the one PyYAML binds; what differs is which strings are quoted, and the order of keys.
    """
    import yaml

    text: str = yaml.dump(_ordered(value), Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=80)
    return text


@cache
def _dumper() -> type[Any]:
    """PyYAML's dumper with go-yaml's ways of choosing a style.

    Every scalar is given as a string with its style chosen here, and nothing is resolved from its text.
    Source: stringv in https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/encode.go
    """
    import yaml

    class Dumper(yaml.CSafeDumper):
        """Writes scalars as go-yaml does."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # parts that are shared are written out
            return True

    def scalar(dumper: Any, text: str, style: str | None = None) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def string(dumper: Any, text: str) -> Any:
        return scalar(dumper, text, "|" if "\n" in text else '"' if _means_something_else(text) else None)

    Dumper.yaml_implicit_resolvers = {}
    Dumper.add_representer(str, string)
    Dumper.add_representer(bool, lambda dumper, value: scalar(dumper, "true" if value else "false"))
    Dumper.add_representer(int, lambda dumper, value: scalar(dumper, str(value)))
    Dumper.add_representer(float, lambda dumper, value: scalar(dumper, go_number(value)))
    Dumper.add_representer(type(None), lambda dumper, _: scalar(dumper, "null"))
    return Dumper


_WORD = re.compile(
    r"[yYnN~]|yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE|null|Null|NULL|<<"
    r"|\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF)"
)
_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*|(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?.*)?")


def _means_something_else(text: str) -> bool:
    """Whether the text, unquoted, would be read as a number, a bool, null or a date."""
    return (
        not text
        or _WORD.fullmatch(text) is not None
        or _NUMBER.fullmatch(text) is not None
        or _BASE_60.fullmatch(text) is not None
        or _DATE.fullmatch(text) is not None
    )


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_natural)}
    return [_ordered(item) for item in value] if isinstance(value, (list, tuple)) else value


@cache
def _natural(key: str) -> tuple[tuple[int, Any, int], ...]:
    """Sorts keys as go-yaml does: signs before digits before letters, and digits by the number they make."""
    return tuple(
        (1, int(part), len(part)) if part.isdigit() else (2 if part.isalpha() else 0, ord(part), 0)
        for part in _RUN.findall(key)
    )


def go_value(value: Any) -> str:
    """A value as Go's fmt prints it: `map[a:1 b:[x y]]`, `true`, `<nil>`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{go_value(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(go_value(item) for item in value) + "]"
    return go_number(value) if isinstance(value, float) else str(value)


def go_source(value: Any) -> str:
    """A value as Go's `%#v` prints it: `map[string]interface {}{"a":1}`."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return (
            "map[string]interface {}{"
            + ", ".join(f"{go_source(key)}:{go_source(value[key])}" for key in sorted(value))
            + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[]interface {}{" + ", ".join(go_source(item) for item in value) + "}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def go_type(value: Any) -> str:
    """The Go type a decoded JSON value has."""
    if isinstance(value, Mapping):
        return "map[string]interface {}"
    if isinstance(value, (list, tuple)):
        return "[]interface {}"
    return {bool: "bool", int: "int64", float: "float64"}.get(type(value), "string")


def go_number(value: float) -> str:
    """A float as Go's `%v` prints it."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)


def go_quote(text: str) -> str:
    """A string as Go's `%q` prints it."""
    return json.dumps(text, ensure_ascii=False)


def escape_terminal(text: str) -> str:
    """The text with what would move a terminal's cursor made visible.

    Source: WriteEscaped of https://github.com/kubernetes/cli-runtime/blob/master/pkg/printers/terminal.go
    """
    return text.replace("\x1b", "^[").replace("\r", "\\r") if "\x1b" in text or "\r" in text else text
