"""Finds the lessons to prove, has them proved and tells what came of it.

What a proof needs is heavy, and is loaded only when there is a lesson to prove.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tutor.course.catalog import lesson_paths
from tutor.course.problems import Problem
from tutor.paths import lessons_dir


@dataclass(frozen=True)
class Report:
    """What came of a check.

    Args:
        lessons: how many lesson files were looked at.
        steps: how many steps were played.
        problems: what is wrong, in the order of the files.
    """

    lessons: int = 0
    steps: int = 0
    problems: tuple[Problem, ...] = ()


def run_check(paths: Sequence[Path], out: TextIO) -> int:
    """Prove lessons and print what is wrong, one line each, then a summary; the exit status.

    Args:
        paths: lesson files, or folders of them; none stands for the lessons that ship with the program.
        out: where to print.
    """
    files, problems = _files(paths)
    report = Report(problems=tuple(problems))
    if files:
        import asyncio

        report = asyncio.run(_check(files, problems))
    for problem in report.problems:
        print(problem, file=out)
    proved = f"{_counted(report.lessons, 'lesson')}, {_counted(report.steps, 'step')}"
    if report.problems:
        print(f"{proved}: {_counted(len(report.problems), 'problem')}", file=out)
        return 1
    print(f"{proved}: all proved", file=out)
    return 0


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


async def check(paths: Sequence[Path]) -> Report:
    """Prove lessons.

    Args:
        paths: lesson files, or folders of them; none stands for the lessons that ship with the program.
    """
    return await _check(*_files(paths))


async def _check(files: Sequence[Path], problems: list[Problem]) -> Report:
    from tutor.author.proof import prove_variants
    from tutor.course.loader import load_lessons

    steps = 0
    for loaded in load_lessons(files):
        if loaded.lesson is not None:
            steps += len(loaded.lesson.steps)
        problems += [problem async for problem in prove_variants(loaded)]
    return Report(len(files), steps, tuple(problems))


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    files: list[Path] = []
    problems: list[Problem] = []
    for path in paths or [lessons_dir()]:
        if path.is_dir():
            found, wrong = lesson_paths(path)
            files += found
            problems += wrong
        else:
            files.append(path)
    return list(dict.fromkeys(files)), problems
