"""The `tutor` command: what it prints, where, and with which exit status."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

import tutor
from tutor.cli import main
from tutor.course.catalog import read_catalog


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TUTOR_LANGUAGE", "en")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"tutor {tutor.__version__}\n"


@pytest.mark.parametrize(
    "argv",
    [["nonsense"], ["start"], ["start", "before", "extra"], ["--nonsense"], ["shell", "--seed", "x"], ["check", "--x"]],
)
def test_wrong_arguments_get_one_line_and_status_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    shown = capsys.readouterr()
    assert ended.value.code == 2
    assert shown.out == ""
    assert shown.err.startswith("tutor: ")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["start", "nonsense"], "nonsense"),
        (["shell", "--files", "/no/such/folder", "-c", "ls"], "/no/such/folder"),
        (["shell", "--cluster", "/no/such.yaml", "-c", "ls"], "/no/such.yaml"),
    ],
)
def test_what_does_not_exist_is_named(argv: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("tutor: ")
    assert named in shown.err
    assert shown.err.count("\n") == 1


def test_the_app_wants_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("tutor: no terminal with a screen here, as the app needs it;")


@pytest.mark.parametrize("argv", [["list"], ["start", "before", "--plain"], ["review", "--plain"]])
def test_a_corrupt_settings_file_is_told_once(
    argv: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "home" / "settings.json"
    path.parent.mkdir()
    path.write_text("{", encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(argv) == 0
    told = capsys.readouterr().err
    assert told.startswith("tutor: The settings file was corrupt (")
    assert told.count("\n") == 1
    assert path.with_name("settings.json.bak").exists()
    assert main(argv) == 0
    assert capsys.readouterr().err == ""


def test_the_command_line_leaves_a_corrupt_settings_file_to_the_app_to_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "home" / "settings.json"
    path.parent.mkdir()
    path.write_text("{", encoding="utf-8")
    monkeypatch.setattr("tutor.cli.start.has_screen", lambda: True)
    monkeypatch.setattr("tutor.ui.run.run_app", lambda *_, **__: 0)
    assert main([]) == 0
    assert path.exists()


def test_a_review_without_a_screen_says_that_it_goes_line_by_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["review"]) == 0
    assert capsys.readouterr().err == "tutor: no terminal with a screen here, so line by line, as with --plain\n"


def test_list_names_every_lesson_and_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line[:1].isdigit()]
    assert [row.split()[1] for row in rows] == [entry.id for entry in read_catalog().lessons]
    assert all(row.endswith("not started") for row in rows)


def test_list_knows_what_was_played(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\nkubectl get pods -o wide\n\n"))
    assert main(["start", "before", "--plain"]) == 0
    capsys.readouterr()
    main(["list"])
    assert "step 3 of 9" in capsys.readouterr().out


def test_shell_prints_and_ends_with_the_last_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shell", "-c", "kubectl get svc -o name", "-c", "kubectl get svc nope"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "service/kubernetes\n"
    assert shown.err == 'Error from server (NotFound): services "nope" not found\n'


def test_shell_prints_one_json_object_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shell", "--json", "-c", "echo out; echo err >&2; false", "-c", "echo 'a\nb'"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        {"command": "echo out; echo err >&2; false", "stdout": "out\n", "stderr": "err\n", "exit_code": 1},
        {"command": "echo 'a\nb'", "stdout": "a\nb\n", "stderr": "", "exit_code": 0},
    ]


def test_shell_reads_commands_from_its_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("x=5\necho $x\n"))
    assert main(["shell"]) == 0
    assert capsys.readouterr().out == "5\n"


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_shell_takes_bytes_that_are_no_text_as_a_terminal_does(
    errors: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"echo a\xffb\n"), "utf-8", errors))
    assert main(["shell"]) == 0
    assert main(["shell", "-c", os.fsdecode(b"echo c\xffd")]) == 0
    assert capsys.readouterr().out == "a\ufffdb\nc\ufffdd\n"


def test_shell_has_the_files_and_the_cluster_it_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "note.txt").write_text("hello\n", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    manifest = tmp_path / "cluster.yaml"
    manifest.write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: here}\nspec: {ports: [{port: 80}]}\n", encoding="utf-8"
    )
    argv = ["shell", "--files", str(folder), "--cluster", str(manifest)]
    assert main([*argv, "-c", "cat note.txt", "-c", "kubectl get svc here -o name", "-c", "ls"]) == 0
    assert capsys.readouterr().out == "hello\nservice/here\nnote.txt\n"


def test_the_seed_decides_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    def names(seed: str) -> str:
        commands = ["-c", "kubectl create deployment web --image=nginx", "-c", "kubectl get pods -o name"]
        main(["shell", "--seed", seed, *commands])
        return capsys.readouterr().out

    assert names("7") == names("7")
    assert names("7") != names("8")


def test_check_finds_fault_with_a_broken_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = tmp_path / "broken.yaml"
    lesson.write_text("format: 1\nid: broken\ntitle: [\n", encoding="utf-8")
    assert main(["check", str(lesson)]) == 1
    assert "broken.yaml:" in capsys.readouterr().out


@pytest.mark.parametrize(("cluster", "service"), [("empty", ""), ("service", "nginx-clusterip"), ("shop", "catalog")])
def test_the_shell_has_the_sandbox_clusters(cluster: str, service: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = "kubectl get svc -A -o name | grep -v -e kubernetes -e kube-dns"
    main(["shell", "--cluster", cluster, "-c", names])
    assert capsys.readouterr().out == (f"service/{service}\n" if service else "")
