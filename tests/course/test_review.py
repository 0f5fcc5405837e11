"""Questions of finished lessons come back after ever longer times; what was not known comes back the next day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.course.catalog import Catalog, read_catalog
from tutor.course.journey import LessonError
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.course.review import DAYS, due, note
from tutor.course.reviewing import open_review

BEGIN = date(2026, 3, 2)


class Today:
    """A day that moves when told to."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> date:
        return self.now

    def passes(self, days: int) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def today() -> Today:
    return Today()


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    written(tmp_path, HEAD + DEPLOYMENT + STEPS)
    return read_catalog(Library(tmp_path))


def test_only_quizzes_of_finished_lessons_are_asked_and_not_the_same_day(catalog: Catalog, today: Today) -> None:
    progress = Progress(today=today)
    assert due(catalog, progress).in_words().startswith("Nothing to review yet")
    progress.finish_lesson("trial")
    waiting = due(catalog, progress)
    assert (waiting.now, waiting.later, waiting.more) == ((), date(2026, 3, 3), 1)
    assert waiting.in_words() == "Nothing is due. 1 question is due on Tuesday, 3 March."
    today.passes(1)
    assert [(each.lesson.id, each.step_id) for each in due(catalog, progress).now] == [("trial", "recap")]


def test_lessons_finished_before_there_were_reviews_are_due_at_once(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    old = {"version": 1, "lessons": {"trial": {"step": "recap", "done": [], "skipped": [], "completed": True}}}
    path.write_text(json.dumps(old), encoding="utf-8")
    progress = Progress.load(path)
    assert progress.notice == ""
    assert len(due(catalog, progress).now) == 1


def test_times_grow_with_right_answers_and_begin_again_with_a_wrong_one(catalog: Catalog, today: Today) -> None:
    progress = Progress(None, {"trial": LessonProgress(completed=True, finished=BEGIN)}, today=today)
    today.passes(DAYS[0])
    waited = []
    for right in (True, True, True, False, True):
        (question,) = due(catalog, progress).now
        note(progress, question, right=right)
        later = due(catalog, progress).later
        assert later is not None
        waited.append((later - today.now).days)
        today.now = later
    assert waited == [3, 7, 16, 1, 3]


def test_the_schedule_outlives_the_program(catalog: Catalog, today: Today, tmp_path: Path) -> None:
    progress = Progress.load(tmp_path / "progress.json", today)
    progress.finish_lesson("trial")
    today.passes(1)
    note(progress, due(catalog, progress).now[0], right=True)
    again = Progress.load(tmp_path / "progress.json", today)
    assert again.lesson("trial").finished == BEGIN
    assert due(catalog, again).later == date(2026, 3, 6)


@pytest.mark.parametrize(
    "recalls", ['{"a/b": {"due": "soon", "days": 1}}', '{"a/b": {"due": "2026-01-01", "days": "1"}}']
)
def test_a_corrupt_schedule_is_set_aside(tmp_path: Path, recalls: str) -> None:
    path = tmp_path / "progress.json"
    path.write_text(f'{{"version": 1, "lessons": {{}}, "recalls": {recalls}}}', encoding="utf-8")
    assert "is kept as" in Progress.load(path).notice


async def test_the_first_answer_decides_and_the_question_says_where_it_is_from(catalog: Catalog, today: Today) -> None:
    progress = Progress(None, {"trial": LessonProgress(completed=True)}, today=today)
    session = await open_review(catalog, progress)
    view = session.view
    session.hint()
    assert [hint.text for hint in session.view.hints] == ["The lesson *A trial* tells it, up to step 5: Recap."]
    assert session.sources == {"question-1": ("trial", "recap")}
    wrong = next(place for place, option in enumerate(view.options) if option.text == "Curl")
    right = [place for place in range(3) if place != wrong]
    view = (await session.answer(wrong)).view
    assert view.remark == "It is a program."
    view = (await session.answer(*right)).view
    assert view.done
    assert progress.recall("trial", "recap").days == DAYS[0]  # type: ignore[union-attr]  # it was just noted
    assert progress.last_lesson == "trial"
    await session.close()


async def test_nothing_due_says_when(catalog: Catalog, today: Today) -> None:
    progress = Progress(today=today)
    progress.finish_lesson("trial")
    with pytest.raises(LessonError, match="1 question is due on Tuesday, 3 March"):
        await open_review(catalog, progress)


@pytest.mark.parametrize("language", ["", "de"])
async def test_a_review_knows_whether_it_asks_in_another_language(tmp_path: Path, today: Today, language: str) -> None:
    path = written(tmp_path, HEAD + DEPLOYMENT + STEPS)
    written(tmp_path, "lessons: [trial.yaml]\n", "index.yaml")
    translation = tmp_path / "translations" / "de"
    translation.mkdir(parents=True)
    written(translation, "format: 1\ntitle: Ein Versuch\n", path.name)
    catalog = read_catalog(Library(tmp_path, language=language))
    progress = Progress(None, {"trial": LessonProgress(completed=True)}, today=today)
    session = await open_review(catalog, progress)
    assert session.view.title == ("Ein Versuch" if language else "A trial")
    assert session.translated is bool(language)
    await session.close()
