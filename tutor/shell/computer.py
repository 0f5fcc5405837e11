"""One simulated computer: the learner's own, or a container. Its files, commands, user and place in the network."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias
from weakref import WeakSet

from tutor.engine.clock import Clock
from tutor.engine.network.trace import Client
from tutor.shell.command import CommandRegistry
from tutor.shell.files import Disk, RawFiles, ShellFiles

if TYPE_CHECKING:
    from tutor.shell.images import ShellImage
    from tutor.shell.session import ShellSession

ShellKind: TypeAlias = Literal["bash", "dash", "ash"]

SHELLS: Mapping[str, ShellKind] = {"bash": "bash", "rbash": "bash", "dash": "dash", "ash": "ash"}
BUILTINS = frozenset(
    [
        ".", ":", "[", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare", "dirs",
        "disown", "echo", "eval", "exec", "exit", "export", "false", "fc", "fg", "getopts", "hash", "help",
        "history", "jobs", "kill", "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd",
        "read", "readarray", "readonly", "return", "set", "shift", "shopt", "source", "test", "times", "trap",
        "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
    ]
)  # fmt: skip
"""Commands that are part of the shell itself and need no file."""

_ENDING = frozenset({"TERM", "INT", "QUIT", "15", "2", "3"})
"""Signals at which servers end."""
_INSTALLED = date(2025, 5, 17)
"""When the learner's own computer was set up: the day of Debian 12.11."""


@dataclass(frozen=True)
class User:
    """Who a shell runs as.

    Args:
        name: the login name.
        uid: the numeric user id.
        gid: the numeric group id.
        group: the group's name.
        home: the home folder.
    """

    name: str = "root"
    uid: int = 0
    gid: int = 0
    group: str = "root"
    home: str = "/root"


@dataclass
class Computer:
    """A computer that shells run on.

    Args:
        name: what results call it: `host`, or `namespace/pod/container`.
        hostname: its host name.
        disk: its files.
        commands: the Python commands installed on it.
        client: who it is to the network.
        user: who its shells run as.
        environ: exported variables a shell on it starts with.
        cwd: the folder a shell on it starts in.
        sh: what `sh` is on it.
        natives: commands of the interpreter that are installed on it.
        image: what it is a container of; None for the learner's own.
        main_command: what the container runs as its own process.
        end: ends the container's own process with an exit code; None on the learner's own computer.
        shells: the shells on it, which have to hear of new commands.
    """

    name: str
    hostname: str
    disk: Disk
    commands: CommandRegistry
    client: Client
    user: User = field(default_factory=User)
    environ: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/"
    sh: ShellKind = "bash"
    natives: frozenset[str] = frozenset()
    image: ShellImage | None = None
    main_command: tuple[str, ...] = ()
    end: Callable[[int], None] | None = None
    shells: WeakSet[ShellSession] = field(default_factory=WeakSet)

    def dated(self, path: str, clock: Clock) -> datetime:
        """When a file last changed: by the cluster's clock, or when its image was made."""
        changed = self.files().date(path)
        if changed is not None:
            return clock.born + timedelta(seconds=changed)
        day = self.image.os.date if self.image else _INSTALLED
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    def signal_main(self, signal: str) -> bool:
        """Send a signal to process 1 from within; whether there is such a process to send it to.

        A container's first process gets only the signals it handles: a server ends itself at SIGTERM, a plain
        `sleep` or shell goes on, and SIGKILL from inside reaches nobody (pid_namespaces(7)).
        """
        if self.end is None:
            return False
        if signal in _ENDING and self.image is not None and self.image.behaviour in {"http", "tcp"}:
            self.end(0)
        return True

    @property
    def is_host(self) -> bool:
        """Whether it is the learner's own computer."""
        return self.client.is_host

    def files(self, cwd: str = "/", devices: RawFiles | None = None) -> ShellFiles:
        """Its files, seen from a folder, and in a running shell with that shell's devices."""
        return ShellFiles(self.disk, cwd, devices)

    def locate(self, name: str, path: str, cwd: str = "/") -> str | None:
        """The file a command name stands for.

        Args:
            name: a name to look for in `path`, or a path of its own.
            path: the folders to look in, as `$PATH` has them.
            cwd: the working folder.
        """
        files = self.files(cwd)
        if "/" in name:
            return name if files.exists(name) and not files.is_dir(name) else None
        for folder in path.split(":"):
            candidate = posixpath.join(folder, name)
            if files.exists(candidate) and not files.is_dir(candidate):
                return candidate
        return None

    def has(self, name: str) -> bool:
        """Whether a command of that name is installed, wherever its file is."""
        return name in self.natives or self.commands.find(name) is not None
