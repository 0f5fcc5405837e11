"""Reading and matching label and field selectors."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.selectors import SelectorError, from_label_selector, parse_field_selector, parse_selector

LABELS = {"app": "web", "tier": "front", "size": "3"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app=web",
        "app==web",
        "app = web , tier = front",
        "app in (web,api)",
        "app in (web)",
        "app notin (api)",
        "app",
        "!gone",
        "gone!=x",
        "app!=api",
        "gone notin (x)",
        "size>2",
        "size<4",
        "app,!gone,tier in (front, back)",
    ],
)
def test_matches(text: str) -> None:
    assert parse_selector(text).matches(LABELS)


@pytest.mark.parametrize(
    "text", ["app=api", "app!=web", "gone", "!app", "app in (api)", "app notin (web,x)", "size>3", "gone=", "app>1"]
)
def test_does_not_match(text: str) -> None:
    assert not parse_selector(text).matches(LABELS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("=", "found '=', expected: !, identifier, or 'end of string'"),
        ("app=web,", "found '', expected: identifier after ','"),
        ("app in web", "unable to parse requirement: found 'web' expected: '('"),
        ("app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"),
        ("app=web tier=x", "found 'tier', expected: ',' or 'end of string'"),
        (
            "app>x",
            "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be "
            "an integer",
        ),
    ],
)
def test_says_what_it_cannot_read(text: str, message: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector(text)
    assert str(caught.value) == message


def test_equalities_are_those_an_index_can_answer() -> None:
    assert parse_selector("app=web,tier in (front),size>2,x!=1").equalities == {"app": "web", "tier": "front"}


@given(st.text(alphabet="ab=!,() in", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(SelectorError):
        parse_selector(text)


@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), min_size=1))
def test_a_selector_written_out_reads_the_same(labels: dict[str, str]) -> None:
    selector = from_label_selector({"matchLabels": labels})
    assert parse_selector(str(selector)) == selector


def test_label_selector_objects() -> None:
    selector = from_label_selector(
        {
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["front", "back"]},
                {"key": "gone", "operator": "DoesNotExist"},
            ],
        }
    )
    assert selector.matches(LABELS)
    assert str(selector) == "app=web,!gone,tier in (back,front)"
    assert from_label_selector({}).matches({})
    assert not from_label_selector(None).matches({})


def test_field_selectors() -> None:
    parsed = parse_field_selector("status.phase=Running,metadata.name!=a")
    assert [(item.field, item.equal, item.value) for item in parsed] == [
        ("status.phase", True, "Running"),
        ("metadata.name", False, "a"),
    ]
    with pytest.raises(SelectorError, match="invalid selector: 'x'; can't understand 'x'"):
        parse_field_selector("x")
