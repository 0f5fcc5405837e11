"""Go templates, as far as `-o go-template` is used on objects: fields, pipes, if, range, with, variables and functions.

Source: https://pkg.go.dev/text/template
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.kubectl.printers.text import go_quote, go_value


class TemplateError(Exception):
    """The template cannot be read or filled in; the message is Go's."""


_NO_VALUE = "<no value>"
_ACTION = re.compile(r"\{\{(-\s)?(.*?)(\s-)?\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.)*"|`[^`]*`)
      | (?P<number>[-+]?\d+(?:\.\d+)?)
      | (?P<path>\$?[A-Za-z_]\w*(?:\.\w+)*|\$(?:\.\w+)*|(?:\.\w+)+|\.)
      | (?P<close>\)(?:\.\w+)*)
      | (?P<sign>:=|[=|(,])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass
class _Block:
    """Text and actions in a row; an `if`, `range` or `with` has blocks of its own."""

    word: str = ""
    pipe: tuple[str, ...] = ()
    body: list[str | _Block] = field(default_factory=list)
    otherwise: _Block | None = None


class GoTemplate:
    """A template ready to be filled in.

    Args:
        text: such as `{{.metadata.name}}`.

    Raises:
        TemplateError: it is no template.
    """

    def __init__(self, text: str) -> None:
        self._root = _parse(text)

    def text(self, data: Any) -> str:
        """The template filled in.

        Raises:
            TemplateError: it does not fit the data.
        """
        out: list[str] = []
        _run(self._root, data, {"$": data}, out)
        return "".join(out)


def _parse(text: str) -> _Block:
    root = _Block()
    open_blocks = [root]
    at, trim = 0, False
    for action in _ACTION.finditer(text):
        literal = text[at : action.start()]
        literal = literal.lstrip() if trim else literal
        open_blocks[-1].body.append(literal.rstrip() if action[1] else literal)
        at, trim = action.end(), bool(action[3])
        _add(open_blocks, action[2].strip())
    if "{{" in text[at:]:
        raise TemplateError("template: output:1: unclosed action")
    open_blocks[-1].body.append(text[at:].lstrip() if trim else text[at:])
    if len(open_blocks) > 1:
        raise TemplateError("template: output:1: unexpected EOF")
    return root


def _add(open_blocks: list[_Block], action: str) -> None:
    if action.startswith("/*"):
        return
    word, _, rest = action.partition(" ")
    if word in {"if", "range", "with"}:
        block = _Block(word, _tokens(rest))
        open_blocks[-1].body.append(block)
        open_blocks.append(block)
    elif word == "else" and len(open_blocks) > 1:
        other = _Block("else")
        open_blocks[-1].otherwise = other
        open_blocks[-1] = other
        if rest:  # `else if` is an `if` inside the else, closed by the same `end`
            inner, _, condition = rest.partition(" ")
            nested = _Block(inner, _tokens(condition))
            other.body.append(nested)
            open_blocks[-1] = nested
    elif word == "end":
        if len(open_blocks) == 1:
            raise TemplateError("template: output:1: unexpected {{end}}")
        open_blocks.pop()
    elif not action:
        raise TemplateError("template: output:1: missing value for command")
    else:
        open_blocks[-1].body.append(_Block("print", _tokens(action)))


def _tokens(text: str) -> tuple[str, ...]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise TemplateError(f"template: output:1: unexpected {go_quote(text[at:].strip()[:1])} in operand")
        found.append(match[0].strip())
        at = match.end()
    return tuple(found)


Variables = dict[str, Any]


def _run(block: _Block, dot: Any, variables: Variables, out: list[str]) -> None:
    for part in block.body:
        if isinstance(part, str):
            out.append(part)
        elif part.word == "print":
            value, silent = _evaluate(part.pipe, dot, variables)
            out.append("" if silent else _NO_VALUE if value is None else go_value(value))
        elif part.word == "range":
            _range(part, dot, variables, out)
        else:
            value, _ = _evaluate(part.pipe, dot, variables)
            chosen = part if _true(value) else part.otherwise
            if chosen is not None:
                _run(chosen, value if part.word == "with" and chosen is part else dot, dict(variables), out)


def _range(block: _Block, dot: Any, variables: Variables, out: list[str]) -> None:
    names, pipe = _range_variables(block.pipe)
    value, _ = _evaluate(pipe, dot, variables)
    items: Sequence[tuple[Any, Any]]
    if isinstance(value, Mapping):
        items = sorted(value.items())
    elif isinstance(value, (list, tuple)):
        items = list(enumerate(value))
    elif value is None:
        items = []
    else:
        raise TemplateError(f'template: output:1: executing "output": range can\'t iterate over {go_value(value)}')
    for key, item in items:
        bound = dict(zip(names, [item] if len(names) == 1 else [key, item], strict=False))
        _run(block, item, {**variables, **bound}, out)
    if not items and block.otherwise is not None:
        _run(block.otherwise, dot, dict(variables), out)


def _range_variables(tokens: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    if ":=" not in tokens:
        return [], tokens
    at = tokens.index(":=")
    return [name for name in tokens[:at] if name.startswith("$")], tokens[at + 1 :]


def _evaluate(tokens: tuple[str, ...], dot: Any, variables: Variables) -> tuple[Any, bool]:
    """The value of a pipeline, and whether it only sets a variable."""
    name = ""
    if len(tokens) > 1 and tokens[1] in {":=", "="}:
        name, tokens = tokens[0], tokens[2:]
    value: Any = None
    for number, command in enumerate(_split(tokens)):
        words = _operands(command, dot, variables)
        value = _call(words, [value] if number else [])
    if name:
        variables[name] = value
    return value, bool(name)


def _split(tokens: tuple[str, ...]) -> list[list[str]]:
    """The commands of a pipeline."""
    commands: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += token.startswith("(") - token.startswith(")")
        if token == "|" and not depth:  # noqa: S105
            commands.append([])
        else:
            commands[-1].append(token)
    return commands


def _operands(tokens: list[str], dot: Any, variables: Variables) -> list[Any]:
    values: list[Any] = []
    at = 0
    while at < len(tokens):
        if tokens[at] == "(":
            end = _closing(tokens, at)
            value = _evaluate(tuple(tokens[at + 1 : end]), dot, variables)[0]
            values.append(_walk(value, [part for part in tokens[end][1:].split(".") if part]))
            at = end
        else:
            values.append(_operand(tokens[at], dot, variables, first=not values))
        at += 1
    return values


def _closing(tokens: list[str], at: int) -> int:
    depth = 0
    for end in range(at, len(tokens)):
        depth += tokens[end].startswith("(") - tokens[end].startswith(")")
        if not depth:
            return end
    raise TemplateError("template: output:1: unclosed left paren")


@dataclass(frozen=True)
class _Function:
    name: str


def _operand(token: str, dot: Any, variables: Variables, *, first: bool) -> Any:
    if token[0] in '"`':
        return token[1:-1] if token[0] == "`" else _unescape(token[1:-1])
    if token[0].isdigit() or token[0] in "+-":
        return float(token) if "." in token else int(token)
    if token in {"true", "false"}:
        return token == "true"  # noqa: S105
    if token == "nil":  # noqa: S105
        return None
    if token[0] == "$":
        head, *path = token.split(".")
        if head not in variables:
            raise TemplateError(f"template: output:1: undefined variable {go_quote(head)}")
        return _walk(variables[head], path)
    if token[0] == ".":
        return _walk(dot, [part for part in token.split(".") if part])
    if token in _FUNCTIONS and first:
        return _Function(token)
    raise TemplateError(f"template: output:1: function {go_quote(token)} not defined")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)


def _walk(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        if value is None:
            raise TemplateError(
                f'template: output:1: executing "output" at <.{".".join(path)}>: '
                f"nil pointer evaluating interface {{}}.{name}"
            )
        if not isinstance(value, Mapping):
            raise TemplateError(
                f'template: output:1: executing "output" at <.{".".join(path)}>: '
                f"can't evaluate field {name} in type interface {{}}"
            )
        value = value.get(name)
    return value


def _call(words: list[Any], piped: list[Any]) -> Any:
    if not words:
        raise TemplateError("template: output:1: missing value for command")
    head = words[0]
    if not isinstance(head, _Function):
        if len(words) > 1 or piped:
            raise TemplateError(f"template: output:1: can't give argument to non-function {go_value(head)}")
        return head
    try:
        return _FUNCTIONS[head.name](*words[1:], *piped)
    except TemplateError:
        raise
    except (TypeError, ValueError, LookupError) as error:
        raise TemplateError(f"template: output:1: error calling {head.name}: {error}") from None


def _true(value: Any) -> bool:
    return bool(value)


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, (list, tuple, str)):
            if not 0 <= key < len(value):
                raise TemplateError(f"template: output:1: error calling index: index out of range: {key}")
            value = value[key]
        else:
            raise TemplateError("template: output:1: error calling index: index of untyped nil")
    return value


def _exists(value: Any, *keys: Any) -> bool:
    try:
        return _index(value, *keys) is not None
    except (TemplateError, TypeError):
        return False


def _printf(form: str, *values: Any) -> str:
    left = list(values)

    def verb(match: re.Match[str]) -> str:
        flags, letter = match[1], match[2]
        if letter == "%":
            return "%"
        value = left.pop(0) if left else None
        if letter == "q":
            return ("%" + flags + "s") % go_quote(str(value))
        if letter in "dxXof" and isinstance(value, (int, float)):
            return ("%" + flags + letter) % value
        return ("%" + flags + "s") % go_value(value)

    return re.sub(r"%([-+ 0#]*\d*(?:\.\d+)?)([a-zA-Z%])", verb, form)


def _and(*values: Any) -> Any:
    return next((value for value in values if not _true(value)), values[-1])


def _or(*values: Any) -> Any:
    return next((value for value in values if _true(value)), values[-1])


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "and": _and,
    "or": _or,
    "not": lambda value: not _true(value),
    "len": len,
    "index": _index,
    "exists": _exists,
    "base64decode": lambda value: base64.b64decode(value).decode("utf-8", "replace"),
    "print": lambda *values: "".join(go_value(value) for value in values),
    "println": lambda *values: " ".join(go_value(value) for value in values) + "\n",
    "printf": _printf,
    "eq": lambda one, *others: any(one == other for other in others),
    "ne": lambda one, other: one != other,
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
}
