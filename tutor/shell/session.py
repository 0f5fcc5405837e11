"""One shell: an interpreter on a computer, with what it must remember from one line to the next."""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from tutor.engine.cluster import Cluster
from tutor.kubectl.context import Input, KubeConfig, Pacing
from tutor.shell.bashkit_engine import BashkitEngine
from tutor.shell.command import INTERRUPTED, Ctx, Interrupted, run_command
from tutor.shell.computer import BUILTINS, Computer, ShellKind
from tutor.shell.engine import Call, Finish
from tutor.shell.personality import LineFilter, Personality
from tutor.shell.rewrite import IN, OUT, TYPED, rewrite
from tutor.shell.scanner import Verdict, scan
from tutor.shell.streams import PipeInput, PipeOutput, text_sink

if TYPE_CHECKING:
    from tutor.shell.terminal import Terminal

T = TypeVar("T")
TextSink: TypeAlias = Callable[[str], Awaitable[None]]

BUSY_LIMIT = 1.0
"""Real seconds the interpreter may compute with no command of ours at work before it is stopped."""
OUTPUT_LIMIT = 1_000_000
"""Characters one line may write."""
CANCEL_GRACE = 0.05
"""Real seconds commands have to end by themselves after ctrl+c."""
WEDGED_AFTER = 1.0
"""Real seconds after which an interpreter that does not heed a cancel is given up and replaced."""

_END = "__eos"
_EXIT = "__exit"
_STATUS = "__setrc"
_SHELL = "__sh"
_BOOT = """shopt -s expand_aliases
exit() { local __rc=$?; [ "$BASH_SUBSHELL" = 0 ] && __exit "${1:-$__rc}"; builtin exit "${1:-$__rc}"; }
type() { __type type "$(alias)" "$(declare -f)" "$@"; }
sh() { __sh sh "$@"; }
bash() { __sh bash "$@"; }
command() { case "$1" in -v|-V) __type "command$1" "$(alias)" "$(declare -f)" "${@:2}";; *) builtin command "$@";; esac; }
"""
_HIDDEN = frozenset({IN, OUT, "UID", "EUID"})
_KEPT_FLAGS = "efuxvnC"


@dataclass
class World:
    """What all shells of a simulation share.

    Args:
        cluster: the cluster.
        pacing: how commands at the terminal wait.
        config: the learner's kubeconfig.
        native_names: the interpreter's own commands.
        on_command: told the words and exit code of each Python command that ends, and the shell's terminal.
    """

    cluster: Cluster
    pacing: Pacing
    config: KubeConfig = field(default_factory=KubeConfig)
    native_names: frozenset[str] = frozenset()
    on_command: Callable[[tuple[str, ...], int], None] = lambda _argv, _code: None


@dataclass
class Streams:
    """Where a shell's own streams go.

    Args:
        stdin: what its commands read.
        out: takes its output.
        err: takes its errors; None to have both in one, in order, as on a terminal.
        tty: whether its output is a terminal.
    """

    stdin: Input
    out: TextSink
    err: TextSink | None = None
    tty: bool = False


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
        columns: width of the terminal.
        terminal: the terminal it is on, if any.
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
    ) -> None:
        self.world, self.computer, self.streams, self.terminal = world, computer, streams, terminal
        self.personality = Personality(kind, name, interactive)
        self.base_pacing = pacing or world.pacing
        self.pacing = _SessionPacing(self, self.base_pacing)
        self.status = 0
        self.exited: int | None = None
        self.gone = False
        self._columns = columns
        self._environ = dict(computer.environ if environ is None else environ)
        self._cwd = cwd or computer.cwd
        self._flags = ""
        self._pipefail = False
        self._booted = False
        self._first_lines = ""
        self._ended = False
        self._waits: set[asyncio.Task[Any]] = set()
        self.written = 0
        self._at_work = 0
        self._computing_since = 0.0
        self._interrupted = False
        self._stop_reason = ""
        self._last_state = b""
        self.prompt_cwd = self._cwd
        self._engine = self._new_engine()
        computer.shells.add(self)

    # -- the interpreter ----------------------------------------------------------------------------------------

    def _new_engine(self) -> BashkitEngine:
        computer = self.computer
        user = computer.user
        ids = {"UID": str(user.uid), "EUID": str(user.uid), "PWD": self._cwd}
        environ = {**self._environ, **ids, IN: "1", OUT: "1"}
        engine = BashkitEngine(computer.disk, user.name, computer.hostname, self._cwd, environ)
        for name in computer.commands.names():
            engine.add(name, self._run_command)
        # What the interpreter has and this computer lacks becomes a command that says so.
        for name in self.world.native_names - BUILTINS - computer.natives:
            if computer.commands.find(name) is None:
                engine.add(name, self._run_command)
        for name, handler in (
            (_END, self._line_ended),
            (_EXIT, self._shell_exits),
            (_STATUS, _give_status),
            (_SHELL, self._run_shell),
            (TYPED, self._typed),
        ):
            engine.add(name, handler)
        return engine

    def learn(self, name: str) -> None:
        """Take notice that a command has been installed on the computer, or removed."""
        if name in self.computer.natives:
            self._engine.remove(name)
        else:
            self._engine.add(name, self._run_command)

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._engine.running

    @property
    def columns(self) -> int:
        """Width of the terminal in cells."""
        return self._columns()

    # -- running ------------------------------------------------------------------------------------------------

    async def run(self, text: str) -> int:
        """Run a complete input; the exit status. `exited` is set when it ended the shell.

        Raises:
            asyncio.CancelledError: whoever waits for the shell has been stopped, and so has the shell.
        """
        out, err = LineFilter(self.personality), LineFilter(self.personality)
        streams = self.streams
        to_out = self._filtered(streams.out, out)
        to_err = to_out if streams.err is None else self._filtered(streams.err, err)
        if not self._booted:
            self._booted = True
            await self._engine.run(self._boot(), to_out, to_err)
        scanned = scan(text)
        if scanned.verdict is Verdict.COMPLETE:
            text = rewrite(text, scanned)
        self._ended, self._interrupted, self._stop_reason, self.written = False, False, "", 0
        finish = await self._watch(self._prologue() + text + self._epilogue(), to_out, to_err)
        await streams.out(out.flush())
        complaint = self._conclude(finish)
        if streams.err is not None:
            await streams.err(err.flush())
        if complaint:
            await (streams.err or streams.out)(complaint + "\n")
        if not self._engine.running:
            self.prompt_cwd = self._engine.cwd
            self._last_state = self._engine.snapshot() if self.personality.interactive else b""
        return self.status

    def _boot(self) -> str:
        return ("exec 2>&1\n" if self.streams.err is None else "") + (_BOOT if self.personality.interactive else _BOOT_SCRIPT) + self._first_lines

    def start_with(self, text: str) -> None:
        """Have it read this before its first line, as it would its start-up file."""
        self._first_lines = text

    def _prologue(self) -> str:
        if not self.personality.interactive:
            return ""
        flags = f"set -{self._flags}; " if self._flags else ""
        flags += "set -o pipefail; " if self._pipefail else ""
        return flags + (f"{_STATUS} {self.status}; " if self.status and "e" not in self._flags else "")

    def _epilogue(self) -> str:
        return f'\n{_END} "$?" "$-" "$SHELLOPTS"' if self.personality.interactive else ""

    async def _line_ended(self, call: Call) -> int:
        status, flags, options = (*call.argv[1:], "", "", "")[:3]
        self._ended, self.status = True, int(status or 0)
        self._flags = "".join(flag for flag in flags if flag in _KEPT_FLAGS)
        self._pipefail = "pipefail" in options.split(":")
        return self.status

    async def _shell_exits(self, call: Call) -> int:
        word = call.argv[1] if len(call.argv) > 1 else "0"
        self.exited = int(word) & 255 if re.fullmatch(r"-?\d+", word) else 2
        return self.exited

    def _conclude(self, finish: Finish) -> str:
        """Work out the status from how a run finished; a line to complain with, or nothing."""
        if self._stop_reason:
            self.status, self.exited = INTERRUPTED, None
            return f"{self.personality.name}: {self._stop_reason}"
        if self._interrupted:
            self.status = INTERRUPTED
            self.exited = None if self.personality.interactive else INTERRUPTED
            return ""
        if finish.error:
            self.status = 2 if "parse error" in finish.error else max(1, finish.exit_code)
            return self.personality.failure(finish.error)
        if not self.personality.interactive:
            self.status = self.exited = finish.exit_code
        elif self.exited is not None and not self._ended:
            self.status = self.exited
            # bash says so when a person leaves it; the others leave without a word.
            return "exit" if self.personality.kind == "bash" and not self.computer.is_host else ""
        elif self._ended:
            self.exited = None
        else:
            self.status = finish.exit_code or 1
            if "e" in self._flags:
                self.exited = self.status
        return ""

    async def _watch(self, script: str, out: TextSink, err: TextSink) -> Finish:
        """Run a script, stopping it when it computes too long or the learner stops it."""
        loop = asyncio.get_running_loop()
        self._computing_since, self._at_work = loop.time(), 0
        engine = self._engine
        run = loop.create_task(engine.run(script, text_sink(out), text_sink(err)))
        stopped_at: float | None = None
        try:
            while not run.done():
                await asyncio.wait({run}, timeout=BUSY_LIMIT / 4)
                now = loop.time()
                if run.done():
                    break
                if stopped_at is None and (self._interrupted or self._stop_reason):
                    stopped_at = now
                if stopped_at is not None and now - stopped_at > WEDGED_AFTER:
                    self._replace_engine()
                    return Finish(INTERRUPTED)
                if not self._at_work and now - self._computing_since > BUSY_LIMIT and stopped_at is None:
                    self.stop("stopped: this computed for a second without a pause, which is as long as it may here")
        except asyncio.CancelledError:
            engine.cancel()
            raise
        return run.result()

    def _replace_engine(self) -> None:
        """Give up an interpreter that does not heed its cancel; the new one knows what the old one knew."""
        self._engine = self._new_engine()
        if self._last_state:
            self._engine.restore(self._last_state)
        else:
            self._booted = False

    def _filtered(self, sink: TextSink, line_filter: LineFilter) -> TextSink:
        """A sink that rewords the shell's messages and stops a flood."""

        async def take(text: str) -> None:
            self.written += len(text)
            if self.written > OUTPUT_LIMIT:
                self.stop(f"stopped: this wrote more than {OUTPUT_LIMIT} characters, which is as much as a line may here")
            elif ready := line_filter.feed(text):
                await sink(ready)

        return take

    def stop(self, reason: str) -> None:
        """End the run because it broke a limit; the reason is shown."""
        if not self._stop_reason:
            self._stop_reason = reason
            self._stop_commands()

    def interrupt(self) -> None:
        """End the run as ctrl+c does."""
        if self.running:
            self._interrupted = True
            self._stop_commands()

    def _stop_commands(self) -> None:
        """Let commands that wait say their last word, then stop the interpreter."""
        if not self._waits and not self._at_work:
            self._engine.cancel()
            return
        for wait in tuple(self._waits):
            wait.cancel()
        asyncio.get_running_loop().call_later(CANCEL_GRACE, self._engine.cancel)

    # -- commands -----------------------------------------------------------------------------------------------

    async def _run_shell(self, call: Call) -> int:
        """`sh` and `bash`, which the interpreter would otherwise run by itself, come as a function's arguments."""
        return await self._run_command(replace(call, argv=call.argv[1:]))

    async def _run_command(self, call: Call) -> int:
        """One call of a Python command."""
        entry = self.computer.commands.find(call.argv[0])
        if entry is None:
            text = self.personality.not_found(call.argv[0]) + "\n"
            await PipeOutput(call.stderr, False).write(text)
            return 127
        ctx = self._context(call, entry.flavour)
        self._at_work += 1
        try:
            code = await run_command(entry.run, ctx)
        finally:
            self._at_work -= 1
            self._computing_since = asyncio.get_running_loop().time()
        self.world.cluster.clock.run_due()
        if not call.argv[0].startswith("__"):
            self.world.on_command(call.argv, code)
        if self._interrupted or self._stop_reason:
            self._engine.cancel()
        return code

    def _context(self, call: Call, flavour: str) -> Ctx:
        stdin: Input = self.streams.stdin if call.env.get(IN) else PipeInput(call.stdin)
        return Ctx(
            argv=call.argv,
            stdin=_SessionInput(self, stdin),
            stdout=PipeOutput(call.stdout, self.streams.tty and bool(call.env.get(OUT))),
            stderr=PipeOutput(call.stderr, self.streams.tty),
            pacing=self.pacing,
            cluster=self.world.cluster,
            client=self.computer.client,
            files=self.computer.files(call.cwd),
            environ={name: value for name, value in call.env.items() if name not in _HIDDEN},
            cwd=call.cwd,
            columns=self.columns,
            flavour=flavour,
            session=self,
            terminal=self.terminal,
        )

    async def _typed(self, call: Call) -> int:
        """What is typed next: one line for `read`, everything for others."""
        stdin = _SessionInput(self, self.streams.stdin)
        out = PipeOutput(call.stdout, False)
        words = call.argv[1:]
        self._at_work += 1
        try:
            if words[:1] != ("read",):
                await out.write(await stdin.read())
                return 0
            if "-p" in words and stdin.isatty:
                await self.streams.out(words[words.index("-p") + 1])
            await out.write(await stdin.readline())
        except (Interrupted, BrokenPipeError):
            self._engine.cancel()
            return INTERRUPTED
        finally:
            self._at_work -= 1
            self._computing_since = asyncio.get_running_loop().time()
        return 0

    async def wait_for(self, awaitable: Coroutine[Any, Any, T]) -> T:
        """Wait in a way that ctrl+c ends.

        Raises:
            Interrupted: it did.
        """
        if self._interrupted or self._stop_reason:
            awaitable.close()
            raise Interrupted
        task = asyncio.get_running_loop().create_task(awaitable)
        self._waits.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if task.cancelled() and (self._interrupted or self._stop_reason):
                raise Interrupted from None
            task.cancel()
            raise
        finally:
            self._waits.discard(task)

    # -- state --------------------------------------------------------------------------------------------------

    @property
    def prompt(self) -> str:
        """The prompt it shows."""
        return self.personality.prompt(self.computer, self.prompt_cwd)

    async def boot(self) -> None:
        """Make it ready before its first line."""
        await self.run(":")

    def snapshot(self) -> SessionState:
        """What it remembers; only while it is idle."""
        return SessionState(self._engine.snapshot(), self.status, self._flags, self._pipefail, self._booted)

    def restore(self, state: SessionState) -> None:
        """Remember what another shell on this computer did; only before this one's first run."""
        self._engine.restore(state.engine)
        self.status, self._flags, self._pipefail, self._booted = state.status, state.flags, state.pipefail, state.booted
        self.prompt_cwd, self._last_state = self._engine.cwd, state.engine

    @property
    def variables(self) -> Mapping[str, str]:
        """Its variables; empty while it runs."""
        return {} if self.running else self._engine.variables

    @property
    def aliases(self) -> Mapping[str, str]:
        """Its aliases; empty while it runs."""
        return {} if self.running else self._engine.aliases


_BOOT_SCRIPT = "shopt -u expand_aliases\n" + _BOOT.split("\n", 2)[2]


@dataclass(frozen=True)
class SessionState:
    """What a shell remembers between lines."""

    engine: bytes
    status: int
    flags: str
    pipefail: bool
    booted: bool = field(default=False)


class _SessionPacing:
    """A pacing whose waits end with ctrl+c."""

    def __init__(self, session: ShellSession, pacing: Pacing) -> None:
        self._session, self._pacing = session, pacing

    async def sleep(self, seconds: float) -> None:
        await self._session.wait_for(_coroutine(self._pacing.sleep(seconds)))

    async def until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        return await self._session.wait_for(_coroutine(self._pacing.until(condition, timeout)))

    async def idle(self) -> bool:
        return await self._session.wait_for(_coroutine(self._pacing.idle()))


class _SessionInput:
    """An input whose reads end with ctrl+c."""

    def __init__(self, session: ShellSession, stdin: Input) -> None:
        self._session, self._stdin = session, stdin

    @property
    def isatty(self) -> bool:
        return self._stdin.isatty

    async def read(self) -> str:
        return await self._session.wait_for(_coroutine(self._stdin.read()))

    async def readline(self) -> str:
        return await self._session.wait_for(_coroutine(self._stdin.readline()))


async def _coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable


async def _give_status(call: Call) -> int:
    return int(call.argv[1])


def quote(words: tuple[str, ...]) -> str:
    """Words as a command line."""
    return shlex.join(words)
