"""Keys reach a line of input in the order they were typed, though the focus has to move to it first."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from textual import events, on
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

STRAGGLING: Final = 0.5
"""Seconds that a line of input waits at most for keys that were typed before it had the focus."""


class _Late:
    """What was typed for a line of input but goes another way, because something else had the focus by then."""

    def __init__(self, *events: events.Key | events.Paste) -> None:
        self.events = list(events)
        self.complete = asyncio.Event()


class _CaughtUp(Message):
    """Went the way of the late keys, after the last of them."""

    def __init__(self, late: _Late) -> None:
        super().__init__()
        self.late = late


class OrderedTyping(Screen[None]):
    """A screen that gives lines of input the focus without losing what is typed meanwhile."""

    _late: _Late | None = None

    def collects(self, event: events.Key | events.Paste) -> bool:
        """Whether what is typed is kept for a line that is about to have the focus."""
        if self._late is None:
            return False
        event.stop()
        self._late.events.append(event)
        return True

    def lead_to(self, line: Input, *first: events.Key | events.Paste) -> None:
        """Give a line of input the focus, and let it take all that is typed in the order it was typed.

        Keys go to what has the focus when they come. Those that are still on their way through the pane that had it
        are collected; what has gone the same way behind them says when there are no more. Until then the line waits.

        Args:
            line: the line.
            first: what it begins with.
        """
        at = self.focused or self
        if at is line:
            return
        self.set_focus(line)  # not `focus`, which is for later
        self._late = late = _Late(*first)
        line.call_later(self._type_late, line, late)
        if not at.post_message(_CaughtUp(late)):
            late.complete.set()

    @on(_CaughtUp)
    def _catch_up(self, event: _CaughtUp) -> None:
        event.stop()
        event.late.complete.set()

    async def _type_late(self, line: Input, late: _Late) -> None:
        """Type what came late; the line waits for it, since this is one of the messages to it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STRAGGLING):
                await late.complete.wait()
        if self._late is late:
            self._late = None
        for event in late.events:
            if isinstance(event, events.Paste):
                await line.on_event(events.Paste(event.text))
            elif event.is_printable and not event.key.startswith("alt+"):
                await line.on_event(events.Key(event.key, event.character))
            elif (active := self.active_bindings.get(event.key)) is not None and active.node is line:
                await self.app.run_action(active.binding.action, line)
            else:
                self.app.simulate_key(event.key)
