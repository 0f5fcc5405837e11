"""Lessons line by line: the same session as the screen's, as text only."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from tutor.cli import main
from tutor.course.catalog import read_catalog
from tutor.course.loader import load_lesson
from tutor.course.schema import Observe, Predict, Quiz, Read
from tutor.course.session import WORDS
from tutor.course.view import ConditionView, StepView
from tutor.paths import lessons_dir
from tutor.plain.sentences import Sentences
from tutor.plain.telling import Teller
from tutor.plain.wording import plain_text
from tutor.plain.words import LESSON as LESSON_WORDS

if TYPE_CHECKING:
    from tutor.course.session import Session


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


OBSERVED = {"services": "kubernetes", "address": "10.254.201.125", "unchanged": "10.254.201.125", "server": "kube-dns"}
"""What is read off the screen, by step."""


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
            lines.append(OBSERVED[step.id])
        elif not isinstance(step, Read):
            lines += step.solve
        lines.append("")
    return lines


@pytest.mark.parametrize("lesson", ["before", "create", "after", "dns"])
def test_a_lesson_can_be_played_to_its_end(
    lesson: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = play(lesson, answers(lesson), monkeypatch, capsys)
    assert "That was the last step" in shown
    assert "\x1b" not in shown
    main(["list"])
    row = next(line for line in capsys.readouterr().out.splitlines() if f" {lesson} " in line)
    assert row.endswith("finished")


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = play("before", ["", "kubectl get pods", "check", "hint"], monkeypatch, capsys)
    assert "- List the Pods with their addresses: -o wide adds the column." in shown
    assert "The command is kubectl get" in shown


def test_undo_takes_the_tick_back(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["cat nginx-clusterip.yaml", "", "2", "", "kubectl apply -f nginx-clusterip.yaml", "undo"]
    shown = play("create", lines, monkeypatch, capsys)
    ticks = [line for line in shown.splitlines() if line.endswith(": The Service nginx-clusterip exists.")]
    assert ticks == [f"{state}: The Service nginx-clusterip exists." for state in ("To do", "Done", "To do")]


def test_what_is_asked_for_anew_is_said_once_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ConditionView("desk gets its answer", met=False, missing="Not so far.")
    scaled, by_hand = (
        ConditionView("A repair that holds", met=False, missing=f"It wants none. {more}") for more in "AB"
    )
    got = ConditionView("desk gets its answer", met=True)
    shown = SimpleNamespace(view=None)
    teller, told = Teller(cast("Session", shown)), []
    for conditions in (
        (asked,),
        (asked,),
        (scaled, got),
        (scaled, got),
        (by_hand, got),
        (scaled, by_hand, got),
        (asked,),
        (got,),
    ):
        done = conditions == (got,)
        shown.view = StepView("a", "A", "a", 0, 1, "challenge", "A", conditions=conditions, done=done)
        teller.show_news()
        told.append([line for line in capsys.readouterr().out.splitlines() if line.startswith(("To do", "Done"))])
    assert told == [
        ["To do: desk gets its answer."],
        [],
        ["To do: A repair that holds. It wants none. A", "Done: desk gets its answer."],
        [],
        ["To do: A repair that holds. It wants none. B"],
        ["To do: A repair that holds. It wants none. A"],
        ["To do: desk gets its answer."],
        ["Done: desk gets its answer."],
    ]


def test_progress_survives_a_restart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    play("before", [""], monkeypatch, capsys)
    assert "step 2 of 9" in play("before", [], monkeypatch, capsys)
    assert "step 1 of 9" in play("before", [], monkeypatch, capsys, "--restart")


def test_a_step_that_was_done_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = play("before", ["", "do"], monkeypatch, capsys)
    assert "The step is done." in shown
    main(["list"])
    assert "step 3 of 9" in capsys.readouterr().out
    again = play("before", ["back"], monkeypatch, capsys)
    assert "step 3 of 9" in again
    assert "To do" not in again.partition("step 2 of 9")[2]


def test_progress_that_cannot_be_kept_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tutor.course.progress.write_atomically", full)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert main(["start", "before", "--plain"]) == 0
    path = tmp_path / "home" / "progress.json"
    assert capsys.readouterr().err == f"tutor: Progress could not be saved to {path}: No space left on device.\n"


def test_a_challenge_that_is_mended_is_another_one_next_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def attempt(*lines: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(line + "\n" for line in lines)))
        assert main(["challenge", "1", "--plain"]) == 0
        return capsys.readouterr().out

    def seed(shown: str) -> str:
        found = re.search(r"seed (\d+)", shown)
        assert found
        return found[1]

    begun = attempt()
    mended = attempt("show")
    assert seed(mended) == seed(begun)
    assert "The step is done." in mended
    another = attempt("steps")
    assert seed(another) != seed(begun)
    assert re.search(r"1: [\w ]+, where you are\.", another)
    assert seed(attempt()) == seed(another)


def test_bytes_that_are_no_text_are_shown_as_a_terminal_shows_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = io.TextIOWrapper(io.BytesIO(b"echo a\xffb\n"), "utf-8", "surrogateescape")
    monkeypatch.setattr(sys, "stdin", typed)
    assert main(["start", "before", "--plain"]) == 0
    shown = capsys.readouterr().out
    assert "$ a\ufffdb\n" in shown
    assert "fault" not in shown


def test_odd_text_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "[/foo] x[int]y ❤" in play("before", ["echo '[/foo] x[int]y ❤'"], monkeypatch, capsys)


def test_without_a_screen_lessons_are_played_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["start", "before"]) == 0
    shown = capsys.readouterr()
    assert "step 1 of 9" in shown.out
    assert shown.err.count("\n") == 1
    assert "line by line" in shown.err


def test_a_dumb_terminal_has_no_screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed = io.StringIO("")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typed)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("tutor.plain.lines._quiet_control_keys", contextlib.nullcontext)
    monkeypatch.setenv("TERM", "dumb")
    assert main(["start", "before"]) == 0
    assert "line by line" in capsys.readouterr().err


def test_tables_are_said_as_sentences_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["kubectl get svc", "tables sentences", "kubectl get svc", "tables rows", "kubectl get svc", "tables"]
    shown = play("before", lines, monkeypatch, capsys)
    sentence = "Service kubernetes: type ClusterIP, cluster IP 10.254.0.1, external IP none, ports 443/TCP, age 14d."
    assert shown.count(sentence) == 1
    assert shown.count("CLUSTER-IP") == 2
    assert "Say tables sentences, or tables rows." in shown


def test_tables_are_sentences_from_the_start_with_the_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = play("before", ["kubectl get pods -A | head -n 2"], monkeypatch, capsys, "--sentences")
    assert re.search(
        r"^.*Pod \S+ in namespace default: 1 of 1 ready, status Running, restarts 0, age \S+\.$", shown, re.M
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "NAME   READY   RESTARTS   AGE\nweb    0/1     2 (3s ago)   5s\n",
            "Pod web: 0 of 1 ready, restarts 2 (3s ago), age 5s.\n",
        ),
        (
            "NAME          DESIRED   CURRENT\nrs/web        3         2\n\nNAME      TYPE\nservice/web   ClusterIP\n",
            "ReplicaSet web: desired 3, current 2.\n\nService web: type ClusterIP.\n",
        ),
        ("NAME   IP       NOMINATED NODE   NODE\nweb    <none>   <none>           a\n", "web: IP none, node a.\n"),
        ("NAMESPACE   NAME   DATA\nshop        one    2\n", "ConfigMap one in namespace shop: data 2.\n"),
        ("NAME   STATUS   AGE\nshop   Active   2s\n", "Namespace shop: status Active, age 2s.\n"),
        ("NAME   READY\n", "NAME   READY\n"),
        ("NAME   READY\nError: no\n", "NAME   READY\nError: no\n"),
        ("LOUD   WORDS\nand more\n", "LOUD   WORDS\nand more\n"),
        ("NAME      LABELS   AGE\nweb                5s\n", "web: labels none, age 5s.\n"),
        ("no table, [/foo] x[int]y ❤", "no table, [/foo] x[int]y ❤"),
    ],
)
def test_a_row_says_what_its_cells_are(table: str, said: str) -> None:
    """The same whether the output comes at once or sign by sign."""
    whole, bit_by_bit = Sentences(), Sentences()
    assert whole.feed(table) + whole.flush() == said
    assert "".join(map(bit_by_bit.feed, table)) + bit_by_bit.flush() == said


def test_an_event_is_one_sentence() -> None:
    sentences = Sentences()
    table = (
        "LAST SEEN   TYPE     REASON      OBJECT    MESSAGE\n"
        "4s          Normal   Scheduled   pod/web   Successfully assigned default/web to node-1\n"
    )
    assert sentences.feed(table) == (
        "Event, last seen 4s ago: type Normal, reason Scheduled, object pod/web: "
        "Successfully assigned default/web to node-1\n"
    )


def test_commands_are_taken_by_number(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = play("before", ["", "do 2", "do 1"], monkeypatch, capsys)
    assert "Command 1: kubectl get pods -l app=nginx -o wide" in shown
    assert "Say do and a number from 1 to 1." in shown
    assert "$ kubectl get pods -l app=nginx -o wide\nNAME " in shown
    assert "The step is done." in shown


def test_what_lies_behind_an_error_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    command = "kubectl run t --rm -i --restart=Never --image=curlimages/curl -- curl -sS http://nginx-clusterip"
    shown = play("before", [command], monkeypatch, capsys)
    assert "Why: No Service called nginx-clusterip exists in namespace default." in shown


def test_what_lies_behind_an_error_is_said_of_what_a_prediction_plays_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = play("failures", ["1"], monkeypatch, capsys, "--step", "guess-typo")
    assert shown.count("Why: No Service called wbe exists in namespace default.") == 1


def test_a_line_played_for_the_learner_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played = "learner@laptop:~$ kubectl exec client -- curl -sS http://wbe\ncurl: (6)"
    assert played in play("failures", ["1"], monkeypatch, capsys, "--step", "guess-typo")
    assert "learner@laptop:~$ kubectl get svc\nNAME" in play(
        "failures", ["show"], monkeypatch, capsys, "--step", "name"
    )


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        (
            "A **bold** and *slanted* `code`\nover two lines.\n\nThen more.",
            "A bold and slanted code over two lines.\n\nThen more.",
        ),
        ("- one `x`\n- two", "- one x\n- two"),
        ("Look:\n\n```yaml\nkind: Service  # *so*\n  a: 1\n```\n", "Look:\n\n    kind: Service  # *so*\n      a: 1"),
        ("```\n┌─────┐\n│ Pod │ ─▶ node\n└─────┘\n```", "    Pod node"),
        (
            "See:\n\n```drawing A `Pod` on a node\n┌─────┐\n│ Pod │\n└─────┘\n```\nAnd so on.",
            "See:\n\nDrawing: A Pod on a node\nAnd so on.",
        ),
        ("| Name | Is |\n|------|----|\n| `a` | *b* |", "Name, Is\na, b"),
        ("## Head\n[docs](https://kubernetes.io)", "Head\ndocs (https://kubernetes.io)"),
        ("2 * 3 * 4 and a_b_c and [/foo]", "2 * 3 * 4 and a_b_c and [/foo]"),
    ],
)
def test_markdown_is_read_without_its_marks(markdown: str, said: str) -> None:
    assert plain_text(markdown) == said


@pytest.mark.parametrize("file", [entry.path for entry in read_catalog().lessons], ids=lambda file: file.stem)
def test_no_marks_are_left_in_what_lessons_say(file: Path) -> None:
    """Nothing that a screen reader would spell out: no asterisks in pairs, backticks, ticks, arrows or frames."""
    loaded = load_lesson(file).lesson
    assert loaded is not None
    for step in loaded.steps:
        said = plain_text(step.body) + plain_text(step.explain)
        assert not re.search(r"\*\*|`|[✓✗→\u2500-\u25ff]", said), said


def test_nothing_moves_the_cursor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in play("before", ["clear", r"printf '\033[31mred\033[0m\n'"], monkeypatch, capsys)


def test_help_names_every_word_that_can_be_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = play("before", ["help"], monkeypatch, capsys)
    assert "Bashkit" not in shown
    named = {line.partition(":")[0] for line in shown.splitlines()} | {"lessons"}
    assert set(WORDS) <= named
    assert {"task", "do 1", "steps", "step 3", "terms", "changes", "tables sentences", "help", "exit"} <= named


def test_each_word_of_help_does_something(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = play("before", [""] + [word for word in LESSON_WORDS if word != "exit"], monkeypatch, capsys)
    assert "command not found" not in shown
    assert "step 3 of 9" in shown
    assert "1: A back end and whoever calls it, done." in shown
    assert "Deployment: Says which Pods should run" in shown


def test_what_a_command_changed_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "changes",
        "kubectl scale deployment nginx-deployment --replicas=1",
        "hint",
        "changes",
        "kubectl label pods --all tier=x",
        "changes",
        "tables sentences",
        "kubectl create namespace shop",
        "undo",
    ]
    shown = play("before", lines, monkeypatch, capsys)
    assert "Nothing changed since the last command began." in shown
    assert "Changed: Deployment nginx-deployment: 1 of 1 ready instead of 3 of 3, up to date 1 instead of 3" in shown
    assert len(re.findall(r"^Deleted: Pod nginx-deployment-\S+\.$", shown, re.M)) == 2
    assert re.search(r"Changed: Pod nginx-deployment-\S+: labels app=nginx,tier=x instead of app=nginx\.", shown)
    assert "namespace/shop created\nAdded: Namespace shop: status Active" in shown
    assert "Deleted: Namespace shop." in shown


def test_what_is_done_is_said_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = play("before", ["", "do", "", "3", "pwd", "", "pwd"], monkeypatch, capsys)
    assert shown.count("Right: A new name and a new address.") == 1
    assert shown.count("Done: Three Pods are ready again.") == 1


def test_free_play_goes_line_by_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["", "do 1", "undo", "kubectl get pods", "help", "next"]
    shown = play("sandbox", lines, monkeypatch, capsys, "--sentences")
    assert "Added: Deployment nginx-deployment: 3 of 3 ready" in shown
    assert "Undone: kubectl apply" in shown
    assert "No resources found in default namespace." in shown
    assert "hint:" not in shown


def test_lessons_can_be_listed_as_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--sentences"]) == 0
    assert "1, before: Before the Service, 10 minutes, not started." in capsys.readouterr().out


def test_a_step_passed_over_is_told_apart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = play("before", ["", "skip", "back", "reset", "back"], monkeypatch, capsys)
    assert shown.count("This step was passed over: Enter or next goes on, reset lets you do it yourself.") == 1
