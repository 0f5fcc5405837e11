"""Start the installed app without a screen and see its first screen come up; run by CI from the built wheel."""

import asyncio
import os
import tempfile

import tutor
from tutor.ui.app import TutorApp


async def start() -> None:
    """Start at a wide and at a small size; a start that raises ends with a traceback and a non-zero status."""
    for size in ((140, 45), (80, 24)):
        app = TutorApp()
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            print(f"{type(app.screen).__name__} came up at {size[0]}x{size[1]} from tutor {tutor.__version__}")  # noqa: T201


with tempfile.TemporaryDirectory() as home:
    os.environ["TUTOR_HOME"] = home
    asyncio.run(start())
