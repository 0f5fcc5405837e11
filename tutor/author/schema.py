"""JSON Schemas of what instructors write, for completion and checking in editors.

They follow draft 7, which is what language servers for YAML know best.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from tutor.author.docstrings import about_class, about_fields
from tutor.course.conditions.base import Record
from tutor.course.conditions.tree import KINDS
from tutor.course.faults import Fault, Stories
from tutor.course.schema import STEP_KINDS, Lesson

Node: TypeAlias = dict[str, Any]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
CONDITION: Final[Node] = {"$ref": "#/definitions/Condition"}
STEP: Final[Node] = {"$ref": "#/definitions/Step"}
_REFERENCE: Final[Node] = {"type": "string", "pattern": r"\(\([A-Za-z][\w.-]*\)\)"}
"""A variable of the lesson, which may stand for any value."""
_FIXED: Final = frozenset({"format", "minutes", "kind"})
"""Keys that no variable can stand for."""


def lesson_schema() -> Node:
    """The schema of a lesson file."""
    return _model_schema(Lesson, "A lesson of tutor")


def fault_schema() -> Node:
    """The schema of a fault that challenges are made of."""
    return _model_schema(Fault, "A fault of tutor's challenges")


def stories_schema() -> Node:
    """The schema of the stories that challenges are told by."""
    return _model_schema(Stories, "The stories of tutor's challenges")


def _model_schema(model: type[Record], title: str) -> Node:
    raw = model.model_json_schema(ref_template="#/definitions/{model}")
    models = {each.__name__: each for each in _subclasses(Record)}
    found = {name: _described(_tidy(node), models[name]) for name, node in raw.pop("$defs", {}).items()}
    definitions = {name: node for name, node in found.items() if models[name] not in KINDS.values()}
    if len(definitions) < len(found):
        definitions["Condition"] = _condition({word: found[kind.__name__] for word, kind in KINDS.items()})
    if "Read" in found:
        definitions["Step"] = _step()
    for name, amend in _AMENDED.items():
        if name in definitions:
            definitions[name] = amend(definitions[name])
    top = _described(_tidy(raw), model)
    return {"$schema": DRAFT, "title": title, **top, "definitions": dict(sorted(definitions.items()))}


def index_schema() -> Node:
    """The schema of `index.yaml`."""
    files = {
        "type": "array",
        "items": {"type": "string"},
        "uniqueItems": True,
        "description": "lesson files beside the index, in order",
    }
    group = {
        "type": "object",
        "additionalProperties": False,
        "required": ["title", "lessons"],
        "properties": {
            "title": {"type": "string", "description": "the heading"},
            "summary": {"type": "string", "description": "a sentence about the group"},
            "lessons": files,
        },
    }
    return {
        "$schema": DRAFT,
        "title": "The order of lessons in a folder",
        "type": "object",
        "additionalProperties": False,
        "required": ["format"],
        "anyOf": [{"required": ["lessons"]}, {"required": ["groups"]}],
        "properties": {
            "format": {"const": 1, "description": "1"},
            "pack": {
                "type": "string",
                "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
                "description": "stands before the ids of these lessons where there are others: pack/lesson",
            },
            "lessons": files,
            "groups": {"type": "array", "items": group, "description": "lessons under headings"},
        },
    }


def glossary_schema() -> Node:
    """The schema of `glossary.yaml`."""
    return {
        "$schema": DRAFT,
        "title": "Words that lessons explain",
        "type": "object",
        "additionalProperties": {"type": "string", "minLength": 1, "description": "what it means, in plain words"},
    }


SCHEMAS: Final[Mapping[str, Callable[[], Node]]] = {
    "lesson": lesson_schema,
    "fault": fault_schema,
    "stories": stories_schema,
    "index": index_schema,
    "glossary": glossary_schema,
}
"""By what they are for."""


def as_text(schema: Node) -> str:
    """A schema as it stands in a file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


# From what pydantic makes of the models


def _subclasses(model: type[Record]) -> Iterator[type[Record]]:
    for each in model.__subclasses__():
        yield each
        yield from _subclasses(each)


def _tidy(node: Node, key: str = "") -> Node:
    """A schema without titles made from names, without null, and with unions by their names.

    Args:
        node: the schema.
        key: the key whose value it describes.
    """
    tidied = {word: _tidy_part(word, part, key) for word, part in node.items() if not _is_noise(word, part)}
    options = tidied.get("anyOf") or tidied.get("oneOf") or []
    if "oneOf" in tidied and len(options) == len(KINDS):
        return CONDITION
    if "oneOf" in tidied and {"$ref": "#/definitions/Read"} in options:
        return STEP
    if "anyOf" in tidied:
        options = [option for option in options if option != {"type": "null"}]
        rest = {word: part for word, part in tidied.items() if word != "anyOf"}
        if len(options) == 1:
            return {**rest, **options[0]}
        flat = [inner for option in options for inner in (option["anyOf"] if option.keys() == {"anyOf"} else [option])]
        return {**rest, "anyOf": list({str(option): option for option in flat}.values())}
    return _or_reference(tidied, key)


def _tidy_part(word: str, part: Any, key: str) -> Any:
    if word in {"properties", "patternProperties"}:
        return {name: _tidy(inner, name) for name, inner in part.items()}
    if word in {"items", "additionalProperties"} and isinstance(part, dict):
        return _tidy(part, key)
    if word in {"anyOf", "oneOf"}:
        return [_tidy(inner, key) for inner in part]
    return part


def _is_noise(word: str, part: Any) -> bool:
    return (word == "title" and isinstance(part, str)) or (word == "default" and part in (None, "", False))


def _or_reference(node: Node, key: str) -> Node:
    """A schema of something that is no text, with room for a variable."""
    takes_text = node.get("type") not in ("integer", "number", "boolean") and "enum" not in node
    if takes_text or key in _FIXED:
        return node
    outer = {"default": node["default"]} if "default" in node else {}
    return {**outer, "anyOf": [{word: part for word, part in node.items() if word not in outer}, _REFERENCE]}


def _described(node: Node, model: type[Record]) -> Node:
    """The schema of a model with what its docstring says of it and of its fields."""
    fields, said = model.model_fields, about_fields(model)
    names = {field.alias or name: name for name, field in fields.items()}
    properties = {
        key: {"description": said[names[key]], **part} if names[key] in said else part
        for key, part in node.get("properties", {}).items()
    }
    return {**node, "description": about_class(model), "properties": properties}


def _condition(kinds: Mapping[str, Node]) -> Node:
    """One schema for all conditions: a mapping with exactly one of the words that say which it is."""
    properties: Node = {}
    for word, node in kinds.items():
        for key, part in node["properties"].items():
            if key not in properties:
                properties[key] = part
        properties[word] = {**properties[word], "description": node["description"]}
    return {
        "type": "object",
        "description": "A condition: a mapping with exactly one of the words that say what must hold.",
        "additionalProperties": False,
        "properties": properties,
        "oneOf": [{"required": [word]} for word in kinds],
        "dependencies": {"with": ["named"]},
    }


def _step() -> Node:
    """One schema for all steps, which goes by their kind."""
    kinds = "; ".join(f"`{word}`: {about_class(model).splitlines()[0]}" for word, model in STEP_KINDS.items())
    return {
        "type": "object",
        "description": "A step of a lesson.",
        "required": ["id", "kind"],
        "properties": {"kind": {"enum": list(STEP_KINDS), "description": f"What the learner does. {kinds}"}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": word}}, "required": ["kind"]},
                "then": {"$ref": f"#/definitions/{model.__name__}"},
            }
            for word, model in STEP_KINDS.items()
        ],
    }


def _hint(node: Node) -> Node:
    """A hint has one of the two at least."""
    return {**node, "anyOf": [{"required": ["text"]}, {"required": ["command"]}]}


def _value(node: Node) -> Node:
    """A value may be written as a bare text."""
    return {"description": node["description"], "anyOf": [{"type": "string"}, node]}


def _where(node: Node) -> Node:
    """A place may be written as a bare text, and labels without the word `labels`."""
    mapping = {**node, "additionalProperties": {"type": "string", "description": "a label"}}
    return {"description": node["description"], "anyOf": [{"type": "string"}, mapping]}


_AMENDED: Final[Mapping[str, Callable[[Node], Node]]] = {"Hint": _hint, "Value": _value, "Where": _where}
"""What the models take beyond what pydantic says of them."""
