"""Finds the lessons to prove, has them proved, in several processes if there are several, and gathers what came of it.

What a proof needs is heavy, and is loaded only when there is a lesson to prove.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tutor.author.codes import severity_of
from tutor.author.folders import Job, work_of
from tutor.author.translations import bad_translation
from tutor.course.lesson_index import read_file
from tutor.course.marked_yaml import Place
from tutor.course.problems import Problem
from tutor.paths import lessons_dir

FEW: Final = 2
"""So many lessons are proved sooner than another process has started."""


@dataclass(frozen=True)
class FileReport:
    """What came of one lesson file.

    Args:
        path: the file.
        lesson_id: the lesson's id; empty if it could not be read.
        language: the language it was read in; empty for the one it is written in.
        id_place: where that stands: line and column from 1.
        steps: how many steps were played.
        problems: what is wrong.
    """

    path: Path
    lesson_id: str = ""
    language: str = ""
    id_place: Place = (0, 0)
    steps: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Report:
    """What came of a check.

    Args:
        lessons: how many lesson files were looked at.
        steps: how many steps were played, each once.
        problems: what is wrong, in the order of the files.
        translations: how many translations of lessons were looked at.
        others: how many indexes and glossaries were asked for by name.
    """

    lessons: int = 0
    steps: int = 0
    problems: tuple[Problem, ...] = ()
    translations: int = 0
    others: int = 0

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(severity_of(problem.code) == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many are warnings."""
        return len(self.problems) - self.errors


def _nobody(done: int, count: int, path: Path | None) -> None:
    """Nobody wants to know how far a check is."""


Watcher = Callable[[int, int, Path | None], None]
"""Told how many files are done, of how many, and which was the last; first with 0 and None."""


def check(paths: Sequence[Path], *, jobs: int = 1, watcher: Watcher = _nobody) -> Report:
    """Prove lessons.

    Args:
        paths: lesson files, or folders of them; none stands for the lessons that ship with the program.
        jobs: how many processes may work at once; 0 for as many as there are processors.
        watcher: told how far it is.
    """
    found = work_of(paths or [lessons_dir()])
    work, problems = found.jobs, found.problems
    jobs = min(jobs or os.cpu_count() or 1, len(work))
    watcher(0, len(work), None)
    done: dict[Job, FileReport] = {}
    with closing(_reports(work, jobs)) as reports_as_they_come:
        for report in reports_as_they_come:
            done[report.path, report.language] = report
            watcher(len(done), len(work), report.path)
    reports = list(_without_duplicates(_of_languages(done[job] for job in work)))
    problems += dict.fromkeys(problem for report in reports for problem in report.problems)
    written = [report for report in reports if not report.language]
    steps = sum(each.steps for each in written)
    return Report(len(written), steps, tuple(problems), len(reports) - len(written), found.others)


def _reports(work: Sequence[Job], jobs: int) -> Generator[FileReport, None, None]:
    """The reports, as they come."""
    if jobs < 2 or len(work) <= FEW:
        return (check_file_now(*job) for job in work)
    from tutor.author.workers import done_apart

    return done_apart(check_file_now, work, jobs)


def check_file_now(path: Path, language: str = "") -> FileReport:
    """Prove one lesson file, from a thread that runs no event loop."""
    import asyncio

    return asyncio.run(check_file(path, language))


async def check_file(path: Path, language: str = "") -> FileReport:
    """Prove one lesson file, as it is written or as it reads in another language."""
    from tutor.author.proof import prove_variants
    from tutor.course.faults import is_of_challenges
    from tutor.course.loader import load_lesson

    marked = read_file(path)
    if not isinstance(marked, Problem) and is_of_challenges(marked.data):
        from tutor.author.challenges import check_challenges

        return await check_challenges(path)
    loaded = load_lesson(path, language=language)
    lesson, lacks = loaded.lesson, tuple(bad_translation(path, language) if language else ())
    if lesson is None or loaded.marks is None:
        return FileReport(path, language=language, problems=_in_order(path, (*lacks, *loaded.problems)))
    problems = _in_order(path, (*lacks, *[problem async for problem in prove_variants(loaded)]))
    return FileReport(path, lesson.id, language, loaded.marks.place_of(("id",)), len(lesson.steps), problems)


def _in_order(path: Path, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once: those of the file itself by their places, then those of its translation."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda each: (each.file != path, each.line, each.column)))


def _of_languages(reports: Iterable[FileReport]) -> Iterator[FileReport]:
    """The reports; what is found in a lesson only as it reads in another language says in which."""
    written: dict[Path, Sequence[Problem]] = {}
    for report in reports:
        known = written.setdefault(report.path, () if report.language else report.problems)
        if report.language and report.path in written:
            problems = [
                replace(each, message=f"{each.message} — in {report.language}")
                if each.file == report.path and each not in known
                else each
                for each in report.problems
            ]
            report = replace(report, problems=tuple(problems))
        yield report


def _without_duplicates(reports: Iterable[FileReport]) -> Iterator[FileReport]:
    """The reports; of two lessons with the same id the second is a problem."""
    seen: dict[str, Path] = {}
    for report in reports:
        first = seen.setdefault(report.lesson_id, report.path) if report.lesson_id else report.path
        if first != report.path:
            message = f"the lesson id {report.lesson_id!r} is taken by {first}"
            problem = Problem(
                report.path, *report.id_place, message, "give this one another id", "id", code="duplicate-id"
            )
            report = replace(report, problems=(problem, *report.problems))
        yield report
