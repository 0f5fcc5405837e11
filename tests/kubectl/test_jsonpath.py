"""JSONPath templates find and print what client-go's do."""

from __future__ import annotations

import pytest

from tutor.kubectl.printers.jsonpath import JsonPath, relaxed
from tutor.kubectl.printers.jsonpath_parser import JsonPathError

DATA = {
    "kind": "List",
    "items": [
        {"name": "a", "port": 80, "up": True, "tags": ["x", "y"], "meta": {"app.kubernetes.io/name": "A"}},
        {"name": "b", "port": 443, "up": False, "tags": [], "meta": {}},
    ],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{.kind}", "List"),
        ("{$.kind}", "List"),
        ("kind is {.kind}!", "kind is List!"),
        ("{.items[0].name}", "a"),
        ("{.items[-1].name}", "b"),
        ("{.items[0:2].name}", "a b"),
        ("{.items[::2].name}", "a"),
        ("{.items[*].port}", "80 443"),
        ("{.items[0,1].name}", "a b"),
        ("{.items[0]['name','port']}", "a 80"),
        (r"{.items[0].meta.app\.kubernetes\.io/name}", "A"),
        ("{.items[?(@.port>100)].name}", "b"),
        ('{.items[?(@.name=="a")].port}', "80"),
        ("{.items[?(@.up==true)].name}", "a"),
        ("{.items[?(@.tags[0])].name}", "a"),
        ("{..name}", "a b"),
        ("{.items[0].tags}", '["x","y"]'),
        ("{.items[0].meta}", '{"app.kubernetes.io/name":"A"}'),
        ("{.nope}", ""),
        ("{.items[*].nope.more}", ""),
        ('{range .items[*]}{.name}={.port}{"\\n"}{end}done', "a=80\nb=443\ndone"),
        ("{range .items[*]}[{range .tags[*]}{@};{end}]{end}", "[x;y;][]"),
        ("{range .nope[*]}{.x}{end}.", "."),
        ("{.items[0].up}", "true"),
        ("{.items[0].tags[*]}", "x y"),
    ],
)
def test_text(template: str, text: str) -> None:
    assert JsonPath(template).text(DATA) == text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.spec", "unclosed action"),
        ("{.items[}", "unterminated array"),
        ("{.items[x]}", "invalid array index x"),
        ("{.items[?(@.a==1}", "unterminated filter"),
        ("{'open}", "unterminated quoted string"),
        ("{....a}", "invalid multiple recursive descent"),
        ("{!}", "unrecognized character in action: U+0021 '!'"),
    ],
)
def test_unreadable(template: str, message: str) -> None:
    with pytest.raises(JsonPathError) as caught:
        JsonPath(template)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.items[9].name}", "array index out of bounds: index 9, length 2"),
        ("{.kind[0]}", "string is not array or slice"),
        ("{end}", "not in range, nothing to end"),
        ("{foo}", "unrecognized identifier foo"),
        ('{.items[?(@.port>"x")]}', "incompatible types for comparison"),
    ],
)
def test_does_not_fit(template: str, message: str) -> None:
    with pytest.raises(JsonPathError) as caught:
        JsonPath(template).text(DATA)
    assert str(caught.value) == message


def test_missing_field_may_be_an_error() -> None:
    with pytest.raises(JsonPathError, match="nope is not found"):
        JsonPath("{.nope}", allow_missing=False).text(DATA)


@pytest.mark.parametrize("path", ["a.b", ".a.b", "{a.b}", "{.a.b}"])
def test_relaxed(path: str) -> None:
    assert relaxed(path) == "{.a.b}"
