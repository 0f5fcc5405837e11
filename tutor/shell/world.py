"""What shells share, and where the streams of one of them go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from tutor.engine.cluster import Cluster
from tutor.kubectl.context import Input, KubeConfig, Pacing
from tutor.shell.background import Background
from tutor.shell.command import FileTree
from tutor.shell.dates import Timeline

TextSink: TypeAlias = Callable[[str], Awaitable[None]]
"""Takes output as it comes."""


@dataclass
class World:
    """What all shells of a simulation share.

    Args:
        cluster: the cluster.
        pacing: how commands at the terminal wait.
        background: what runs with nobody waiting for it.
        timeline: dates files.
        config: the learner's kubeconfig.
        native_names: the interpreter's own commands.
        attended: whether somebody is there to press ctrl+c.
        said: messages of bash scripts since a line was typed last: they look like the interpreter's to any other shell.
        on_command: told the words and exit code of each Python command that ends.
        files_of: the files of the first container of a Pod, by namespace and name; None if it does not run.
    """

    cluster: Cluster
    pacing: Pacing
    background: Background
    timeline: Timeline
    config: KubeConfig = field(default_factory=KubeConfig)
    native_names: frozenset[str] = frozenset()
    attended: Callable[[], bool] = lambda: True
    said: set[str] = field(default_factory=set)
    on_command: Callable[[tuple[str, ...], int], None] = lambda _argv, _code: None
    files_of: Callable[[str, str], FileTree | None] = lambda _namespace, _name: None


@dataclass
class Streams:
    """Where a shell's own streams go.

    Args:
        stdin: what its commands read.
        out: takes its output.
        err: takes its errors; None to have both in one, in order, as on a terminal.
        tty: whether its output is a terminal.
        direct: whether its output comes out on the simulation's terminal, through no pipe and into no file.
    """

    stdin: Input
    out: TextSink
    err: TextSink | None = None
    tty: bool = False
    direct: bool = False
