"""What challenges are made of: faults, and the world they break.

A fault is a file that says how to break a cluster and how to tell a repair from a patch-up. Stories give the parts of
the one world, which all faults break, their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, Field, ValidationError

from tutor.course.conditions.base import Record
from tutor.course.conditions.tree import Condition
from tutor.course.lesson_index import CHALLENGES, read_file
from tutor.course.loader import explained
from tutor.course.marked_yaml import Marked
from tutor.course.problems import Problem
from tutor.course.schema import Identifier, Meets, Scalar, Text, Variable, VariableName
from tutor.course.variables import Values, substitute
from tutor.course.view import Rung
from tutor.engine.network.trace import Outcome
from tutor.paths import lessons_dir

STORIES: Final = "stories.yaml"
FAULT: Final = "fault"
"""The key by which a file is known to be a fault: its id."""

Part: TypeAlias = Literal[
    "service", "selector", "labels", "ports", "pods", "program", "others", "endpoints", "client", "dns", "policy"
]
"""A part of the world that a fault breaks. Two faults that touch the same part are never combined."""


Hop: TypeAlias = Literal["name", "rule", "endpoints", "policy", "pod", "answer"]
"""Where on its way a call meets a fault: those before it hide it."""


class Superficial(Record):
    """A repair that is none.

    Args:
        do: its commands; `((call))` among them stands for the client's own call, `((calls))` for how many it makes.
        when: how the cluster is then.
        because: why it does not do, as the learner reads it.
        meets: whether the call is answered after it: `never`; `now`, but not once the Pods are replaced; or `always`.
    """

    do: list[str] = Field(min_length=1)
    when: Condition
    because: Text
    meets: Meets = "never"


class Trial(Record):
    """What else a repair of a fault has to stand, in a copy of the cluster whose Pods have all been replaced.

    Args:
        do: lines typed there.
        until: what must hold after them; its `else` is what the learner reads.
    """

    do: list[str] = Field(default_factory=list)
    until: Condition


class Fault(Record):
    """A fault file.

    Args:
        format: 1.
        fault: its id.
        title: what was wrong, in a few words; shown afterwards.
        level: 1 for a plain fault, whose symptom is close to its cause; 2 for a subtle one.
        touches: the parts of the world that it breaks.
        never_with: ids of faults that it makes no sense beside.
        hop: where on its way a call meets it.
        rung: the rung of the ladder that tells it first.
        symptom: what comes of the client's calls while it is the only fault: of the first that is not answered.
        calls: how many calls it takes to see it, and to see that it is gone.
        vars: what differs from learner to learner.
        note: what the learner is told beside the story; Markdown.
        files: files in the learner's home folder.
        breaks: commands that break the world.
        present: holds as long as the fault is there.
        solve: commands that repair it.
        alternatives: other ways, one at least for each kind of repair.
        superficial: repairs that are refused.
        trial: what else a repair has to stand.
        hints: from a nudge to where exactly to look; the commands themselves follow from `solve`.
        remark: what it was and why it showed as it did; Markdown.
    """

    format: Literal[1]
    fault: Identifier
    title: Text
    level: Literal[1, 2]
    touches: list[Part] = Field(min_length=1)
    never_with: list[Identifier] = Field(default_factory=list, alias="never-with")
    hop: Hop
    rung: Rung
    symptom: Outcome
    calls: int = Field(1, ge=1)
    vars: dict[VariableName, Variable] = Field(default_factory=dict)
    note: str = ""
    files: dict[str, str] = Field(default_factory=dict)
    breaks: list[str] = Field(min_length=1)
    present: Condition
    solve: list[str] = Field(min_length=1)
    alternatives: list[list[str]] = Field(min_length=1)
    superficial: list[Superficial] = Field(min_length=1)
    trial: Trial | None = None
    hints: list[Text] = Field(min_length=1)
    remark: Text


class Story(Record):
    """A story, and what it calls the parts of the world.

    Args:
        id: lower-case letters, digits and dashes.
        title: its name.
        vars: the names of the parts, by variable.
        text: what the learner is told; Markdown.
    """

    id: Identifier
    title: Text
    vars: dict[VariableName, Scalar]
    text: Text


class Stories(Record):
    """The file of the stories.

    Args:
        format: 1.
        vars: what differs from learner to learner in any story.
        world: the manifests of the unbroken world.
        stories: at least one.
    """

    format: Literal[1]
    vars: dict[VariableName, Variable] = Field(default_factory=dict)
    world: Text
    stories: list[Story] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class FaultFile:
    """A fault as far as it must be known to be chosen; the rest is read once it is.

    Args:
        id: its id.
        path: its file.
        marks: what is in it.
        level: 1 plain, 2 subtle.
        touches: the parts of the world that it breaks.
        never_with: ids of faults never to be combined with it.
    """

    id: str
    path: Path
    marks: Marked
    level: int
    touches: frozenset[str]
    never_with: frozenset[str]

    def goes_with(self, other: FaultFile) -> bool:
        """Whether both may be in one challenge."""
        return not (
            self.touches & other.touches
            or self.id in other.never_with
            or other.id in self.never_with
            or self.id == other.id
        )


M = TypeVar("M", bound=BaseModel)


class BrokenFileError(Exception):
    """A file that challenges are made of is not as it should be.

    Args:
        problems: what is wrong with it.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Library:
    """All faults and stories of a folder.

    Args:
        folder: the folder.
        faults: the faults, by name of file.
        stories: the file of the stories.
    """

    folder: Path
    faults: tuple[FaultFile, ...]
    stories: Marked

    def fault(self, fault_id: str) -> FaultFile:
        """The fault of that id.

        Raises:
            LookupError: there is none.
        """
        found = next((fault for fault in self.faults if fault.id == fault_id), None)
        if found is None:
            raise LookupError(f"there is no fault {fault_id!r}")
        return found

    def story(self, place: int, seed: int) -> tuple[Story, str, Values]:
        """A story (by its place, counted round and round), the manifests of its world, and its names."""
        path = self.folder / STORIES
        every = self.stories.data["stories"]
        named: Mapping[str, str] = every[place % len(every)]["vars"]
        substituted, stories = _filled(path, self.stories, seed, named, Stories)
        return stories.stories[place % len(every)], stories.world, substituted

    def read(self, file: FaultFile, seed: int, given: Values) -> Fault:
        """A fault with its variables put in.

        Args:
            file: the fault.
            seed: decides what differs in it.
            given: the names of the story, `call` and `calls`.

        Raises:
            BrokenFileError: the file is not as it should be.
        """
        return _filled(file.path, file.marks, seed, given, Fault)[1]


def is_of_challenges(data: Any) -> bool:
    """Whether what stands in a file is meant as a fault, or as the stories."""
    return isinstance(data, dict) and (FAULT in data or "stories" in data)


def read_library(folder: Path | None = None) -> Library:
    """The faults and stories of a folder (of those that ship with the program, unless one is given).

    Raises:
        BrokenFileError: a file cannot be read.
    """
    folder = folder or lessons_dir() / CHALLENGES
    files = {path: read_file(path) for path in sorted(folder.glob("*.yaml")) if path.name != STORIES}
    stories = read_file(folder / STORIES)
    problems = tuple(each for each in (*files.values(), stories) if isinstance(each, Problem))
    if problems or isinstance(stories, Problem):
        raise BrokenFileError(problems)
    faults = (_fault_file(path, marks) for path, marks in files.items() if isinstance(marks, Marked))
    return Library(folder, tuple(faults), stories)


def _fault_file(path: Path, marks: Marked) -> FaultFile:
    data = marks.data if isinstance(marks.data, dict) else {}
    level = data.get("level")
    return FaultFile(
        str(data.get(FAULT, path.stem)),
        path,
        marks,
        level if isinstance(level, int) else 1,
        frozenset(map(str, data.get("touches") or ())),
        frozenset(map(str, data.get("never-with") or ())),
    )


def _filled(path: Path, marks: Marked, seed: int, given: Values, model: type[M]) -> tuple[Values, M]:
    """What a file says with its variables put in, and their values."""
    if not isinstance(marks.data, dict):
        raise BrokenFileError((Problem(path, 0, 0, "a mapping is wanted", code="not-a-fault"),))
    substituted = substitute(marks, seed, given)
    marks = substituted.marks
    if substituted.unknown:
        unknown = (
            Problem(path, *marks.place_of(each.path), each.message, each.mend, code="variable")
            for each in substituted.unknown
        )
        raise BrokenFileError(tuple(unknown))
    try:
        return substituted.values, model.model_validate(marks.data)
    except ValidationError as error:
        raise BrokenFileError(explained(error, path, marks, model)) from error
