"""Progress outlives the program, and no file it finds makes it fail."""

import json
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.course.datafile import data_dir, locked, write_atomically
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress, Recall


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


# Several programs at once


def test_two_programs_keep_each_others_lessons(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    one, other = Progress.load(path), Progress.load(path)
    one.at_step("a", "x")
    one.finish_step("a", "x")
    other.at_step("b", "y")
    other.finish_lesson("b")
    one.finish_step("a", "z")
    kept = Progress.load(path)
    assert kept.lesson("a") == LessonProgress("x", ("x", "z"))
    assert kept.lesson("b").completed
    assert one.lesson("b").completed
    assert kept.last_lesson == "a"


def test_two_programs_in_one_lesson_unite_what_is_done(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    Progress.load(path).finish_step("a", "first")
    one, other = Progress.load(path), Progress.load(path)
    one.finish_step("a", "x")
    other.finish_step("a", "y", skipped=True)
    other.at_step("a", "z")
    one.finish_step("a", "y")
    assert Progress.load(path).lesson("a") == LessonProgress("z", ("first", "x", "y"))


@pytest.mark.parametrize("first", ["restart", "finish"])
def test_a_restart_is_not_undone_by_another_program(tmp_path: Path, first: str) -> None:
    path = tmp_path / "p.json"
    Progress.load(path).finish_step("a", "x")
    one, other = Progress.load(path), Progress.load(path)
    deeds = {"restart": lambda: one.restart("a"), "finish": lambda: other.finish_step("b", "y")}
    deeds.pop(first)()
    deeds.popitem()[1]()
    assert Progress.load(path).lesson("a") == LessonProgress()
    assert Progress.load(path).lesson("b").done == ("y",)
    other.finish_step("a", "z")
    assert Progress.load(path).lesson("a").done == ("z",)


def test_a_restart_forgets_what_another_program_has_done_since(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    one, other = Progress.load(path), Progress.load(path)
    other.finish_step("a", "x")
    other.finish_lesson("a")
    one.restart("a")
    assert Progress.load(path).lesson("a") == LessonProgress(completed=True, finished=date.today())


def test_what_is_done_by_one_seed_counts_nothing_by_another(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    Progress.load(path).keep_seed("challenge-1", 5)
    one, other = Progress.load(path), Progress.load(path)
    one.restart("challenge-1")
    one.keep_seed("challenge-1", 7)
    other.finish_step("challenge-1", "repair")
    assert Progress.load(path).lesson("challenge-1") == LessonProgress(seed=7)


def test_of_two_reviews_the_newest_counts(tmp_path: Path) -> None:
    path, day = tmp_path / "p.json", date(2026, 3, 2)
    one, other = Progress.load(path, lambda: day), Progress.load(path, lambda: day + timedelta(days=2))
    other.ask_again("a", "x", 3)
    one.ask_again("a", "x", 7)
    one.ask_again("a", "y", 1)
    other.ask_again("b", "z", 1)
    kept = Progress.load(path)
    assert kept.recall("a", "x") == Recall(day + timedelta(days=5), 3)
    assert kept.recall("a", "y") == Recall(day + timedelta(days=1), 1)
    assert kept.recall("b", "z") == Recall(day + timedelta(days=3), 1)


def test_a_file_that_is_gone_or_spoilt_meanwhile_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    progress = Progress.load(path)
    progress.finish_step("a", "x")
    path.unlink()
    progress.finish_step("b", "y")
    assert Progress.load(path).lesson("a").done == ("x",)
    path.write_text("{", encoding="utf-8")
    progress.finish_step("b", "z")
    assert "corrupt" in progress.notice
    assert Progress.load(path).lesson("b").done == ("y", "z")
    assert (tmp_path / "p.json.bak").read_text(encoding="utf-8") == "{"


def test_what_a_newer_program_writes_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    progress = Progress.load(path)
    progress.finish_step("a", "x")
    path.write_text('{"version": 2}', encoding="utf-8")
    progress.finish_step("a", "y")
    assert "newer" in progress.notice
    assert path.read_text(encoding="utf-8") == '{"version": 2}'


def test_a_lock_that_is_never_let_go_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.course.datafile.PATIENCE", 0.05)
    with locked(tmp_path):
        Progress.load(tmp_path / "p.json").finish_step("a", "x")
    assert Progress.load(tmp_path / "p.json").lesson("a").done == ("x",)


Deed = Callable[[Progress], None]
_DEEDS: st.SearchStrategy[tuple[str, str, str]] = st.tuples(
    st.sampled_from(["done", "skipped", "at", "finish"]), st.sampled_from("ab"), st.sampled_from("wxyz")
)


def _do(progress: Progress, deed: tuple[str, str, str]) -> None:
    what, lesson, step = deed
    if what == "at":
        progress.at_step(lesson, step)
    elif what == "finish":
        progress.finish_lesson(lesson)
    else:
        progress.finish_step(lesson, step, skipped=what == "skipped")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), _DEEDS), max_size=20))
def test_three_programs_lose_nothing(deeds: list[tuple[int, tuple[str, str, str]]]) -> None:
    """Whoever does it: what was done is done, what was only skipped is skipped, what was finished is finished."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.json"
        programs = [Progress.load(path) for _ in range(3)]
        for who, deed in deeds:
            _do(programs[who], deed)
        kept = Progress.load(path)
    for lesson in "ab":
        steps = {what: {deed[2] for _, deed in deeds if deed[:2] == (what, lesson)} for what in ("done", "skipped")}
        assert set(kept.lesson(lesson).done) == steps["done"]
        assert set(kept.lesson(lesson).skipped) == steps["skipped"] - steps["done"]
        assert kept.lesson(lesson).completed == any(deed[:2] == ("finish", lesson) for _, deed in deeds)


@settings(max_examples=60, deadline=None)
@given(st.lists(_DEEDS, max_size=12))
def test_one_program_alone_finds_what_it_had(deeds: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.json"
        progress, alone = Progress.load(path), Progress()
        for deed in deeds:
            _do(progress, deed)
            _do(alone, deed)
        kept = Progress.load(path)
    assert [kept.lesson(each) for each in "ab"] == [alone.lesson(each) for each in "ab"]
    assert kept.last_lesson == alone.last_lesson


# Where to go on


@pytest.mark.parametrize(
    ("progress", "place"),
    [
        (LessonProgress(), ""),
        (LessonProgress("b", ("a",)), "b"),
        (LessonProgress("b", ("a", "b")), "c"),
        (LessonProgress("b", ("a", "b"), ("c",)), "d"),
        (LessonProgress("d", ("d",), ("c",)), "a"),
        (LessonProgress("b", ("a",), ("b",)), "b"),
        (LessonProgress("d", ("a", "b", "c", "d"), completed=True), ""),
        (LessonProgress("c", ("a",), completed=True), ""),
        (LessonProgress("gone", ("gone",)), ""),
    ],
)
def test_a_lesson_goes_on_at_what_is_not_done(progress: LessonProgress, place: str) -> None:
    assert Progress(lessons={"lesson": progress}).place_in("lesson", ["a", "b", "c", "d"]) == place


def test_a_challenge_that_is_mended_is_another_one_next_time() -> None:
    progress = Progress(lessons={"challenge-1": LessonProgress("repair", seed=5)})
    assert progress.challenge_seed("challenge-1") == 5
    progress.finish_step("challenge-1", "repair")
    progress.finish_lesson("challenge-1")
    assert progress.challenge_seed("challenge-1") is None
    assert progress.lesson("challenge-1") == LessonProgress(completed=True, finished=date.today())
    progress.keep_seed("challenge-1", 6)
    progress.at_step("challenge-1", "repair")
    assert progress.challenge_seed("challenge-1") == 6
