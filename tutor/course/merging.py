"""What several programs know of a learner's progress, as one: each change counts, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from tutor.course.progress_file import LessonProgress, Recall


def merged_lessons(
    known: Mapping[str, LessonProgress],
    ours: Mapping[str, LessonProgress],
    theirs: Mapping[str, LessonProgress],
    renewed: Set[str] = frozenset(),
) -> dict[str, LessonProgress]:
    """What this program knows of all lessons and what others have written, as one; what was worked on here comes last.

    Args:
        known: how it stood when both were the same.
        ours: how it stands here, the lesson worked on last at the end.
        theirs: how it stands in the file.
        renewed: lessons begun anew here since then.
    """
    touched = [each for each in ours if each in renewed or ours[each] != known.get(each)]
    last = [*ours][-1:]
    if last != [*known][-1:]:
        touched = [*(each for each in touched if each not in last), *last]
    merged = {each: theirs[each] for each in theirs if each not in touched}
    for each in touched:
        before, there = known.get(each, LessonProgress()), theirs.get(each, LessonProgress())
        merged[each] = _merged_lesson(before, ours[each], there, renewed=each in renewed)
    return merged


def _merged_lesson(
    known: LessonProgress, ours: LessonProgress, theirs: LessonProgress, *, renewed: bool
) -> LessonProgress:
    """One lesson as it was changed in two places."""
    completed = ours.completed or theirs.completed
    finished = min((each.finished for each in (ours, theirs) if each.finished is not None), default=None)
    if renewed:
        return replace(ours, completed=completed, finished=finished)
    if ours.seed != theirs.seed:
        # By another seed it is another lesson, of which nothing counts in this one; the one begun later is kept.
        later = ours if ours.seed != known.seed else theirs
        return replace(later, completed=completed, finished=finished)
    done = _merged_ids(known.done, ours.done, theirs.done)
    skipped = _merged_ids(known.skipped, ours.skipped, theirs.skipped)
    return LessonProgress(
        ours.step if ours.step != known.step else theirs.step,
        done,
        tuple(each for each in skipped if each not in done),
        completed,
        ours.seed,
        finished,
    )


def _merged_ids(known: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """What either has, but for what one of them has taken away since both were the same."""
    gone = {each for each in known if each not in ours or each not in theirs}
    return tuple(dict.fromkeys(each for each in (*theirs, *ours) if each not in gone))


def merged_recalls(
    known: Mapping[str, Recall], ours: Mapping[str, Recall], theirs: Mapping[str, Recall]
) -> dict[str, Recall]:
    """When questions are to be asked again: of each what was decided last.

    Args:
        known: how it stood when it was last the same for all.
        ours: how it stands here.
        theirs: how it stands in the file.
    """
    merged = dict(theirs)
    for question, here in ours.items():
        there = theirs.get(question)
        if there is None or (here != known.get(question) and here.asked >= there.asked):
            merged[question] = here
    return merged
