"""Runs the app from its start to the learner's leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor import collector
from tutor.ui.app import TutorApp

if TYPE_CHECKING:
    from tutor.course.packs import Library
    from tutor.course.progress import Progress
    from tutor.ui.screens.lesson import Opener


def run_app(
    library: Library | None = None,
    progress: Progress | None = None,
    *,
    start: str | None = None,
    restart: bool = False,
    seed: int | None = None,
    opener: Opener | None = None,
    step: str = "",
) -> int:
    """Run the app until the learner leaves; its exit status. The arguments are those of `TutorApp`."""
    collector.tune()
    app = TutorApp(library, progress, start=start, restart=restart, seed=seed, opener=opener, step=step)
    app.run()
    return app.return_code or 0
