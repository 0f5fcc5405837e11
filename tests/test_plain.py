"""Lessons line by line: the same session as the screen's, as text only."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tutor.cli import main
from tutor.course.loader import load_lesson
from tutor.course.schema import Observe, Predict, Quiz, Read
from tutor.paths import lessons_dir


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))


def play(
    lesson: str, lines: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str
) -> str:
    """What a learner sees who types these lines."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(line + "\n" for line in lines)))
    assert main(["start", lesson, "--plain", *options]) == 0
    return capsys.readouterr().out


def answers(lesson: str) -> list[str]:
    """The lines that play a lesson to its end."""
    loaded = load_lesson(lessons_dir() / f"{lesson}.yaml").lesson
    assert loaded is not None
    lines: list[str] = []
    for step in loaded.steps:
        if isinstance(step, Predict | Quiz):
            right = [number for number, option in enumerate(step.options, 1) if option.right]
            lines.append(",".join(map(str, right)))
        elif isinstance(step, Observe):
            lines.append("kube-dns")
        elif not isinstance(step, Read):
            lines += step.solve
        lines.append("")
    return lines


@pytest.mark.parametrize("lesson", ["before", "create", "after", "dns"])
def test_a_lesson_can_be_played_to_its_end(
    lesson: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = play(lesson, answers(lesson), monkeypatch, capsys)
    assert "✓ That was the last step" in shown
    assert "\x1b" not in shown
    main(["list"])
    row = next(line for line in capsys.readouterr().out.splitlines() if f" {lesson} " in line)
    assert row.endswith("finished")


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = play("before", ["", "kubectl get pods", "check", "hint"], monkeypatch, capsys)
    assert "• List the Pods with their addresses: -o wide adds the column." in shown
    assert "The command is kubectl get" in shown


def test_undo_takes_the_tick_back(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["cat nginx-clusterip.yaml", "", "2", "", "kubectl apply -f nginx-clusterip.yaml", "undo"]
    shown = play("create", lines, monkeypatch, capsys)
    ticks = [line for line in shown.splitlines() if line.endswith("] The Service nginx-clusterip exists")]
    assert ticks == [f"[{state}] The Service nginx-clusterip exists" for state in ("to do", "done", "to do")]


def test_progress_survives_a_restart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    play("before", [""], monkeypatch, capsys)
    assert "step 2 of 7" in play("before", [], monkeypatch, capsys)
    assert "step 1 of 7" in play("before", [], monkeypatch, capsys, "--restart")


def test_odd_text_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "[/foo] x[int]y ❤" in play("before", ["echo '[/foo] x[int]y ❤'"], monkeypatch, capsys)
