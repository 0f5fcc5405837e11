"""What comes out on a terminal: shown a page at a time, and recorded for whoever judges the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tutor.kubectl.context import Output
from tutor.shell.results import Invocation, Record

FLUSH_EVERY = 1 / 30
"""Real seconds between two pieces of output handed to the screen, so that a flood does not drown it."""
DRAIN_PATIENCE = 1.0
"""Real seconds to wait for what is on its way through pipes."""
_MARK = "\x00\x1d\x00"
"""Around the number of a drain; no command writes it."""


class Outlet:
    """The output side of a terminal."""

    def __init__(self) -> None:
        self.show: Callable[[str], None] | None = None
        """Takes what is to be seen; None while nobody looks."""
        self.record = Record()
        self._drains = 0
        self._marks: dict[str, asyncio.Future[None]] = {}
        self._unshown: list[str] = []
        self._flush_at: asyncio.TimerHandle | None = None

    def write(self, text: str, stderr: bool = False) -> None:
        """Put text out."""
        if _MARK in text:
            for mark in [mark for mark in self._marks if mark in text]:
                text = text.replace(mark, "")
                self._marks[mark].set_result(None)
        self.record.output.append(text)
        (self.record.stderr if stderr else self.record.stdout).append(text)
        if self.show is None or not text:
            return
        self._unshown.append(text)
        if self._flush_at is None:
            self._flush_at = asyncio.get_running_loop().call_later(FLUSH_EVERY, self.flush)

    def flush(self) -> None:
        """Show what has been written so far."""
        if self._flush_at is not None:
            self._flush_at.cancel()
            self._flush_at = None
        text, self._unshown = "".join(self._unshown), []
        if text and self.show:
            self.show(text)

    def note(self, argv: tuple[str, ...], exit_code: int) -> None:
        """Note that a Python command has ended."""
        self.record.invocations.append(Invocation(argv, exit_code))

    async def drain(self, output: Output) -> None:
        """Come back when all that has been written to an output before has come out here."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._drains += 1
        mark = f"{_MARK}{self._drains}{_MARK}"
        self._marks[mark] = future
        await output.write(mark)
        await asyncio.wait({future}, timeout=DRAIN_PATIENCE)
        self._marks.pop(mark, None)
