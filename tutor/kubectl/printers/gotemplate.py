"""Go templates, as far as `-o go-template` is used on objects: fields, pipes, if, range, with, variables and functions.

Source: https://pkg.go.dev/text/template
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.kubectl.printers.text import go_quote, go_value


class TemplateError(Exception):
    """The template cannot be read or filled in; the message is Go's."""


_NO_VALUE = "<no value>"
_KEYWORDS = frozenset({"block", "break", "continue", "define", "template"})
_WORDS = frozenset({"else", "false", "nil", "true"})
_STRICT = "missingkey=error"
"""The variable that says whether a key a map lacks is an error; no variable of a template has such a name."""
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


class _Token(str):
    """A token of an action, with its place in the template."""

    at: int
    line: int

    def __new__(cls, text: str, at: int = 0, line: int = 1) -> _Token:
        token = super().__new__(cls, text)
        token.at, token.line = at, line
        return token

    @property
    def place(self) -> str:
        """Where Go says that a chain of fields is: at its second field, if it has two."""
        second = self.find(".", self.find(".") + 1) if self.startswith(".") else 0
        return f"{self.line}:{self.at + max(second, 0)}"


@dataclass
class _Block:
    """Text and actions in a row; an `if`, `range` or `with` has blocks of its own."""

    word: str = ""
    pipe: tuple[_Token, ...] = ()
    body: list[str | _Block] = field(default_factory=list)
    otherwise: _Block | None = None


class GoTemplate:
    """A template ready to be filled in.

    Args:
        text: such as `{{.metadata.name}}`.
        allow_missing: whether a key a map lacks is no error.

    Raises:
        TemplateError: it is no template.
    """

    def __init__(self, text: str, *, allow_missing: bool = True) -> None:
        self._root = _parse(text)
        self._strict = not allow_missing
        _check(self._root, _declared(self._root))

    def text(self, data: Any) -> str:
        """The template filled in.

        Raises:
            TemplateError: it does not fit the data.
        """
        out: list[str] = []
        _run(self._root, data, {"$": data, _STRICT: self._strict}, out)
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
        before = text[: action.start(2)]
        _add(open_blocks, action[2], len(before) - before.rfind("\n") - 1, before.count("\n") + 1)
    if "{{" in text[at:]:
        if text[at:].partition("{{")[2].count('"') % 2:
            raise TemplateError("template: output:1: unterminated quoted string")
        raise TemplateError("template: output:1: unclosed action")
    open_blocks[-1].body.append(text[at:].lstrip() if trim else text[at:])
    if len(open_blocks) > 1:
        raise TemplateError("template: output:1: unexpected EOF")
    return root


def _add(open_blocks: list[_Block], text: str, at: int, line: int) -> None:
    """Add an action.

    Args:
        open_blocks: the blocks that have not ended; the last one gets it.
        text: what is between the braces.
        at: where in its line that begins.
        line: its line.
    """

    def tokens(part: str) -> tuple[_Token, ...]:
        return _tokens(part, at + (text.rfind(part) if part else 0), line)

    action = text.strip()
    if action.startswith("/*"):
        return
    word, _, rest = action.partition(" ")
    if word in {"if", "range", "with"} and not rest.strip():
        raise TemplateError(f"template: output:{line}: missing value for {word}")
    if word in _KEYWORDS:
        raise TemplateError(f"template: output:{line}: {word} is not simulated")
    if word in {"if", "range", "with"}:
        block = _Block(word, tokens(rest))
        open_blocks[-1].body.append(block)
        open_blocks.append(block)
    elif word == "else" and len(open_blocks) > 1:
        other = _Block("else")
        open_blocks[-1].otherwise = other
        open_blocks[-1] = other
        if rest:  # `else if` is an `if` inside the else, closed by the same `end`
            inner, _, condition = rest.partition(" ")
            nested = _Block(inner, tokens(condition))
            other.body.append(nested)
            open_blocks[-1] = nested
    elif word == "end":
        if len(open_blocks) == 1:
            raise TemplateError("template: output:1: unexpected {{end}}")
        open_blocks.pop()
    elif not action:
        raise TemplateError("template: output:1: missing value for command")
    else:
        open_blocks[-1].body.append(_Block("print", tokens(action)))


def _parts(block: _Block) -> Iterator[_Block]:
    """The actions in a block and in those inside it."""
    for part in block.body:
        if isinstance(part, _Block):
            yield part
            yield from _parts(part)
            if part.otherwise is not None:
                yield from _parts(part.otherwise)


def _declared(root: _Block) -> set[str]:
    found = {"$"}
    for part in _parts(root):
        if ":=" in part.pipe:
            found.update(token for token in part.pipe[: part.pipe.index(":=")] if token.startswith("$"))
    return found


def _check(root: _Block, variables: set[str]) -> None:
    """Refuse functions and variables that there are not, as Go does before it fills anything in."""
    for part in _parts(root):
        for token in part.pipe:
            head = token.partition(".")[0]
            if token[0] == "$" and head not in variables:
                raise TemplateError(f"template: output:{token.line}: undefined variable {go_quote(head)}")
            if (token[0].isalpha() or token[0] == "_") and token not in _FUNCTIONS and token not in _WORDS:
                raise TemplateError(f"template: output:{token.line}: function {go_quote(token)} not defined")


def _tokens(text: str, start: int, line: int) -> tuple[_Token, ...]:
    """The tokens of an action that begins at a place in a line."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None and not text[at:].strip():
            break
        if match is None:
            raise TemplateError(f"template: output:1: unexpected {go_quote(text[at:].strip()[:1])} in operand")
        token = match[0].strip()
        found.append(_Token(token, start + match.end() - len(token), line))
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
        where = f'output:{pipe[0].place}: executing "output" at <{" ".join(pipe)}>'
        raise TemplateError(f"template: {where}: range can't iterate over {go_value(value)}")
    for key, item in items:
        bound = dict(zip(names, [item] if len(names) == 1 else [key, item], strict=False))
        _run(block, item, {**variables, **bound}, out)
    if not items and block.otherwise is not None:
        _run(block.otherwise, dot, dict(variables), out)


def _range_variables(tokens: tuple[_Token, ...]) -> tuple[list[str], tuple[_Token, ...]]:
    if ":=" not in tokens:
        return [], tokens
    at = tokens.index(":=")
    return [name for name in tokens[:at] if name.startswith("$")], tokens[at + 1 :]


def _evaluate(tokens: tuple[_Token, ...], dot: Any, variables: Variables) -> tuple[Any, bool]:
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


def _split(tokens: tuple[_Token, ...]) -> list[list[_Token]]:
    """The commands of a pipeline."""
    commands: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += token.startswith("(") - token.startswith(")")
        if token == "|" and not depth:  # noqa: S105
            commands.append([])
        else:
            commands[-1].append(token)
    return commands


def _operands(tokens: list[_Token], dot: Any, variables: Variables) -> list[Any]:
    values: list[Any] = []
    at = 0
    while at < len(tokens):
        if tokens[at] == "(":
            end = _closing(tokens, at)
            value = _evaluate(tuple(tokens[at + 1 : end]), dot, variables)[0]
            values.append(_walk(value, tokens[end], variables))
            at = end
        else:
            values.append(_operand(tokens[at], dot, variables, first=not values))
        at += 1
    return values


def _closing(tokens: list[_Token], at: int) -> int:
    depth = 0
    for end in range(at, len(tokens)):
        depth += tokens[end].startswith("(") - tokens[end].startswith(")")
        if not depth:
            return end
    raise TemplateError("template: output:1: unclosed left paren")


@dataclass(frozen=True)
class _Function:
    name: str


def _operand(token: _Token, dot: Any, variables: Variables, *, first: bool) -> Any:
    if token[0] in '"`':
        return token[1:-1] if token[0] == "`" else _unescape(token[1:-1])
    if token[0].isdigit() or token[0] in "+-":
        return float(token) if "." in token else int(token)
    if token in {"true", "false"}:
        return token == "true"  # noqa: S105
    if token == "nil":  # noqa: S105
        return None
    if token[0] == "$":
        head = token.partition(".")[0]
        if head not in variables:
            raise TemplateError(f"template: output:{token.line}: undefined variable {go_quote(head)}")
        return _walk(variables[head], token, variables)
    if token[0] == ".":
        return _walk(dot, token, variables)
    if token in _FUNCTIONS and first:
        return _Function(token)
    raise TemplateError(f"template: output:{token.line}: function {go_quote(token)} not defined")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)


def _walk(value: Any, token: _Token, variables: Variables) -> Any:
    """What the fields that a token ends with lead to; nothing at all where a map lacks one."""
    for name in [part for part in token.split(".")[1:] if part]:
        why = ""
        if value is None:
            why = f"nil pointer evaluating interface {{}}.{name}"
        elif not isinstance(value, Mapping):
            why = f"can't evaluate field {name} in type interface {{}}"
        elif name not in value and variables[_STRICT]:
            why = f"map has no entry for key {go_quote(name)}"
        if why:
            raise TemplateError(f'template: output:{token.place}: executing "output" at <{token}>: {why}')
        if name not in value:
            return None
        value = value[name]
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
