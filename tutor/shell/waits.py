"""Waits of commands that ctrl+c can end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from tutor.kubectl.context import Input, Pacing
from tutor.shell.command import Interrupted
from tutor.shell.streams import read_page

T = TypeVar("T")


class Waits:
    """The waits of one shell's commands. Closed by ctrl+c, they end and no new one begins until the next line."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Task[Any]] = set()
        self._closed = False

    def open(self) -> None:
        """Let commands wait again."""
        self._closed = False

    def close(self) -> None:
        """End all waits; their commands get `Interrupted`."""
        self._closed = True
        for task in tuple(self._waiting):
            task.cancel()

    async def wait(self, start: Callable[[], Awaitable[T]]) -> T:
        """Wait for what `start` begins.

        Raises:
            Interrupted: ctrl+c came first.
        """
        if self._closed:
            raise Interrupted
        # A command waits in its own task: one more for each wait would double what a quick command costs.
        task = asyncio.current_task()
        if task is None or task in self._waiting:
            return await start()
        self._waiting.add(task)
        try:
            return await start()
        except asyncio.CancelledError:
            if self._closed and task.uncancel() == 0:
                raise Interrupted from None
            raise
        finally:
            self._waiting.discard(task)


class InterruptiblePacing:
    """A pacing whose waits end with ctrl+c.

    Args:
        waits: the shell's waits.
        pacing: how to wait.
    """

    def __init__(self, waits: Waits, pacing: Pacing) -> None:
        self._waits, self._pacing = waits, pacing

    async def sleep(self, seconds: float) -> None:
        """Come back when so many simulated seconds have passed."""
        await self._waits.wait(lambda: self._pacing.sleep(seconds))

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Come back True once the condition holds, or False after `timeout` simulated seconds."""
        return await self._waits.wait(lambda: self._pacing.until(condition, timeout))

    async def idle(self) -> bool:
        """Come back True when something may have changed; False once nothing ever will."""
        return await self._waits.wait(self._pacing.idle)


class InterruptibleInput:
    """An input whose reads end with ctrl+c.

    Args:
        waits: the shell's waits.
        stdin: where it reads.
    """

    def __init__(self, waits: Waits, stdin: Input) -> None:
        self._waits, self._stdin = waits, stdin

    @property
    def isatty(self) -> bool:
        """Whether a person types it."""
        return self._stdin.isatty

    async def read(self) -> str:
        """Everything up to the end."""
        return await self._waits.wait(self._stdin.read)

    async def readline(self) -> str:
        r"""The next line with its `\n`; empty at the end."""
        return await self._waits.wait(self._stdin.readline)

    async def read_page(self) -> str:
        """The lines that have come in, at least one; empty at the end."""
        return await self._waits.wait(lambda: read_page(self._stdin))
