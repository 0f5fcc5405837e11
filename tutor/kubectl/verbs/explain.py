"""`kubectl explain`: the fields of a kind, with what the API's documentation says of them.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/explain/v2/templates/plaintext.tmpl; the descriptions in
`data/explain.json` are those of the Kubernetes API v1.36 (Apache License 2.0, https://github.com/kubernetes/api).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tutor.engine.resources import BY_KIND, RESOURCES, Resource, find_resource
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, PlainError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.jsonpath_parser import Action, Field, JsonPathError, parse
from tutor.kubectl.printers.wordwrap import wrap

_SHORT_ENUM = 4
"""How many of a field's values a list of fields shows."""


async def explain(call: Invocation) -> int:
    """Explain a kind or one of its fields."""
    if not call.args:
        raise KubectlError(
            "You must specify the type of resource to explain. "
            'Use "kubectl api-resources" for a complete list of supported resources.\n'
        )
    if len(call.args) > 1:
        raise KubectlError("We accept only this format: explain RESOURCE\n")
    resource, path = _parse(call.args[0])
    version = call.text("api-version")
    if version and version != resource.api_version:
        group, _, number = version.rpartition("/")
        named = f"{group}/{number}, Resource={resource.plural}"
        if version in {each.api_version for each in RESOURCES}:
            raise KubectlError(f"GVR ({named}) not found in OpenAPI schema")
        raise KubectlError(f'couldn\'t find resource for "{named}"')
    lines = [f"GROUP:      {resource.group}\n"] if resource.group else []
    lines += [f"KIND:       {resource.kind}\n", f"VERSION:    {resource.version}\n\n"]
    await call.out("".join(lines))
    shown = _Explanation(resource, recursive=call.on("recursive")).of(path)
    await call.out(f"{shown}\n")
    return 0


def _parse(word: str) -> tuple[Resource, list[str]]:
    """The kind and the path of fields in `service.spec.ports` or `deployments.apps.spec`."""
    for resource in BY_KIND.values():
        if resource.group and word.startswith(resource.qualified_plural):
            rest = word.removeprefix(resource.qualified_plural)
            if not rest or rest[0] == ".":
                return resource, [part for part in rest.split(".") if part]
    name, *path = _fields(word)
    found = find_resource(name)
    if found is None:
        raise PlainError(f'the server doesn\'t have a resource type "{name}"')
    return found, path


def _fields(word: str) -> list[str]:
    """The parts of `service.spec.ports`, which kubectl reads as a JSONPath."""
    word = word.removesuffix(".")
    if not word:
        raise KubectlError("a resource must be present, got: /, Resource=")
    try:
        node = parse(f"{{.{word}}}")[0]
    except JsonPathError as error:
        raise KubectlError(str(error)) from None
    steps = node.steps if isinstance(node, Action) else ()
    names = [step.name for step in steps if isinstance(step, Field)]
    if not names or len(names) != len(steps):
        raise KubectlError("invalid jsonpath syntax, first node must be field node")
    return names


@cache
def _schema() -> Mapping[str, Any]:
    text = files("tutor.engine").joinpath("schema.json").read_text(encoding="utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


@cache
def _descriptions() -> Mapping[str, Mapping[str, str]]:
    text = files("tutor.kubectl").joinpath("data", "explain.json").read_text(encoding="utf-8")
    descriptions: Mapping[str, Mapping[str, str]] = json.loads(text)
    return descriptions


@dataclass(frozen=True)
class _Explanation:
    resource: Resource
    recursive: bool

    def of(self, path: Sequence[str]) -> str:
        """The text below the kind and version."""
        type_name, field = f"v1.{self.resource.kind}", ""
        schema: Mapping[str, Any] = {"$ref": type_name}
        description = ""
        for field in path:
            type_name = self._struct(schema)
            properties = _schema().get(type_name, {}).get("properties") or {}
            if field not in properties:
                raise KubectlError(f'field "{path[-1]}" does not exist')
            schema, description = properties[field], self._described(type_name).get(field, "")
        head = f"FIELD: {field} <{_type(schema)}>\n{_long_enum(schema)}\n\n" if field else ""
        texts = [text for text in (description, *self._types_described(schema)) if text]
        body = "".join(f"{text}\n" for text in texts) or "<empty>"
        fields = self._fields(self._struct(schema), 1, ())
        listed = f"FIELDS:\n{fields}" if fields else ""
        return f"{head}DESCRIPTION:\n{_indent(wrap(body, 76), 4)}\n{listed}"

    def _described(self, type_name: str) -> Mapping[str, str]:
        descriptions = _descriptions()
        return descriptions.get(f"{self.resource.kind}/{type_name}") or descriptions.get(type_name) or {}

    def _types_described(self, schema: Mapping[str, Any]) -> list[str]:
        """What is said of the types a field is made of."""
        if "$ref" in schema:
            return [self._described(schema["$ref"]).get("", "")]
        for inner in ("items", "additionalProperties"):
            if isinstance(schema.get(inner), Mapping):
                return self._types_described(schema[inner])
        return []

    def _struct(self, schema: Mapping[str, Any]) -> str:
        """The type whose fields a field has, looking into lists and maps; empty if it has none."""
        if "$ref" in schema:
            return str(schema["$ref"])
        for inner in ("items", "additionalProperties"):
            if isinstance(schema.get(inner), Mapping):
                return self._struct(schema[inner])
        return ""

    def _fields(self, type_name: str, level: int, above: tuple[str, ...]) -> str:
        if not type_name or type_name in above:
            return ""
        definition = _schema().get(type_name, {})
        required = definition.get("required") or ()
        parts: list[str] = []
        for name, schema in sorted((definition.get("properties") or {}).items()):
            indent = 2 * level
            mark = " -required-" if name in required else ""
            parts.append(f"{' ' * indent}{name}\t<{_type(schema)}>{mark}{_short_enum(schema, indent)}\n")
            if self.recursive:
                parts.append(self._fields(self._struct(schema), level + 1, (*above, type_name)))
            else:
                text = self._described(type_name).get(name) or "<no description>"
                parts.append(f"{_indent(wrap(text, 78 - indent), indent + 2)}\n\n")
        return "".join(parts)


def _type(schema: Mapping[str, Any]) -> str:
    if isinstance(schema.get("items"), Mapping):
        return f"[]{_type(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"map[string]{_type(schema['additionalProperties'])}"
    if "$ref" in schema:
        plain = _schema().get(schema["$ref"], {}).get("type", "object")
        return str(schema["$ref"]).rpartition(".")[2] if plain == "object" else str(plain)
    kind = schema.get("type", "object")
    return "Object" if kind == "object" else str(kind)


def _value(value: str) -> str:
    return value or '""'


def _long_enum(schema: Mapping[str, Any]) -> str:
    values = schema.get("enum")
    return "ENUM:" + "".join(f"\n    {_value(each)}" for each in values) if values else ""


def _short_enum(schema: Mapping[str, Any], indent: int) -> str:
    values = schema.get("enum")
    if not values:
        return ""
    more = ", ...." if len(values) > _SHORT_ENUM else ""
    return f"\n{' ' * indent}enum: {', '.join(_value(each) for each in values[:_SHORT_ENUM])}{more}"


def _indent(text: str, amount: int) -> str:
    pad = " " * amount
    return pad + text.replace("\n", f"\n{pad}")


COMMAND = Command(
    name="explain",
    short="Get documentation for a resource",
    handler=explain,
    long="""Describe fields and structure of various resources.

 This command describes the fields associated with each supported API resource. Fields are identified via a simple JSONPath identifier:

        <type>.<fieldName>[.<fieldName>]
        
 Information about each field is retrieved from the server in OpenAPI format.

Use "kubectl api-resources" for a complete list of supported resources.""",  # noqa: E501, W293
    examples="""
# Get the documentation of the resource and its fields
kubectl explain pods

# Get all the fields in the resource
kubectl explain pods --recursive

# Get the explanation for deployment in supported api versions
kubectl explain deployments --api-version=apps/v1

# Get the documentation of a specific field of a resource
kubectl explain pods.spec.containers
""",
    usage="TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group]",
    flags=(
        Flag("api-version", "Use given api-version (group/version) of the resource."),
        Flag(
            "recursive",
            "When true, print the name of all the fields recursively. Otherwise, print the available fields with "
            "their description.",
            kind="bool",
        ),
    ),
    lacks=("output", "o"),
)
