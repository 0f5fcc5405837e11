"""`tutor check` proves faults: it finds every way in which one is not what its file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.author.check import check
from tutor.course.lesson_index import CHALLENGES
from tutor.paths import lessons_dir

SHIPPED = lessons_dir() / CHALLENGES


def found(folder: Path, name: str, right: str = "", wrong: str = "") -> list[tuple[str, int]]:
    """Codes and lines of what is wrong with a fault in which a text is replaced."""
    for path in (SHIPPED / name, SHIPPED / "stories.yaml"):
        text = path.read_text(encoding="utf-8")
        assert path.name != name or right in text
        (folder / path.name).write_text(text.replace(right, wrong, 1) if path.name == name else text, encoding="utf-8")
    return [(problem.code, problem.line) for problem in check([folder / name]).problems]


def line_of(name: str, fragment: str) -> int:
    text = (SHIPPED / name).read_text(encoding="utf-8")
    return next(number for number, line in enumerate(text.splitlines(), 1) if fragment in line)


@pytest.mark.parametrize(
    ("right", "wrong", "code", "at"),
    [
        ("--replicas=0\npresent", "--replicas=2\npresent", "symptom", "format: 1"),
        ("symptom: refused", "symptom: timeout", "symptom", "format: 1"),
        ("--replicas=2\nalternatives", "--replicas=0\nalternatives", "solve", "solve:"),
        ('\\"replicas\\":1', '\\"replicas\\":0', "solve", '- ["kubectl'),
        ("((call))\n    when", "((call))\n    meets: always\n    when", "wrong", "- do:"),
        ("spec.replicas, equals: 0}\n        -", "spec.replicas, equals: 9}\n        -", "wrong", "- do:"),
        ("rung: pods", "rung: pod", "value", "rung:"),
        ("((app)) --replicas=0", "((ap)) --replicas=0", "variable", "scale deployment ((app)) --replicas=0"),
    ],
)
def test_what_a_fault_promises_and_does_not_keep(tmp_path: Path, right: str, wrong: str, code: str, at: str) -> None:
    assert (code, line_of("scaled-down.yaml", at)) in found(tmp_path, "scaled-down.yaml", right, wrong)


def test_no_repair_is_refused_before_there_is_one(tmp_path: Path) -> None:
    right, wrong = "equals: ((wrong))}}\n    because: containerPort", "equals: 80}}\n    because: containerPort"
    at = line_of("target-port.yaml", "kubectl -n ((ns)) patch deployment") - 1
    assert ("symptom", at) in found(tmp_path, "target-port.yaml", right, wrong)


def test_a_good_fault_is_proved(tmp_path: Path) -> None:
    assert found(tmp_path, "short-name.yaml") == []
