"""Make the README's picture anew: `python -m tests.snapshots.readme_picture`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from tutor.course.progress import Progress
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.prompt import Prompt

TARGET = Path(__file__).parents[2] / "assets" / "screenshots" / "lesson.svg"
COMMANDS = ("kubectl get svc", "kubectl exec -it deploy/nginx-deployment -- curl -sI http://nginx-clusterip")
SIZE = (140, 45)


async def picture() -> str:
    """The lesson `after`, its first step just done."""
    app = TutorApp(progress=Progress(), start="after")
    async with app.run_test(size=SIZE) as pilot:
        while (
            not isinstance(app.screen, LessonScreen)
            or not app.screen.query(Prompt)
            or app.screen.query("LoadingIndicator")
        ):
            await pilot.pause(0.1)
        await pilot.pause(1)
        for command in COMMANDS:
            app.screen.query_one(Prompt).value = command
            await pilot.press("enter")
            await pilot.pause(4)
        return app.export_screenshot(title="tutor")


def main() -> None:
    """Write the picture, without the fonts that a viewer would fetch from elsewhere."""
    svg = re.sub(r"@font-face \{.*?\}", "", asyncio.run(picture()), flags=re.DOTALL)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
