"""What `tutor preview` takes, before it opens anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.cli import main
from tutor.course.lesson_index import CHALLENGES
from tutor.paths import lessons_dir

LESSONS = lessons_dir()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.yaml"], "nowhere.yaml is no file; 'tutor new NAME' begins a lesson"),
        ([str(LESSONS / "index.yaml")], "is no lesson; 'tutor check"),
        ([str(LESSONS / "glossary.yaml")], "is no lesson; 'tutor check"),
        ([str(LESSONS / "translations" / "de" / "glossary.yaml")], "is no lesson; 'tutor check"),
        ([str(LESSONS / "dns.yaml"), "--language", "fr"], "is not translated into 'fr'"),
    ],
)
def test_what_cannot_be_played_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [str(LESSONS / "dns.yaml")],
        [str(LESSONS / "dns.yaml"), "--language", "de-AT"],
        [str(LESSONS / "translations" / "de" / "dns.yaml")],
        [str(LESSONS / CHALLENGES / "selector.yaml"), "--seed", "3"],
    ],
)
def test_what_can_be_played_wants_a_terminal(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", *words]) == 1
    assert "needs a terminal" in capsys.readouterr().err


def test_a_seed_is_a_number_from_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["preview", str(tmp_path), "--seed", "0"])
    assert "a number from 1 is wanted" in capsys.readouterr().err
