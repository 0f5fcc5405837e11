"""A check in a process of its own: it slows nothing down in the program that waits for it, and can be ended."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tutor.author.check import Report
from tutor.course.problems import Problem

PROGRAM: Final = (sys.executable, "-m", "tutor")


async def check_apart(paths: Sequence[Path], program: Sequence[str] = PROGRAM) -> Report:
    """Prove lessons; cancelled, the process ends.

    Args:
        paths: lesson files.
        program: what to run.

    Raises:
        RuntimeError: it did not come to its end; the message is what it said last.
    """
    process = await asyncio.create_subprocess_exec(
        *program,
        "check",
        "--json",
        *map(str, paths),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()  # asked, it ends those it has started as well
            await process.wait()
    try:
        return _report(printed.decode("utf-8", "replace"))
    except ValueError:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        raise RuntimeError(lines[-1] if lines else f"exit status {process.returncode}") from None


def _report(printed: str) -> Report:
    """The report that `tutor check --json` printed."""
    told = json.loads(printed)
    problems = (
        Problem(
            Path(each["file"]), each["line"], each["column"], each["message"], each["mend"], each["place"], each["code"]
        )
        for each in told["findings"]
    )
    return Report(told["lessons"], told["steps"], tuple(problems), told["translations"], told["others"])
