"""The terminal: lines typed go to the shell on top, output comes back. Containers' shells open on top of the host's."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tutor.kubectl.context import EditText, Output
from tutor.shell.completion import Completer, Completion
from tutor.shell.history import expand_history
from tutor.shell.outlet import Outlet
from tutor.shell.results import CommandResult, Invocation, Record
from tutor.shell.scanner import Verdict, scan
from tutor.shell.session import ShellSession

HISTORY_LIMIT = 1000
SECOND_PROMPT = "> "


class Terminal:
    """A terminal with the host's shell on it.

    Args:
        live: whether a person types, so that a command may wait for more input; else input ends where the text ends.
    """

    def __init__(self, live: bool = False) -> None:
        self.live = live
        self.columns = 80
        self.on_state: Callable[[], None] | None = None
        self.on_exit: Callable[[int], None] | None = None
        self.history: list[str] = []
        self._editor: EditText | None = None
        self.completer = Completer(self)
        self._stack: list[ShellSession] = []
        self._lines: dict[ShellSession, asyncio.Task[int]] = {}
        self._exits: dict[ShellSession, asyncio.Future[int]] = {}
        self._foreground: list[tuple[ShellSession, bool]] = []
        self._typed: deque[str] = deque()
        self._pending = ""
        self._reader: asyncio.Future[str] | None = None
        self._end_of_file = False
        self._moved = asyncio.Event()
        self._before_next: asyncio.Task[None] | None = None
        self._outlet = Outlet()

    # What the screen asks

    @property
    def on_output(self) -> Callable[[str], None] | None:
        """Takes what is to be seen; None while nobody looks."""
        return self._outlet.show

    @on_output.setter
    def on_output(self, show: Callable[[str], None] | None) -> None:
        self._outlet.show = show

    @property
    def editor(self) -> EditText | None:
        """Lets the learner edit a text, and notes what came of it; None if the terminal has no editor."""
        return self._edit if self._editor is not None else None

    @editor.setter
    def editor(self, editor: EditText | None) -> None:
        self._editor = editor

    async def _edit(self, name: str, text: str) -> str | None:
        edited = await self._editor(name, text) if self._editor is not None else None
        self._outlet.record.edited.append(edited)
        return edited

    @property
    def top(self) -> ShellSession:
        """The shell that lines go to."""
        return self._stack[-1]

    @property
    def at_host(self) -> bool:
        """Whether that is the host's."""
        return len(self._stack) == 1

    @property
    def depth(self) -> int:
        """How many shells are open one upon the other."""
        return len(self._stack)

    @property
    def busy(self) -> bool:
        """Whether a command runs and no prompt is shown."""
        return self.top in self._lines

    @property
    def reading(self) -> bool:
        """Whether the running command waits for a typed line."""
        return self._reader is not None

    @property
    def prompt(self) -> str:
        """The prompt; empty while a command runs."""
        if self.busy:
            return ""
        return SECOND_PROMPT if self._pending else self.top.prompt

    # Typing

    async def submit(self, line: str) -> CommandResult | None:
        """Type a line (or several) and wait for the prompt.

        Lines beyond the first command's wait to be read by it, or run after it, as on any terminal.

        Returns:
            What came of it; None if the input is incomplete and the prompt is `> `.
        """
        if self._before_next is not None:
            await asyncio.wait({self._before_next})
            self._before_next = None
        self._typed.extend(line.split("\n"))
        if self.reading:
            self._hand_over()
        shell, self._outlet.record = self.top.computer.name, Record()
        status: int | None = 0 if self.busy else None
        command = line
        while True:
            await self.until_prompt()
            if not self._typed:
                break
            text = self._next_input()
            if text is not None:
                command = text if "\n" not in line else line
                status = await self._run(text)
        self._typed.clear()
        if not self.live:
            await self.top.world.background.quiet()
        self._outlet.flush()
        if self._pending:
            return None
        record = self._outlet.record
        return CommandResult(
            command,
            "".join(record.output),
            "".join(record.stdout),
            "".join(record.stderr),
            self.top.status if status is None else status,
            tuple(record.invocations),
            shell,
            tuple(record.fed),
            tuple(record.edited),
        )

    def _next_input(self) -> str | None:
        """The next complete input typed; None if the lines typed so far wait for more, or are blank."""
        line = self._typed.popleft()
        if not self._pending:
            expansion = expand_history(line, self.history)
            if expansion.error:
                self.emit(f"{self.top.personality.name}: {expansion.error}\n")
                return None
            if expansion.changed:
                self.emit(expansion.text + "\n")
            line = expansion.text
        text = self._pending + line
        if scan(text).verdict is Verdict.INCOMPLETE:
            self._pending = text + "\n"
            self._state_changed()
            return None
        self._pending = ""
        if not text.strip():
            return None
        self._remember(text)
        return text

    def _remember(self, text: str) -> None:
        if not self.history or self.history[-1] != text:
            self.history.append(text)
            del self.history[:-HISTORY_LIMIT]

    async def _run(self, text: str) -> int:
        """Run an input in the top shell until the prompt is back; 0 if another shell has opened meanwhile."""
        session = self.top
        session.world.said.clear()
        for each in self._stack:
            each.written = 0
        task = asyncio.get_running_loop().create_task(session.run(text))
        self._lines[session] = task
        self._end_of_file = False
        task.add_done_callback(lambda _: self._line_done(session))
        self._state_changed()
        await self.until_prompt()
        if session in self._lines or session.exited is not None:
            # Another shell opened, or this one closed and the line that opened it has ended in turn.
            return 0 if session in self._lines else self.top.status
        return session.status

    def _line_done(self, session: ShellSession) -> None:
        task = self._lines.pop(session, None)
        if task is None:
            return
        if not task.cancelled() and (fault := task.exception()) is not None:
            self.emit(f"{session.personality.name}: internal fault: {type(fault).__name__}: {fault}\n")
        if session.exited is not None:
            self._close(session, session.exited)
        self._state_changed()

    def _close(self, session: ShellSession, code: int) -> None:
        """A shell has ended."""
        if session in self._exits:
            session.jobs.kill_all()
            if session in self._stack:
                self._stack.remove(session)
            future = self._exits.pop(session)
            if not future.done():
                future.set_result(code)
        else:
            session.exited = None
            if self.on_exit:
                self.on_exit(code)
            else:
                self.emit("This is the outermost shell: there is none to go back to.\n")

    async def until_prompt(self) -> None:
        """Come back when no command runs in the shell on top."""
        while self.busy:
            self._moved.clear()
            await self._moved.wait()

    def feed(self, line: str) -> None:
        """Type a line into the command that reads."""
        self._outlet.record.fed.extend(line.split("\n"))
        self._typed.extend(line.split("\n"))
        self._hand_over()

    def _hand_over(self) -> None:
        if self._reader is not None and not self._reader.done() and self._typed:
            self._reader.set_result(self._typed.popleft() + "\n")

    def end_of_file(self) -> None:
        """Ctrl+d: the end of what a command reads; at the prompt of a container's shell, leave it."""
        if self._reader is not None:
            self._end_of_file = True
            if not self._reader.done():
                self._reader.set_result("")
        elif not self.busy and self._pending:
            self._pending = ""
            self.emit(f"{self.top.personality.name}: syntax error: unexpected end of file\n")
            self._state_changed()
        elif not self.busy and not self.at_host:
            self.top.exited = self.top.status
            self._close(self.top, self.top.status)
            self._state_changed()

    async def read_line(self) -> str:
        r"""The next line typed, with its `\n`; empty at the end of input."""
        if self._typed:
            return self._typed.popleft() + "\n"
        if self._end_of_file or not self.live:
            return ""
        self._reader = asyncio.get_running_loop().create_future()
        self._outlet.flush()
        self._state_changed()
        try:
            return await self._reader
        finally:
            self._reader = None
            self._state_changed()

    async def interrupt(self) -> None:
        """Ctrl+c: drop the line being typed, or end what runs in the foreground."""
        self._typed.clear()
        if self.busy:
            self.emit("^C\n")
            for session, boundary in reversed(self._foreground):
                session.interrupt()
                if boundary:
                    break
            else:
                self.top.interrupt()
            await self.until_prompt()
        else:
            self._pending = ""
            self.top.status = 130
            self._state_changed()

    # Shells

    def start(self, session: ShellSession) -> None:
        """Put the host's shell on the terminal, in place of whatever was there."""
        self._stack, self._lines, self._exits, self._foreground = [session], {}, {}, []
        self._typed.clear()
        self._pending, self._reader, self._end_of_file = "", None, False
        self._state_changed()

    async def run_alone(self, session: ShellSession, text: str) -> int:
        """Put a shell on the terminal, in place of whatever was there, for one input; its exit code.

        A shell that the input opens is typed at like any other; what the input reads is fed.
        """
        self.start(session)
        task = self._lines[session] = asyncio.get_running_loop().create_task(session.run(text))
        task.add_done_callback(lambda _: self._line_done(session))
        self._state_changed()
        return await task

    async def interact(self, session: ShellSession) -> int:
        """Open a shell on top of the others; its exit code once it has ended."""
        await session.boot()
        outer, self._foreground = self._foreground, []
        self._stack.append(session)
        self._exits[session] = asyncio.get_running_loop().create_future()
        self._state_changed()
        try:
            return await self._exits[session]
        finally:
            self._foreground = outer
            self._exits.pop(session, None)
            if session in self._stack:
                self._stack.remove(session)
                session.interrupt()
            self._state_changed()

    @contextmanager
    def foreground(self, session: ShellSession, *, boundary: bool = False) -> Iterator[None]:
        """While a script runs in front of the top shell, ctrl+c reaches it first.

        Args:
            session: the script's shell.
            boundary: whether it reaches nothing else, because the script is on a terminal of its own (`exec -t`).
        """
        entry = (session, boundary)
        self._foreground.append(entry)
        try:
            yield
        finally:
            if entry in self._foreground:
                self._foreground.remove(entry)

    def abandon(self) -> list[asyncio.Task[int]]:
        """Stop all that runs and show none of it any more; the lines that still have to end."""
        running = list(self._lines.values())
        for session, _ in self._foreground:
            session.interrupt()
        for session in reversed(self._stack):
            session.jobs.kill_all()
            session.interrupt()
        for session in [*self._exits]:
            self._close(session, 137)
        self._lines.clear()
        self._state_changed()
        return running

    def wait_for(self, task: asyncio.Task[None]) -> None:
        """Have the next line typed wait for this."""
        self._before_next = task

    def kill(self, session: ShellSession, code: int) -> None:
        """End a shell from outside, with whatever runs in it."""
        session.interrupt()
        session.exited = code
        if session in self._exits:
            self._close(session, code)
            self._state_changed()

    # Output

    async def write(self, text: str) -> None:
        """Show text, for a shell whose output this is."""
        self.emit(text)

    async def drain(self, output: Output) -> None:
        """Come back when all that has been written to an output before has come out on this terminal."""
        await self._outlet.drain(output)

    def emit(self, text: str, stderr: bool = False) -> None:
        """Show text."""
        self._outlet.write(text, stderr)

    def record(self, argv: tuple[str, ...], exit_code: int) -> None:
        """Note that a Python command of this terminal has ended."""
        self._outlet.note(argv, exit_code)

    def _state_changed(self) -> None:
        self._moved.set()
        if not self.busy:
            self._outlet.flush()
        if self.on_state:
            self.on_state()

    # Completion

    def complete(self, text: str, cursor: int) -> Completion:
        """What the word before the cursor may become.

        Args:
            text: the line being typed.
            cursor: where the cursor is, in characters.
        """
        return self.completer.complete(text, cursor)


class TerminalInput:
    """A person's typing as a command's standard input."""

    isatty = True

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def readline(self) -> str:
        r"""The next line with its `\n`; empty at the end."""
        return await self._terminal.read_line()

    async def read(self) -> str:
        """Everything up to ctrl+d."""
        lines = []
        while line := await self._terminal.read_line():
            lines.append(line)
        return "".join(lines)


__all__ = ["CommandResult", "Invocation", "Terminal", "TerminalInput"]
