"""A sandbox played line by line, whose end is to be a lesson: what was done, for whoever writes it down."""

from __future__ import annotations

import asyncio
import sys

from tutor.course.conditions.evidence import Evidence, Played
from tutor.course.sandbox import SandboxCluster, sandbox_lesson
from tutor.course.session import Session
from tutor.plain.lines import Lines, say

NOTHING = "Nothing was recorded, since no command went well; nothing is written."
_LEAVING = frozenset({"exit", "logout"})
GREETING = "What you type now becomes a lesson. undo takes a line back; exit or ctrl+d ends the recording."


def play_sandbox(cluster: SandboxCluster) -> tuple[Evidence, dict[str, str]]:
    """A shell in front of a sandbox cluster until `exit` or the end of input.

    Args:
        cluster: what it begins with.

    Returns:
        What was done, and the texts of the files that then lie in the home folder, by name.

    Raises:
        SystemExit: nothing was done that could be done again.
    """
    live = sys.stdin.isatty()
    with asyncio.Runner() as runner:
        session = runner.run(Session.open(sandbox_lesson(cluster), live=live))
        lines = Lines(runner, session.terminal, session.tick if live else None)
        say(GREETING)
        while lines.left is None:
            line = lines.read()
            if line is None:
                lines.end_of_file()
                continue
            outcome = lines.run(session.submit(line))
            if outcome.notice:
                say(outcome.notice)
        # Leaving ends the shell, not what it did; the line that left is none of the lesson's.
        evidence, files = session.evidence, _files(session)
        runner.run(session.close())
    if not evidence.traces and not any(_went_well(each) for each in evidence.played):
        say(NOTHING)
        raise SystemExit(1)
    return evidence, files


def _went_well(played: Played) -> bool:
    return played.exit_code == 0 and bool(played.command.strip()) and played.command.split()[0] not in _LEAVING


def _files(session: Session) -> dict[str, str]:
    home = session.simulation.files
    names = [name for name in home.listdir(".") if not name.startswith(".") and not home.is_dir(name)]
    return {name: home.read(name) for name in names}
