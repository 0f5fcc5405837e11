"""What of a lesson cannot be done on a real cluster: said before it starts, and passed over without harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tutor.course.conditions.base import Leaf, split_object_path
from tutor.course.conditions.doing import Inside, Installed
from tutor.course.conditions.evidence import HOST
from tutor.course.conditions.objects import Absent, Count, Endpoints, Exists, FieldIs, Selects, Unchanged
from tutor.course.conditions.traffic import Request, Resolves
from tutor.course.conditions.tree import All, AnyOf, Not
from tutor.course.schema import Lesson, Observe, Predict, Step, Task
from tutor.course.session import home_files
from tutor.engine.resources import NODE
from tutor.realcluster.mirror import HOME

_ADDRESS: Final = re.compile(r"\b10\.254\.\d+\.\d+\b")
"""An address of the simulated cluster."""
_FULL_NAME: Final = re.compile(r"\.default\b")
_NAMESPACE: Final = re.compile(r"^kind: Namespace$", re.MULTILINE)
_ELSEWHERE: Final = re.compile(r"\bkubectl\b(?:(?! -- )[^|;&])*?\s(?:-n|--namespace|-A|--all-namespaces)\b")
_NODES: Final = re.compile(r"\bkubectl (?:cordon|uncordon|drain|taint|(?:label|annotate|patch|delete) (?:no|nodes?)\b)")
_POLICY: Final = "networkpolic"


@dataclass(frozen=True)
class Obstacle:
    """Why a step cannot be done as it stands.

    Args:
        step: the step's id.
        why: one plain clause.
    """

    step: str
    why: str


def obstacles(lesson: Lesson) -> list[Obstacle]:
    """What stands in the way of each step, one reason a step.

    Args:
        lesson: the lesson.
    """
    found = []
    for step in lesson.steps:
        why = next(_reasons(step, lesson), "")
        if why:
            found.append(Obstacle(step.id, why))
    return found


def unfit(lesson: Lesson) -> str:
    """Why a lesson cannot be played there at all; empty if it can."""
    texts = [*(text for text in lesson.files.values() if isinstance(text, str)), *lesson.cluster.run]
    if any(map(_NAMESPACE.search, texts)):
        return "it makes namespaces of its own, and a lesson on a real cluster has one only"
    return ""


def fitted(lesson: Lesson) -> Lesson:
    """The lesson for a real cluster: steps in whose way something stands need not be done for it to be finished."""
    barred = {obstacle.step for obstacle in obstacles(lesson)}
    steps = [step.model_copy(update={"optional": True}) if step.id in barred else step for step in lesson.steps]
    return lesson.model_copy(update={"steps": steps})


def _reasons(step: Step, lesson: Lesson) -> Iterator[str]:
    commands = [*step.setup, *step.solve, *(step.then if isinstance(step, Predict) else ())]
    used = [text for name, text in home_files(lesson).items() if any(name in command for command in commands)]
    if any(map(_ADDRESS.search, [*commands, *used])):
        yield "it asks for an address of the simulated cluster"
    if any(map(_FULL_NAME.search, commands)):
        yield "it names the namespace default, and yours is another"
    if any(_ELSEWHERE.search(command) for command in commands):
        yield "it works in another namespace"
    if any(map(_NODES.search, commands)):
        yield "it changes nodes, which are not yours to change"
    if any(_POLICY in command for command in commands):
        yield "whether a NetworkPolicy is enforced depends on the cluster's network"
    if isinstance(step, Task):
        yield from _of_condition(step.until)
    if isinstance(step, Observe):
        if step.answer.object is not None and _is_elsewhere(step.answer.object):
            yield "it looks at an object of another namespace"
        if _ADDRESS.search(step.ask):
            yield "it speaks of an address of the simulated cluster"


def _of_condition(condition: Leaf) -> Iterator[str]:
    if isinstance(condition, All | AnyOf):
        for inner in condition.conditions:
            yield from _of_condition(inner)
    elif isinstance(condition, Not):
        yield from _of_condition(condition.condition)
    elif isinstance(condition, Inside | Installed):
        yield "it looks into the shells of containers, which cannot be seen from outside"
    elif isinstance(condition, Request):
        yield from _of_request(condition)
    elif isinstance(condition, Resolves):
        if condition.resolves.to and _ADDRESS.fullmatch(condition.resolves.to):
            yield "it asks for an address of the simulated cluster"
    else:
        yield from _of_objects(condition)


def _of_request(condition: Request) -> Iterator[str]:
    asked = condition.request
    if asked.count > 1 or asked.backends or asked.backend is not None:
        yield "it counts requests and who answers them, which cannot be seen from outside"
    if asked.origin is not None and asked.origin.pod == HOST:
        yield "it makes requests from the simulated laptop"
    urls = asked.url if isinstance(asked.url, list) else [asked.url or ""]
    if any(map(_ADDRESS.search, urls)):
        yield "it asks for an address of the simulated cluster"


def _of_objects(condition: Leaf) -> Iterator[str]:
    paths: list[str] = []
    if isinstance(condition, Exists):
        paths = [condition.exists]
    elif isinstance(condition, Absent):
        paths = [condition.absent]
    elif isinstance(condition, FieldIs):
        paths = [condition.test.object]
        if _ADDRESS.search(str(condition.test.equals)):
            yield "it asks for an address of the simulated cluster"
    elif isinstance(condition, Unchanged):
        paths = [condition.unchanged.object]
    elif (
        (isinstance(condition, Selects) and "/" in condition.selects.service)
        or (isinstance(condition, Count) and condition.count.namespace != HOME)
        or (isinstance(condition, Endpoints) and "/" in condition.endpoints.service)
    ):
        yield "it looks at objects of another namespace"
    if any(split_object_path(path)[0] is NODE for path in paths):
        yield "it looks at a node of the simulated cluster"
    if any(map(_is_elsewhere, paths)):
        yield "it looks at an object of another namespace"


def _is_elsewhere(path: str) -> bool:
    return split_object_path(path)[1] not in {"", HOME}
