"""YAML and JSON text as kubectl reads it: the same values, and the same words when it cannot be read.

kubectl's YAML parser is a port of libyaml, which PyYAML binds, so problems have the same texts; line numbers follow the
port's own counting. Sources: go.yaml.in/yaml (`parser.fail`), k8s.io/apimachinery `YAMLReader`, tests/golden
(`03-invalid-manifests`).
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import yaml

from tutor.kubectl.printers.text import to_compact_json

MAX_NODES: Final = 400_000
"""Values one document may expand to; an alias bomb reaches it at once."""
MAX_DEPTH: Final = 150
"""Levels one document may nest: far more than any API object has, and safe for the recursion here and elsewhere."""
_TOO_DEEP: Final = f"yaml: exceeded max depth of {MAX_DEPTH}"


class YamlError(Exception):
    """The text is not YAML; the message is go-yaml's, such as `yaml: line 4: did not find expected key`."""


class _Loader(yaml.CSafeLoader):
    """Resolves plain scalars as go-yaml does: no dates, no base 60, and `1e3` a number."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's own way to declare it


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile(r"^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE)$"),
    list("yYnNtTfFoO"),
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$"),
    list("-+0123456789"),
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ),
    list("-+0123456789."),
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])

_LONGEST_NUMBER: Final = 300
_TRUE: Final = frozenset({"y", "yes", "on", "true"})


def parse_yaml(text: str) -> Any:
    """The JSON-shaped value of the first document in the text; None if it has none.

    Raises:
        YamlError: with go-yaml's text.
    """
    try:
        if _may_be_deep(text):
            _check_depth(text)
        loader = _Loader(text)
        try:
            node = loader.get_node() if loader.check_node() else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise YamlError(_go_message(error, text)) from None
    except (yaml.YAMLError, UnicodeError):
        raise YamlError("yaml: control characters are not allowed") from None
    return None if node is None else _Values(text).of(node)


def _may_be_deep(text: str) -> bool:
    """Whether the text has brackets or indentation enough to nest deeply; most has not."""
    indent = max((len(line) - len(line.lstrip(" -?:")) for line in text.split("\n")), default=0)
    return text.count("[") + text.count("{") + 2 * indent > MAX_DEPTH


def _check_depth(text: str) -> None:
    """Refuse text that nests too deeply: PyYAML's composer recurses in C, and ends the whole process there.

    Raises:
        YamlError: it does.
        yaml.YAMLError: it cannot be read up to there.
    """
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise YamlError(_TOO_DEEP)


def to_json(text: str) -> Any:
    """The value of YAML text that is to become JSON.

    Raises:
        YamlError: `error converting YAML to JSON: yaml: line 4: …`, as sigs.k8s.io/yaml words it.
    """
    try:
        return parse_yaml(text)
    except YamlError as error:
        raise YamlError(f"error converting YAML to JSON: {error}") from None


def documents(text: str) -> Iterator[Any]:
    """The values of a stream of YAML documents or of JSON values; empty documents give None.

    Raises:
        YamlError: when the reading gets to a document that cannot be read.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if text.lstrip().startswith("{"):
        yield from _json_stream(text)
        return
    for document in _split(text):
        yield to_json(document)


def parse_json(text: str) -> Any:
    """The one JSON value that a text is.

    Raises:
        YamlError: with the words of Go's `json.Unmarshal`.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        problem = _go_json_problem(text, error)[1]
        raise YamlError("unexpected end of JSON input" if problem == _CUT_SHORT else problem) from None
    except RecursionError:
        raise YamlError("exceeded max depth") from None
    if _depth(value) > MAX_DEPTH:
        raise YamlError("exceeded max depth")
    return value


def _json_stream(text: str) -> Iterator[Any]:
    """The values of concatenated JSON; from the first on that is none, the values of YAML documents.

    Source: YAMLOrJSONDecoder of https://github.com/kubernetes/apimachinery/blob/master/pkg/util/yaml/decoder.go
    """
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            yield from _yaml_instead(text[at:], _go_json_message(text, error))
            return
        except RecursionError:
            raise YamlError("json: exceeded max depth") from None
        if _depth(value) > MAX_DEPTH:
            raise YamlError("json: exceeded max depth")
        yield value


def _yaml_instead(text: str, problem: str) -> Iterator[Any]:
    """The values of YAML documents where JSON begins and is none.

    Args:
        text: what is left.
        problem: what is wrong with it as JSON, which is the error if it is no YAML either.
    """
    for index, document in enumerate(_split(text)):
        try:
            yield to_json(document)
        except YamlError as error:
            raise error if index else YamlError(problem) from None


def _depth(value: Any) -> int:
    """How many levels a value nests."""
    depth, level = 0, [value]
    while level:
        depth += 1
        nested = (each for each in level if isinstance(each, (dict, list)))
        level = [item for each in nested for item in (each.values() if isinstance(each, dict) else each)]
    return depth


_JSON_PROBLEMS: Final = (
    ("Expecting property name", "looking for beginning of object key string"),
    ("Illegal trailing comma before end of object", "looking for beginning of object key string"),
    ("Illegal trailing comma", "looking for beginning of value"),
    ("Expecting value", "looking for beginning of value"),
    ("Expecting ':'", "after object key"),
    ("Invalid control character", "in string literal"),
    ("Invalid \\", "in string escape code"),
)


_CUT_SHORT: Final = "unexpected EOF"


def _go_json_message(text: str, error: json.JSONDecodeError) -> str:
    """A JSON syntax error as the decoder of a stream prints it."""
    at, problem = _go_json_problem(text, error)
    return problem if problem == _CUT_SHORT else f"json: offset {at + 1}: {problem}"


def _go_json_problem(text: str, error: json.JSONDecodeError) -> tuple[int, str]:
    """Where a JSON syntax error is, and what Go's decoder says of it."""
    at = error.pos
    if error.msg.startswith("Illegal trailing comma"):
        at = next((i for i in range(at + 1, len(text)) if not text[i].isspace()), len(text))
    if at >= len(text) or error.msg.startswith("Unterminated string"):
        return at, _CUT_SHORT
    where = next((text for problem, text in _JSON_PROBLEMS if error.msg.startswith(problem)), "")
    if not where:
        where = "after array element" if _in_array(text[:at]) else "after object key:value pair"
    shown = {"'": "\\'", "\n": "\\n", "\t": "\\t"}.get(text[at], text[at])
    return at, f"invalid character '{shown}' {where}"


def _in_array(text: str) -> bool:
    """Whether JSON text ends inside an array, strings aside."""
    open_brackets: list[str] = []
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        if bracket in "[{":
            open_brackets.append(bracket)
        elif open_brackets:
            open_brackets.pop()
    return open_brackets[-1:] == ["["]


def _split(text: str) -> Iterator[str]:
    """Documents between `---` lines; a separator with nothing before it stays in the document it opens."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("---") and lines and line[3:].strip()[:1] in ("", "#"):
            yield "".join(lines)
            lines = []
        else:
            lines.append(line)
    if lines:
        yield "".join(lines)


def _go_message(error: yaml.MarkedYAMLError, text: str) -> str:
    """A libyaml error as go-yaml prints it: lines counted from zero, except for errors of the scanner."""
    problem = error.problem or "unknown problem parsing YAML content"
    if problem.startswith("found undefined alias"):
        return f"yaml: unknown anchor '{_name_at(text, error.problem_mark)}' referenced"
    if "nesting depth" in problem:
        return _TOO_DEEP
    line = 0
    for mark in (error.problem_mark, error.context_mark):
        if mark is not None and mark.line:
            line = mark.line + isinstance(error, yaml.scanner.ScannerError)
            break
    return f"yaml: line {line}: {problem}" if line else f"yaml: {problem}"


def _name_at(text: str, mark: Any) -> str:
    """The anchor or alias written at a mark, without its `&` or `*`."""
    lines = text.split("\n")
    found = re.match(r"[&*]([\w-]+)", lines[mark.line][mark.column :]) if mark and mark.line < len(lines) else None
    return found[1] if found else ""


class _Values:
    """Turns the nodes of one document into JSON-shaped values, with limits."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._nodes = 0
        self._open: set[int] = set()

    def of(self, node: Any) -> Any:
        """The value of a node and all below it."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise YamlError("yaml: document contains excessive aliasing")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node.tag, node.value)
        if id(node) in self._open:
            raise YamlError(f"yaml: anchor '{_name_at(self._text, node.start_mark)}' value contains itself")
        if len(self._open) >= MAX_DEPTH:
            raise YamlError(_TOO_DEEP)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.of(item) for item in node.value]
            return self._mapping(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: Any) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        value: dict[str, Any] = {}
        for key, item in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                for source in self._merge_sources(item):
                    merged = {**source, **merged}
            else:
                value[self._key(key)] = self.of(item)
        return {**merged, **value}

    def _merge_sources(self, node: Any) -> list[dict[str, Any]]:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        values = [self.of(source) for source in sources]
        if not all(isinstance(value, dict) for value in values):
            raise YamlError("yaml: map merge requires map or sequence of maps as the value")
        return values

    def _key(self, node: Any) -> str:
        key = self.of(node)
        if isinstance(key, str):
            return key
        if isinstance(key, bool):
            return "true" if key else "false"
        if isinstance(key, (int, float)):
            return json.dumps(key)
        if key is None:
            raise YamlError("unsupported map key of type: %!s(<nil>), key: <nil>")
        raise YamlError(f"yaml: invalid map key: {to_compact_json(key)}")


@lru_cache(maxsize=4096)
def _scalar(tag: str, text: str) -> Any:
    match tag.removeprefix("tag:yaml.org,2002:"):
        case "null":
            return None
        case "bool":
            return text.lower() in _TRUE
        case "int":
            return _integer(text)
        case "float":
            return _number(text)
        case "binary":
            return _bytes(text)
        case _:
            return text


def _integer(text: str) -> int | float | str:
    digits = text.replace("_", "").lower()
    sign, digits = (digits[0], digits[1:]) if digits[:1] in ("-", "+") else ("", digits)
    if digits.startswith("0") and digits.isdigit() and len(digits) > 1:
        digits = "0o" + digits[1:]
    try:
        number = int(sign + digits, 0) if len(digits) < _LONGEST_NUMBER else float(sign + digits)
    except ValueError:
        return text
    return number if -(2**63) <= number < 2**64 else float(number)


def _bytes(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except ValueError:
        raise YamlError("yaml: !!binary value contains invalid base64 data") from None


def _number(text: str) -> float | int | str:
    lowered = text.lower()
    if "inf" in lowered or "nan" in lowered:
        raise YamlError(
            f"json: unsupported value: {'NaN' if 'nan' in lowered else ('-' * text.startswith('-')) + '+Inf'}"
        )
    number = float(text)
    if math.isinf(number):
        return text
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
