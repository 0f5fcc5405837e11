"""Make the README's pictures anew: `python -m tests.snapshots.readme_picture`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

from tests.ui.conftest import opened, run_command, until
from tutor.course.progress import Progress
from tutor.engine.clock import NOW
from tutor.ui.app import TutorApp

FOLDER = Path(__file__).parents[2] / "assets" / "screenshots"
SIZE = (140, 45)
ASK = "kubectl exec -it deploy/nginx-deployment -- curl -sI http://nginx-clusterip"
PICTURES: Mapping[str, tuple[str, ...]] = MappingProxyType({"lesson.svg": ("kubectl get svc", ASK)})
"""What is typed in the lesson `after` before each picture."""


async def picture(name: str) -> str:
    """A picture as SVG, without the fonts that a viewer would fetch from elsewhere.

    Args:
        name: its file.
    """
    app = TutorApp(progress=Progress(), start="after")
    app.animation_level = "none"
    # The cluster's time stands still, so that the picture is the same every time.
    with (
        patch("tutor.ui.screens.lesson.TICK", 3600.0),
        patch("tutor.ui.opening.wall_clock", lambda: NOW),
        patch("textual.widgets.Input.cursor_blink", False),
    ):
        async with app.run_test(size=SIZE) as pilot:
            screen = await opened(pilot)
            for command in PICTURES[name]:
                await run_command(pilot, command)
            await until(pilot, lambda: "HTTP 200" in screen.side.traffic.text)
            await pilot.pause()
            svg = app.export_screenshot(title="tutor")
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def main() -> None:
    """Write the pictures."""
    for name in PICTURES:
        (FOLDER / name).write_text(asyncio.run(picture(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
