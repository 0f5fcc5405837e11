"""Findings as people, programs and GitHub read them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Final

from tutor.author.check import Report
from tutor.author.codes import CODES, severity_of
from tutor.course.problems import Problem


def as_text(report: Report) -> Iterator[str]:
    """A line a finding, `file:line:column: error: …`, then a summary."""
    for problem in report.problems:
        where, message = problem.where, problem.said
        yield f"{where}: {severity_of(problem.code)}: {message} [{problem.code}]"
    yield summary(report)
    if report.problems:
        yield f"(tutor check --explain {report.problems[0].code} says more)"


def summary(report: Report) -> str:
    """Such as `4 lessons, 33 steps: all proved`."""
    parts = [counted(report.lessons, "lesson"), counted(report.steps, "step")] if report.lessons else []
    if report.translations:
        parts.append(counted(report.translations, "translation"))
    proved = ", ".join(parts) or (counted(report.others, "file") if report.others else "no lesson")
    found = [
        counted(number, word) for number, word in ((report.errors, "error"), (report.warnings, "warning")) if number
    ]
    return f"{proved}: {', '.join(found) or ('all proved' if parts else 'nothing wrong')}"


def counted(number: int, word: str) -> str:
    """A number and its word: `1 step`, `2 steps`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def as_json(report: Report) -> Iterator[str]:
    """One JSON object; `line` and `column` are 0 for what concerns a file as a whole."""
    findings = [
        {
            "file": str(problem.file),
            "line": problem.line,
            "column": problem.column,
            "severity": severity_of(problem.code),
            "code": problem.code,
            "place": problem.place,
            "message": " ".join(problem.message.split()),
            "mend": problem.mend,
        }
        for problem in report.problems
    ]
    counts = {
        "lessons": report.lessons,
        "steps": report.steps,
        "translations": report.translations,
        "others": report.others,
        "errors": report.errors,
        "warnings": report.warnings,
    }
    yield json.dumps({**counts, "findings": findings}, ensure_ascii=False, indent=2)


def as_github(report: Report) -> Iterator[str]:
    """Workflow commands that annotate the lines of a pull request, then the summary.

    Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    for problem in report.problems:
        yield f"::{severity_of(problem.code)} {_properties(problem)}::{_escaped(problem.said)}"
    yield summary(report)


def _properties(problem: Problem) -> str:
    # Annotations are matched by the path from the top of the repository, where workflows run.
    file = os.path.relpath(problem.file).replace(os.sep, "/")
    properties = {"file": file, "line": problem.line, "col": problem.column, "title": f"tutor check: {problem.code}"}
    return ",".join(f"{name}={_escaped_property(str(value))}" for name, value in properties.items() if value)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


FORMS: Final[dict[str, Callable[[Report], Iterator[str]]]] = {"text": as_text, "json": as_json, "github": as_github}
"""How a report can be printed."""


def explained(code: str) -> str:
    """What is behind a code.

    Raises:
        KeyError: there is no such code.
    """
    found = CODES[code]
    return f"{code} ({found.severity}): {found.title}.\n\n{found.text}"
