"""YAML, JSON and templates as Go writes them."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from tutor.kubectl.printers.gotemplate import GoTemplate, TemplateError
from tutor.kubectl.printers.text import go_source, go_value, to_json, to_yaml
from tutor.kubectl.printers.wordwrap import wrap
from tutor.kubectl.quantities import canonical


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("655", '"655"'),
        ("2026-11-23T00:41:22Z", '"2026-11-23T00:41:22Z"'),
        ("true", '"true"'),
        ("y", '"y"'),
        ("", '""'),
        ("1e3", '"1e3"'),
        ("0x1F", '"0x1F"'),
        ("10.254.0.1", "10.254.0.1"),
        ("80:80", "80:80"),
        ("12:30", '"12:30"'),
        ("a: b", "'a: b'"),
        ("- a", "'- a'"),
        ("#a", "'#a'"),
        ("*", "'*'"),
        ("@a", "'@a'"),
        ("é", "é"),
        ("tab\there", '"tab\\there"'),
        ("two\nlines\n", "|\n  two\n  lines"),
        ("no end\nhere", "|-\n  no end\n  here"),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (80, "80"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_yaml_scalar(value: object, text: str) -> None:
    assert to_yaml({"k": value}) == f"k: {text}\n"


def test_yaml_keys_are_in_natural_order_and_lists_stand_under_their_key() -> None:
    assert to_yaml({"b": [{"y": 1, "x": 2}], "a10": 1, "a9": 2, "A": 3}) == (
        'A: 3\na9: 2\na10: 1\nb:\n- x: 2\n  "y": 1\n'
    )


def test_yaml_folds_long_text() -> None:
    text = to_yaml({"message": "word " * 30 + "end"})
    assert text.startswith("message: word word")
    assert len(text.splitlines()) == 2
    assert text.splitlines()[1].startswith("  word")


def test_yaml_writes_shared_parts_out() -> None:
    shared = {"a": "b"}
    assert to_yaml({"x": shared, "y2": shared}) == "x:\n  a: b\ny2:\n  a: b\n"


def test_json_escapes_as_go_does() -> None:
    assert to_json({"b": "<&>", "a": [1]}) == ('{\n    "a": [\n        1\n    ],\n    "b": "\\u003c\\u0026\\u003e"\n}')


def test_go_values() -> None:
    assert go_value({"b": [1, "x"], "a": None, "c": True}) == "map[a:<nil> b:[1 x] c:true]"
    assert go_source({"a": ["b"]}) == 'map[string]interface {}{"a":[]interface {}{"b"}}'


DATA = {"name": "web", "ports": [{"port": 80}, {"port": 443}], "labels": {"b": "2", "a": "1"}, "none": None}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.name}}", "web"),
        ("{{.nope}}", "<no value>"),
        ("{{range .ports}}{{.port}} {{end}}", "80 443 "),
        ("{{range $k, $v := .labels}}{{$k}}={{$v}};{{end}}", "a=1;b=2;"),
        ("{{range $i, $p := .ports}}{{$i}}:{{$p.port}} {{end}}", "0:80 1:443 "),
        ("{{range .none}}x{{else}}empty{{end}}", "empty"),
        ("{{if .none}}yes{{else if .name}}name{{else}}no{{end}}", "name"),
        ("{{if and (eq .name `web`) (not .none)}}ok{{end}}", "ok"),
        ("{{with .labels}}{{.a}}{{end}}", "1"),
        ("{{len .ports}}", "2"),
        ("{{(index .ports 1).port}}", "443"),
        ('{{index .labels "b"}}', "2"),
        ("{{$x := .name}}{{$x}}", "web"),
        ('{{.name | printf "%s" | len}}', "3"),
        ('{{printf "%-5s|%q" .name .name}}', 'web  |"web"'),
        ('a {{- "b" -}} c', "abc"),
        ("{{/* note */}}x", "x"),
        ('{{"\\n"}}', "\n"),
        ("{{.labels}}", "map[a:1 b:2]"),
        ("{{exists . `labels` `a`}}", "true"),
    ],
)
def test_go_template(template: str, text: str) -> None:
    assert GoTemplate(template).text(DATA) == text


@pytest.mark.parametrize(
    "template", ["{{.a", "{{end}}", "{{range .a}}", "{{nope}}", "{{.name.more}}", "{{index .ports 9}}"]
)
def test_go_template_refuses(template: str) -> None:
    with pytest.raises(TemplateError):
        GoTemplate(template).text(DATA)


def test_wrap_keeps_double_spaces_and_long_words() -> None:
    assert wrap("one two  three\nfour", 10) == "one two\nthree\nfour"
    assert wrap("a  b", 10) == "a  b"
    assert wrap("see https://example.com/very/long now", 10) == "see\nhttps://example.com/very/long\nnow"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.a.b.c}}", "<no value>"),
        ("{{if .a.b}}x{{else}}y{{end}}", "y"),
        ('{{eq .a.b "x"}}', "false"),
        ("{{range .list}}{{.x}} {{.foo.bar}};{{end}}", "1 <no value>;"),
    ],
)
def test_a_key_a_map_lacks_has_no_value(template: str, text: str) -> None:
    assert GoTemplate(template).text({"list": [{"x": 1}]}) == text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{.a}}", 'template: output:1:2: executing "output" at <.a>: map has no entry for key "a"'),
        ("{{.a.b}}", 'template: output:1:4: executing "output" at <.a.b>: map has no entry for key "a"'),
        ("x\n {{.m.nope}}", 'template: output:2:5: executing "output" at <.m.nope>: map has no entry for key "nope"'),
        ("{{.m.x.y}}", 'template: output:1:4: executing "output" at <.m.x.y>: can\'t evaluate field y in type '
         "interface {}"),
        ("{{range .m.x}}{{end}}",
         'template: output:1:10: executing "output" at <.m.x>: range can\'t iterate over 1'),
    ],
)  # fmt: skip
def test_errors_name_their_place(template: str, message: str) -> None:
    parsed = GoTemplate(template, allow_missing=False)
    with pytest.raises(TemplateError) as caught:
        parsed.text({"m": {"x": 1}})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{nope}}", 'function "nope" not defined'),
        ("{{.a | nope}}", 'function "nope" not defined'),
        ("{{$x}}", 'undefined variable "$x"'),
        ("{{if}}", "missing value for if"),
        ('a{{"b', "unterminated quoted string"),
    ],
)
def test_a_template_that_is_none_is_refused_before_it_is_filled_in(template: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        GoTemplate(template)
    assert str(caught.value) == f"template: output:1: {message}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.5", "500m"), ("1500m", "1500m"), ("2000m", "2"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("0", "0"),
        ("1000000", "1M"), ("1e9", "1e9"), ("0.0001", "100u"), ("1k", "1k"), ("0.00000000001", "1n"), ("-1Ki", "-1Ki"),
    ],
)  # fmt: skip
def test_quantities(text: str, shown: str) -> None:
    assert canonical(text) == shown


def test_every_struct_has_its_order() -> None:
    schema = json.loads(files("tutor.engine").joinpath("schema.json").read_text(encoding="utf-8"))
    order = json.loads(files("tutor.kubectl").joinpath("data", "field_order.json").read_text(encoding="utf-8"))
    wrong = {
        name
        for name, definition in schema.items()
        if len(definition.get("properties") or ()) > 1
        and set(definition["properties"]) != set(order.get(name, "").split())
    }
    assert wrong == {"v1.NodeAllocatableResourceClaimStatus"}
