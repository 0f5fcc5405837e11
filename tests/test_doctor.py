"""What `tutor doctor` finds, over made-up surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tutor.cli import main
from tutor.doctor import Finding, Surroundings, examine
from tutor.surroundings import colour_count, wants_ascii

GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "en_GB.UTF-8"}


def found(
    home: Path, size: tuple[int, int] | None = (120, 40), terminal: bool = True, **environ: str
) -> dict[str, Finding]:
    around = Surroundings({**GOOD, **environ}, size, terminal, home=home, version_of=lambda package: "1.0")
    return {finding.name: finding for finding in examine(around)}


def test_nothing_is_short_in_a_good_terminal(tmp_path: Path) -> None:
    findings = found(tmp_path)
    assert {finding.verdict for finding in findings.values()} == {"ok"}
    assert findings["colours"].found == "16 million"
    assert findings["size"].found == "120 columns, 40 lines: the lesson beside the cluster"


@pytest.mark.parametrize(
    ("size", "verdict"),
    [((39, 24), "short"), ((80, 14), "short"), ((60, 20), "note"), ((80, 24), "ok"), ((100, 30), "ok")],
)
def test_the_size_is_judged_by_what_the_app_fits_into(tmp_path: Path, size: tuple[int, int], verdict: str) -> None:
    assert found(tmp_path, size)["size"].verdict == verdict
    assert found(tmp_path, size)["size"].mend or size == (100, 30)


@pytest.mark.parametrize(
    ("environ", "count"),
    [
        ({"TERM": "xterm"}, 16),
        ({"TERM": "screen-256color"}, 256),
        ({"TERM": "xterm-kitty"}, 256),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, 1 << 24),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, 0),
        ({"TERM": "dumb"}, 0),
    ],
)
def test_colours_are_counted_as_rich_counts_them(environ: dict[str, str], count: int) -> None:
    assert colour_count(environ) == count


@pytest.mark.parametrize(
    ("environ", "in_utf8", "ascii"),
    [
        ({}, False, False),
        ({"LANG": "C"}, True, True),
        ({"LC_ALL": "C.UTF-8"}, False, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False, True),
        # What Python makes of the C locale, said or not; of a locale that the computer lacks; and what learners set.
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True, True),
        ({"LANG": "POSIX", "LC_CTYPE": "C.UTF-8"}, True, True),
        ({"LC_CTYPE": "C.UTF-8"}, True, False),
        ({"LANG": "en_GB.UTF-8", "LC_CTYPE": "C.UTF-8"}, True, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8", "PYTHONCOERCECLOCALE": "0"}, True, False),
        ({"LANG": "C", "LC_ALL": "en_GB.UTF-8"}, False, False),
    ],
)
def test_signs_follow_the_locale(environ: dict[str, str], in_utf8: bool, ascii: bool) -> None:  # noqa: A002
    assert wants_ascii(environ, python_in_utf8=in_utf8) is ascii
    assert wants_ascii({**environ, "TUTOR_ASCII": "1"}, python_in_utf8=in_utf8)


@pytest.mark.skipif(sys.platform != "linux", reason="only there has every computer the locales C and C.UTF-8")
@pytest.mark.parametrize(
    ("said", "ascii"),
    [
        ({}, False),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "C"}, True),
        ({"LC_ALL": "POSIX"}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
    ],
)
def test_what_python_makes_of_a_locale_does_not_hide_it(said: dict[str, str], ascii: bool) -> None:  # noqa: A002
    told = subprocess.run(
        [sys.executable, "-c", "from tutor.surroundings import wants_ascii; print(wants_ascii())"],
        env={"PATH": os.environ["PATH"], **said},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"{ascii}\n"


def test_each_multiplexer_gets_its_own_advice(tmp_path: Path) -> None:
    assert "ctrl+b" in found(tmp_path, TMUX="/tmp/tmux")["multiplexer"].mend
    assert "ctrl+a a" in found(tmp_path, STY="1.pts")["multiplexer"].mend
    assert "ctrl+g" in found(tmp_path, ZELLIJ="0")["multiplexer"].mend
    assert "multiplexer" not in found(tmp_path)


def test_a_missing_terminal_package_or_python_is_short(tmp_path: Path) -> None:
    def missing(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    around = Surroundings({"TERM": "dumb"}, None, False, python=(3, 10, 2), version_of=missing, home=tmp_path)
    short = {finding.name: finding.mend for finding in examine(around) if finding.verdict == "short"}
    assert short.keys() == {"terminal", "Python", "textual", "bashkit"}
    assert all(short.values())
    assert "--plain" in short["terminal"]


def test_where_things_are_kept_is_said_and_nothing_is_touched(tmp_path: Path) -> None:
    (tmp_path / "progress.json").write_text("{", encoding="utf-8")
    findings = found(tmp_path)
    assert findings["progress"].verdict == "note"
    assert findings["settings"].found == "nothing kept yet"
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]


def test_a_home_that_cannot_be_is_short(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert found(tmp_path / "file" / "home")["home"].verdict == "short"


def test_without_a_terminal_the_command_says_that_there_is_none_to_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("There is no terminal here to measure.")
    assert "But for a terminal the app has all it needs here." in printed
    assert "short" not in printed
    assert str(tmp_path) in printed
    assert "\x1b" not in printed
