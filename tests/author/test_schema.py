"""The JSON Schema takes what the program takes, refuses what it refuses, and explains every key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.author.check import check
from tutor.author.docstrings import about_class, about_fields
from tutor.author.new import template
from tutor.author.reference import BEGIN, END, put_into, reference
from tutor.author.schema import SCHEMAS, glossary_schema, index_schema, lesson_schema
from tutor.course.catalog import lesson_paths
from tutor.course.conditions.tree import KINDS
from tutor.course.faults import STORIES
from tutor.course.lesson_index import CHALLENGES
from tutor.course.schema import STEP_KINDS, Task
from tutor.paths import lessons_dir

LESSON = HEAD + DEPLOYMENT + STEPS


def faults(text: str, schema: dict[str, Any] | None = None) -> list[str]:
    data = yaml.load(text, yaml.CSafeLoader)
    return [error.message for error in jsonschema.Draft7Validator(schema or lesson_schema()).iter_errors(data)]


@pytest.mark.parametrize("subject", SCHEMAS)
def test_schemas_are_schemas(subject: str) -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMAS[subject]())


def test_they_take_all_that_ships() -> None:
    for path in lesson_paths(lessons_dir())[0]:
        assert (path.name, faults(path.read_text(encoding="utf-8"))) == (path.name, [])
    for path in (lessons_dir() / CHALLENGES).glob("*.yaml"):
        schema = SCHEMAS["stories" if path.name == STORIES else "fault"]()
        assert (path.name, faults(path.read_text(encoding="utf-8"), schema)) == (path.name, [])


def test_it_takes_a_lesson_of_every_step_and_what_tutor_new_writes() -> None:
    assert faults(LESSON) == []
    assert faults(template("trial")) == []


def test_index_and_glossary_have_schemas() -> None:
    for name, schema in (("index.yaml", index_schema()), ("glossary.yaml", glossary_schema())):
        assert faults((lessons_dir() / name).read_text(encoding="utf-8"), schema) == []
    assert faults("format: 1\n", index_schema()) != []
    assert faults("Pod: [a]\n", glossary_schema()) != []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("minutes: 3", "minutes: three"),
        ("minutes: 3", "minuts: 3"),
        ("kind: read", "kind: reading"),
        ("kind: read\n    body: Hello.", "kind: read"),
        ("kind: read", "kind: read\n    until: {exists: service/web}"),
        ("{exists: service/web, else", "{exist: service/web, else"),
        ("{exists: service/web, else", "{exists: service/web, absent: service/web, else"),
        ("{exists: service/web, else", "{else"),
        ("{service: web, ready: 3}", "{service: web, redy: 3}"),
        ("{text: kubectl expose makes", "{txt: kubectl expose makes"),
        ("{text: Curl, why: It is a program.}", "{text: Curl}"),
    ],
)
def test_it_refuses_what_the_program_refuses(right: str, wrong: str) -> None:
    assert right in LESSON
    assert faults(LESSON.replace(right, wrong, 1)) != []


@pytest.mark.parametrize(
    ("right", "written"),
    [
        ("{service: web, ready: 3}", '{service: web, ready: ">=2"}'),
        ("{service: web, ready: 3}", '{service: web, ready: "((number))"}'),
        ("{exists: service/web, else", "{request: {from: {app: nginx}, url: http://web, port: ((port))}, else"),
        ("{exists: service/web, else", "{inside: host, else"),
        ("reveal: {object: deployment/web, path: spec.replicas}", "reveal: three"),
        ("minutes: 3\n", "minutes: 3\nvars: {a: 1, b: {choose: [x, y]}}\n"),
    ],
)
def test_it_takes_every_way_to_write_a_thing(right: str, written: str) -> None:
    assert right in LESSON
    assert faults(LESSON.replace(right, written, 1)) == []


def _properties(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            yield from node["properties"].items()
        for part in node.values():
            yield from _properties(part)
    elif isinstance(node, list):
        for part in node:
            yield from _properties(part)


@pytest.mark.parametrize("subject", SCHEMAS)
def test_every_key_is_explained(subject: str) -> None:
    assert {key for key, part in _properties(SCHEMAS[subject]()) if not part.get("description")} <= {"groups"}


def test_docstrings_are_read_with_those_of_the_parents() -> None:
    assert about_class(Task).startswith("Something to do; done when `until` holds.")
    assert about_fields(Task)["until"] == "what must hold."
    assert about_fields(Task)["id"].startswith("unique in the lesson")
    assert about_fields(KINDS["exists"])["missing"].startswith("what the learner reads")


def test_the_reference_names_every_condition_and_step() -> None:
    text = reference()
    assert [word for word in KINDS if f"#### {word}\n" not in text] == []
    headings = " ".join(line for line in text.splitlines() if line.startswith("#### "))
    assert [word for word in STEP_KINDS if word not in headings.split()] == []


def test_the_reference_is_put_between_its_marks() -> None:
    text = put_into(f"Before.\n\n{BEGIN}\nout of date\n{END}\n\nAfter.\n")
    assert text.startswith("Before.\n")
    assert text.endswith(f"{END}\n\nAfter.\n")
    assert "out of date" not in text
    assert put_into(text) == text
    with pytest.raises(ValueError, match="marks"):
        put_into("No marks.")


def test_the_reference_in_the_readme_is_current() -> None:
    """`tutor schema --markdown lessons/README.md` renews it."""
    text = (lessons_dir() / "README.md").read_text(encoding="utf-8")
    assert put_into(text) == text


def test_the_examples_in_the_readme_are_right(tmp_path: Path) -> None:
    """Whole lessons pass their check; parts of one are parts that a lesson may have."""
    text = (lessons_dir() / "README.md").read_text(encoding="utf-8").partition(BEGIN)[0]
    seen = 0
    for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        data = yaml.load(block, yaml.CSafeLoader)
        if isinstance(data, dict) and isinstance(data.get("groups"), list):
            assert faults(block, index_schema()) == []
        elif isinstance(data, dict) and ("selector" in data or "groups" in data):
            assert _words_and_headings(tmp_path, block, data) == []
        elif isinstance(data, dict) and "steps" in data:
            assert check([written(tmp_path, block)]).problems == ()
        elif isinstance(data, dict) and "until" in data:
            assert faults(f"{HEAD}steps:\n  - id: a\n    kind: task\n    solve: [ls]\n{block}") == []
        elif isinstance(data, dict):
            assert faults(f"{HEAD}steps: [{{id: a, kind: read, body: b}}]\n{block}") == []
        elif "run" not in data[0]:
            assert faults(f"{HEAD}steps:\n{block}") == []
        else:
            continue
        seen += 1
    assert seen >= 6


def _words_and_headings(folder: Path, block: str, data: dict[str, object]) -> list[str]:
    """What is wrong with the example of a glossary, or of a translated glossary or index, beside what it translates."""
    if "format" not in data:
        return [str(each) for each in check([written(folder, block, "glossary.yaml")]).problems]
    written(folder, "format: 1\ngroups: [{title: The core, summary: Short., lessons: []}]\n", "index.yaml")
    german = folder / "translations" / "de"
    german.mkdir(parents=True, exist_ok=True)
    path = written(german, block, "index.yaml" if "groups" in data else "glossary.yaml")
    return [str(each) for each in check([path]).problems if each.code != "stale"]
