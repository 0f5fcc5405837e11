"""YAML read together with the place of every key and value, so that mistakes can be pointed at."""

from __future__ import annotations

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
    """

    data: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    spans: dict[Path, tuple[int, int]] = field(default_factory=dict)
    source: str = ""

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


def _explained(error: yaml.MarkedYAMLError, text: str) -> YamlError:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = f"not valid YAML: {error.problem or error.context}"
    lines = text.splitlines()
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    mend = ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        mend = "indent with spaces, not tabs"
    elif "mapping values are not allowed" in message:
        mend = 'a text with ": " in it must stand in quotes'
    elif "cannot start any token" in message or "alias" in message:
        mend = "a text that starts with a special character must stand in quotes"
    return YamlError(message, place, mend)


def _build(node: yaml.Node, path: Path, marked: Marked, loader: Any) -> Any:
    marked.values[path] = _place(node)
    plain = _PLAIN_TAGS.get(type(node))
    if plain is not None and node.tag != plain:
        raise YamlError(f"the tag {node.tag!r} is not allowed", _place(node), "lessons are plain data: remove it")
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, number), marked, loader) for number, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        return _build_mapping(node, path, marked, loader)
    marked.spans[path] = node.start_mark.index, node.end_mark.index
    return loader.construct_object(node)


def _build_mapping(node: yaml.MappingNode, path: Path, marked: Marked, loader: Any) -> dict[Any, Any]:
    built: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, str):
            raise YamlError(f"the key {key_node.value!r} is not a text", _place(key_node), "put it in quotes")
        if key in built:
            raise YamlError(f"the key {key!r} is given twice", _place(key_node), "keep one of the two")
        marked.keys[*path, key] = _place(key_node)
        built[key] = _build(value_node, (*path, key), marked, loader)
    return built


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
