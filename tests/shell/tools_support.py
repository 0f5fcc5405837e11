"""Running a network tool without a shell: its surroundings over a cluster, with streams that are kept as text."""

from __future__ import annotations

import asyncio
import io
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from tests.engine.network_support import asker, recorded_cluster
from tutor.engine.cluster import Cluster
from tutor.engine.network.trace import Client
from tutor.shell.command import Ctx, Interrupted, run_command
from tutor.shell.streams import TextInput


class CallbackOutput:
    """Output handed to a function.

    Args:
        take: gets each piece of text.
        isatty: whether a person sees it.
    """

    def __init__(self, take: Callable[[str], None], isatty: bool = False) -> None:
        self._take = take
        self.isatty = isatty

    async def write(self, text: str) -> None:
        """Send text on."""
        self._take(text)


class MemoryFiles:
    """Files in a dictionary, by absolute path; every folder exists but /nonexist."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        self.texts = dict(files or {})

    def resolve(self, path: str) -> str:
        return path if path.startswith("/") else f"/{path}"

    def read(self, path: str) -> str:
        try:
            return self.texts[self.resolve(path)]
        except KeyError:
            raise FileNotFoundError(path) from None

    def read_bytes(self, path: str) -> bytes:
        return self.read(path).encode()

    def write(self, path: str, text: str) -> None:
        if self.resolve(path).startswith("/nonexist/"):
            raise FileNotFoundError(path)
        self.texts[self.resolve(path)] = text

    def listdir(self, path: str) -> list[str]:
        return []

    def is_dir(self, path: str) -> bool:
        return path == "/"

    def exists(self, path: str) -> bool:
        return self.resolve(path) in self.texts

    def stat(self, path: str) -> Mapping[str, Any] | None:
        return None

    def mkdir(self, path: str) -> None:
        """Folders need no making."""

    def remove(self, path: str) -> None:
        self.texts.pop(self.resolve(path), None)


class CountedPacing:
    """Waits in no time, and keeps count; after so many seconds the learner presses ctrl+c."""

    def __init__(self, interrupt_after: float | None = None) -> None:
        self.seconds = 0.0
        self._limit = interrupt_after

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.seconds += seconds
        if self._limit is not None and self.seconds > self._limit:
            raise Interrupted

    async def until(self, condition: Any, timeout: float | None = None) -> bool:
        return bool(condition())

    async def idle(self) -> bool:
        return False


@dataclass
class Outcome:
    """What a command printed and how it ended; `seconds` is how long it took."""

    stdout: str
    stderr: str
    code: int
    seconds: float
    files: MemoryFiles

    @property
    def screen(self) -> str:
        """What a terminal shows: both streams in order."""
        return self.stdout


@dataclass
class Bench:
    """A place to run tools in: a cluster and who asks."""

    cluster: Cluster = field(default_factory=recorded_cluster)
    client: Client | None = None
    files: MemoryFiles = field(default_factory=MemoryFiles)

    async def run(
        self,
        line: str,
        *,
        tty: bool = False,
        stdin: str = "",
        flavour: str = "",
        interrupt_after: float | None = None,
    ) -> Outcome:
        """Run one command line without pipes. On a terminal both streams come out as `stdout`, in order."""
        words = shlex.split(line)
        if words[0] == "busybox":
            words, flavour = words[1:], "busybox"
        out, err = io.StringIO(), io.StringIO()
        pacing = CountedPacing(interrupt_after)
        ctx = Ctx(
            argv=tuple(words),
            stdin=TextInput(stdin),
            stdout=CallbackOutput(lambda text: void(out.write(text)), tty),
            stderr=CallbackOutput(lambda text: void((out if tty else err).write(text)), tty),
            pacing=pacing,
            cluster=self.cluster,
            client=self.client or asker(self.cluster),
            files=self.files,
            flavour=flavour,
        )
        command = getattr(import_module(f"tutor.shell.tools.{words[0]}"), words[0])
        code = await run_command(command, ctx)
        return Outcome(out.getvalue(), err.getvalue(), code, pacing.seconds, self.files)


def void(_value: object) -> None:
    """Forget a value."""
