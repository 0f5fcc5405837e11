"""Finds the lessons to prove, has them proved, in several processes if there are several, and gathers what came of it.

What a proof needs is heavy, and is loaded only when there is a lesson to prove.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from tutor.author.codes import severity_of
from tutor.author.translations import bad_translation, bad_translations_beside, translated_from, translations_of
from tutor.course.catalog import lesson_paths
from tutor.course.lesson_index import CHALLENGES, GLOSSARY, INDEX, read_file
from tutor.course.marked_yaml import Place
from tutor.course.problems import Problem
from tutor.paths import lessons_dir

SCHEMA_FILE: Final = "lesson.schema.json"
"""What the schema that editors use is called beside lessons."""
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
    """

    lessons: int = 0
    steps: int = 0
    problems: tuple[Problem, ...] = ()
    translations: int = 0

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


Job: TypeAlias = tuple[Path, str]
"""A lesson file, and the language to read it in; an empty one for the one it is written in."""
Watcher = Callable[[int, int, Path | None], None]
"""Told how many files are done, of how many, and which was the last; first with 0 and None."""


def check(paths: Sequence[Path], *, jobs: int = 1, watcher: Watcher = _nobody) -> Report:
    """Prove lessons.

    Args:
        paths: lesson files, or folders of them; none stands for the lessons that ship with the program.
        jobs: how many processes may work at once; 0 for as many as there are processors.
        watcher: told how far it is.
    """
    work, problems = _jobs(paths or [lessons_dir()])
    jobs = min(jobs or os.cpu_count() or 1, len(work))
    watcher(0, len(work), None)
    done: dict[Job, FileReport] = {}
    for report in _reports_here(work) if jobs < 2 or len(work) <= FEW else _reports_apart(work, jobs):
        done[report.path, report.language] = report
        watcher(len(done), len(work), report.path)
    reports = list(_without_duplicates(done[job] for job in work))
    problems += dict.fromkeys(problem for report in reports for problem in report.problems)
    written = [report for report in reports if not report.language]
    return Report(len(written), sum(each.steps for each in written), tuple(problems), len(reports) - len(written))


def _reports_here(work: Iterable[Job]) -> Iterator[FileReport]:
    return (check_file_now(*job) for job in work)


def _reports_apart(work: Iterable[Job], jobs: int) -> Iterator[FileReport]:
    """Reports by several processes, as they come."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    # Started afresh on every platform: a fork would copy locks that threads of the interpreter hold.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(check_file_now, *job) for job in work]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


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
        return FileReport(path, language=language, problems=(*lacks, *loaded.problems))
    found = [*lacks, *[problem async for problem in prove_variants(loaded)]]
    problems = tuple(sorted(dict.fromkeys(found), key=lambda problem: (problem.line, problem.column)))
    return FileReport(path, lesson.id, language, loaded.marks.place_of(("id",)), len(lesson.steps), problems)


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


# Files


def _jobs(paths: Sequence[Path]) -> tuple[list[Job], list[Problem]]:
    """What paths stand for: lessons, each followed by its translations; and what is wrong with folders."""
    work: list[Job] = []
    problems: list[Problem] = []
    for path in paths:
        translated = translated_from(path)
        if translated is not None and path.name in {INDEX, GLOSSARY}:
            problems += (each for each in bad_translations_beside(translated[0].parent) if each.file == path)
            continue
        if translated is not None:
            work.append(translated)
            continue
        if path.name == INDEX:
            listed, wrong = lesson_paths(path.parent)
            problems += (*wrong, *_unlisted(path.parent, listed))
            continue
        if path.name == GLOSSARY:
            problems += _bad_glossary(path.parent)
            continue
        files = [path]
        if path.is_dir():
            files, wrong = lesson_paths(path)
            problems += wrong
            problems += _unlisted(path, files)
            problems += _bad_glossary(path)
            files += sorted((path / CHALLENGES).glob("*.yaml"))
            problems += _old_schema(path)
            problems += bad_translations_beside(path)
        work += ((file, language) for file in files for language in ("", *translations_of(file)))
    return list(dict.fromkeys(work)), problems


def _unlisted(folder: Path, listed: Sequence[Path]) -> Iterator[Problem]:
    """Lessons beside an index that the index does not name."""
    if not (folder / INDEX).is_file():
        return
    for path in sorted(folder.glob("*.yaml")):
        if path not in listed and path.name not in {INDEX, GLOSSARY} and "steps" in _keys(path):
            mend = f"add - {path.name} to its lessons"
            yield Problem(path, 0, 0, f"{INDEX} does not name this lesson", mend, code="unlisted")


def _keys(path: Path) -> Any:
    marked = read_file(path)
    return () if isinstance(marked, Problem) or not isinstance(marked.data, dict) else marked.data


def _bad_glossary(folder: Path) -> Iterator[Problem]:
    """What is wrong with the glossary beside lessons; without one nothing is."""
    path = folder / GLOSSARY
    if not path.is_file():
        return
    marked = read_file(path)
    if isinstance(marked, Problem):
        yield marked
        return
    if not isinstance(marked.data, dict):
        yield Problem(path, 1, 1, "the glossary is no mapping", "write Term: explanation", code="glossary")
        return
    for term, text in marked.data.items():
        if not isinstance(text, str) or not text.strip():
            place = marked.place_of((term,))
            yield Problem(path, *place, f"the term {term!r} has no explanation", "write a text", term, "glossary")


def _old_schema(folder: Path) -> Iterator[Problem]:
    """A schema for editors that is not this program's; without one nothing is wrong."""
    path = folder / SCHEMA_FILE
    if not path.is_file():
        return
    from tutor.author.schema import as_text, lesson_schema

    if path.read_bytes().replace(b"\r\n", b"\n") != as_text(lesson_schema()).encode():
        mend = f"tutor schema -o {path}"
        yield Problem(path, 0, 0, "the schema that editors use is not that of this tutor", mend, code="schema")
