"""A lesson that is being written: whether its files have changed, and what of a learner's way outlasts that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from tutor.course.journey import solution_of
from tutor.course.progress import Progress
from tutor.course.reliving import Way
from tutor.course.schema import Lesson, Predict, Quiz, Step
from tutor.course.session import Session


class WatchedFiles:
    """Files that are looked at again and again.

    Args:
        paths: the files.
        read: gives the bytes of one.
    """

    def __init__(self, paths: Iterable[Path], read: Callable[[Path], bytes] = Path.read_bytes) -> None:
        self._read = read
        self._seen: dict[Path, str] = {}
        self.watch(paths)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files."""
        return tuple(self._seen)

    def watch(self, paths: Iterable[Path]) -> None:
        """Watch these from now on, and no others; what is known of one that was watched before stays known."""
        self._seen = {path: self._seen.get(path) or self._fingerprint(path) for path in paths}

    def changed(self) -> bool:
        """Whether one differs from what it was at the last look; as does one that comes or goes."""
        before, self._seen = self._seen, {path: self._fingerprint(path) for path in self._seen}
        return before != self._seen

    def _fingerprint(self, path: Path) -> str:
        try:
            return hashlib.sha256(self._read(path)).hexdigest()
        except OSError:
            return "none"


async def reopen(
    lesson: Lesson,
    at: Resumption,
    *,
    progress: Progress,
    seed: int,
    glossary: Mapping[str, str],
    now: datetime | None = None,
) -> tuple[Session, tuple[str, ...]]:
    """Begin a lesson that was changed where it is to go on; its session, and the lines that were left out.

    Args:
        lesson: the lesson.
        at: where.
        progress: where steps done are kept.
        seed: decides every generated name, address and choice.
        glossary: explanations by term.
        now: what the cluster's calendar shows.

    Raises:
        LessonError: the cluster, or that of a step, cannot be set up.
    """
    first = lesson.steps[0].id
    session = await Session.open(
        lesson, step=first, progress=progress, live=True, seed=seed, glossary=glossary, now=now
    )
    try:
        left_out: list[str] = []
        for step in lesson.steps[: (lesson.step_index(at.reached) or 0) + 1]:
            await session.goto(step.id)
            if step.id in at.ways:
                left_out += await _relive(session, at.ways[step.id])
        await session.goto(at.step)
    except BaseException:
        await session.close()
        raise
    return session, tuple(left_out)


async def _relive(session: Session, way: Way) -> tuple[str, ...]:
    """Do again what was done in a step; what of it was undone stays so. The lines that were left out."""
    if way.led_to is None:
        return await session.relive(way)
    left_out = await session.relive(replace(way, after=()))
    step = session.step.id
    while session.view.can_undo and (now := session.ways[step].led_to) != way.led_to:
        if now is not None and now < way.led_to:
            break
        await session.undo()
    return (*left_out, *await session.relive(Way(before=way.after, hints=way.hints)))


@dataclass(frozen=True)
class Resumption:
    """Where to go on in a lesson that was changed.

    Args:
        step: id of the step.
        reached: id of the furthest step to bring about first; that step or a later one.
        ways: what to do again on the way, by step id.
        gone: whether the step there was is gone, and this is the one in its place.
        afresh: whether what was typed is not typed again, since the cluster begins otherwise now.
    """

    step: str
    reached: str
    ways: Mapping[str, Way] = field(default_factory=dict)
    gone: bool = False
    afresh: bool = False


def resume(old: Lesson, new: Lesson, ways: Mapping[str, Way], step: str, reached: str) -> Resumption:
    """Where to go on: at the same step, with what was done up to there if that leads to the same cluster.

    A step that is gone is followed by the one in its place; one that has only another id than before is the same.

    Args:
        old: the lesson as it was.
        new: the lesson as it is now.
        ways: what was done, by step id, in the order of the steps.
        step: id of the step the learner is at.
        reached: id of the furthest step that was entered.
    """
    places, same = _places(old, new)
    here, furthest = places[step], max(places[step], places[reached])
    names = {new.steps[places[name]].id: name for name in same}
    was, now = old.steps[: (old.step_index(reached) or 0) + 1], new.steps[: furthest + 1]
    same_world = (old.cluster, old.files, old.vars) == (new.cluster, new.files, new.vars)
    as_before = same_world and _deeds(was, ways, {name: name for name in places}) == _deeds(now, ways, names)
    kept = {
        each.id: _fitted(ways[names[each.id]], _step(old, names[each.id]), each)
        for each in now
        if names.get(each.id) in ways
    }
    at = new.steps[here].id
    if as_before:
        return Resumption(at, now[-1].id, kept, gone=step not in same)
    kept = {at: replace(kept[at], before=(), after=())} if at in kept else {}
    return Resumption(at, at, kept, step not in same, afresh=any(way.before or way.after for way in ways.values()))


def carry_marks(progress: Progress, old: Lesson, new: Lesson) -> None:
    """Let the steps that were done or passed over count in the lesson as it is now, whatever it and they are called."""
    places, same = _places(old, new)
    marks = progress.lesson(old.id)
    for marked, skipped in ((marks.done, False), (marks.skipped, True)):
        for name in marked:
            if name in same:
                progress.finish_step(new.id, new.steps[places[name]].id, skipped=skipped)


def _places(old: Lesson, new: Lesson) -> tuple[dict[str, int], set[str]]:
    """For each old step its place in the new lesson, or that of the one that follows; and which are still there."""
    known = {step.id for step in old.steps}
    places, same, following = {}, set(), 0
    for step in old.steps:
        place = new.step_index(step.id)
        if place is None and following < len(new.steps) and new.steps[following].id not in known:
            place = following  # it has another id now
        if place is not None:
            same.add(step.id)
            following = place + 1
        places[step.id] = min(following, len(new.steps) - 1) if place is None else place
    return places, same


def _step(lesson: Lesson, name: str) -> Step:
    return next(step for step in lesson.steps if step.id == name)


def _deeds(steps: Sequence[Step], ways: Mapping[str, Way], names: Mapping[str, str]) -> list[tuple[object, ...]]:
    """All that was done to the cluster in these steps; what the learner did is told by the step's name."""
    deeds: list[tuple[object, ...]] = []
    for step in steps:
        name = names.get(step.id, "")
        way = ways.get(name)
        played = solution_of(step) if step is not steps[-1] else ()
        if way is not None:
            lines = way.before or way.after or (way.answered and isinstance(step, Predict) and step.then)
            played = [name] if lines else []
        if step.setup or played:
            deeds.append((step.setup, list(played)))
    return deeds


def _fitted(way: Way, old: Step, new: Step) -> Way:
    """What was done in a step, with answers and hints at their places in the step as it is now."""
    hints = [_place(old.hints, new.hints, place) for place in way.hints]
    way = replace(way, hints=tuple(place for place in hints if place is not None))
    if old.kind != new.kind:
        return replace(way, before=(*way.before, *way.after), after=(), choice=(), given="", led_to=None)
    if isinstance(old, Predict | Quiz) and isinstance(new, Predict | Quiz):
        texts, now = [each.text for each in old.options], [each.text for each in new.options]
        chosen = [_place(texts, now, place) for place in way.choice]
        return replace(way, choice=tuple(place for place in chosen if place is not None))
    return way


def _place(old: Sequence[object], new: Sequence[object], place: int) -> int | None:
    """The place of an entry in a list that was changed: of the same, or else of what stands where it stood."""
    if old[place] in new:
        return new.index(old[place])
    return place if len(old) == len(new) else None
