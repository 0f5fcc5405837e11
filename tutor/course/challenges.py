"""Challenges: a story, and faults picked and combined by a seed, made into a lesson of one step.

Being a lesson, a challenge is played, undone, hinted at, shown and proved by what plays and proves lessons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from tutor.course.conditions.traffic import Request
from tutor.course.faults import Fault, FaultFile, Hop, Library, Story, read_library
from tutor.course.levels import LEVELS, challenge_id, minutes_of
from tutor.course.schema import ClusterSetup, Hint, Ladder, Lesson, Refusal, Rehearsal, Task, Wrong
from tutor.course.variables import Values
from tutor.engine.dice import Dice

WORLD: Final = "/world.yaml"
_SUBTLE: Final = 2
_MISSING: Final = "Not so far. After a repair, call again once the Pods are ready."
_MENDED: Final = "What was broken at first is so no longer. Call again; if that still fails, look anew, or undo."
_HOPS: Final = {hop: place for place, hop in enumerate(get_args(Hop))}
_REHEARSED: Final = 12
"""How often the client calls in a rehearsal: several Pods may answer."""


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
    solutions = [fault.solve for fault in faults]
    in_order = sorted(faults, key=lambda fault: _HOPS[fault.hop])
    present = [fault.present for fault in faults]
    return Task(
        kind="challenge",
        id="repair",
        title=story.title,
        body="\n".join((story.text, *(fault.note for fault in faults if fault.note), _task(names, calls, level))),
        commands=[call],
        until=_answered(names, calls),
        refused=[
            *(
                Refusal(when=each.when, because=each.because, meets=each.meets)
                for fault in faults
                for each in fault.superficial
            ),
            *_answered_by_others(names),
        ],
        rehearsal=_rehearsal(names, faults),
        ladder=Ladder.model_validate(
            {
                "service": f"{names['ns']}/{names['app']}",
                "from": _client(names),
                "first": [{"rung": fault.rung, "of": fault.title} for fault in faults],
            }
        ),
        hints=[
            *(hint for fault in in_order for hint in _hints(fault)),
            Hint.model_validate({"text": _MENDED, "when": {"not": {"any": present}}}),
        ],
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


def _answered(names: Values, calls: int) -> Request:
    client, app = names["client"], names["app"]
    title = (
        f"{client} gets its answer from {app}" if calls == 1 else f"{client} gets {calls} answers running from {app}"
    )
    return Request.model_validate({"request": _own_answers(names, calls), "title": title, "else": _MISSING})


def _own_answers(names: Values, calls: int) -> dict[str, object]:
    """That so many of the client's newest calls were answered by the program it means."""
    return {"from": _client(names), "outcome": "ok", **_of_the_app(names), "last": calls}


def _of_the_app(names: Values) -> dict[str, object]:
    """The Pods of the program called, whatever a repair labels them: both have this label, and it tells them apart."""
    return {"backend": {"part": "backend"}, "not-backend": {"app": names["other"]}}


def _answered_by_others(names: Values) -> Iterator[Refusal]:
    """What is said of an answer from elsewhere."""
    client, app, other = names["client"], names["app"], names["other"]
    last = {"from": _client(names), "outcome": "ok", "last": 1}
    theirs = {"request": {**last, "backend": {"app": other}}}
    yield Refusal.model_validate(
        {"when": theirs, "because": f"{client} was answered by {other}, and it is {app} that it asks."}
    )
    own = {"request": {**last, **_of_the_app(names)}}
    elsewhere = {"all": [{"request": last}, {"not": own}, {"not": theirs}]}
    yield Refusal.model_validate(
        {"when": elsewhere, "because": f"Somebody answered {client}, but no Pod of {app}'s program."}
    )


def _rehearsal(names: Values, faults: Sequence[Fault]) -> Rehearsal:
    """What every repair has to stand, and what the faults add to it."""
    client, app, other, service = names["client"], names["app"], names["other"], f"{names['ns']}/{names['app']}"
    trials = [fault.trial for fault in faults if fault.trial is not None]
    conditions: list[object] = [
        {
            "any": [
                {"absent": f"{names['ns']}/service/{app}"},
                {"endpoints": {"service": service, "labels": {"app": other}, "total": 0}},
            ],
            "else": f"Pods of {other} stand behind the Service {app} too, and answer some of the calls.",
        },
        {
            "request": _own_answers(names, _REHEARSED),
            "else": f"It works now. But once the Pods are replaced, as every update does, {client} is not answered.",
        },
        {
            "request": {"from": _client(names), "host": f"{other}.{names['ns']}", "outcome": "ok"},
            "else": f"Now {other} answers no more, and somebody needs it.",
        },
    ]
    called = f"kubectl exec deploy/{client} -- curl -sS -m 3 http://{other}.{names['ns']}"
    return Rehearsal.model_validate(
        {
            "do": [called, *(line for trial in trials for line in trial.do), _call(names, _REHEARSED)],
            "until": {"all": [*(trial.until for trial in trials), *conditions]},
        }
    )


def _hints(fault: Fault) -> Iterator[Hint]:
    """What helps with one fault, as long as it is there."""
    for text in fault.hints:
        yield Hint(text=text, when=fault.present)
    yield Hint(command=" && ".join(fault.solve), when=fault.present)


def _joined(lines: Sequence[Sequence[str]]) -> list[str]:
    return [line for each in lines for line in each]
