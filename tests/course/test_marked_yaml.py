"""YAML is read together with its places, and mistakes are pointed at."""

import pytest

from tutor.course.marked_yaml import YamlError, read_marked


def test_every_key_and_value_has_its_place() -> None:
    marked = read_marked("a: 1\nb:\n  - c: x\n  - y\n")
    assert marked.data == {"a": 1, "b": [{"c": "x"}, "y"]}
    assert marked.place_of(("b", 0, "c")) == (3, 5)
    assert marked.place_of(("b", 1)) == (4, 5)


def test_a_path_that_is_not_there_has_the_place_of_its_nearest_parent() -> None:
    assert read_marked("a:\n  b: 1\n").place_of(("a", "nope", 3)) == (1, 1)


def test_merge_keys_and_anchors_work() -> None:
    assert read_marked("x: &a {p: 1}\ny: {<<: *a, q: 2}\n").data["y"] == {"p": 1, "q": 2}


@pytest.mark.parametrize(
    ("text", "place", "message", "mend"),
    [
        ("a: 1\na: 2\n", (2, 1), "the key 'a' is given twice", "keep one of the two"),
        ("a: b: c\n", (1, 5), 'here ": " makes no key', 'put a text with ": " in it in quotes'),
        ("a:\n b: 1\n  c: 2\n", (3, 4), "makes no key", 'see the indentation; or put a text with ": " in it in quotes'),
        ("a:\n\tb: 1\n", (2, 1), "a tab stands where a line is indented", "indent with spaces, not tabs"),
        ("a: *x\n", (1, 4), "* begins the name of something", "put a text that begins with * in quotes"),
        ("a: `x`\n", (1, 4), "no text can begin with this sign", "put the text in quotes"),
        ("1: a\n", (1, 1), "the key '1' is not a text", "put it in quotes"),
        ("a:\n  - {text: b\n  - c\n", (2, 5), "the { that begins here is not closed", "write } at its end"),
        ("a: [1,\n", (1, 4), "the [ that begins here is not closed", "write ] at its end"),
        ("a: {b: c #1}\nd: 1\n", (1, 4), "is not closed", 'put a text with " #" in it in quotes; it begins a comment'),
        ("a: {b: [c}\n", (1, 10), "within [ ] a comma or ] is wanted here", "write ] before it"),
        ("a: [x -p {a: 1}]\n", (1, 10), "within [ ] a comma or ] is wanted here", "put the text in quotes"),
        ("a:\n  - {b: c,\n     d: e: f}\n", (3, 10), "within { } a comma or }", "put the text in quotes"),
        ("a: [, b]\n", (1, 5), "a value is wanted here", "put a text with such signs in quotes"),
        ("a: 'x\nb: 1\n", (1, 4), "the ' that begins here is not closed", "close it; within ' it is written ''"),
        ("a: 'it's'\n", (1, 8), "a key is wanted", "put the whole text in quotes, others than those in it"),
        ("a: 1\n---\nb: 1\n", (2, 1), "--- begins a second document, and a file is one", "remove it"),
        ("a: !b c\n", (1, 4), "the tag is not allowed", "put a text that begins with ! in quotes"),
        ("- a\nb: 1\n", (2, 1), "the list ends here", "begin the line with -, or indent it further"),
    ],
)
def test_a_mistake_has_a_place_and_a_mend(text: str, place: tuple[int, int], message: str, mend: str) -> None:
    with pytest.raises(YamlError) as caught:
        read_marked(text)
    assert (caught.value.place, caught.value.mend) == (place, mend)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system [ls]", "a: !!python/name:os.system\n"])
def test_tags_that_only_code_understands_are_refused(text: str) -> None:
    with pytest.raises(YamlError):
        read_marked(text)
