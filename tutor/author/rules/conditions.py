"""Conditions ask for something, and for what there is."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.course.conditions.base import Leaf
from tutor.course.conditions.doing import Ran, Running
from tutor.course.conditions.kubectl_call import plain_flag
from tutor.course.conditions.objects import Endpoints, FieldIs
from tutor.course.conditions.traffic import Request
from tutor.course.conditions.tree import walk
from tutor.course.loader import Loaded
from tutor.course.marked_yaml import Path
from tutor.course.problems import Problem, did_you_mean
from tutor.course.schema import Lesson, Step, Task
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.common_flags import GLOBAL_FLAGS
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.main import read_words


def vague_conditions(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Conditions that leave out what they are to look at, and commands asked for that kubectl does not know."""
    for place, step in enumerate(lesson.steps):
        for path, tree in conditions_of(step, ("steps", place)):
            for where, condition in walk(tree, path):
                yield from _of_condition(loaded, where, condition)


def conditions_of(step: Step, path: Path) -> Iterator[tuple[Path, Leaf]]:
    """The conditions of a step, each with where it stands."""
    yield from (((*path, "hints", number, "when"), hint.when) for number, hint in enumerate(step.hints) if hint.when)
    if isinstance(step, Task):
        yield (*path, "until"), step.until
        yield from (((*path, "refused", number, "when"), each.when) for number, each in enumerate(step.refused))
        if step.rehearsal is not None:
            yield (*path, "rehearsal", "until"), step.rehearsal.until


def _of_condition(loaded: Loaded, where: Path, condition: Leaf) -> Iterator[Problem]:
    match condition:
        case Request(request=asked) if not asked.model_fields_set:
            message, mend = "any request at all will do", "say which: from, url, service, outcome …"
            yield loaded.problem(where, message, mend, "vague")
        case Endpoints(endpoints=numbers) if not numbers.model_fields_set & {"ready", "not_ready", "total"}:
            message = "it asks for no number of addresses, so the Service alone will do"
            yield loaded.problem(where, message, "write ready, not-ready or total", "vague")
        case FieldIs(test=test) if "when" not in where and not test.model_fields_set - {"object", "path"}:
            message, mend = "any value of the field will do", "write equals …; or absent: false, if that is meant"
            yield loaded.problem(where, message, mend, "vague")
        case Ran(ran=ran) if ran.verb is not None:
            yield from (loaded.problem((*where, "ran"), *found, "command") for found in _of_call(ran, ran.verb))


def _of_call(ran: Running, verb: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the kubectl command asked for: what, and the mend."""
    try:
        command = read_words([verb])[0]
    except KubectlError as error:
        first, *more = str(error).splitlines()
        yield f"kubectl: {first.removeprefix('error: ')}", " ".join(" ".join(more).split())
        return
    if command is None:
        return
    flags = list(_flags(command))
    known = {name for flag in (*flags, *GLOBAL_FLAGS) for name in (flag.name, flag.short) if name}
    for name in ran.flags:
        if not {name.lstrip("-"), plain_flag(name)} & known:
            yield f"kubectl {verb} has no flag {name!r} here", did_you_mean(name, known, listing=False)


def _flags(command: Command) -> Iterator[Flag]:
    """The flags of a verb and of what stands under it."""
    yield from command.flags
    for each in command.subcommands:
        yield from _flags(each)
