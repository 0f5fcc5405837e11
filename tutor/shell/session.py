"""One shell: an interpreter on a computer, with what it must remember from one line to the next."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.kubectl.context import Pacing
from tutor.shell import proc
from tutor.shell.bashkit_engine import BashkitEngine
from tutor.shell.calls import Calls
from tutor.shell.command import BROKEN_PIPE, INTERRUPTED, Interrupted
from tutor.shell.computer import BUILTINS, Computer, ShellKind
from tutor.shell.engine import Call, Engine, Finish, Handler
from tutor.shell.jobs import Jobs
from tutor.shell.nesting import Nesting
from tutor.shell.personality import LineFilter, Personality
from tutor.shell.rewrite import DRAIN, ERR, IN, LATE, OUT, TYPED, ZERO, rewrite
from tutor.shell.runner import Runner
from tutor.shell.scanner import Scan, Verdict, scan
from tutor.shell.streams import text_sink
from tutor.shell.traps import Traps
from tutor.shell.typed import Typed
from tutor.shell.waits import InterruptibleInput, InterruptiblePacing, Waits
from tutor.shell.world import Streams, TextSink, World

if TYPE_CHECKING:
    from tutor.shell.terminal import Terminal

OUTPUT_LIMIT = 1_000_000
"""Characters one line may write."""
FLOOD = f"stopped: this wrote more than {OUTPUT_LIMIT} characters, which is as much as a line may here"

_END, _EXIT, _STATUS, _SHELL = "__eos", "__exit", "__setrc", "__sh"
"""Commands through which the interpreter tells the session what happens."""
_BOOT_SCRIPT = """type() { __type type "$(alias)" "$(declare -f)" "$@"; }
sh() { __sh sh "$@"; }
bash() { __sh bash "$@"; }
command() {
  case "$1" in -v|-V) __type "command$1" "$(alias)" "$(declare -f)" "${@:2}";; *) builtin command "$@";; esac
}
"""
_BOOT = f"""shopt -s expand_aliases
history() {{ __history "$@"; }}
exit() {{ local __rc=$?; [ "$BASH_SUBSHELL" = 0 ] && __exit "${{1:-$__rc}}"; builtin exit "${{1:-$__rc}}"; }}
{_BOOT_SCRIPT}"""
DRAIN_PATIENCE = 1.0
"""Real seconds to wait for output that is on its way."""
_DRAINED = "\x00\x1e\x00"
"""What tells that all output before it has come out; no command writes it."""
_KEPT_FLAGS = "efuxvnC"


@dataclass(frozen=True)
class SessionState:
    """What a shell remembers between lines."""

    engine: bytes
    status: int
    flags: str
    pipefail: bool
    booted: bool
    traps: tuple[tuple[str, str], ...] = ()


class ShellSession:
    """A shell, interactive or for one script.

    Args:
        world: what all shells share.
        computer: where it runs.
        streams: where its input comes from and its output goes.
        kind: which shell it is.
        name: how it was called, such as `sh` or `/bin/sh`.
        interactive: whether lines are typed at it one by one.
        pacing: how its commands wait; the world's unless given.
        environ: exported variables, in place of the computer's.
        cwd: the folder to start in, in place of the computer's.
        columns: gives the width of the terminal.
        terminal: the terminal it is on, if any.
        main: whether it is a container's own process, whose commands are not the learner's.
        parent: the shell one of whose commands this is.
    """

    def __init__(
        self,
        world: World,
        computer: Computer,
        streams: Streams,
        *,
        kind: ShellKind = "bash",
        name: str = "bash",
        interactive: bool = False,
        pacing: Pacing | None = None,
        environ: Mapping[str, str] | None = None,
        cwd: str = "",
        columns: Callable[[], int] = lambda: 80,
        terminal: Terminal | None = None,
        main: bool = False,
        parent: ShellSession | None = None,
    ) -> None:
        self.world, self.computer, self.streams, self.terminal = world, computer, streams, terminal
        self.personality = Personality(kind, name, interactive)
        self.base_pacing = pacing or world.pacing
        self.main = main
        self.nesting = Nesting(self, parent)
        self.status = 0
        self.exited: int | None = None
        self.gone = False
        self.unread = False
        """Whether whoever read its output left while it wrote."""
        self.written = 0
        self._columns = columns
        self._environ = dict(computer.environ if environ is None else environ)
        self.prompt_cwd = self._cwd = cwd or computer.cwd
        self._first_lines = ""
        self._flags, self._pipefail = "", False
        self._traps = Traps()
        self._booted = self._ended = False
        self._last_state = b""
        self._drained = asyncio.Event()
        self.jobs = Jobs(self, self._copy)
        self._prompts = 0
        self._waits = Waits()
        self.pacing = InterruptiblePacing(self._waits, self.base_pacing)
        self._typed = Typed(InterruptibleInput(self._waits, streams.stdin), self.pacing, self._show)
        self.calls = Calls(self, self._waits, lambda: self._runner.at_work())
        self._runner = Runner(self._new_engine, self._waits, self._attended)
        computer.shells.add(self)

    # The interpreter

    def _new_engine(self) -> Engine:
        computer, user = self.computer, self.computer.user
        ids = {"UID": str(user.uid), "EUID": str(user.uid), "PWD": self._cwd}
        environ = {**self._environ, **ids, IN: "1", OUT: "1", ERR: "1", ZERO: self.personality.name}
        engine = BashkitEngine(computer.disk, user.name, computer.hostname, self._cwd, environ)
        # What the interpreter has and this computer lacks becomes a command that says so.
        lacking = self.world.native_names - BUILTINS - computer.natives
        for name in {*computer.commands.names(), *lacking}:
            engine.add(name, self.calls.command)
        engine.add(_END, self._line_ended)
        engine.add(_EXIT, self._shell_exits)
        engine.add(_STATUS, _give_status)
        engine.add(_SHELL, self.calls.shell)
        engine.add(TYPED, self._at_work(self._typed.give))
        engine.add(LATE, self._typed.late)
        engine.add(DRAIN, self._drain)
        engine.add("kill", self._at_work(self.jobs.kill))
        if self.personality.interactive:
            engine.add("trap", self._traps.set)
            jobs = self.jobs
            for name, handler in (
                ("jobs", jobs.list),
                ("wait", jobs.wait),
                ("fg", jobs.foreground),
                ("bg", jobs.background),
            ):
                engine.add(name, self._at_work(handler))
        if self._last_state:
            engine.restore(self._last_state)
        return engine

    def learn(self, name: str) -> None:
        """Take notice that a command has been installed on the computer, or removed."""
        if name in self.computer.natives:
            self._runner.engine.remove(name)
        else:
            self._runner.engine.add(name, self.calls.command)

    def start_with(self, text: str) -> None:
        """Have it read this before its first line, as it would its start-up file."""
        self._first_lines = text

    async def _show(self, text: str) -> None:
        await self.streams.out(text)

    @property
    def is_shell(self) -> bool:
        """Whether it stands for a shell at all, not just for a command that a container runs."""
        return self.personality.interactive or self.nesting.has_parent

    @property
    def stopping(self) -> bool:
        """Whether its run is to end now."""
        return self._runner.stopping

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._runner.engine.running

    def _attended(self) -> bool:
        return self.world.attended() or (self.terminal is not None and self.terminal.depth > self._prompts)

    @property
    def columns(self) -> int:
        """Width of the terminal in cells."""
        return self._columns()

    @property
    def prompt(self) -> str:
        """The prompt it shows."""
        return self.personality.prompt(self.computer, self.prompt_cwd)

    def stop(self, reason: str) -> None:
        """End the run because it broke a limit; the reason is shown."""
        self.nesting.interrupt_inner()
        self._runner.stop(reason)

    def interrupt(self) -> None:
        """End the run, and those of the shells in it, as ctrl+c does."""
        self.nesting.interrupt_inner()
        self._runner.interrupt()

    # Running

    async def boot(self) -> None:
        """Make it ready before its first line."""
        await self.run(":")

    async def run(self, text: str) -> int:
        """Run a complete input; the exit status. `exited` is set when it ended the shell.

        Raises:
            asyncio.CancelledError: whoever waits for the shell has been stopped, and so has the shell.
        """
        with self.nesting:
            return await self._run_all(text)

    async def _run_all(self, text: str) -> int:
        """Run a complete input, with the jobs it starts."""
        scanned = scan(text)
        if not (scanned.background and self.personality.interactive):
            return await self._run(text, scanned)
        at = 0
        for start, end in scanned.background:
            if text[at:start].strip(" \t\n;"):
                await self._run(text[at:start], scan(text[at:start]))
            job = self.jobs.start(text[start:end])
            await self.streams.out(f"[{job.number}] {job.pid}\n")
            self.status, at = 0, end + 1
        if text[at:].strip():
            await self._run(text[at:], scan(text[at:]))
        return self.status

    async def _run(self, text: str, scanned: Scan) -> int:
        """Run a complete input with no jobs to start in it."""
        streams, self.written = self.streams, 0
        self._prompts = self.terminal.depth if self.terminal else 0
        self.world.timeline.note()
        clock = self.world.cluster.clock
        began = clock.now
        said = self.world.said
        out, err = (LineFilter(self.personality, lambda: clock.now - began, text, said) for _ in range(2))
        take_out = take_err = self._limited(streams.out, out)
        if streams.err is not None:
            take_err = self._limited(streams.err, err)
        to_out, to_err, self.calls.errors = text_sink(take_out), text_sink(take_err), take_err
        if not self._booted:
            self._booted = True
            await self._runner.engine.run(self._boot(), to_out, to_err)
        if "proc" in text:
            proc.refresh(self.computer, self.world.cluster)
        self.calls.look_for_files(text, scanned)
        if scanned.verdict is Verdict.COMPLETE:
            text = rewrite(text, scanned, self.computer.natives, together=streams.err is None)
        if self.jobs.last_pid:
            text = text.replace("$!", str(self.jobs.last_pid))
        self._ended = False
        for name in self.calls.foreign:
            self._runner.engine.add(name, self.calls.file)
        finish = await self._runner.run(self._prologue() + text + self._epilogue(), to_out, to_err)
        for name in self.calls.foreign:
            self._runner.engine.remove(name)
        for line_filter, sink in ((out, streams.out), (err, streams.err)):
            if sink is not None and (rest := line_filter.flush()):
                self._note_messages(rest)
                await sink(rest)
        if complaint := self._conclude(finish):
            await (streams.err or streams.out)(complaint + "\n")
        if self.personality.interactive:
            await self._keep_state()
            await streams.out(self.jobs.notices())
            await self._run_trap()
        return self.status

    async def _run_trap(self) -> None:
        """Do what `trap` asked for at the shell's end, or at ctrl+c."""
        text = self._traps.take(interrupted=self._runner.interrupted, ended=self.exited is not None)
        if text:
            status, exited = self.status, self.exited
            await self._run(text, scan(text))
            self.status, self.exited = status, exited

    def _copy(self, streams: Streams, pacing: Pacing) -> ShellSession:
        """A shell that knows what this one knows, for a job."""
        copy = ShellSession(
            self.world,
            self.computer,
            streams,
            kind=self.personality.kind,
            name=self.personality.name,
            interactive=True,
            pacing=pacing,
            environ=self._environ,
            cwd=self._cwd,
            columns=self._columns,
            terminal=self.terminal,
        )
        copy.restore(replace(self.snapshot(), traps=(), status=0))
        return copy

    async def _keep_state(self) -> None:
        """Remember the shell as the line left it."""
        if not self._runner.replaced:
            # Large variables take their time; it is not taken from the screen.
            engine = self._runner.engine
            self._last_state = await asyncio.to_thread(engine.snapshot)
            if not self._ended:
                self.prompt_cwd = await asyncio.to_thread(lambda: engine.cwd)

    def _limited(self, sink: TextSink, line_filter: LineFilter) -> TextSink:
        """A sink that rewords the shell's messages and stops a flood."""

        async def take(text: str) -> None:
            drained = _DRAINED in text
            text = text.replace(_DRAINED, "") if drained else text
            self.written += len(text)
            if self.written > OUTPUT_LIMIT:
                self.stop(FLOOD)
            elif ready := line_filter.feed(text):
                self._note_messages(ready)
                try:
                    await sink(ready)
                except BrokenPipeError:
                    self.unread = True
                    raise
            if drained:
                self._drained.set()

        return take

    def _note_messages(self, text: str) -> None:
        if ": line " in text and not self.personality.interactive:
            self.world.said.update(line for line in text.splitlines() if line.startswith("bash: line "))

    def _boot(self) -> str:
        if self._last_state:
            return ""  # it is in the state that was restored
        return (_BOOT if self.personality.interactive else _BOOT_SCRIPT) + self._first_lines

    def _prologue(self) -> str:
        """What puts back the options and the status that the interpreter forgets between runs."""
        if not self.personality.interactive:
            return ""
        flags = f"set -{self._flags}; " if self._flags else ""
        flags += "set -o pipefail; " if self._pipefail else ""
        return flags + (f"{_STATUS} {self.status}; " if self.status and "e" not in self._flags else "")

    def _epilogue(self) -> str:
        return f'\n{_END} "$?" "$-" "$SHELLOPTS"' if self.personality.interactive else ""

    def _conclude(self, finish: Finish) -> str:
        """Work out the status from how a run finished; a line to complain with, or nothing."""
        interactive = self.personality.interactive
        if self._runner.stopping:
            self.status = INTERRUPTED
            self.exited = None if interactive else INTERRUPTED
            return f"{self.personality.name}: {self._runner.stop_reason}" if self._runner.stop_reason else ""
        if self.unread:
            self.status = self.exited = BROKEN_PIPE
            return ""
        if finish.error:
            self.status = 2 if "parse error" in finish.error else max(1, finish.exit_code)
            self.exited = None if interactive else self.status
            return self.personality.failure(finish.error)
        if not interactive:
            self.status = self.exited = finish.exit_code
        elif self._ended:
            self.exited = None
        elif self.exited is not None:
            self.status = self.exited
            # bash says so when a person leaves it; the others leave without a word.
            return "exit" if self.personality.kind == "bash" else ""
        else:
            self.status = finish.exit_code or 1
            self.exited = self.status if "e" in self._flags else None
        return ""

    async def _line_ended(self, call: Call) -> int:
        status, flags, options = (*call.argv[1:], "", "", "")[:3]
        self._ended, self.status = True, int(status or 0)
        self.prompt_cwd = call.cwd
        self._flags = "".join(flag for flag in flags if flag in _KEPT_FLAGS)
        self._pipefail = "pipefail" in options.split(":")
        return self.status

    async def _drain(self, call: Call) -> int:
        """Come back when what has been written to the output before has come out; the status stays what it was."""
        self._drained.clear()
        await call.stdout.write(_DRAINED.encode())
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_PATIENCE):
                await self._drained.wait()
        return int(call.argv[1])

    async def _shell_exits(self, call: Call) -> int:
        word = call.argv[1] if len(call.argv) > 1 else "0"
        self.exited = int(word) & 255 if re.fullmatch(r"-?\d+", word) else 2
        return self.exited

    # Commands

    def _at_work(self, handler: Handler) -> Handler:
        """A handler during which the interpreter computes nothing."""

        async def handle(call: Call) -> int:
            with self._runner.at_work():
                try:
                    return await handler(call)
                except Interrupted:
                    return INTERRUPTED

        return handle

    def finds(self, name: str) -> bool:
        """Whether a name typed at its prompt would run something; only while it is idle."""
        computer = self.computer
        path = self.variables.get("PATH", computer.environ.get("PATH", ""))
        return name in self.aliases or name in BUILTINS or computer.locate(name, path, self.prompt_cwd) is not None

    # State

    def snapshot(self) -> SessionState:
        """What it remembers; only while it is idle."""
        return SessionState(
            self._last_state or self._runner.engine.snapshot(),
            self.status,
            self._flags,
            self._pipefail,
            self._booted,
            self._traps.snapshot(),
        )

    def restore(self, state: SessionState) -> None:
        """Remember what another shell on this computer did; only before this one's first run."""
        self._runner.engine.restore(state.engine)
        self.status, self._flags, self._pipefail = state.status, state.flags, state.pipefail
        self._traps.restore(state.traps)
        self.prompt_cwd = self._runner.engine.cwd
        self._last_state = state.engine if state.booted else b""

    @property
    def variables(self) -> Mapping[str, str]:
        """Its variables; empty while it runs."""
        return {} if self.running else self._runner.engine.variables

    @property
    def aliases(self) -> Mapping[str, str]:
        """Its aliases; empty while it runs."""
        return {} if self.running else self._runner.engine.aliases


async def _give_status(call: Call) -> int:
    return int(call.argv[1])
