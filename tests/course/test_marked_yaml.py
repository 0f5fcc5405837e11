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
    ("text", "place", "mend"),
    [
        ("a: 1\na: 2\n", (2, 1), "keep one of the two"),
        ("a: b: c\n", (1, 5), 'a text with ": " in it must stand in quotes'),
        ("a:\n\tb: 1\n", (2, 1), "indent with spaces, not tabs"),
        ("a: *x\n", (1, 4), "a text that starts with a special character must stand in quotes"),
        ("1: a\n", (1, 1), "put it in quotes"),
    ],
)
def test_a_mistake_has_a_place_and_a_mend(text: str, place: tuple[int, int], mend: str) -> None:
    with pytest.raises(YamlError) as caught:
        read_marked(text)
    assert (caught.value.place, caught.value.mend) == (place, mend)


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system [ls]", "a: !!python/name:os.system\n"])
def test_tags_that_only_code_understands_are_refused(text: str) -> None:
    with pytest.raises(YamlError):
        read_marked(text)
