"""The interpreter: bashkit, a bash in Rust that runs on threads of its own and sees nothing of this computer."""

from __future__ import annotations

import os
import shlex
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.shell.engine import Call, Finish, Handler, Sink
from tutor.shell.files import Disk, Tree

if TYPE_CHECKING:
    from bashkit import CommandContext

LOOP_LIMIT = 100_000
"""Iterations one loop may make: two thirds of a second of an empty loop."""

STACK = 512 * 1024 * 1024
"""Bytes of address space for the stack of each of the interpreter's threads; memory is taken as it is used."""


def new_disk(tree: Tree, date_at: Callable[[float], float]) -> Disk:
    """A disk with these files.

    Args:
        tree: the files.
        date_at: gives the cluster's time at a moment of the interpreter's clock.
    """
    from bashkit import FileSystem

    return Disk(FileSystem(), tree, date_at)


def native_commands() -> frozenset[str]:
    """The names of all commands built into the interpreter."""
    from bashkit import Bash

    return frozenset(Bash().capabilities().builtins)


class BashkitEngine:
    """One bashkit interpreter on a disk.

    Args:
        disk: all its files.
        username: what `$USER` and `whoami` say.
        hostname: what `$HOSTNAME` says.
        cwd: the working folder to start in.
        environ: exported variables to start with.
    """

    def __init__(self, disk: Disk, username: str, hostname: str, cwd: str, environ: Mapping[str, str]) -> None:
        # Wedged regular expressions or jq programs each hold a thread; with a few to spare the other shells go on.
        os.environ.setdefault("TOKIO_WORKER_THREADS", "8")
        # A script that calls itself goes deeper until it is stopped; on the usual 2 MB it would crash the process.
        os.environ.setdefault("RUST_MIN_STACK", str(STACK))
        from bashkit import Bash, ExecutionProfile, FileSystem

        self._bash = Bash(
            username=username,
            hostname=hostname,
            cwd=cwd,
            env=dict(environ),
            profile=ExecutionProfile.Interactive,
            max_loop_iterations=LOOP_LIMIT,
        )
        assert isinstance(disk.raw, FileSystem)  # noqa: S101  # new_disk makes no other
        self._bash.mount("/", disk.raw)
        self._handlers: dict[str, Handler] = {}
        self.running = False

    def _idle(self) -> None:
        if self.running:
            raise RuntimeError("an interpreter was called while it runs, which would deadlock")

    def add(self, name: str, handler: Handler) -> None:
        """Let a command of that name call the handler."""
        # Python's collector cannot see what the interpreter refers to. So it must not refer back to us: its threads and
        # files would stay until the program ends.
        itself = weakref.ref(self)
        self._handlers[name] = handler

        async def callback(context: CommandContext) -> int:
            call = Call(
                (context.name, *context.argv),
                context.env,
                context.cwd,
                context.stdin,
                context.stdout,
                context.stderr,
                context.fs,
            )
            engine = itself()
            assert engine is not None  # noqa: S101  # whoever runs it holds it
            return await engine._handlers[name](call)

        self._bash.add_command(name, callback)

    def remove(self, name: str) -> None:
        """Forget a command that was added."""
        self._bash.remove_builtin(name)  # type: ignore[attr-defined]  # missing in its type stubs
        self._handlers.pop(name, None)

    async def run(self, text: str, stdout: Sink, stderr: Sink) -> Finish:
        """Run a script to its end. Must never be cancelled as a task: use `cancel`."""
        self._idle()
        self.running = True
        try:
            self._bash.clear_cancel()
            result = await self._bash.execute(text, stdout=stdout, stderr=stderr)
        finally:
            self.running = False
        return Finish(result.exit_code, result.error or "")

    def cancel(self) -> None:
        """Stop the run at its next command."""
        if self.running:
            self._bash.cancel()

    def snapshot(self) -> bytes:
        """Variables, functions, aliases, options and working folder."""
        self._idle()
        return self._bash.snapshot(exclude_filesystem=True)

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot, taken by an engine with no command that this one lacks."""
        self._idle()
        self._bash.restore_snapshot(state)

    @property
    def cwd(self) -> str:
        """The working folder."""
        self._idle()
        return self._bash.shell_state().cwd

    @property
    def variables(self) -> Mapping[str, str]:
        """Shell variables, exported or not."""
        self._idle()
        state = self._bash.shell_state()
        return {**state.env, **state.variables}

    @property
    def aliases(self) -> Mapping[str, str]:
        """Aliases by name."""
        self._idle()
        return dict(self._bash.shell_state().aliases)


@dataclass(frozen=True)
class Apart:
    """What a command that ran apart from every shell left behind."""

    stdout: str
    stderr: str
    exit_code: int
    timed_out: bool


async def run_apart(
    disk: Disk, argv: Sequence[str], stdin: str, cwd: str, environ: Mapping[str, str], limit: float
) -> Apart:
    """Run one of the interpreter's own commands in an interpreter of its own, for `limit` real seconds at most.

    Args:
        disk: its files.
        argv: its words.
        stdin: all of its standard input.
        cwd: the working folder.
        environ: exported variables.
        limit: real seconds after which it is given up.
    """
    from bashkit import Bash, ExecutionProfile, FileSystem

    bash = Bash(cwd=cwd, env=dict(environ), profile=ExecutionProfile.Interactive, timeout_seconds=limit)
    assert isinstance(disk.raw, FileSystem)  # noqa: S101  # new_disk makes no other
    bash.mount("/", disk.raw)

    async def give(context: CommandContext) -> int:
        await context.stdout.write(stdin.encode("utf-8", "surrogateescape"))
        return 0

    bash.add_command("__stdin", give)
    result = await bash.execute(f"set -o pipefail; __stdin | {shlex.join(argv)}")
    timed_out = "timeout" in (result.error or "") or "timed out" in (result.error or "")
    return Apart(result.stdout, result.stderr, result.exit_code, timed_out)
