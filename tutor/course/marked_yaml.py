"""YAML read together with the place of every key and value, so that mistakes can be pointed at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
"""The way from the top to a value: keys and list places."""
Place: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""


_PLAIN_TAGS: Final[dict[type[yaml.Node], str]] = {
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


class YamlError(ValueError):
    """The text is no YAML we read.

    Args:
        message: what is wrong.
        place: where.
        mend: how to mend it; may be empty.
    """

    def __init__(self, message: str, place: Place, mend: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.mend = mend


@dataclass
class Marked:
    """Data, and where in the file it stands.

    Args:
        data: the data.
        values: where each value begins.
        keys: where each key begins.
        spans: for each scalar, where its text begins and ends in `source`.
        source: the text it was read from.
        flows: the mappings that are written between braces.
    """

    data: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    spans: dict[Path, tuple[int, int]] = field(default_factory=dict)
    source: str = ""
    flows: set[Path] = field(default_factory=set)

    def place_of(self, path: Path) -> Place:
        """Where a path's key (or else its value, or its nearest parent) stands."""
        while path:
            found = self.keys.get(path) or self.values.get(path)
            if found:
                return found
            path = path[:-1]
        return self.values.get((), (1, 1))

    def place_within(self, path: Path, fragment: str) -> Place:
        """Where a fragment of a text first stands; the place of its path if it is not written there as it is."""
        start, end = self.spans.get(path, (0, 0))
        found = self.source.find(fragment, start, end) if fragment else -1
        if found < 0:
            return self.place_of(path)
        return self.source.count("\n", 0, found) + 1, found - self.source.rfind("\n", 0, found)


def read_marked(text: str) -> Marked:
    """The one YAML document of a text; its data is None if there is none.

    Raises:
        YamlError: a syntax error, a key given twice, or a tag that only code could make sense of.
    """
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        marked = Marked(source=text)
        if node is not None:
            marked.data = _build(node, (), marked, loader)
        return marked
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from error
    except yaml.YAMLError as error:
        raise YamlError(" ".join(str(error).split()), (1, 1)) from error
    except RecursionError as error:
        raise YamlError("an alias contains itself", (1, 1)) from error
    finally:
        loader.dispose()


# What the parser says, and what an author is told: the mistakes that people make, each with its mend.

_CLOSING: Final = {"{": "}", "[": "]"}
_PLAIN: Final = (
    ("violates indentation", "a tab stands where a line is indented", "indent with spaces, not tabs"),
    ("cannot start any token", "no text can begin with this sign", "put the text in quotes"),
    ("did not find expected node content", "a value is wanted here", "put a text with such signs in quotes"),
    ("alias", "* begins the name of something marked with & before", "put a text that begins with * in quotes"),
    ("alphabetic or numeric character", "& marks something by a name", "put a text that begins with & in quotes"),
    ("expected comment or line break", "behind | nothing else stands on the line", "write the text on the lines below"),
    (
        "expected '-' indicator",
        "the list ends here, and no key is wanted",
        "begin the line with -, or indent it further",
    ),
    ("block sequence entries are not allowed", "a list begins on a line of its own", "write each - on a new line"),
    ("found another document", "--- begins a second document, and a file is one", "remove it"),
    ("constructor for the tag", "the tag is not allowed", "put a text that begins with ! in quotes"),
    ("unknown escape character", "there is no such escape", "write \\\\ for \\, or use single quotes"),
    ("<document start>", "the line is indented less than the first one", "let all keys at the top begin at the margin"),
)
"""For a part of what the parser says: what is wrong, and the mend."""


def _explained(error: yaml.MarkedYAMLError, text: str) -> YamlError:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = f"{error.context}: {error.problem}"
    begin = error.context_mark
    line = (text.splitlines()[place[0] - 1 : place[0]] or [""])[0]
    if "\t" in line[: _indent(line)]:
        return _error(place, *_PLAIN[0][1:])
    if "while parsing a flow" in said and begin is not None:
        opening = begin.index if text[begin.index :].strip() else _open_bracket(text)
        if text[opening] in _CLOSING:
            return _of_bracket(text, opening, place)
    if "quoted scalar" in said and begin is not None and "end of stream" in said:
        quote = text[begin.index : begin.index + 1]
        mend = f"close it; within {quote} it is written {quote * 2 if quote == chr(39) else chr(92) + quote}"
        return _error((begin.line + 1, begin.column + 1), f"the {quote} that begins here is not closed", mend)
    if "mapping values are not allowed" in said:
        twice = len(re.findall(r":(?: |$)", line[: place[1]])) > 1
        mend = 'put a text with ": " in it in quotes'
        return _error(place, 'here ": " makes no key', mend if twice else f"see the indentation; or {mend}")
    if "expected key" in said:
        quoted = line[: place[1] - 1].rstrip()[-1:] in {"'", '"', "]", "}"}
        mend = "put the whole text in quotes, others than those in it" if quoted else "see the indentation"
        return _error(place, "the value ends here, and a key is wanted", mend)
    known = next(((message, mend) for part, message, mend in _PLAIN if part in said), None)
    return _error(place, *(known or (str(error.problem or error.context), "")))


def _error(place: Place, message: str, mend: str) -> YamlError:
    return YamlError(f"not valid YAML: {message}", place, mend)


def _of_bracket(text: str, opening: int, place: Place) -> YamlError:
    """What is wrong within brackets, or with what opens them.

    Args:
        text: the file's.
        opening: where the bracket is.
        place: where the parser gave up.
    """
    sign, closing = text[opening], _CLOSING[text[opening]]
    line, column = text.count("\n", 0, opening) + 1, opening - text.rfind("\n", 0, opening)
    lines = text.splitlines()
    begun, stopped = lines[line - 1], (lines[place[0] - 1 : place[0]] or [""])[0]
    if place[0] == line or _indent(stopped) > _indent(begun):
        other = stopped[place[1] - 1 : place[1]] in _CLOSING.values()
        mend = f"write {closing} before it" if other else "put the text in quotes"
        return _error(place, f"within {sign} {closing} a comma or {closing} is wanted here", mend)
    swallowed = re.search(r"\s#", begun[column:]) is not None
    mend = 'put a text with " #" in it in quotes; it begins a comment' if swallowed else f"write {closing} at its end"
    return _error((line, column), f"the {sign} that begins here is not closed", mend)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _open_bracket(text: str) -> int:
    """Where the innermost bracket is that is still open at the end."""
    opened: list[int] = []
    for token in yaml.scan(text, yaml.CSafeLoader):
        if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            opened.append(token.start_mark.index)
        elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            opened[-1:] = []
    return opened[-1]


# Reading


def _build(node: yaml.Node, path: Path, marked: Marked, loader: Any) -> Any:
    marked.values[path] = _place(node)
    plain = _PLAIN_TAGS.get(type(node))
    if plain is not None and node.tag != plain:
        raise YamlError(f"the tag {node.tag!r} is not allowed", _place(node), "lessons are plain data: remove it")
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, number), marked, loader) for number, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        if node.flow_style:
            marked.flows.add(path)
        loader.flatten_mapping(node)
        return _build_mapping(node, path, marked, loader)
    marked.spans[path] = node.start_mark.index, node.end_mark.index
    return loader.construct_object(node)


def _build_mapping(node: yaml.MappingNode, path: Path, marked: Marked, loader: Any) -> dict[Any, Any]:
    built: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, str):
            shown = f"the key {key_node.value!r}" if isinstance(key_node, yaml.ScalarNode) else "what stands as a key"
            raise YamlError(f"{shown} is not a text", _place(key_node), "put it in quotes")
        if key in built:
            raise YamlError(f"the key {key!r} is given twice", _place(key_node), "keep one of the two")
        marked.keys[*path, key] = _place(key_node)
        built[key] = _build(value_node, (*path, key), marked, loader)
    return built


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
