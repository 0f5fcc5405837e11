"""A lesson as a recording of a terminal, in the format of asciinema.

Source: https://docs.asciinema.org/manual/asciicast/v2/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from tutor.author.playing import PlayedLesson, PlayedLine
from tutor.course.stage import CONTINUES

COLUMNS: Final = 100
ROWS: Final = 30
KEY: Final = 0.045
"""Seconds from one key to the next."""
THINK: Final = 0.6
"""Seconds at a prompt before the first key."""
ANSWER: Final = 0.25
"""Seconds from Enter to the output."""
READ_LINE: Final = 0.12
"""Seconds for each line of output that is to be read, up to `READ_MOST`."""
READ_MOST: Final = 4.0
_PROMPT: Final = "\x1b[1;32m{}\x1b[0m"
_HEADING: Final = "\x1b[1;36m# {}\x1b[0m\r\n"


def to_cast(played: PlayedLesson) -> str:
    """The recording: a header, then an event a line.

    Args:
        played: the lesson, played.
    """
    header = {"version": 2, "width": COLUMNS, "height": ROWS, "title": played.lesson.title}
    lines = [json.dumps(header, ensure_ascii=False)]
    now = 0.0
    for wait, text in _events(played):
        now = round(now + wait, 3)
        lines.append(json.dumps([now, "o", text], ensure_ascii=False))
    return "\n".join(lines) + "\n"


def _events(played: PlayedLesson) -> Iterator[tuple[float, str]]:
    """What comes out on the terminal, each piece with the seconds that pass before it."""
    pause = 0.0
    for step in played.steps:
        if not step.lines:
            continue
        yield pause, _HEADING.format(step.entered.title)
        pause = 0.0
        for line in step.lines:
            yield pause, _PROMPT.format(line.prompt)
            yield from _typed(line)
            output = line.output.replace("\r\n", "\n").replace("\n", "\r\n")
            if output:
                yield ANSWER, output
            pause = THINK + min(READ_MOST, READ_LINE * output.count("\n"))
        yield pause, "\r\n"
        pause = THINK


def _typed(line: PlayedLine) -> Iterator[tuple[float, str]]:
    wait = THINK
    for key in line.line:
        yield wait, key.replace("\n", f"\r\n{CONTINUES}")
        wait = KEY
    yield KEY * 4, "\r\n"
