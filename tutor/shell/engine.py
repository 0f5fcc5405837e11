"""The shell interpreter behind one small protocol. `bashkit_engine` is the only implementation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tutor.shell.files import RawFiles

Sink: TypeAlias = Callable[[bytes], Awaitable[None]]
"""Takes output as it comes; awaiting it holds the writer back."""


class ByteReader(Protocol):
    """A command's standard input."""

    async def read_chunk(self) -> bytes | None:
        """The next bytes; None at the end."""
        ...


class ByteWriter(Protocol):
    """A command's standard output or error."""

    async def write(self, data: bytes) -> None:
        """Send bytes on. Raises BrokenPipeError when nobody reads any more."""
        ...


@dataclass(frozen=True)
class Call:
    """One call of a command by the interpreter.

    Args:
        argv: its words, the name first.
        env: the exported variables it sees.
        cwd: the working folder.
        stdin, stdout, stderr: its streams.
        files: the disk as the interpreter sees it, with devices and `<(…)` in `/dev`.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str
    stdin: ByteReader
    stdout: ByteWriter
    stderr: ByteWriter
    files: RawFiles


Handler: TypeAlias = Callable[[Call], Awaitable[int]]


@dataclass(frozen=True)
class Finish:
    """How a run ended.

    Args:
        exit_code: the interpreter's own; a syntax error is 1.
        error: its message when it could not go on (syntax error, limit), else empty.
    """

    exit_code: int
    error: str = ""


class Engine(Protocol):
    """One interpreter with its own variables, functions, aliases and working folder.

    While it runs, only `add`, `remove` and `cancel` may be called: anything else would deadlock, and is refused.
    """

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        ...

    def add(self, name: str, handler: Handler) -> None:
        """Let a command of that name call the handler."""
        ...

    def remove(self, name: str) -> None:
        """Forget a command that was added."""
        ...

    async def run(self, text: str, stdout: Sink, stderr: Sink) -> Finish:
        """Run a script to its end. Must never be cancelled as a task: use `cancel`."""
        ...

    def cancel(self) -> None:
        """Stop the run at its next command."""
        ...

    def snapshot(self) -> bytes:
        """Variables, functions, aliases, options and working folder."""
        ...

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot, taken by an engine with no command that this one lacks."""
        ...

    @property
    def cwd(self) -> str:
        """The working folder."""
        ...

    @property
    def variables(self) -> Mapping[str, str]:
        """Shell variables, exported or not."""
        ...

    @property
    def aliases(self) -> Mapping[str, str]:
        """Aliases by name."""
        ...
