"""What a kubectl invocation needs from the shell that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from tutor.engine.cluster import Cluster
from tutor.engine.objects import Object

CLUSTER: Final = "tutor"
"""What the learner's kubeconfig calls the simulated cluster."""
USER: Final = "learner"
"""What it calls the one user there is."""


class Output(Protocol):
    """Standard output or standard error."""

    @property
    def isatty(self) -> bool:
        """Whether a person sees it directly."""
        ...

    async def write(self, text: str) -> None:
        """Send text on. Costs a third of a millisecond a call: write whole screenfuls.

        Raises:
            BrokenPipeError: nobody reads any more.
        """
        ...


class Input(Protocol):
    """Standard input."""

    @property
    def isatty(self) -> bool:
        """Whether a person types it."""
        ...

    async def read(self) -> str:
        """Everything up to the end."""
        ...

    async def readline(self) -> str:
        r"""The next line with its `\n`; empty at the end."""
        ...


class Files(Protocol):
    """The files of the shell kubectl runs in. Paths are relative to the working folder, or absolute."""

    def read(self, path: str) -> str:
        """A file's text.

        Raises:
            FileNotFoundError: no such file.
            IsADirectoryError: it is a folder.
        """
        ...

    def write(self, path: str, text: str) -> None:
        """Make or replace a file.

        Raises:
            FileNotFoundError: its folder does not exist.
            IsADirectoryError: it is a folder.
        """
        ...

    def mkdir(self, path: str) -> None:
        """Make a folder and those above it."""
        ...

    def listdir(self, path: str) -> list[str]:
        """The names in a folder, sorted.

        Raises:
            FileNotFoundError: no such folder.
            NotADirectoryError: it is a file.
        """
        ...

    def is_dir(self, path: str) -> bool:
        """Whether the path is a folder."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        ...


class Pacing(Protocol):
    """How waiting commands let simulated time pass: at once in scripts, with the screen's clock in the app."""

    async def sleep(self, seconds: float) -> None:
        """Come back when so many simulated seconds have passed."""
        ...

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Come back True once the condition holds, or False after `timeout` simulated seconds (None: no limit)."""
        ...

    async def idle(self) -> bool:
        """Come back True when something may have changed; False once nothing ever will without a new command.

        For commands that follow (`get -w`, `logs -f`): in the app this is always True in the end; in a script it is
        False when the cluster has settled, which ends the command as ctrl+c would.
        """
        ...


class Containers(Protocol):
    """Running commands inside containers: the shell's part of exec, run -it, attach and cp."""

    async def exec(
        self, pod: Object, container: str, command: Sequence[str], *, stdin: bool, tty: bool, context: Context
    ) -> int:
        """Run a command in a running container with this context's streams; its exit code.

        With `stdin` and `tty` and a person at the terminal, a shell becomes interactive until it exits.

        Raises:
            ExecError: the runtime could not start the command.
        """
        ...

    async def attach(self, pod: Object, container: str, *, stdin: bool, tty: bool, context: Context) -> int:
        """Join the container's own process, as `kubectl run -it` does; its exit code."""
        ...

    def files(self, pod: Object, container: str) -> Files:
        """The container's files."""
        ...


class ExecError(Exception):
    """The container runtime could not start a command; the message is its own text, with no newline.

    Args:
        message: such as `OCI runtime exec failed: exec failed: …: executable file not found in $PATH: unknown`.
        code: the exit code kubectl ends with (126 or 127 for what the runtime reports, else 1).
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class KubeContext:
    """A context of the kubeconfig.

    Args:
        namespace: its namespace; empty for `default`.
        cluster: the name of its cluster; the simulated one unless given.
        user: the name of its user; the one there is unless given.
    """

    namespace: str = ""
    cluster: str = CLUSTER
    user: str = USER


@dataclass
class KubeConfig:
    """The learner's kubeconfig: one cluster, one user, and contexts.

    Args:
        current: the current context; empty for none.
        contexts: the contexts by name.
    """

    current: str = "tutor"
    contexts: dict[str, KubeContext] = field(default_factory=lambda: {"tutor": KubeContext("default")})

    def namespace_of(self, name: str) -> str:
        """The namespace that a context leads to."""
        return self.contexts.get(name, KubeContext()).namespace or "default"

    @property
    def namespace(self) -> str:
        """The namespace of the current context."""
        return self.namespace_of(self.current)


@dataclass
class Context:
    """Everything around one invocation.

    Args:
        cluster: the cluster kubectl talks to.
        config: the kubeconfig, changed by `kubectl config`.
        stdin, stdout, stderr: the streams.
        files: where `-f` looks.
        pacing: how to wait.
        containers: how to reach into containers.
        edit: shows the text of a file of that name to the learner; the edited text, or None if given up.
        columns: width of the terminal in cells.
        environ: environment variables of the shell.
    """

    cluster: Cluster
    config: KubeConfig
    stdin: Input
    stdout: Output
    stderr: Output
    files: Files
    pacing: Pacing
    containers: Containers
    edit: EditText | None = None
    columns: int = 80
    environ: Mapping[str, str] = field(default_factory=dict)


class EditText(Protocol):
    """Lets the learner edit a text."""

    async def __call__(self, name: str, text: str) -> str | None:
        """The text after editing, or None if the learner left without saving."""
        ...
