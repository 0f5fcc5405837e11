"""Findings are said to people, programs and GitHub; every code is explained."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

import tutor
from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.author.check import Report
from tutor.author.codes import CODES
from tutor.author.findings import as_github, as_json, as_text
from tutor.author.progress import progress_bar
from tutor.cli import main
from tutor.course.problems import Problem

REPORT = Report(
    2,
    9,
    (
        Problem(Path("a,b.yaml"), 3, 5, "100% wrong:\nyes", "mend it", "steps › a", "else"),
        Problem(Path("c.yaml"), 0, 0, "odd", code="unused-term"),
    ),
)


def test_people_read_a_line_a_finding_and_a_summary() -> None:
    assert list(as_text(REPORT)) == [
        "a,b.yaml:3:5: error: steps › a: 100% wrong: yes (mend it) [else]",
        "c.yaml: warning: odd [unused-term]",
        "2 lessons, 9 steps: 1 error, 1 warning",
        "(tutor check --explain else says more)",
    ]
    assert list(as_text(Report(1, 1))) == ["1 lesson, 1 step: all proved"]


def test_programs_read_one_object() -> None:
    read = json.loads("\n".join(as_json(REPORT)))
    assert {key: read[key] for key in ("lessons", "steps", "errors", "warnings")} == {
        "lessons": 2,
        "steps": 9,
        "errors": 1,
        "warnings": 1,
    }
    assert read["findings"][0] == {
        "file": "a,b.yaml",
        "line": 3,
        "column": 5,
        "severity": "error",
        "code": "else",
        "place": "steps › a",
        "message": "100% wrong: yes",
        "mend": "mend it",
    }


def test_github_reads_annotations_with_what_it_needs_escaped() -> None:
    assert list(as_github(REPORT))[:2] == [
        "::error file=a%2Cb.yaml,line=3,col=5,title=tutor check%3A else::steps › a: 100%25 wrong: yes (mend it)",
        "::warning file=c.yaml,title=tutor check%3A unused-term::odd",
    ]


def test_every_code_that_is_used_is_explained_and_the_other_way_round() -> None:
    package = Path(tutor.__file__).parent
    sources = [*(package / "author").rglob("*.py"), *(package / "course").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources if path.name != "codes.py")
    used = {code for code in CODES if re.search(rf'"{code}"', text)}
    assert used == CODES.keys()
    given = {each for pair in re.findall(r'code="([a-z-]+)"|, "([a-z]+-[a-z]+)"\)', text) for each in pair if each}
    assert given <= CODES.keys()


def test_a_bar_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    with progress_bar(out) as watcher:
        watcher(1, 2, Path("x.yaml"))
    assert out.getvalue() == ""
    monkeypatch.setattr(out, "isatty", lambda: True)
    with progress_bar(out) as watcher:
        watcher(1, 2, Path("x.yaml"))
    shown = out.getvalue()
    assert "[###############...............] 1/2 x.yaml" in shown
    assert shown.endswith("\r\x1b[K")


# The command


def test_check_prints_a_summary_and_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(written(tmp_path, HEAD + DEPLOYMENT + STEPS))]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("1 lesson, 5 steps: all proved\n", "")


def test_check_ends_with_1_for_errors_and_for_warnings_if_strict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warned = written(tmp_path, (HEAD + DEPLOYMENT + STEPS).replace("minutes: 3", "minutes: 30"))
    assert main(["check", str(warned)]) == 0
    assert main(["check", "--strict", str(warned)]) == 1
    capsys.readouterr()
    assert main(["check", "--json", str(written(tmp_path, "a: [", "b.yaml")), str(tmp_path / "none.yaml")]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["line"], each["code"]) for each in findings] == [(1, "yaml"), (0, "unreadable")]


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", "width"]) == 0
    assert capsys.readouterr().out.startswith("width (error): Wider than the page.\n\nA terminal of 80")
    assert main(["check", "--explain", "widht"]) == 2
    assert "did you mean 'width'?" in capsys.readouterr().err


def test_new_says_what_it_wrote_and_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "mine", "--dir", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Written: {tmp_path / 'mine.yaml'}"
    assert f"  tutor check {tmp_path / 'mine.yaml'}" in lines
    assert main(["new", "mine", "--dir", str(tmp_path)]) == 2
    assert "it is left as it is" in capsys.readouterr().err


def test_schema_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["title"] == "A lesson of tutor"
    file = tmp_path / "x.schema.json"
    assert main(["schema", "-o", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == printed
    assert "# yaml-language-server: $schema=x.schema.json" in capsys.readouterr().out
    assert main(["schema", "index"]) == 0
    assert "groups" in json.loads(capsys.readouterr().out)["properties"]


def test_the_reference_goes_into_a_file_with_its_marks_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = tmp_path / "plain.md"
    plain.write_text("text", encoding="utf-8")
    assert main(["schema", "--markdown", str(plain)]) == 2
    assert "marks" in capsys.readouterr().err
    assert plain.read_text(encoding="utf-8") == "text"
    assert main(["schema", "--markdown", str(tmp_path / "none.md")]) == 2
    assert "none.md" in capsys.readouterr().err
