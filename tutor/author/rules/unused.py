"""What a lesson lacks or has too much of, without being wrong: hints, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.course.loader import Loaded
from tutor.course.problems import Problem
from tutor.course.schema import Lesson, Task
from tutor.course.variables import VARIABLES


def hintless_tasks(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Tasks and challenges without a hint for whoever is stuck."""
    for place, step in enumerate(lesson.steps):
        if isinstance(step, Task) and not any(hint.when is None for hint in step.hints):
            mend = "add hints:, the last one a command"
            yield loaded.problem(("steps", place), "there is no hint for whoever is stuck", mend, "no-hints")


def unused_variables(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Variables that nothing in the file refers to."""
    source = loaded.marks.source if loaded.marks is not None else ""
    for name in lesson.vars:
        if not re.search(rf"(?<!\\)\(\({re.escape(name)}[.)]", source):
            message, mend = f"nothing refers to the variable {name!r}", f"write (({name})) somewhere, or remove it"
            yield loaded.problem((VARIABLES, name), message, mend, "unused-variable")
