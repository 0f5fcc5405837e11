"""The streams of one command in a container, and the client at their other end."""

from __future__ import annotations

import asyncio
import codecs
from typing import Final

from tutor.apiserver.streams.channels import RESIZE, STDERR, STDIN, STDOUT, Channels
from tutor.apiserver.streams.tty import Tty
from tutor.kubectl.context import Context
from tutor.shell.simulation import Simulation
from tutor.shell.terminal import Terminal, TerminalInput

UNREAD_LIMIT: Final = 10_000_000
"""Characters of standard input that may wait to be read: as much as a file may hold here."""


class Conversation:
    """Joins the channels of a client to the streams of a command.

    Args:
        simulation: the world.
        channels: to the client.
        flags: the channels it asked for; that of the terminal's size stands for a terminal.
    """

    def __init__(self, simulation: Simulation, channels: Channels, flags: frozenset[int]) -> None:
        self._channels = channels
        self._unsent: list[str] = []
        self._sending: asyncio.Task[None] | None = None
        self._tty = Tty(self._collect) if RESIZE in flags else None
        self._piped = ChannelInput()
        self.terminal = self._tty.terminal if self._tty else Terminal(live=True)
        shown = TerminalOutput(self.terminal)
        self.context = Context(
            cluster=simulation.cluster,
            config=simulation.config,
            stdin=TerminalInput(self.terminal) if self._tty else self._piped,
            stdout=shown if self._tty else ChannelOutput(channels, STDOUT),
            stderr=shown if self._tty else ChannelOutput(channels, STDERR),
            files=simulation.files,
            pacing=simulation.pacing,
            containers=simulation.containers,
        )

    async def listen(self) -> None:
        """Take what the client sends until it is gone.

        Raises:
            SpdyError: nothing that can be understood.
        """
        async for channel, data in self._channels.receive():
            if channel == RESIZE and self._tty:
                self._tty.resize(data)
            elif channel == STDIN and self._tty:
                self._tty.feed(data)
            elif channel == STDIN:
                self._piped.feed(data)

    def hang_up(self) -> None:
        """End what runs."""
        self.terminal.abandon()
        self._piped.feed(b"")

    def _collect(self, text: str) -> None:
        self._unsent.append(text)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._send())

    async def _send(self) -> None:
        while self._unsent:
            text, self._unsent = "".join(self._unsent), []
            await self._channels.send(STDOUT, text.encode("utf-8", "surrogateescape"))

    async def flush(self) -> None:
        """Come back when all that was shown has been sent."""
        if self._sending is not None:
            await self._sending
        await self._send()


class ChannelInput:
    """A client's channel as standard input."""

    isatty = False

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._ended = False
        self._came = asyncio.Event()

    def feed(self, data: bytes) -> None:
        """Take what came; no bytes are the end."""
        self._text += self._decoder.decode(data, final=not data)
        self._ended = self._ended or not data or len(self._text) > UNREAD_LIMIT
        self._came.set()

    async def _more(self) -> bool:
        if self._ended:
            return False
        self._came.clear()
        await self._came.wait()
        return True

    async def read(self) -> str:
        """Everything up to the end."""
        while await self._more():
            pass
        text, self._text = self._text, ""
        return text

    async def readline(self) -> str:
        r"""The next line with its `\n`; empty at the end."""
        while "\n" not in self._text and await self._more():
            pass
        line, newline, self._text = self._text.partition("\n")
        return line + newline


class ChannelOutput:
    """A client's channel as standard output or standard error.

    Args:
        channels: to the client.
        channel: which one.
    """

    isatty = False

    def __init__(self, channels: Channels, channel: int) -> None:
        self._channels, self._channel = channels, channel

    async def write(self, text: str) -> None:
        """Send text on."""
        await self._channels.send(self._channel, text.encode("utf-8", "surrogateescape"))


class TerminalOutput:
    """A terminal as standard output.

    Args:
        terminal: the terminal.
    """

    isatty = True

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def write(self, text: str) -> None:
        """Show text."""
        self._terminal.emit(text)
