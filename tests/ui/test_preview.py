"""The preview of a lesson file: it follows what is saved."""

from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import FIRST, opened, run_command, until
from tutor.cli.preview import findings
from tutor.course.loader import load_lesson
from tutor.course.reloading import resume
from tutor.ui.preview import PreviewApp, PreviewScreen
from tutor.ui.settings import SettingsFile


async def test_a_save_keeps_step_and_cluster_and_a_broken_file_keeps_the_lesson(lessons: Path) -> None:
    path = lessons / "first.yaml"
    app = PreviewApp(path, findings, SettingsFile())
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        assert isinstance(screen, PreviewScreen)
        await run_command(pilot, "")
        await run_command(pilot, "kubectl create configmap one")

        def found() -> str:
            return str(screen.query_one("#found").visual)  # type: ignore[attr-defined]

        def title() -> str:
            return str(screen.query_one("#step-title").visual)  # type: ignore[attr-defined]

        path.write_text(FIRST.replace("title: Make one", "title: Make it so"), encoding="utf-8")
        await until(pilot, lambda: "Make it so" in title())
        assert screen.player is not None
        assert screen.player.session.cluster.store.get("ConfigMap", "default", "one") is not None
        assert screen.player.session.view.can_undo

        path.write_text(FIRST.replace("kind: task", "kind: tusk"), encoding="utf-8")
        await until(pilot, lambda: "tusk" in found())
        assert "Make it so" in title()


def test_what_was_typed_is_kept_only_where_the_step_begins_as_before(lessons: Path) -> None:
    old = load_lesson(lessons / "first.yaml").lesson
    (lessons / "first.yaml").write_text(FIRST.replace("Some **text**", "Other text"), encoding="utf-8")
    new = load_lesson(lessons / "first.yaml").lesson
    assert old is not None
    assert new is not None
    assert resume(old, old, "make", ["ls"]).lines == ("ls",)
    assert resume(old, new, "make", ["ls"]).lines == ()
    assert resume(old, new, "make", ["ls"]).step == "make"
    assert resume(old, new, "gone", ["ls"]).step == ""
