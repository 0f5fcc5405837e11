"""How a lesson is opened. What it needs is heavy, and is loaded here, after the first frame."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog
    from tutor.course.progress import Progress
    from tutor.course.session import Session


def wall_clock() -> datetime:
    """What time it is on this computer."""
    return datetime.now(UTC)


async def open_session(
    lesson_id: str,
    catalog: Catalog,
    progress: Progress,
    *,
    cluster: str = "",
    seed: int | None = None,
    step: str = "",
) -> Session:
    """Begin a lesson (or the sandbox), or go on with it.

    Args:
        lesson_id: the lesson's id, or that of the sandbox.
        catalog: the lessons.
        progress: what the learner has done.
        cluster: id of the cluster that the sandbox begins with; the first there is if empty.
        seed: decides every generated name, address and choice; None for the one it was begun with.
        step: id of the step to go to; empty for where the learner was.

    Raises:
        LessonError: it cannot be played; the message says why.
    """
    from tutor.course.glossary import read_glossary
    from tutor.course.levels import challenge_entry, level_of
    from tutor.course.opening import open_lesson
    from tutor.course.progress import Progress
    from tutor.course.review import REVIEW
    from tutor.course.reviewing import open_review
    from tutor.course.sandbox import CLUSTERS, SANDBOX, find_cluster, sandbox_lesson
    from tutor.course.seeds import USUAL, lesson_seed
    from tutor.course.session import LessonError, Session

    # Other programs that look into the cluster tell ages by the clock of the computer they run on.
    now = wall_clock()
    if lesson_id == SANDBOX:
        played = sandbox_lesson(find_cluster(cluster) or CLUSTERS[0])
        return await Session.open(played, progress=Progress(), live=True, seed=seed or USUAL, now=now)
    if lesson_id == REVIEW:
        return await open_review(catalog, progress, live=True)
    level = level_of(lesson_id)
    entry = catalog.find(lesson_id) if level is None else challenge_entry(level)
    if entry is None:
        raise LessonError(f"there is no lesson called {lesson_id}")
    begun = None if level is None else progress.challenge_seed(lesson_id)
    seed = lesson_seed(entry, progress, begun if seed is None else seed)
    lesson = open_lesson(entry, seed)
    glossary = read_glossary(entry.path.parent, entry.language).texts
    session = await Session.open(lesson, step=step, progress=progress, live=True, seed=seed, glossary=glossary, now=now)
    session.translated = entry.is_translated
    return session
