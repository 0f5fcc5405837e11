"""Reading YAML and JSON with the words of the real tool (`kubectl create -f x.yaml --dry-run=client`, v1.32.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kubectl.conftest import Kubectl
from tutor.kubectl.go_yaml import YamlError, documents, parse_yaml

_YAML = "error converting YAML to JSON: yaml: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c\n", f"{_YAML}mapping values are not allowed in this context"),
        ("a: *x\n", f"{_YAML}unknown anchor 'x' referenced"),
        ("a: &x [*x]\n", f"{_YAML}anchor 'x' value contains itself"),
        ("a: 'unclosed\nb: c\n", f"{_YAML}line 3: found unexpected end of stream"),
        ("a: [1,2\nb: 3", f"{_YAML}line 1: did not find expected ',' or ']'"),
        ("a: @x", f"{_YAML}found character that cannot start any token"),
        ("\x01", f"{_YAML}control characters are not allowed"),
        ("key\nfoo: bar", f"{_YAML}line 2: mapping values are not allowed in this context"),
        ("kind: x\nmetadata:\n  name: x\n  labels:\n    a: b\n   c: d\n", f"{_YAML}line 5: did not find expected key"),
        ("kind: Service\nmetadata\n  name: x\n", f"{_YAML}line 3: could not find expected ':'"),
        ("a: .inf\n", "error converting YAML to JSON: json: unsupported value: +Inf"),
        ("{a: b", "json: offset 2: invalid character 'a' looking for beginning of object key string"),
        ('{"a": 1', "unexpected EOF"),
        ('{"a": 1, b: 2', "json: offset 10: invalid character 'b' looking for beginning of object key string"),
        ("{'a': 1", "json: offset 2: invalid character '\\'' looking for beginning of object key string"),
    ],
)
def test_unreadable_text_is_reported_as_go_reports_it(text: str, message: str) -> None:
    with pytest.raises(YamlError) as caught:
        list(documents(text))
    assert str(caught.value).removeprefix("error converting YAML to JSON: json") == message.removeprefix(
        "error converting YAML to JSON: json"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 80:30", {"a": "80:30"}),
        ("a: 2026-01-01", {"a": "2026-01-01"}),
        ("a: 1e3", {"a": 1000}),
        ("a: yes\nb: off", {"a": True, "b": False}),
        ("a: 0755\nb: 0x10\nc: 1_000", {"a": 493, "b": 16, "c": 1000}),
        ("80: a\ntrue: b", {"80": "a", "true": "b"}),
        ("x: &x {a: 1, b: 2}\nz: {<<: *x, b: 3}", {"x": {"a": 1, "b": 2}, "z": {"a": 1, "b": 3}}),
        ("y: n", {"true": False}),
        ("a: 123456789012345678901234567890", {"a": 1.2345678901234568e29}),
        ("a: !!binary aGk=\nb: !!str 5", {"a": "hi", "b": "5"}),
        ("a: ~\nb:\nc: ''", {"a": None, "b": None, "c": ""}),
    ],
)
def test_plain_scalars_mean_what_they_mean_to_go(text: str, value: Any) -> None:
    assert parse_yaml(text) == value


def test_documents_are_split_at_separator_lines_only() -> None:
    assert list(documents("---\na: 1\n--- # two\nb: --- x\n---\n")) == [{"a": 1}, {"b": "--- x"}]
    assert list(documents('{"a": 1}\n{"b": 2}')) == [{"a": 1}, {"b": 2}]


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    with pytest.raises(YamlError, match="excessive aliasing"):
        parse_yaml(bomb)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(YamlError, match="max depth"):
        parse_yaml("[" * 5000 + "]" * 5000)


async def test_an_error_in_a_later_document_does_not_undo_the_earlier_ones(kubectl: Kubectl) -> None:
    kubectl.files.write(
        "two.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\nfoo: bar\n---\nkind: x\n"
    )
    result = await kubectl("apply -f two.yaml")
    assert result.stdout == "configmap/a created\n"
    assert result.stderr == (
        'error: error validating "two.yaml": error validating data: [apiVersion not set, kind not set]; '
        "if you choose to ignore these errors, turn validation off with --validate=false\n"
    )
    assert result.rc == 1
