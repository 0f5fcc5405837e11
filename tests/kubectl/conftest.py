"""A kubectl over a small cluster, without a shell: `await kubectl("get svc")`."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tutor.engine.cluster import Cluster
from tutor.engine.images import Image
from tutor.engine.objects import Object
from tutor.kubectl.context import Context, ExecError, KubeConfig
from tutor.kubectl.main import run


class Images:
    """nginx and CoreDNS exist, and a shell; anything else does not."""

    def find(self, reference: str) -> Image | None:
        path, _, tag = reference.removeprefix("docker.io/library/").rpartition("/")[2].partition(":")
        match path:
            case "nginx":
                return Image("nginx", tag or "latest", "http", ports=(80,), root="/usr/share/nginx/html")
            case "coredns":
                return Image("coredns", tag or "latest", "dns", ports=(53,))
            case "busybox" | "ubuntu" | "curl":
                return Image(path, tag or "latest", "shell")
        return None


@dataclass
class FakeOutput:
    """Keeps what was written."""

    text: str = ""
    isatty: bool = False

    async def write(self, text: str) -> None:
        self.text += text

    def take(self) -> str:
        text, self.text = self.text, ""
        return text


@dataclass
class FakeInput:
    """Gives what it was told to."""

    text: str = ""
    isatty: bool = False

    async def read(self) -> str:
        text, self.text = self.text, ""
        return text

    async def readline(self) -> str:
        line, newline, self.text = self.text.partition("\n")
        return line + newline


class FakeFiles:
    """Files in a dictionary, by path."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        self.contents = dict(files or {})
        self.folders: set[str] = set()

    def _path(self, path: str) -> str:
        return posixpath.normpath(posixpath.join("/", path)).lstrip("/")

    def read(self, path: str) -> str:
        if self.is_dir(path):
            raise IsADirectoryError(path)
        if not self.exists(path):
            raise FileNotFoundError(path)
        return self.contents[self._path(path)]

    def write(self, path: str, text: str) -> None:
        if self.is_dir(path):
            raise IsADirectoryError(path)
        self.contents[self._path(path)] = text

    def mkdir(self, path: str) -> None:
        self.folders.add(self._path(path))

    def listdir(self, path: str) -> list[str]:
        if not self.is_dir(path):
            raise NotADirectoryError(path) if self.exists(path) else FileNotFoundError(path)
        folder = self._path(path)
        inside = [name[len(folder) :].lstrip("/") for name in self.contents if name.startswith(folder)]
        return sorted({name.partition("/")[0] for name in inside})

    def is_dir(self, path: str) -> bool:
        folder = self._path(path)
        return not folder or folder in self.folders or any(name.startswith(folder + "/") for name in self.contents)

    def exists(self, path: str) -> bool:
        return self._path(path) in self.contents or self.is_dir(path)


class InstantPacing:
    """Lets simulated time pass at once."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    async def sleep(self, seconds: float) -> None:
        self.cluster.advance(seconds)

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        end = None if timeout is None else self.cluster.clock.now + timeout
        self.cluster.clock.run_due()
        while not condition():
            due = self.cluster.clock.next_due
            if due is None or (end is None and not self.cluster.clock.busy) or (end is not None and due > end):
                if end is not None:
                    self.cluster.advance(end - self.cluster.clock.now)
                return condition()
            self.cluster.advance(due - self.cluster.clock.now)
        return True

    async def idle(self) -> bool:
        due = self.cluster.clock.next_due
        if due is None or not self.cluster.clock.busy:
            return False
        self.cluster.advance(due - self.cluster.clock.now)
        return True


@dataclass
class FakeContainers:
    """Containers that answer what they were told to."""

    answers: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)
    ran: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    contents: dict[str, FakeFiles] = field(default_factory=dict)

    async def exec(
        self, pod: Object, container: str, command: Sequence[str], *, stdin: bool, tty: bool, context: Context
    ) -> int:
        self.ran.append((pod["metadata"]["name"], container, tuple(command)))
        if tuple(command) not in self.answers:
            raise ExecError(f"no such command: {command[0]}", 127)
        text, code = self.answers[tuple(command)]
        await context.stdout.write(text)
        return code

    async def attach(self, pod: Object, container: str, *, stdin: bool, tty: bool, context: Context) -> int:
        self.ran.append((pod["metadata"]["name"], container, ()))
        return 0

    def files(self, pod: Object, container: str) -> FakeFiles:
        return self.contents.setdefault(pod["metadata"]["name"], FakeFiles())


@dataclass(frozen=True)
class Result:
    """What a command answered."""

    stdout: str
    stderr: str
    rc: int


class Kubectl:
    """Runs command lines one after the other in one cluster, letting it settle after each."""

    def __init__(self, files: Mapping[str, str] | None = None, config: KubeConfig | None = None, seed: int = 1) -> None:
        self.cluster = Cluster(Images(), seed)
        self.cluster.settle()
        self.files = FakeFiles(files)
        self.containers = FakeContainers()
        self.stdin, self.stdout, self.stderr = FakeInput(), FakeOutput(), FakeOutput()
        self.context = Context(
            self.cluster,
            config or KubeConfig(),
            self.stdin,
            self.stdout,
            self.stderr,
            self.files,
            InstantPacing(self.cluster),
            self.containers,
        )

    async def __call__(self, line: str, *, stdin: str = "", settle: bool = True) -> Result:
        """Run the words after `kubectl`."""
        self.stdin.text = stdin
        rc = await run(shlex.split(line), self.context)
        self.cluster.clock.run_due()
        if settle:
            self.cluster.settle()
        return Result(self.stdout.take(), self.stderr.take(), rc)

    async def apply(self, text: str) -> None:
        """Apply a manifest and insist that it worked."""
        result = await self("apply -f -", stdin=text)
        assert result.rc == 0, result.stderr


@pytest.fixture
def kubectl() -> Kubectl:
    """A kubectl over a fresh cluster."""
    return Kubectl()
