"""`tutor new` writes a lesson that passes, overwrites nothing, and names it in the index without disturbing that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.author.check import check
from tutor.author.new import NewLessonError, new_lesson, with_lesson
from tutor.cli import main


def test_a_new_lesson_passes_its_check(tmp_path: Path) -> None:
    made = new_lesson("my-lesson", tmp_path / "lessons")
    assert made.path == tmp_path / "lessons" / "my-lesson.yaml"
    assert check([made.path]).problems == ()
    assert check([made.path.parent]).problems == ()
    assert "title: My lesson\n" in made.path.read_text(encoding="utf-8")
    assert made.schema is not None
    assert (made.index, made.notice) == (None, "")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new_lesson("mine", tmp_path)
    (tmp_path / "mine.yaml").write_text("kept", encoding="utf-8")
    (tmp_path / "lesson.schema.json").write_text("kept", encoding="utf-8")
    with pytest.raises(NewLessonError, match="there already"):
        new_lesson("mine", tmp_path)
    assert new_lesson("other", tmp_path).schema is None
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "kept"
    assert (tmp_path / "lesson.schema.json").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("name", ["My lesson", "-a", "a-", "", "../a", "a" * 41, "ä"])
def test_names_that_are_no_ids_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NewLessonError, match="will not do as an id"):
        new_lesson(name, tmp_path / "lessons")
    assert not (tmp_path / "lessons").exists()


def test_an_id_that_another_file_has_is_refused(tmp_path: Path) -> None:
    new_lesson("first", tmp_path)
    (tmp_path / "first.yaml").rename(tmp_path / "moved.yaml")
    with pytest.raises(NewLessonError, match="taken by"):
        new_lesson("first", tmp_path)


def test_an_index_names_the_new_lesson(tmp_path: Path) -> None:
    (tmp_path / "index.yaml").write_text("format: 1\nlessons: []\n", encoding="utf-8")
    made = new_lesson("mine", tmp_path)
    assert made.index == tmp_path / "index.yaml"
    assert made.index.read_text(encoding="utf-8") == "format: 1\nlessons: [mine.yaml]\n"
    assert check([tmp_path]).problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "lessons: {a: b}\n",
        "lessons: [",
        "- a\n",
        "5\n",
        "lessons: 5\n",
        "groups: [5]\n",
        "lessons: &x [a.yaml]\ngroups: []\nx: 1\n{",
    ],
)
def test_an_index_that_cannot_be_changed_is_left_alone_and_said(tmp_path: Path, text: str) -> None:
    index = tmp_path / "index.yaml"
    index.write_text(text, encoding="utf-8")
    made = new_lesson("mine", tmp_path)
    assert made.path.is_file()
    assert made.index is None
    assert "add mine.yaml to its lessons" in made.notice
    assert index.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lessons:\n  - a.yaml # first\n  # end\n", "lessons:\n  - a.yaml # first\n  - n.yaml\n  # end\n"),
        ("lessons:\n- a.yaml\n- b.yaml", "lessons:\n- a.yaml\n- b.yaml\n- n.yaml\n"),
        ("lessons: [a.yaml, b.yaml] # all\n", "lessons: [a.yaml, b.yaml, n.yaml] # all\n"),
        ("lessons: [\n  a.yaml,\n  b.yaml,\n]\n", "lessons: [\n  a.yaml,\n  b.yaml, n.yaml,\n]\n"),
        ("lessons: [ ]\n", "lessons: [ n.yaml]\n"),
        (
            "groups:\n  - lessons: [a.yaml]\n  - title: B\n    lessons:\n      - b.yaml\n\n# e\n",
            "groups:\n  - lessons: [a.yaml]\n  - title: B\n    lessons:\n      - b.yaml\n      - n.yaml\n\n# e\n",
        ),
    ],
)  # fmt: skip
def test_all_else_in_an_index_stays_as_it_is_written(before: str, after: str) -> None:
    assert with_lesson(before, "n.yaml") == after


@pytest.mark.parametrize("name", ["index", "glossary"])
def test_what_a_folder_keeps_for_itself_is_no_lesson(tmp_path: Path, name: str) -> None:
    with pytest.raises(NewLessonError, match="is no lesson"):
        new_lesson(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_is_broken_is_said_to_be_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "index.yaml").write_text("lessons: [\n", encoding="utf-8")
    assert (
        "(not valid YAML: the [ that begins here is not closed (write ] at its end))"
        in new_lesson("a", tmp_path).notice
    )


def test_a_path_in_place_of_a_name_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(NewLessonError, match=r"tutor new mine --dir x/y$"):
        new_lesson("x/y/mine.yaml", tmp_path)
    with pytest.raises(NewLessonError, match=r"tutor new mine$"):
        new_lesson("mine.yaml", tmp_path)


def test_it_is_said_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "mine", "--dir", str(tmp_path)]) == 0
    assert f"  tutor preview {tmp_path / 'mine.yaml'} " in capsys.readouterr().out
