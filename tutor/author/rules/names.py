"""A learner can only choose the name, port or image that a condition wants if some text says it.

What the lesson itself has put into the cluster or the home folder can be looked up there, and need not be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tutor.author.texts import texts_of, texts_of_step
from tutor.course.conditions.base import Leaf, split_name, split_object_path
from tutor.course.conditions.doing import FileHas, Inside, Installed, Ran
from tutor.course.conditions.evidence import HOST
from tutor.course.conditions.objects import Absent, Count, Endpoints, Exists, FieldIs, Selects
from tutor.course.conditions.traffic import Request, Resolves, Where, is_address
from tutor.course.conditions.tree import All, AnyOf, Not, shown
from tutor.course.loader import Loaded
from tutor.course.marked_yaml import Path
from tutor.course.problems import Problem
from tutor.course.schema import Lesson, Predict, Step, Task
from tutor.engine.bootstrap import DNS_ADDRESS, NODES

_CHOSEN_FIELD: Final = re.compile(r"(?:[pP]ort|clusterIP|externalName|image|name|type|sessionAffinity)$")
"""Fields whose value a learner is told to write, not one that the cluster comes to."""

OF_EVERY_CLUSTER: Final = ("kubernetes", "kube-dns", "coredns", *NODES, DNS_ADDRESS)
"""What whoever looks around finds in a cluster that nothing was put into."""


def unnamed(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Names that conditions want and that the learner could not know when at the step."""
    known = " ".join(_there_from_the_start(lesson))
    for place, step in enumerate(lesson.steps):
        path = ("steps", place)
        known = " ".join([known, *_said_by(step, path), *step.setup])
        if isinstance(step, Task):
            for where, name in _missing(step.until, (*path, "until"), known):
                message = f"the condition wants {name!r}, and no text up to here says so"
                yield loaded.problem(where, message, "say it in the body, a title or an else", "name", name)
        if isinstance(step, Predict):
            known = " ".join([known, *step.then])


def _there_from_the_start(lesson: Lesson) -> Iterator[str]:
    yield from OF_EVERY_CLUSTER
    yield from (text.text for text in texts_of(lesson) if text.path[0] != "steps")
    yield from lesson.files
    yield from (text for text in lesson.files.values() if isinstance(text, str))
    yield from lesson.cluster.run


def _said_by(step: Step, path: Path) -> Iterator[str]:
    """What a step shows without being asked; its explanation is seen from the next step on."""
    yield from (text.text for text in texts_of_step(step, path) if "hints" not in text.path)
    yield from step.commands
    if isinstance(step, Task):
        yield from (condition.text for condition in shown(step.until))


def _missing(condition: Leaf, path: Path, known: str) -> Iterator[tuple[Path, str]]:
    if isinstance(condition, All):
        for number, inner in enumerate(condition.conditions):
            yield from _missing(inner, (*path, "all", number), known)
    elif isinstance(condition, AnyOf):
        ways = [list(_missing(inner, (*path, "any", place), known)) for place, inner in enumerate(condition.conditions)]
        if all(ways):
            yield from ways[0]
    elif not isinstance(condition, Not):
        for name in dict.fromkeys(filter(None, names_wanted(condition))):
            if not says(known, name):
                yield path, name


def says(text: str, name: str) -> bool:
    """Whether a text has the name as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE) is not None


# What each kind of condition wants


def names_wanted(condition: Leaf) -> Iterator[str]:
    """The names, ports, images and files that must be right for a condition to hold; some may be empty."""
    match condition:
        case Exists():
            yield from _of_object(condition.exists)
        case Absent():
            yield from _of_object(condition.absent)
        case FieldIs(test=test):
            yield from _of_object(test.object)
            if _CHOSEN_FIELD.search(test.path):
                yield _plain(test.equals)
        case Count(count=count):
            yield from _of_namespace(count.namespace)
            yield from count.labels.values()
        case Selects(selects=selects):
            yield from _of_service(selects.service)
            yield from selects.pods.values() if isinstance(selects.pods, dict) else ()
        case Endpoints(endpoints=numbers):
            yield from _of_service(numbers.service)
        case Request(request=asked):
            yield from _of_targets(asked.url, asked.host)
            yield from (_plain(asked.port), *(_of_service(asked.service) if asked.service else ()))
            yield from _of_place(asked.origin)
        case Resolves(resolves=looked):
            yield from [looked.asked] if looked.asked else _of_name(looked.name or "")
            yield from _of_place(looked.origin)
        case Ran(ran=ran):
            yield from (ran.name or "", *_of_namespace(ran.namespace), *_of_place(ran.place))
        case Inside():
            yield from _of_place(condition.inside)
        case Installed(installed=software):
            yield from (software.command, *_of_place(software.place))
        case FileHas(file=file):
            yield file.path.rpartition("/")[2]


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _of_object(path: str) -> Iterator[str]:
    resource, namespace, name = split_object_path(path)
    yield name
    yield from _of_namespace(namespace if resource.namespaced else None)


def _of_namespace(namespace: str | None) -> Iterator[str]:
    if namespace and namespace not in {"default", "*"} and not namespace.startswith("kube-"):
        yield namespace


def _of_service(service: str) -> Iterator[str]:
    namespace, name = split_name(service)
    yield from (name, *_of_namespace(namespace))


def _of_place(place: Where | None) -> Iterator[str]:
    if place is not None:
        yield from ("" if place.pod in {HOST, "*"} else place.pod, place.image, *_of_namespace(place.namespace))


def _of_targets(*targets: str | list[str] | None) -> Iterator[str]:
    """The host and port of a URL or host; of several only the first, since any of them will do."""
    for target in targets:
        first = target[0] if isinstance(target, list) and target else target
        if isinstance(first, str):
            host, _, port = first.rpartition("://")[2].partition("/")[0].partition(":")
            yield from (*_of_name(host), port)


def _of_name(name: str) -> Iterable[str]:
    """An address as it is; of a name in the cluster the Service's and the namespace's part."""
    if is_address(name):
        return (name,)
    service, _, rest = name.partition(".")
    return (service, *_of_namespace(rest.partition(".")[0] if rest else None))
