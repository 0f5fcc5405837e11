"""What of a learner's way outlasts a change of the lesson."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.course.conditions.evidence import Played
from tutor.course.loader import load_lesson
from tutor.course.progress import Progress
from tutor.course.reliving import Way
from tutor.course.reloading import Resumption, WatchedFiles, carry_marks, reopen, resume
from tutor.course.schema import Lesson
from tutor.course.session import Session

LESSON = """\
format: 1
id: made
title: Made
minutes: 1
steps:
  - {id: read, kind: read, body: Read.}
  - id: one
    kind: task
    body: Make one.
    until: {exists: configmap/one, else: No one.}
    hints: [{text: First.}, {text: Second.}, {command: kubectl create configmap one}]
    solve: [kubectl create configmap one]
  - id: ask
    kind: quiz
    question: Which?
    options: [{text: this, right: true, why: So.}, {text: that, why: Not so.}]
"""
ADDED = "  - {id: more, kind: read, body: More.}\n"
TASK = """\
  - id: zero
    kind: task
    until: {exists: configmap/zero, else: No zero.}
    solve: [kubectl create configmap zero]
"""
WAY = Way((Played("kubectl create configmap one"),), hints=(1,))
WAYS = {"read": Way(), "one": WAY}
ONE = LESSON.index("  - id: one")


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Lesson]:
    """Reads a lesson's text."""

    def read(text: str) -> Lesson:
        path = tmp_path / "made.yaml"
        path.write_text(text, encoding="utf-8")
        loaded = load_lesson(path)
        assert loaded.lesson is not None, loaded.problems
        return loaded.lesson

    return read


def test_the_way_is_kept_where_the_steps_before_lead_to_the_same_cluster(read: Callable[[str], Lesson]) -> None:
    old = read(LESSON)

    def at(text: str) -> Resumption:
        return resume(old, read(text), WAYS, "one", "one")

    assert at(LESSON) == Resumption("one", "one", WAYS)
    assert at(LESSON.replace("Read.", "Read this.")).ways == WAYS
    assert at(LESSON[:ONE] + ADDED + LESSON[ONE:]).ways == WAYS
    assert at(LESSON.replace("id: one", "id: uno")) == Resumption("uno", "uno", {"read": Way(), "uno": WAY})
    afresh = Resumption("one", "one", {"one": Way(hints=(1,))}, afresh=True)
    assert at(LESSON[:ONE] + TASK + LESSON[ONE:]) == afresh
    assert at(LESSON.replace("    kind: task", "    kind: task\n    setup: [kubectl create configmap two]")) == afresh
    assert at(LESSON.replace("steps:", "cluster: {run: [kubectl create configmap two]}\nsteps:")) == afresh


def test_a_step_that_goes_leads_to_the_one_after_it_or_the_last(read: Callable[[str], Lesson]) -> None:
    old = read(LESSON)
    ask = LESSON.index("  - id: ask")
    without = read(LESSON[:ONE] + LESSON[ask:])
    gone = resume(old, without, WAYS, "one", "one")
    assert (gone.step, gone.gone, gone.afresh) == ("ask", True, True)
    last = resume(old, read(LESSON[:ask]), {**WAYS, "ask": Way(choice=(1,))}, "ask", "ask")
    assert (last.step, last.gone) == ("one", True)


def test_answers_and_hints_follow_their_texts(read: Callable[[str], Lesson]) -> None:
    old = read(LESSON)
    swapped = LESSON.replace(
        "[{text: this, right: true, why: So.}, {text: that, why: Not so.}]",
        "[{text: that, why: Not so.}, {text: neither, why: No.}, {text: this, right: true, why: So.}]",
    ).replace("{text: First.}, {text: Second.}", "{text: Nought.}, {text: First.}, {text: Second.}")
    at = resume(old, read(swapped), {**WAYS, "ask": Way(choice=(1,))}, "ask", "ask")
    assert at.ways["ask"].choice == (0,)
    assert at.ways["one"].hints == (2,)


async def test_all_that_was_done_is_done_again(read: Callable[[str], Lesson]) -> None:
    lesson = read(LESSON)
    progress = Progress()
    session = await Session.open(lesson, progress=progress, live=True)
    await session.next()
    await session.submit("kubectl create configmap own")

    async def edited(name: str, text: str) -> str | None:  # the shape of an editor
        return "written\n"

    session.terminal.editor = edited
    await session.submit("nano kept.txt")
    await session.submit("kubectl create configmap one")
    await session.next()
    await session.answer(1)
    await session.back()
    at = resume(lesson, lesson, session.ways, session.step.id, session.reached.id)
    again, left_out = await reopen(lesson, at, progress=progress, seed=1, glossary={})
    assert left_out == ()
    assert again.view.id == "one"
    assert again.reached.id == "ask"
    assert again.cluster.store.get("ConfigMap", "default", "own") is not None
    assert again.simulation.read_file("kept.txt") == "written\n"
    await again.goto("ask")
    assert again.view.chosen == (1,)
    assert again.ways["one"] == session.ways["one"]
    assert again.ways["ask"] == session.ways["ask"]
    await session.close()
    await again.close()


async def test_lines_that_a_command_read_are_read_again(read: Callable[[str], Lesson]) -> None:
    lesson = read(LESSON)
    session = await Session.open(lesson, step="one", live=True)
    typing = session.submit("cat > note.txt")
    session.terminal.on_state = lambda: session.terminal.reading and feed()

    def feed() -> None:
        session.terminal.on_state = None
        session.terminal.feed("a line")
        session.terminal.end_of_file()

    await typing
    again, _ = await reopen(
        lesson, resume(lesson, lesson, session.ways, "one", "one"), progress=Progress(), seed=1, glossary={}
    )
    assert session.simulation.read_file("note.txt") == "a line\n"
    assert again.simulation.read_file("note.txt") == "a line\n"
    assert [each.retyped for each in again.ways["one"].before] == ["cat > note.txt\na line"]
    await session.close()
    await again.close()


async def test_a_setup_without_an_end_is_a_lesson_that_cannot_be_set_up(
    read: Callable[[str], Lesson], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.course.stage.UNSEEN_PATIENCE", 20.0)
    text = LESSON.replace("steps:", "cluster: {run: ['while true; do sleep 1; done']}\nsteps:")
    with pytest.raises(Exception, match="setting up the cluster: while true"):
        await Session.open(read(text))


def test_files_are_seen_to_change_come_and_go() -> None:
    texts = {Path("a"): b"1"}

    def read(path: Path) -> bytes:
        if path not in texts:
            raise FileNotFoundError
        return texts[path]

    files = WatchedFiles([Path("a"), Path("b")], read)
    assert not files.changed()
    texts[Path("b")] = b"2"
    assert files.changed()
    assert not files.changed()
    files.watch([Path("a")])
    del texts[Path("a")]
    assert files.changed()


GUESS = """\
  - id: guess
    kind: predict
    question: How many?
    options: [{text: one, right: true, why: So.}, {text: two, why: Not so.}]
    then: [kubectl create configmap a, kubectl get configmaps, kubectl create configmap b]
"""


@pytest.mark.parametrize(
    ("undone", "more", "left"),
    [(0, (), {"a", "b"}), (1, (), {"a"}), (2, (), set()), (2, ("kubectl create configmap c",), {"c"})],
)
async def test_what_of_a_prediction_was_undone_stays_undone(
    read: Callable[[str], Lesson], undone: int, more: tuple[str, ...], left: set[str]
) -> None:
    old = read(LESSON + GUESS)
    session = await Session.open(old, step="guess")
    await session.answer(0)
    for _ in range(undone):
        await session.undo()
    for line in more:
        await session.submit(line)
    new = read(LESSON.replace("title: Made", "title: Made anew") + GUESS)
    at = resume(old, new, session.ways, "guess", "guess")
    await session.close()
    again, left_out = await reopen(new, at, progress=Progress(), seed=1, glossary={})
    try:
        kept = {"a", "b", "c"} & {each["metadata"]["name"] for each in again.cluster.store.list("ConfigMap", "default")}
        assert (kept, left_out) == (left, ())
        assert again.view.chosen == (0,)
    finally:
        await again.close()


def test_steps_that_were_read_stay_so_when_the_lesson_or_they_get_another_id(read: Callable[[str], Lesson]) -> None:
    old = read(LESSON)
    progress = Progress()
    progress.finish_step("made", "read")
    progress.finish_step("made", "one", skipped=True)
    carry_marks(progress, old, read(LESSON.replace("id: made", "id: other").replace("id: read,", "id: begin,")))
    marks = progress.lesson("other")
    assert (marks.done, marks.skipped) == (("begin",), ("one",))
