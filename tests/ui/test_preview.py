"""The preview of a lesson file: it follows what is saved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.conftest import FIRST, opened, run_command, until
from tutor.course.draft import read_draft
from tutor.course.problems import Problem
from tutor.course.session import Session
from tutor.ui.preview import Findings, Manuscript, PreviewApp, PreviewScreen
from tutor.ui.settings import SettingsFile

CREATE = "kubectl create configmap one"


async def nothing_found() -> Findings:
    return Findings("nothing looked at")


class Preview:
    """A preview under test."""

    def __init__(self, pilot: Pilot[None], screen: PreviewScreen, path: Path) -> None:
        self.pilot, self.screen, self.path = pilot, screen, path

    @property
    def session(self) -> Session:
        assert self.screen.player is not None
        return self.screen.player.session

    def shown(self, selector: str) -> str:
        return str(self.screen.query_one(selector).visual)  # type: ignore[attr-defined]

    @property
    def transcript(self) -> str:
        return self.screen.shell.transcript.scrollback.text

    def has(self, name: str) -> bool:
        return self.session.cluster.store.get("ConfigMap", "default", name) is not None

    async def type(self, *lines: str) -> None:
        for line in lines:
            await run_command(self.pilot, line)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def save(self, text: str, path: Path | None = None) -> None:
        """Write the file, and wait until the lesson is played again."""
        before = self.session
        (path or self.path).write_text(text, encoding="utf-8")
        await self.until(lambda: self.session is not before and self.screen.at_rest)


@asynccontextmanager
async def previewed(
    path: Path, prove: Callable[[], Awaitable[Findings]] = nothing_found, size: tuple[int, int] = (140, 45), **read: Any
) -> AsyncIterator[Preview]:
    app = PreviewApp(Manuscript(path, partial(read_draft, path, **read), prove), SettingsFile())
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        assert isinstance(screen, PreviewScreen)
        yield Preview(pilot, screen, path)


async def test_a_save_keeps_step_and_cluster_and_what_was_seen_of_hints(lessons: Path) -> None:
    async with previewed(lessons / "first.yaml") as preview:
        await preview.type("", "hint", CREATE)
        await preview.save(FIRST.replace("title: Make one", "title: Make it so"))
        assert "Make it so" in preview.shown("#step-title")
        assert preview.has("one")
        assert preview.session.view.can_undo
        assert [hint.text for hint in preview.session.view.hints] == ["Try `create`."]
        assert preview.session.terminal.history[-1] == CREATE
        assert "read again" in preview.transcript


async def test_a_lesson_that_gets_another_id_keeps_its_marks(lessons: Path) -> None:
    async with previewed(lessons / "first.yaml") as preview:
        await preview.type("", CREATE)
        marks = preview.session.view.steps[:2]
        assert marks[0] == "done"
        await preview.save(FIRST.replace("id: first", "id: other"))
        assert preview.session.lesson.id == "other"
        assert preview.session.view.steps[:2] == marks


async def test_a_file_that_breaks_is_told_and_once_mended_goes_on_at_the_step(lessons: Path) -> None:
    path = lessons / "first.yaml"
    async with previewed(path) as preview:
        await preview.type("", CREATE)
        session = preview.session
        path.write_text(FIRST.replace("kind: task", "kind: tusk"), encoding="utf-8")
        await preview.until(lambda: "tusk" in preview.shown("#found"))
        assert "goes on as it was" in preview.shown("#found")
        path.unlink()
        await preview.until(lambda: "No such file" in preview.shown("#found"))
        path.write_text("steps: [", encoding="utf-8")
        await preview.until(lambda: "[yaml]" in preview.shown("#found"))
        assert preview.session is session

        await preview.save(FIRST.replace("title: Make one", "title: Mended"))
        assert "goes on" not in preview.shown("#found")
        assert "Mended" in preview.shown("#step-title")
        assert preview.has("one")


async def test_what_means_the_same_is_not_played_again(lessons: Path) -> None:
    path = lessons / "first.yaml"
    checks: list[str] = []

    async def prove() -> Findings:
        checks.append(path.read_text(encoding="utf-8"))
        return Findings(f"check {len(checks)}")

    async with previewed(path, prove) as preview:
        session = preview.session
        path.write_text(FIRST + "# a remark\n", encoding="utf-8")
        await preview.until(lambda: "check 2" in preview.shown("#found"))
        assert preview.session is session


async def test_a_command_that_runs_is_not_cut_and_the_save_is_taken_up_after_it(lessons: Path) -> None:
    path = lessons / "first.yaml"
    async with previewed(path) as preview:
        await preview.type("")
        session = preview.session
        preview.screen.shell.prompt.put("kubectl get pods --watch")
        await preview.pilot.press("enter")
        await preview.until(lambda: session.terminal.busy)
        path.write_text(FIRST.replace("kind: task", "kind: tusk"), encoding="utf-8")
        await preview.until(lambda: "tusk" in preview.shown("#found"))
        assert session.terminal.busy
        path.write_text(FIRST.replace("title: Make one", "title: Later"), encoding="utf-8")
        await preview.until(lambda: "ctrl+c ends it" in preview.shown("#found"))
        assert preview.session is session
        assert session.terminal.busy
        await preview.pilot.press("ctrl+c")
        await preview.until(lambda: "Later" in preview.shown("#step-title"))
        assert "ctrl+c" not in preview.shown("#found")


async def test_a_prediction_stays_answered_and_its_lines_are_its_own(lessons: Path) -> None:
    path = lessons / "first.yaml"
    text = FIRST.replace(
        "    options: [{text: one more", "    then: [kubectl create configmap two]\n    options: [{text: one more"
    )
    path.write_text(text, encoding="utf-8")
    async with previewed(path) as preview:
        await preview.type("", CREATE, "", "kubectl create configmap mine", "1")
        assert preview.has("two")
        await preview.save(text.replace("why: You made it", "why: You did").replace("configmap two", "configmap three"))
        view = preview.session.view
        assert view.id == "guess"
        assert [option.chosen for option in view.options] == [True, False]
        assert [preview.has(name) for name in ("one", "mine", "two", "three")] == [True, True, False, True]


async def test_other_files_it_uses_are_followed_too(lessons: Path) -> None:
    path = lessons / "first.yaml"
    text = FIRST.replace("steps:\n", "files: {a.txt: {from: a.txt}}\nterms: [Word]\nsteps:\n")
    path.write_text(text, encoding="utf-8")
    (lessons / "a.txt").write_text("before", encoding="utf-8")
    async with previewed(path) as preview:
        await preview.save("after", lessons / "a.txt")
        assert preview.session.simulation.read_file("a.txt") == "after"
        await preview.save("Word: What it means.\n", lessons / "glossary.yaml")
        assert preview.session.view.terms == (("Word", "What it means."),)
        (lessons / "a.txt").unlink()
        await preview.until(lambda: "missing-file" in preview.shown("#found"))
        await preview.save("again", lessons / "a.txt")
        assert "missing-file" not in preview.shown("#found")


async def test_a_line_without_an_end_is_left_out_and_said(lessons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.course.stage.UNSEEN_PATIENCE", 20.0)
    async with previewed(lessons / "first.yaml") as preview:
        loop = "until kubectl get configmap one; do sleep 1; done"
        await preview.type("", CREATE, loop, "kubectl delete configmap one", "kubectl create configmap two")
        played = preview.session.ways["make"].before
        # As if the first line had never been: the loop waits for it for ever.
        preview.session._stage.played[:] = played[1:]
        await preview.save(FIRST.replace("title: Make one", "title: Make it so"))
        assert f"came to no end: {loop}" in preview.transcript
        assert preview.has("two")


async def test_a_fault_while_opening_is_a_finding_and_leaves_nothing_open(
    lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Session] = []
    close = Session.close

    async def noted(self: Session) -> None:
        closed.append(self)
        await close(self)

    async def relive(self: Session, way: object) -> tuple[str, ...]:
        raise KeyError("odd")

    monkeypatch.setattr(Session, "close", noted)
    async with previewed(lessons / "first.yaml") as preview:
        await preview.type("", CREATE)
        session = preview.session
        with monkeypatch.context() as patched:
            patched.setattr(Session, "relive", relive)
            preview.path.write_text(FIRST.replace("title: Make one", "title: Other"), encoding="utf-8")
            await preview.until(lambda: "KeyError" in preview.shown("#found"))
        assert preview.session is session
        assert len(closed) == 1
        assert session not in closed
        await preview.save(FIRST.replace("title: Make one", "title: Another"))
        assert "KeyError" not in preview.shown("#found")


async def test_a_check_that_is_overtaken_is_ended(lessons: Path) -> None:
    ended: list[int] = []
    begun: list[int] = []

    async def prove() -> Findings:
        begun.append(number := len(begun))
        if number == 0:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(number)
        return Findings(f"check {number}")

    async with previewed(lessons / "first.yaml", prove) as preview:
        await preview.save(FIRST.replace("title: Make one", "title: Other"))
        assert ended == [0]
        assert "check 1" in preview.shown("#found")


async def test_a_file_that_cannot_be_played_at_first_is_played_once_it_can(lessons: Path) -> None:
    path = lessons / "first.yaml"
    path.write_text(FIRST.replace("kind: task", "kind: tusk"), encoding="utf-8")
    app = PreviewApp(Manuscript(path, partial(read_draft, path), nothing_found), SettingsFile())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
        await until(pilot, lambda: "tusk" in str(app.screen.query_one("#loading").visual))  # type: ignore[attr-defined]
        assert "lessons" not in str(app.screen.query_one("#loading").visual)  # type: ignore[attr-defined]
        path.write_text(FIRST, encoding="utf-8")
        screen = await opened(pilot)
        assert screen.player is not None


async def test_a_step_that_goes_is_followed_by_the_one_in_its_place(lessons: Path) -> None:
    async with previewed(lessons / "first.yaml") as preview:
        await preview.type("", CREATE)
        await preview.save(FIRST.replace("id: make", "id: build"))
        assert preview.session.view.id == "build"
        assert preview.has("one")
        start, end = FIRST.index("  - id: make"), FIRST.index("  - id: guess")
        await preview.save(FIRST[:start] + FIRST[end:])
        assert preview.session.view.id == "guess"
        assert "is gone" in preview.transcript


async def test_the_end_of_the_lesson_leads_to_its_beginning(lessons: Path) -> None:
    async with previewed(lessons / "second.yaml") as preview:
        await preview.type("")
        assert preview.shown("#step-title").endswith("Lesson finished")
        await preview.type("")
        assert preview.shown("#step-title").endswith("Only")
        assert preview.screen.is_current


async def test_findings_in_other_files_say_which(lessons: Path) -> None:
    path = lessons / "first.yaml"
    translation = lessons / "translations" / "de" / "first.yaml"

    async def prove() -> Findings:
        problems = (
            Problem(path, 3, 1, "here"),
            Problem(translation, 4, 1, "there"),
            Problem(lessons / "index.yaml", 0, 0, "beside"),
        )
        return Findings("three", problems)

    async with previewed(path, prove) as preview:
        await preview.until(lambda: "three" in preview.shown("#found"))
        lines = preview.shown("#found").splitlines()
        assert [line.split()[0] for line in lines] == ["three", "3:1", "de/first.yaml:4:1", "index.yaml"]


async def test_a_cluster_that_is_served_is_served_again(lessons: Path) -> None:
    async with previewed(lessons / "first.yaml") as preview:
        await preview.type("", "api")
        await preview.until(lambda: preview.session.outside.lines)
        await preview.save(FIRST.replace("title: Make one", "title: Make it so"))
        assert preview.session.outside.lines


async def test_a_shell_in_a_container_is_open_again_as_it_was_left(lessons: Path) -> None:
    async with previewed(lessons / "first.yaml") as preview:
        await preview.type(
            "", "kubectl run box --image=busybox -- sleep 1d", "kubectl wait --for=condition=Ready pod/box"
        )
        await preview.type("kubectl exec -it box -- sh", "touch /tmp/here")
        await preview.save(FIRST.replace("title: Make one", "title: Make it so"))
        assert preview.session.evidence.where == "default/box/box"
        await preview.type("ls /tmp")
        assert preview.transcript.endswith("here\n")


async def test_the_heading_of_a_translation_is_in_one_language(lessons: Path) -> None:
    translation = lessons / "translations" / "de" / "first.yaml"
    translation.parent.mkdir(parents=True)
    translation.write_text("format: 1\nsteps: {read: {title: Willkommen}}\n", encoding="utf-8")
    async with previewed(lessons / "first.yaml", language="de") as preview:
        await preview.until(lambda: preview.shown("#step-title") == "Willkommen")
