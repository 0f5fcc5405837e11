"""What the interpreter's own commands read from the terminal, which it cannot give them itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.kubectl.context import Input, Pacing
from tutor.shell.command import INTERRUPTED, Interrupted
from tutor.shell.engine import Call
from tutor.shell.streams import PipeOutput

if TYPE_CHECKING:
    from tutor.shell.world import TextSink

LATE = 142
"""Exit code of `read -t` when nothing came in time: 128 + SIGALRM."""


class Typed:
    """The commands behind `read x < <(__typed read x) || __late`.

    Args:
        stdin: where a shell reads.
        pacing: how it waits.
        out: takes its output.
    """

    def __init__(self, stdin: Input, pacing: Pacing, out: TextSink) -> None:
        self._stdin, self._pacing, self._out = stdin, pacing, out
        self._late = False

    async def give(self, call: Call) -> int:
        """What is typed next: one line for `read`, everything for other commands."""
        words, self._late = call.argv[1:], False
        try:
            if words[:1] != ("read",):
                text = await self._stdin.read()
            else:
                if "-p" in words[:-1] and self._stdin.isatty:
                    await self._out(words[words.index("-p") + 1])
                text = await self._line(_limit(words))
            await PipeOutput(call.stdout, False).write(text)
        except (Interrupted, BrokenPipeError):
            return INTERRUPTED
        return 0

    async def _line(self, limit: float | None) -> str:
        if limit is None:
            return await self._stdin.readline()
        line = asyncio.get_running_loop().create_task(self._read())
        try:
            self._late = not await self._pacing.until(line.done, limit)
            return "" if self._late else line.result()
        finally:
            line.cancel()

    async def _read(self) -> str:
        return await self._stdin.readline()

    async def late(self, _: Call) -> int:
        """The exit code of the `read` before, which failed."""
        return LATE if self._late else 1


def _limit(words: Sequence[str]) -> float | None:
    """The seconds after `-t`."""
    match = re.search(r" -\w*t ?(\d+\.?\d*|\.\d+)", " ".join(words))
    return float(match[1]) if match else None
