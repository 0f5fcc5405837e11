"""The reference of the lesson file in Markdown, made from its schema and from the list of findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tutor.author.codes import CODES
from tutor.author.schema import Node, fault_schema, lesson_schema, stories_schema
from tutor.course.conditions.tree import KINDS
from tutor.course.schema import STEP_KINDS, StepBase
from tutor.engine.resources import RESOURCES
from tutor.kubectl.overview import verb_names
from tutor.kubectl.verbs import find_verb
from tutor.paths import assets_dir

BEGIN: Final = "<!-- reference, made by `tutor schema --markdown FILE`; do not edit below -->"
END: Final = "<!-- end of the reference -->"
_PARTS: Final = {
    "ClusterSetup": "cluster",
    "FileFrom": "A file from elsewhere",
    "Choice": "Variables",
    "Hint": "Hints",
    "Option": "Options",
    "Wrong": "Wrong ways",
    "Refusal": "Refused ways",
    "Rehearsal": "Rehearsals",
    "Ladder": "Ladder",
    "Value": "Values",
    "Where": "Places",
    "Condition": "Conditions",
    "Step": "Steps",
    "Fault": "Faults",
    "Superficial": "Superficial repairs",
    "Trial": "Trials",
    "Stories": "The file of the stories",
    "Story": "Stories",
}
"""Headings of what several keys share, in order, by its name in the schema."""
_WORDS: Final = {"Counting": "count"}
"""Where else the mapping of a condition is told of, by its name in the schema: under the word of that condition."""
_NAMES: Final = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "true/false",
    "object": "mapping",
    "array": "list",
}


def reference() -> str:
    """The whole reference, without the marks around it."""
    schema = lesson_schema()
    definitions: dict[str, Node] = schema["definitions"]
    lines = ["## Reference", "", "A key with a * must be there.", ""]
    lines += _section("### The lesson", schema)
    for name in ("ClusterSetup", "FileFrom", "Choice"):
        lines += _section(f"### {_PARTS[name]}", definitions[name])
    lines += _steps(definitions)
    for name in ("Hint", "Option", "Wrong", "Refusal", "Rehearsal", "Ladder", "Value", "Where"):
        lines += _section(f"### {_PARTS[name]}", _mapping(definitions[name]))
    lines += _conditions(definitions)
    for whole, parts, schema in (
        ("Fault", ("Superficial", "Trial"), fault_schema()),
        ("Stories", ("Story",), stories_schema()),
    ):
        lines += _section(f"### {_PARTS[whole]}", schema)
        for part in parts:
            lines += _section(f"### {_PARTS[part]}", schema["definitions"][part])
    lines += _surroundings()
    lines += _findings()
    return "\n".join(lines).rstrip() + "\n"


def put_into(text: str) -> str:
    """A text with the reference in place of what stands between its marks.

    Raises:
        ValueError: it has no such marks.
    """
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the marks {BEGIN!r} and {END!r} are missing")
    return f"{head}{BEGIN}\n\n{reference()}\n{END}{tail}"


def _section(heading: str, node: Node, keys: Sequence[str] | None = None) -> Iterator[str]:
    yield from (heading, "", node["description"], "")
    yield from _table(node, keys)


def _table(node: Node, keys: Sequence[str] | None = None) -> Iterator[str]:
    """The keys of a mapping (or those given) as a table; nothing without any."""
    properties, required = node.get("properties", {}), node.get("required", ())
    rows = [
        f"| `{key}`{' *' if key in required else ''} | {_kind_of(part)} | {_cell(part)} |"
        for key, part in properties.items()
        if keys is None or key in keys
    ]
    if rows:
        yield from ("| key | takes | what it is |", "|---|---|---|", *rows, "")


def _cell(part: Node) -> str:
    default = f" (default {part['default']})" if part.get("default") not in (None, "") else ""
    said: str = part.get("description", "")
    return f"{said.rstrip('.')}{default}".replace("|", "\\|")


def _kind_of(part: Node) -> str:
    """What a key takes, in words."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        heading = _PARTS.get(name) or _WORDS[name]
        return f"[{heading.lower()}](#{_anchor(heading)})"
    if "anyOf" in part or "oneOf" in part:
        kinds = (_kind_of(each) for each in part.get("anyOf") or part["oneOf"] if "pattern" not in each)
        return " or ".join(dict.fromkeys(kinds))
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return " ".join(f"`{word}`" for word in part["enum"])
    kind: str | list[str] = part.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(_NAMES[each] for each in kind)
    if kind == "array":
        return f"list of {_kind_of(part['items'])}"
    inner = part.get("additionalProperties") or next(iter(part.get("patternProperties", {}).values()), None)
    return f"mapping to {_kind_of(inner)}" if isinstance(inner, dict) else _NAMES.get(kind, kind)


def _anchor(heading: str) -> str:
    """Where GitHub puts a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _mapping(node: Node) -> Node:
    """The mapping among the ways to write something."""
    if "properties" in node:
        return node
    mapping = next(each for each in node["anyOf"] if "properties" in each)
    return {**mapping, "description": node["description"]}


def _steps(definitions: dict[str, Node]) -> Iterator[str]:
    shared = list(StepBase.model_fields)
    yield from ("### Steps", "", "Every step may have:", "")
    yield from _table(definitions["Task"] | {"required": ["id"]}, shared)
    for name in dict.fromkeys(model.__name__ for model in STEP_KINDS.values()):
        words = " and ".join(word for word, model in STEP_KINDS.items() if model.__name__ == name)
        node = definitions[name]
        own = [key for key in node["properties"] if key not in shared and key != "kind"]
        must = [key for key in node["required"] if key in shared and key != "id"]
        yield from _section(f"#### {words}", node, own)
        if must:
            yield from (" and ".join(f"`{key}`" for key in must) + " must be there.", "")


def _conditions(definitions: dict[str, Node]) -> Iterator[str]:
    whole = definitions["Condition"]
    words = " ".join(f"`{word}`" for word in KINDS)
    yield from ("### Conditions", "", f"{whole['description']} The words are {words}.", "")
    yield "Beside that word a condition may have:"
    yield ""
    yield from _table(whole, ("else", "title"))
    for word in KINDS:
        part = whole["properties"][word]
        yield from (f"#### {word}", "", part["description"], "")
        if word == "named":
            yield from _table(whole, ("with",))
        name = part.get("$ref", "").rpartition("/")[2]
        if name and name not in _PARTS:
            node = definitions[name]
            yield from (*_after_first_line(node["description"]), *_table(node))


def _after_first_line(description: str) -> Iterator[str]:
    more = description.partition("\n\n")[2]
    if more:
        yield from (more, "")


def _surroundings() -> Iterator[str]:
    """What commands, conditions and manifests may name."""
    verbs = (name for name in verb_names() if find_verb(name) is not None)
    kinds = (resource.kind for resource in RESOURCES)
    files = sorted((assets_dir() / "images").glob("*.yaml"))
    images = (file.stem.replace("--", "/") for file in files)
    yield from ("### What the simulation has", "")
    yield "What is not here says so when it is used, and `tutor check` finds it in commands, conditions and texts."
    yield ""
    yield f"- Kinds: {_listed(kinds)}."
    yield f"- Verbs of kubectl: {_listed(verbs)}. `tutor shell -c 'kubectl VERB --help'` says which flags."
    yield f"- Images: {_listed(images)}. Their tags, and what is in them, stand in `assets/images`."
    yield "- Programs: those of each image and its packages are named there and in `assets/images/os`;"
    yield "  `tutor shell -c 'compgen -c'` names those of the learner's own computer."
    yield "- Manifests ready for `apply` and `from`, and drawings: `assets/manifests` and `assets/diagrams`."
    yield ""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _findings() -> Iterator[str]:
    yield from ("### Findings", "", "What `tutor check` may say. Warnings fail a check only with `--strict`.", "")
    yield from ("| code | | what is wrong, and the mend |", "|---|---|---|")
    for code, each in CODES.items():
        text = f"{each.title}. {each.text}".replace("|", "\\|")
        yield f"| `{code}` | {each.severity} | {text} |"
    yield ""
