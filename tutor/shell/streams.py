"""Input and output of commands: over the interpreter's pipes, from a text, or from a person at the terminal."""

from __future__ import annotations

import codecs
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from tutor.kubectl.context import Input
from tutor.shell.engine import ByteReader, ByteWriter


@runtime_checkable
class Pages(Protocol):
    """Input that can hand over all the lines that have come in at once."""

    async def read_page(self) -> str:
        """Whole lines, one or more; at the end what is left, then nothing."""
        ...


async def read_page(stdin: Input) -> str:
    """The lines that have come in, at least one; empty at the end."""
    return await (stdin.read_page() if isinstance(stdin, Pages) else stdin.readline())


class PipeOutput:
    """Output into the interpreter, which sends it on to a pipe, a file or the terminal.

    Args:
        writer: the interpreter's end.
        isatty: whether it goes on to a terminal.
        direct: whether it comes out on the simulation's terminal, through no pipe and into no file.
        own: whether it goes where the shell's own does, through no pipe and into no file.
    """

    def __init__(self, writer: ByteWriter, isatty: bool, direct: bool = False, own: bool = False) -> None:
        self._writer = writer
        self.own = own
        self.isatty = isatty
        self.direct = direct

    async def write(self, text: str) -> None:
        """Send text on. Raises BrokenPipeError when nobody reads any more."""
        if text:
            await self._writer.write(text.encode("utf-8", "surrogateescape"))


class Aside:
    """Output that goes to a shell's own stream past the interpreter, which would deliver it late.

    Args:
        take: takes it.
        isatty: whether it goes to a terminal.
    """

    def __init__(self, take: Callable[[str], Awaitable[None]], isatty: bool) -> None:
        self._take = take
        self.isatty = isatty

    async def write(self, text: str) -> None:
        """Send text on."""
        if text:
            await self._take(text)


class PipeInput:
    """Input from a pipe or a file."""

    isatty = False

    def __init__(self, reader: ByteReader) -> None:
        self._reader = reader
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._buffer = ""
        self._ended = False

    async def _fill(self) -> bool:
        """Read one more chunk; False at the end."""
        if self._ended:
            return False
        chunk = await self._reader.read_chunk()
        self._ended = chunk is None
        self._buffer += self._decoder.decode(chunk or b"", final=self._ended)
        return not self._ended

    async def read(self) -> str:
        """Everything up to the end."""
        while await self._fill():
            pass
        text, self._buffer = self._buffer, ""
        return text

    async def readline(self) -> str:
        r"""The next line with its `\n`; empty at the end."""
        while "\n" not in self._buffer and await self._fill():
            pass
        line, newline, self._buffer = self._buffer.partition("\n")
        return line + newline

    async def read_page(self) -> str:
        """Whole lines, one or more; at the end what is left, then nothing."""
        while "\n" not in self._buffer and await self._fill():
            pass
        lines, newline, rest = self._buffer.rpartition("\n")
        page, self._buffer = (lines + newline, rest) if newline else (rest, "")
        return page


class TextInput:
    """Input that is known from the start.

    Args:
        text: all of it.
    """

    isatty = False

    def __init__(self, text: str = "") -> None:
        self._text = text

    async def read(self) -> str:
        """Everything up to the end."""
        text, self._text = self._text, ""
        return text

    async def readline(self) -> str:
        r"""The next line with its `\n`; empty at the end."""
        line, newline, self._text = self._text.partition("\n")
        return line + newline


def text_sink(take: Callable[[str], Awaitable[None]]) -> Callable[[bytes], Awaitable[None]]:
    """A sink of bytes that hands text on, never splitting a character."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    async def sink(data: bytes) -> None:
        text = decoder.decode(data)
        if text:
            await take(text)

    return sink
