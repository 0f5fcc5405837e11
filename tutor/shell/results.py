"""What a line typed at the terminal led to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

KEPT_INVOCATIONS = 10_000
"""Runs of commands that one line's result tells of: the last ones, so that an endless loop takes no more and more."""


@dataclass(frozen=True)
class Invocation:
    """One run of kubectl or another Python command within a line.

    Args:
        argv: its words after expansion.
        exit_code: how it ended.
    """

    argv: tuple[str, ...]
    exit_code: int


@dataclass(frozen=True)
class CommandResult:
    """What one input led to.

    Args:
        command: the input.
        output: standard output and error as the terminal showed them.
        stdout: standard output alone, where the terminal keeps the two apart; else all output.
        stderr: standard error alone, where the terminal keeps the two apart; else empty.
        exit_code: its exit status; 0 when it opened a shell.
        invocations: the commands of ours it ran, in the order they ended.
        shell: where it was typed: `host`, or `namespace/pod/container`.
        fed: the lines typed while it ran, for it to read.
        edited: the texts its editor came back with; None for one left without saving.
    """

    command: str
    output: str
    stdout: str
    stderr: str
    exit_code: int
    invocations: tuple[Invocation, ...]
    shell: str
    fed: tuple[str, ...] = ()
    edited: tuple[str | None, ...] = ()


@dataclass
class Record:
    """The result in the making."""

    output: list[str] = field(default_factory=list)
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    fed: list[str] = field(default_factory=list)
    edited: list[str | None] = field(default_factory=list)
    invocations: deque[Invocation] = field(default_factory=lambda: deque(maxlen=KEPT_INVOCATIONS))
