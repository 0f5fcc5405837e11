"""Challenges: a story, and faults picked and combined by a seed, made into a lesson of one step.

Being a lesson, a challenge is played, undone, hinted at, shown and proved by what plays and proves lessons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tutor.course.conditions.traffic import Request
from tutor.course.faults import Fault, FaultFile, Library, Story, read_library
from tutor.course.ladder import QUESTIONS
from tutor.course.levels import LEVELS, challenge_id, minutes_of
from tutor.course.schema import ClusterSetup, Hint, Ladder, Lesson, Refusal, Task, Wrong
from tutor.course.variables import Values
from tutor.engine.dice import Dice

WORLD: Final = "/world.yaml"
_SUBTLE: Final = 2
_MISSING: Final = "Not so far. After a repair, call again once the Pods are ready."
_LADDER: Final = {rung: place for place, rung in enumerate(QUESTIONS)}


@dataclass(frozen=True)
class Challenge:
    """A challenge, ready to be played.

    Args:
        lesson: the challenge as a lesson.
        faults: what is wrong in it.
        story: its story.
        call: the client's own call, as a command.
    """

    lesson: Lesson
    faults: tuple[Fault, ...]
    story: Story
    call: str


def make_challenge(level: int, seed: int, library: Library | None = None) -> Challenge:
    """The challenge of a level that a seed stands for.

    Args:
        level: 1 to 3.
        seed: decides the story, the faults and all that differs in them.
        library: faults and stories; None for those that ship with the program.

    Raises:
        BrokenFileError: a fault or the stories are not as they should be.
    """
    library = library or read_library()
    dice = Dice(seed * len(LEVELS) + level)
    return combine(library, pick(library.faults, level, dice), dice, level, seed)


def pick(faults: Sequence[FaultFile], level: int, dice: Dice) -> list[FaultFile]:
    """The faults of one challenge.

    Level 1 has one plain fault; level 2 a subtle one, or two plain ones; level 3 a subtle one and one or two others.
    """
    plain = [fault for fault in faults if fault.level < _SUBTLE]
    subtle = [fault for fault in faults if fault.level >= _SUBTLE]
    if level == 1 or not subtle:
        return [dice.choice(plain)]
    if level == _SUBTLE:
        return _grown([dice.choice(plain)], plain, 2, dice) if dice.below(2) else [dice.choice(subtle)]
    return _grown([dice.choice(subtle)], faults, 2 + dice.below(2), dice)


def _grown(chosen: list[FaultFile], pool: Sequence[FaultFile], size: int, dice: Dice) -> list[FaultFile]:
    """Faults that go with those chosen are added until there are enough, or none is left."""
    while len(chosen) < size:
        fitting = [fault for fault in pool if all(fault.goes_with(each) for each in chosen)]
        if not fitting:
            break
        chosen = [*chosen, dice.choice(fitting)]
    return chosen


def combine(library: Library, files: Sequence[FaultFile], dice: Dice, level: int, seed: int) -> Challenge:
    """Faults together in one challenge, with a story and all that differs decided by dice.

    Args:
        library: where the stories are.
        files: the faults; each goes with each other.
        dice: decides the rest.
        level: how hard it is.
        seed: what it is known by.

    Raises:
        BrokenFileError: a fault or the stories are not as they should be.
    """
    story, names = dice.below(1 << 16), dice.below(1 << 32)
    return assemble(library, {file: dice.below(1 << 32) for file in files}, (story, names), level, seed)


def assemble(
    library: Library, variants: Mapping[FaultFile, int], story_variant: tuple[int, int], level: int, seed: int
) -> Challenge:
    """Certain variants of faults together in one challenge.

    Args:
        library: where the stories are.
        variants: the faults, each with the seed that decides what differs in it.
        story_variant: the place of the story, and the seed that decides what differs in its world.
        level: how hard it is.
        seed: what it is known by.

    Raises:
        BrokenFileError: a fault or the stories are not as they should be.
    """
    # A Service that has to be made first can only then be mended further.
    files = sorted(variants, key=lambda file: "service" not in file.touches)
    story, world, names = library.story(*story_variant)
    # How often it takes a call to see a fault stands outside its variables.
    calls = max(_calls(file) for file in files)
    call = _call(names, calls)
    faults = [library.read(file, variants[file], {**names, "call": call, "calls": calls}) for file in files]
    step = _step(story, names, faults, call, calls, level)
    lesson = Lesson(
        format=1,
        id=challenge_id(level),
        title=f"Challenge, level {level} (seed {seed})",
        minutes=minutes_of(level),
        cluster=ClusterSetup(
            apply=[WORLD.removeprefix("/")], run=[command for fault in faults for command in fault.breaks]
        ),
        files={WORLD: world, **{name: text for fault in faults for name, text in fault.files.items()}},
        steps=[step],
    )
    return Challenge(lesson, tuple(faults), story, call)


def _calls(file: FaultFile) -> int:
    data = file.marks.data
    calls = data.get("calls", 1) if isinstance(data, dict) else 1
    return calls if isinstance(calls, int) and calls > 0 else 1


def _call(names: Values, calls: int) -> str:
    """The client's own call as a command; several, where it takes several to see what is wrong."""
    once = "curl -sS -m 3 $UPSTREAM"
    script = once if calls == 1 else f"for i in $(seq {calls}); do {once}; done"
    return f"kubectl exec deploy/{names['client']} -- sh -c '{script}'"


def _step(story: Story, names: Values, faults: Sequence[Fault], call: str, calls: int, level: int) -> Task:
    service = f"{names['ns']}/{names['app']}"
    solutions = [fault.solve for fault in faults]
    return Task(
        kind="challenge",
        id="repair",
        title=story.title,
        body="\n".join((story.text, *(fault.note for fault in faults if fault.note), _task(names, calls, level))),
        commands=[call],
        until=_answered(names, service, calls),
        refused=[
            Refusal(when=each.when, because=each.because, hides=each.hides)
            for fault in faults
            for each in fault.superficial
        ],
        ladder=Ladder.model_validate(
            {"service": service, "from": _client(names), "first": [fault.rung for fault in faults]}
        ),
        hints=[hint for fault in sorted(faults, key=lambda each: _LADDER[each.rung]) for hint in _hints(fault)],
        solve=[*_joined(solutions), call],
        alternatives=[
            [*_joined([*solutions[:place], way, *solutions[place + 1 :]]), call]
            for place, fault in enumerate(faults)
            for way in fault.alternatives
        ],
        wrong=[
            Wrong(do=[*_joined([*solutions[:place], *solutions[place + 1 :]]), *each.do], expect=each.because)
            for place, fault in enumerate(faults)
            for each in fault.superficial
        ],
        explain="\n\n".join(f"**{fault.title}.** {fault.remark.strip()}" for fault in faults),
    )


def _task(names: Values, calls: int, level: int) -> str:
    who = f"`{names['client']}` runs in the namespace `default`, `{names['app']}` in `{names['ns']}`."
    often = f", {calls} times, since one answer may be good and the next not" if calls > 1 else ""
    several = "More than one thing may be wrong. " if level > 1 else ""
    return (
        f"{who} The command below calls from the Pod of `{names['client']}`, as it does itself{often}.\n\n"
        f"Find out why it goes wrong, and mend it for good. {several}Every repair that holds is right."
    )


def _client(names: Values) -> dict[str, object]:
    return {"namespace": "default", "labels": {"app": names["client"]}}


def _answered(names: Values, service: str, calls: int) -> Request:
    client, app = names["client"], names["app"]
    title = (
        f"{client} gets its answer from {app}" if calls == 1 else f"{client} gets {calls} answers running from {app}"
    )
    return Request.model_validate({
        "request": {
            "from": _client(names), "service": service, "outcome": "ok", "backend": {"app": app}, "last": calls,
        },
        "title": title,
        "else": _MISSING,
    })  # fmt: skip


def _hints(fault: Fault) -> Iterator[Hint]:
    """What helps with one fault, as long as it is there."""
    for text in fault.hints:
        yield Hint(text=text, when=fault.present)
    yield Hint(command=" && ".join(fault.solve), when=fault.present)


def _joined(lines: Sequence[Sequence[str]]) -> list[str]:
    return [line for each in lines for line in each]
