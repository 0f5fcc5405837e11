"""What the README shows is true."""

import re
from pathlib import Path

import pytest

from tutor.cli import main

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_lesson_it_shows_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    lesson = tmp_path / "scale.yaml"
    lesson.write_text(text, encoding="utf-8")
    assert main(["check", str(lesson)]) == 0
    assert "1 lesson" in capsys.readouterr().out


def test_every_file_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (Path(__file__).parents[2] / link).exists()] == []


def test_every_command_it_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    named = set(re.findall(r"^    tutor ([a-z]+)", README, flags=re.MULTILINE)) - {"the"}
    assert named == set(re.findall(r"^    ([a-z]+) ", shown, flags=re.MULTILINE))
