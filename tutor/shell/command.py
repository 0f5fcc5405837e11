"""The commands of a shell that are written in Python: what each is given, and what happens around it.

A command is `async def curl(ctx: Ctx) -> int`. It never sees the interpreter: calling back into a shell from one of
its own commands would deadlock, so everything it may use is in its `Ctx`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tutor.engine.cluster import Cluster
from tutor.engine.errors import ApiError
from tutor.engine.network.trace import Client
from tutor.kubectl.context import Files, Input, Output, Pacing

if TYPE_CHECKING:
    from tutor.shell.session import ShellSession
    from tutor.shell.terminal import Terminal

INTERRUPTED = 130
"""Exit code of a command ended by ctrl+c: 128 + SIGINT."""
BROKEN_PIPE = 141
"""Exit code of a command whose reader went away: 128 + SIGPIPE."""


class Interrupted(BaseException):
    """The learner pressed ctrl+c while a command waited or read.

    Raised out of `Pacing` and `Input` calls. A command that has something left to say (ping's statistics) catches
    it, says so and returns; most let it pass. It is no `Exception`, so that no careless handler swallows it.
    """


class UsageError(Exception):
    """A command was called wrongly.

    Args:
        message: the whole text for standard error, without its last newline.
        code: the exit code.
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class FileTree(Files, Protocol):
    """All files of a container or of the learner's computer; paths are absolute or relative to the working folder."""

    def resolve(self, path: str) -> str:
        """The absolute, normal form of a path."""
        ...

    def read_bytes(self, path: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError or IsADirectoryError."""
        ...

    def stat(self, path: str) -> Mapping[str, Any] | None:
        """`file_type` (`file`, `directory`, `symlink`), `size`, `mode`, `modified`; None if there is nothing."""
        ...

    def date(self, path: str) -> float | None:
        """When it last changed, in seconds since the cluster's birth; None for what is older than the computer."""
        ...

    def read_link(self, path: str) -> str:
        """Where a symbolic link points."""
        ...

    def is_output(self, path: str) -> bool:
        """Whether a path leads to the reader's own output: nothing ever comes of reading it."""
        ...

    def mkdir(self, path: str) -> None:
        """Make a folder and those above it."""
        ...

    def append(self, path: str, text: str) -> None:
        """Add to the end of a file, which there is. Raises OSError if that cannot be."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it."""
        ...


@dataclass
class Ctx:
    """Everything around one run of one command.

    Args:
        argv: its words, the command's name first.
        stdin, stdout, stderr: its streams; `isatty` says whether a person is at the other end.
        environ: the exported variables it sees.
        cwd: the working folder.
        files: the files of where it runs.
        pacing: how to wait. Never sleep otherwise.
        cluster: the cluster (`cluster.network` for requests).
        client: who it is to the network: a Pod's container, or `HOST`, the learner's own computer.
        columns: width of the terminal in cells.
        flavour: which implementation of a command of this name is installed: `busybox`, or empty for the usual one
            (GNU wget, BIND's nslookup, iputils' ping, OpenBSD's nc).
        session: the shell it runs in.
        terminal: the terminal that shell is on; None for a container's own process.
    """

    argv: tuple[str, ...]
    stdin: Input
    stdout: Output
    stderr: Output
    pacing: Pacing
    cluster: Cluster
    client: Client
    files: FileTree
    environ: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/"
    columns: int = 80
    flavour: str = ""
    session: ShellSession | None = None
    terminal: Terminal | None = None

    @property
    def name(self) -> str:
        """The command's name as typed."""
        return self.argv[0]

    @property
    def args(self) -> tuple[str, ...]:
        """The words after the name."""
        return self.argv[1:]

    @property
    def tty(self) -> bool:
        """Whether a person types its input and sees its output."""
        return self.stdin.isatty and self.stdout.isatty

    async def say(self, text: str) -> None:
        """Write to standard output."""
        await self.stdout.write(text)

    async def complain(self, text: str) -> None:
        """Write to standard error."""
        await self.stderr.write(text)


Command = Callable[[Ctx], Awaitable[int]]
"""A command: runs to its end and gives its exit code."""


@dataclass(frozen=True)
class Entry:
    """A command as it is installed somewhere.

    Args:
        run: the command.
        flavour: see `Ctx.flavour`.
    """

    run: Command
    flavour: str = ""


class CommandRegistry:
    """The Python commands installed in one place (the learner's computer or a container), by name."""

    def __init__(self, entries: Mapping[str, Entry] | None = None) -> None:
        self._entries: dict[str, Entry] = dict(entries or {})

    def add(self, name: str, run: Command, flavour: str = "") -> None:
        """Install a command, in place of another of that name."""
        self._entries[name] = Entry(run, flavour)

    def remove(self, name: str) -> None:
        """Take a command away; one that is not there is no error."""
        self._entries.pop(name, None)

    def find(self, name: str) -> Entry | None:
        """The command of that name."""
        return self._entries.get(name)

    def snapshot(self) -> Mapping[str, Entry]:
        """What is installed now."""
        return dict(self._entries)

    def restore(self, entries: Mapping[str, Entry]) -> None:
        """Install what was installed at a snapshot, and nothing else."""
        self._entries = dict(entries)

    def names(self) -> Iterable[str]:
        """All names, in the order installed."""
        return tuple(self._entries)


async def run_command(run: Command, ctx: Ctx) -> int:
    """Run a command to its exit code, turning what it raises into what a shell shows.

    A reader that went away is 141 without a word, ctrl+c 130, a refusal of the API or a wrong call one clean line.
    Any other exception is a fault of ours; it is named in one line, so that the learner's shell lives on.
    """
    try:
        return await run(ctx)
    except BrokenPipeError:
        return BROKEN_PIPE
    except Interrupted:
        return INTERRUPTED
    except UsageError as error:
        await _complain(ctx, f"{error}\n")
        return error.code
    except ApiError as error:
        await _complain(ctx, f"Error from server ({error.status.reason}): {error.status.message}\n")
        return 1
    except Exception as error:  # the boundary between a command and the shell
        await _complain(ctx, f"{ctx.name}: internal fault: {type(error).__name__}: {error}\n")
        return 70


async def _complain(ctx: Ctx, text: str) -> None:
    try:
        await ctx.complain(text)
    except BrokenPipeError:
        return
