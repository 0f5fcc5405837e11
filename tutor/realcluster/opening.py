"""A lesson begun on a real cluster."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.course.progress import Progress
from tutor.course.schema import Lesson
from tutor.course.session import LessonError, Session, home_files
from tutor.realcluster.access import Access, RealClusterError
from tutor.realcluster.fit import fitted
from tutor.realcluster.world import RealCluster


async def open_there(
    lesson: Lesson,
    access: Access,
    *,
    progress: Progress | None = None,
    live: bool = False,
    glossary: Mapping[str, str] | None = None,
) -> Session:
    """Begin a lesson at its first step.

    Args:
        lesson: the lesson.
        access: the namespace to play it in.
        progress: where steps done are kept; None keeps nothing.
        live: whether `tick` moves time; else each command waits until the cluster has settled.
        glossary: explanations by term.

    Raises:
        LessonError: the lesson's objects cannot be made there, or not be read.
    """
    try:
        world = await RealCluster.open(access, files=home_files(lesson), live=live)
    except RealClusterError as error:
        raise LessonError(str(error)) from error
    try:
        return await Session.open(
            fitted(lesson), step=lesson.steps[0].id, progress=progress, live=live, glossary=glossary, world=world
        )
    except BaseException:
        await world.close()
        raise
