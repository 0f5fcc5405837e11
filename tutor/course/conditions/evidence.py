"""What conditions look at: the cluster, what it was when the step began, and what was done since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tutor.engine.network.trace import Trace
from tutor.engine.store import Store

HOST: Final = "host"
"""Where the learner's own shell is; any other is `namespace/pod/container`."""


@dataclass(frozen=True)
class Call:
    """One program run by a command line, such as one of the two in `kubectl get pods | grep nginx`.

    Args:
        argv: its name and arguments after the shell's own expansions.
        exit_code: what it ended with.
    """

    argv: tuple[str, ...]
    exit_code: int = 0


@dataclass(frozen=True)
class Played:
    """One command line the learner ran, and what came of it.

    Args:
        command: the line as typed.
        output: what the terminal showed.
        exit_code: its exit status.
        calls: the programs it ran that the simulation knows of.
        where: where it ran: `host`, or `namespace/pod/container`.
        fed: the lines typed while it ran, for it to read.
        edited: the texts its editor came back with; None for one left without saving.
    """

    command: str
    output: str = ""
    exit_code: int = 0
    calls: tuple[Call, ...] = ()
    where: str = HOST
    fed: tuple[str, ...] = ()
    edited: tuple[str | None, ...] = ()

    @property
    def retyped(self) -> str:
        """What to type to do it again: the line, and those it read."""
        return "\n".join((self.command, *self.fed))


def _no_file(path: str) -> str | None:  # noqa: ARG001  # the shape of Evidence.read_file
    return None


def _not_installed(namespace: str, pod: str, command: str) -> bool:  # noqa: ARG001  # the shape of Evidence.installed
    return False


@dataclass(frozen=True)
class Evidence:
    """Everything a condition may read.

    Args:
        store: the cluster's objects now.
        before: the objects as they were when the step began.
        traces: requests made since the step began, oldest first.
        played: command lines run since the step began, oldest first.
        answers: for each answered step of the lesson, whether the answer was right.
        where: where the prompt is now: `host`, or `namespace/pod/container`.
        read_file: text of a file on the learner's computer, or None; relative paths start at home.
        installed: whether the Pod (namespace, name) has an executable of that name.
    """

    store: Store
    before: Store
    traces: Sequence[Trace] = ()
    played: Sequence[Played] = ()
    answers: Mapping[str, bool] = field(default_factory=dict)
    where: str = HOST
    read_file: Callable[[str], str | None] = _no_file
    installed: Callable[[str, str, str], bool] = _not_installed
