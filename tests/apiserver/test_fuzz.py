"""Requests made from the API's own description, and mangled: the server never fails and always says why it refuses."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.apiserver.served import Served
from tutor.apiserver.openapi.documents import group_paths, third
from tutor.apiserver.refusals import PATCH_TYPES

OPERATIONS = [
    (method, path, operation)
    for place in group_paths()
    for path, entry in (third(place) or {})["paths"].items()
    for method, operation in entry.items()
    if method != "parameters" and operation["x-kubernetes-action"] != "connect"
]
DEFINITIONS = {
    name: definition
    for place in group_paths()
    for name, definition in (third(place) or {})["components"]["schemas"].items()
}
NAMES = st.sampled_from(["web", "kubernetes", "default", "node-1", "nope", "Bad_", "x" * 70, "ä"])
NAMESPACES = st.sampled_from(["default", "kube-system", "nowhere"])
TEXTS = st.one_of(
    st.sampled_from(["web", "", "a=b", "0", "-1", "1e9", "true", "Strict", "All", "TCP"]), st.text(max_size=8)
)


def value_of(schema: dict[str, Any], depth: int = 0) -> SearchStrategy[Any]:
    """Values that fit a schema, now and then with something that does not."""
    if "allOf" in schema:
        return value_of(schema["allOf"][0], depth)
    if "$ref" in schema:
        return st.deferred(lambda: value_of(DEFINITIONS[schema["$ref"].rpartition("/")[2]], depth))
    if schema.get("enum"):
        return st.sampled_from(schema["enum"]) | TEXTS
    match schema.get("type"):
        case "integer" | "number":
            return st.sampled_from([0, 1, 3, 80, 8080, -1, 65536, 1 << 40])
        case "boolean":
            return st.booleans()
        case "array":
            return st.lists(value_of(schema["items"], depth + 1), max_size=2)
        case "object" if depth < 5 and "properties" in schema:
            inner = {key: value_of(each, depth + 1) for key, each in schema["properties"].items()}
            return st.lists(st.sampled_from(sorted(inner)), max_size=5, unique=True).flatmap(
                lambda keys: st.fixed_dictionaries({key: inner[key] for key in keys})
            )
        case "object":
            return st.dictionaries(TEXTS, TEXTS, max_size=2)
        case "string":
            return TEXTS
    return st.one_of(TEXTS, st.integers(0, 99), st.none())


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], dict[str, str], bytes | None]:
    """A method, path, query, headers and body."""
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    path = path.replace("{name}", draw(NAMES)).replace("{namespace}", draw(NAMESPACES))
    asked = [each for each in operation["parameters"] if each["name"] not in {"watch", "follow", "sendInitialEvents"}]
    chosen = draw(st.lists(st.sampled_from(asked), max_size=2, unique_by=lambda each: each["name"])) if asked else []
    query = {each["name"]: draw(TEXTS) for each in chosen}
    headers, body = {}, None
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        media = draw(st.sampled_from(sorted(content)))
        schema = next(iter(content.values()))["schema"]
        if media in PATCH_TYPES:
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        headers["Content-Type"] = media
        body = draw(st.one_of(value_of(schema).map(lambda value: json.dumps(value).encode()), st.binary(max_size=20)))
    return method.upper(), path, query, headers, body


EXAMPLES = 5000 if os.environ.get("TUTOR_FULL") else 150


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests())
def test_every_request_gets_an_answer_of_the_api(
    served: Served, request_: tuple[str, str, dict[str, str], dict[str, str], bytes | None]
) -> None:
    method, path, query, headers, body = request_
    status, content_type, data = served.ask(method, path, query, headers, body)
    assert b"a fault of tutor" not in data, (request_, data)
    if status >= 400 and content_type == "application/json":
        answer = json.loads(data)
        assert (answer["kind"], answer["status"], answer["code"]) == ("Status", "Failure", status), request_
        assert answer["message"], request_
