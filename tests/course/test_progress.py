"""Progress outlives the program, and no file it finds makes it fail."""

import json
from datetime import date
from pathlib import Path

import pytest

from tutor.course.progress import LessonProgress, Progress, data_dir, write_atomically


def test_progress_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "progress.json"
    progress = Progress.load(path)
    progress.at_step("create", "apply")
    progress.finish_step("create", "apply")
    progress.finish_step("create", "ask", skipped=True)
    progress.at_step("dns", "who")
    again = Progress.load(path)
    assert again.lesson("create") == LessonProgress("apply", ("apply",), ("ask",))
    assert again.last_lesson == "dns"
    assert again.notice == ""


def test_a_skipped_step_that_is_done_later_is_done(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path / "p.json")
    progress.finish_step("a", "x", skipped=True)
    progress.finish_step("a", "x")
    assert progress.lesson("a") == LessonProgress("", ("x",))


def test_a_step_done_is_not_skipped_later(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path / "p.json")
    progress.finish_step("a", "x")
    progress.finish_step("a", "x", skipped=True)
    assert progress.lesson("a") == LessonProgress("", ("x",))


def test_restart_forgets_the_steps_and_remembers_the_finish(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path / "p.json", lambda: date(2026, 3, 2))
    progress.finish_step("a", "x")
    progress.finish_lesson("a")
    progress.restart("a")
    assert Progress.load(tmp_path / "p.json").lesson("a") == LessonProgress(completed=True, finished=date(2026, 3, 2))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '{"version": 1}',
        '{"version": "x", "lessons": {}}',
        '{"version": 1, "lessons": {"a": 3}}',
        '{"version": 1, "lessons": {"a": {"step": 1, "done": [], "skipped": [], "completed": false}}}',
        '{"version": 1, "lessons": {"a": {"step": "", "done": [], "skipped": [], "completed": "no"}}}',
    ],
)
def test_a_corrupt_file_is_set_aside_and_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "progress.json"
    path.write_text(text, encoding="utf-8")
    progress = Progress.load(path)
    assert "corrupt" in progress.notice
    assert (tmp_path / "progress.json.bak").read_text(encoding="utf-8") == text
    progress.finish_step("a", "x")
    assert Progress.load(path).lesson("a").done == ("x",)


def test_bytes_that_are_no_text_are_corrupt_too(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_bytes(b"\xff\xff")
    assert "corrupt" in Progress.load(tmp_path / "p.json").notice


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('{"version": 2}', encoding="utf-8")
    progress = Progress.load(path)
    progress.finish_step("a", "x")
    assert "newer" in progress.notice
    assert path.read_text(encoding="utf-8") == '{"version": 2}'


def test_a_failed_write_leaves_the_old_file_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.json"
    progress = Progress.load(path)
    progress.finish_step("a", "x")
    old = path.read_text(encoding="utf-8")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    progress.finish_step("a", "y")
    assert path.read_text(encoding="utf-8") == old
    assert "No space left on device" in progress.notice
    assert [each.name for each in tmp_path.iterdir()] == ["p.json"]


def test_the_file_is_versioned_json(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    Progress.load(path).finish_step("a", "x")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data == {
        "version": 1,
        "lessons": {"a": {"step": "", "done": ["x"], "skipped": [], "completed": False}},
    }


def test_write_atomically_makes_the_folder(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b.txt", "ü\n")
    assert (tmp_path / "a" / "b.txt").read_text(encoding="utf-8") == "ü\n"


def test_where_data_is_kept() -> None:
    home = Path.home()
    assert data_dir({"TUTOR_HOME": "/t"}, "linux") == Path("/t")
    assert data_dir({"XDG_DATA_HOME": "/x"}, "linux") == Path("/x/tutor")
    assert data_dir({"XDG_DATA_HOME": "relative"}, "linux") == home / ".local/share/tutor"
    assert data_dir({}, "darwin") == home / "Library/Application Support/tutor"
    assert data_dir({"LOCALAPPDATA": "/l"}, "win32") == Path("/l/tutor")
